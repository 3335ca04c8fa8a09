"""Axes that move in steps, and their labels."""

from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tutor.charts.numbers import figure, tick_labels
from tutor.charts.scale import (
    epoch_scale,
    linear_scale,
    log_scale,
    row_log_scale,
    row_scale,
    tight_scale,
    window_scale,
)

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite, finite, st.integers(1, 8))
def test_a_linear_scale_covers_what_it_is_given_with_at_least_two_ticks(one: float, other: float, ticks: int) -> None:
    low, high = (max(-1e300, min(1e300, each)) for each in sorted((one, other)))
    scale = linear_scale(low, high, ticks=ticks)
    room = (scale.high - scale.low) * 1e-6
    assert scale.low - room <= low <= high <= scale.high + room
    assert scale.low < scale.high
    assert scale.low - room <= scale.ticks[0] < scale.ticks[-1] <= scale.high + room
    assert 2 <= len(scale.ticks) <= 2 * ticks + 6
    assert len(scale.labels) == len(scale.ticks)


@given(st.floats(1e-290, 1e290), st.floats(1e-290, 1e290), st.integers(1, 6))
def test_a_logarithmic_scale_covers_what_it_is_given(one: float, other: float, ticks: int) -> None:
    low, high = min(one, other), max(one, other)
    scale = log_scale(low, high, ticks=ticks)
    assert 0 < scale.low <= low * (1 + 1e-6)
    assert scale.high >= high * (1 - 1e-6)
    assert len(scale.ticks) >= 2
    assert all(0 <= scale.fraction(tick) <= 1 + 1e-9 for tick in scale.ticks)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_epoch_axis_reaches_the_last_epoch_and_its_ticks_are_whole(first: int, more: int) -> None:
    scale = epoch_scale(first, first + more)
    assert scale.low <= first <= first + more <= scale.high
    assert all(tick == int(tick) for tick in scale.ticks)


def test_the_epoch_axis_takes_few_steps_on_the_way_to_a_million() -> None:
    assert len({epoch_scale(1, last).high for last in range(1, 100_000, 7)}) < 50


def test_the_epoch_axis_ends_with_the_plan_but_not_before_the_run() -> None:
    assert epoch_scale(1, 150, 170).high == 170
    assert epoch_scale(1, 200, 170).high >= 200
    assert window_scale(5, 9).low == 5


def test_a_tight_scale_covers_exactly_its_range() -> None:
    scale = tight_scale(-0.3, 2.2)
    assert (scale.low, scale.high) == (-0.3, 2.2)
    assert all(-0.3 <= tick <= 2.2 for tick in scale.ticks)


def test_tick_labels_tell_ticks_apart_and_agree_in_decimals() -> None:
    assert tick_labels((0.5, 0.75, 1.0)) == ("0.50", "0.75", "1.00")
    assert tick_labels((-1.0, 0.0, 1.0)) == ("−1", "0", "1")
    assert tick_labels((-1.0, 0.0), ascii=True) == ("-1", "0")
    assert linear_scale(0.1000001, 0.1000009).labels[0] != linear_scale(0.1000001, 0.1000009).labels[1]


def test_figures_have_four_digits_and_name_what_is_not_finite() -> None:
    shown = [
        figure(value) for value in (0.56123, 1.07, -1.0702, 3956, 123456.7, 0, None, math.nan, math.inf, 2e-9, 3e20)
    ]
    assert shown == ["0.5612", "1.070", "−1.070", "3956", "123457", "0", "–", "nan", "∞", "2.00e-9", "3.00e20"]
    assert figure(-0.00000000001) == "−1.00e-11"


@given(finite, finite, st.integers(3, 60), st.booleans(), st.booleans())
def test_the_labels_of_a_row_scale_stand_in_the_middle_of_equally_many_rows(
    one: float, other: float, rows: int, zero: bool, ascii: bool
) -> None:
    low, high = (max(-1e300, min(1e300, each)) for each in sorted((one, other)))
    if zero:
        low, high = 0.0, abs(high)
    scale = row_scale(low, high, rows, zero=zero, ascii=ascii)
    dots = 1 if ascii else 4
    half = (scale.high - scale.low) / (rows * dots - 1) / 2
    assert scale.low - half * 1.01 <= low <= high <= scale.high + half * 1.01
    places = [(scale.fraction(tick) * (rows * dots - 1) - (dots - 1) / 2) / dots for tick in scale.ticks]
    assert len(places) >= (3 if rows >= 8 else 2)
    assert all(abs(place - round(place)) < 0.01 for place in places)
    assert len({round(after) - round(before) for before, after in pairwise(places)}) == 1
    assert not zero or abs(places[0]) < 0.01


@given(st.floats(1e-200, 1e200), st.floats(1e-200, 1e200), st.integers(3, 60))
def test_a_logarithmic_row_scale_covers_what_it_is_given(one: float, other: float, rows: int) -> None:
    low, high = min(one, other), max(one, other)
    scale = row_log_scale(low, high, rows)
    exponents = [math.log10(each) for each in (scale.low, low, high, scale.high)]
    half = (exponents[3] - exponents[0]) / (rows * 4 - 1) / 2
    assert exponents[0] - half * 1.01 <= exponents[1] <= exponents[2] <= exponents[3] + half * 1.01
    assert len(scale.ticks) >= 2
