"""Reading a number says exactly what a fraction says."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tutor.course.questions.numbers import as_fraction, read_number

SMALL = st.integers(-(10**9), 10**9)
FULL_WIDTH = str.maketrans("0123456789-.%/,", "０１２３４５６７８９－．％／，")


@given(st.text(max_size=80))
def test_any_text_is_a_number_or_none(text: str) -> None:
    value = read_number(text)
    assert value is None or isinstance(value, Fraction)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6))
def test_a_decimal_is_read_exactly(value: object) -> None:
    assert read_number(f"{value:f}") == Fraction(str(value))
    assert read_number(str(value).replace("-", "−")) == Fraction(str(value))
    assert read_number(f"{value:f}".translate(FULL_WIDTH)) == Fraction(str(value))
    assert read_number(f" {value:f} %") == Fraction(str(value)) / 100


@given(SMALL, st.integers(1, 10**9))
def test_a_fraction_is_read_exactly(over: int, under: int) -> None:
    assert read_number(f"{over}/{under}") == Fraction(over, under)
    assert read_number(f" {over} ⁄ {under} ") == Fraction(over, under)


@given(
    st.integers(0, 10**6),
    st.integers(2, 99).flatmap(lambda under: st.tuples(st.integers(1, under - 1), st.just(under))),
)
def test_a_mixed_fraction_is_read_exactly(whole: int, part: tuple[int, int]) -> None:
    assert read_number(f"{whole} {part[0]}/{part[1]}") == whole + Fraction(*part)


@given(SMALL, st.integers(-300, 300))
def test_powers_of_ten_are_read_in_every_way_of_writing_them(digits: int, exponent: int) -> None:
    raised = str(exponent).translate(str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"))
    for text in (f"{digits}e{exponent}", f"{digits} · 10^{exponent}", f"{digits}×10{raised}"):
        assert read_number(text) == digits * Fraction(10) ** exponent


@given(st.integers(-(10**12), 10**12))
def test_thousands_may_have_commas(value: int) -> None:
    assert read_number(f"{value:,}") == value


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300))
def test_a_float_written_down_is_read_as_itself(value: float) -> None:
    assert float(as_fraction(value)) == value
    if value == 0 or abs(value) > 1e-300:
        assert read_number(repr(value)) == as_fraction(value)
