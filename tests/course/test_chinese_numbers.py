"""Numbers as people who write Chinese type them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.course.questions.numbers import read_number

_DIGITS = "零一二三四五六七八九"


def in_chinese(number: int) -> str:
    """A whole number below 10^12, as it is read aloud."""
    if number < 10:
        return _DIGITS[number]
    for unit, name in ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number >= unit:
            many, rest = divmod(number, unit)
            gap = "零" if rest and rest < unit // 10 else ""
            return in_chinese(many) + name + gap + (in_chinese(rest) if rest else "")
    raise AssertionError


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0。115", Fraction("0.115")), ("２．１。", Fraction("2.1")), ("负1.81", Fraction("-1.81")), ("3个", 3),
        ("三", 3), ("負　三", -3), ("十", 10), ("十二", 12), ("二十", 20), ("一百零五", 105), ("两千", 2000),
        ("三万五千", 35000),
        ("二〇二六", 2026), ("一点八一", Fraction("1.81")), ("零点五", Fraction("0.5")), ("三分之一", Fraction(1, 3)),
        ("百分之五", Fraction(1, 20)), ("一半", Fraction(1, 2)), ("97％。", Fraction("0.97")), ("１２８層", 128),
        ("1，024", 1024), ("五轮", 5), ("壹佰", 100), ("3.", 3), ("−0.28，", Fraction("-0.28")),
        ("5 轮", 5), ("20回合", 20), ("1万", 10_000), ("1.5 亿", 150_000_000), ("负2萬", -20_000),
    ],
)  # fmt: skip
def test_a_number_is_read(typed: str, value: Fraction | int) -> None:
    assert read_number(typed) == value


@pytest.mark.parametrize(
    "typed", ["", "。", "个", "负", "三四十", "十百", "万", "三分之", "分之三", "一点", "3 4", "三个四", "点五点"]
)
def test_what_is_no_number_is_none(typed: str) -> None:
    assert read_number(typed) is None


@given(st.integers(0, 10**12 - 1), st.sampled_from(["", "。", "个", "次。"]))
def test_every_whole_number_reads_as_it_is_written(number: int, behind: str) -> None:
    assert read_number(in_chinese(number) + behind) == number


@given(st.text(alphabet="零一二两三十百千万亿点分之半负0123.。%个", max_size=60))
def test_no_text_stops_it(typed: str) -> None:
    read_number(typed)
