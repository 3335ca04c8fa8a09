from __future__ import annotations

from fractions import Fraction

import pytest

from tutor.course.questions.numbers import as_fraction, read_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5", "1/2"), (".5", "1/2"), ("5.", "5"), ("+5", "5"), ("-0.28", "-7/25"), ("−0.28", "-7/25"),
        ("–3", "-3"), ("‐3", "-3"), ("－３．５", "-7/2"), ("１２", "12"), (" 0 . 5 ", "1/2"), ("007", "7"),
        ("1/2", "1/2"), ("-1 / 2", "-1/2"), ("1⁄2", "1/2"), ("½", "1/2"), ("−¾", "-3/4"), ("1.5/3", "1/2"),
        ("1 1/2", "3/2"), ("-2 3/4", "-11/4"), ("1½", "3/2"), ("1 000/2", "500"),
        ("5e-1", "1/2"), ("5E-1", "1/2"), ("5e−1", "1/2"), ("1e300", str(10**300)), ("5·10^-1", "1/2"),
        ("5·10⁻¹", "1/2"), ("5 × 10^2", "500"), ("5*10^2", "500"), ("5x10^2", "500"), ("10^-3", "1/1000"),
        ("-10²", "-100"), ("10⁻²", "1/100"),
        ("12%", "3/25"), ("12 %", "3/25"), ("１２％", "3/25"), ("-0.5%", "-1/200"),
        ("1,000", "1000"), ("1,234,567.5", "2469135/2"), ("-1,000", "-1000"), ("1，000", "1000"), ("1_000", "1000"),
        ("1 000", "1000"), ("= 0.5", "1/2"), ("3 epochs", "3"), ("1,024 Parameters", "1024"), ("12 updates", "12"),
    ],
)  # fmt: skip
def test_numbers_as_people_type_them(text: str, value: str) -> None:
    assert read_number(text) == Fraction(value)


@pytest.mark.parametrize(
    "text",
    ["", " ", "about 3", "1/0", "0/0", "1/2/3", "--1", "1-2", "1e", "e5", "e", ".", "-", "%", "1%%", "nan", "inf", "∞",
     "0x10", "1e301", "1e999", "1e-999", "0,5", "0,123", "1,00", "1,0000", "12,34,567", "1000,000", "1.000,5",
     "0.1,000", ",5", "5x102", "2²", "x²",
     "2 1", "5 4 3", "1 00", "3 4/2", "2_1", "٣", "3‰", "1;2", "1..2", "±1", "3 kg",
     "epochs", "3 or 4 epochs", "==3", "3 % epochs", "9" * 61, "1" * 61, "²", "⁄"],
)  # fmt: skip
def test_what_is_no_number_or_could_be_two_is_none(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize("value", [0.1, 0.72, -1e-9, 1e300, 3])
def test_a_float_is_taken_as_the_decimal_that_it_is_written_as(value: float) -> None:
    assert as_fraction(value) == Fraction(repr(float(value)))
    assert float(as_fraction(value)) == value
