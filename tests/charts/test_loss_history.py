"""Reducing a growing series to columns."""

from __future__ import annotations

from array import array

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.charts.loss_history import LossHistory


def _slow(values: list[float], low: int, high: int) -> tuple[float, float] | None:
    inside = [value for epoch, value in enumerate(values, 1) if low <= epoch <= high and np.isfinite(value)]
    return (min(inside), max(inside)) if inside else None


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), max_size=400),
    st.integers(1, 400),
    st.integers(1, 400),
    st.integers(1, 30),
    st.integers(1, 100),
)
def test_the_extremes_of_any_window_are_those_of_its_values(
    values: list[float], one: int, other: int, columns: int, piece: int
) -> None:
    low, high = min(one, other), max(one, other)
    history = LossHistory()
    for start in range(0, len(values), piece):
        history.extend(values[start : start + piece])
    found = history.extremes(low, high, columns)
    expected = _slow(values, low, high)
    if expected is None:
        assert not len(found.column)
        return
    assert (float(found.low.min()), float(found.high.max())) == expected
    assert np.all(np.diff(found.column) > 0)
    assert 0 <= found.column[0] <= found.column[-1] < columns


def test_a_long_history_gives_the_extremes_of_every_column() -> None:
    values = np.random.default_rng(7).standard_normal(70_000)
    history = LossHistory()
    for piece in np.array_split(values, 333):
        history.extend(piece)
    for low, high in ((1, 70_000), (12_345, 67_890), (5, 69_999)):
        found = history.extremes(low, high, 50)
        assert found.low.min() == values[low - 1 : high].min()
        assert found.high.max() == values[low - 1 : high].max()
        assert list(found.column) == list(range(50))


def test_a_frame_of_a_million_epochs_reads_only_a_few_thousand_numbers() -> None:
    history = LossHistory(np.zeros(1_000_000))
    epochs, _, _ = history.pieces(1, 1_000_000, 160)
    assert len(epochs) < 64 * 160 * 4


def test_follow_takes_only_what_is_new_and_begins_anew_with_a_new_run() -> None:
    losses = array("d", [3.0, 2.0])
    history = LossHistory()
    history.follow(losses)
    losses.append(1.0)
    history.follow(losses)
    assert [history.value(epoch) for epoch in (0, 1, 2, 3, 4)] == [None, 3.0, 2.0, 1.0, None]
    history.follow(array("d", [9.0]))
    assert (len(history), history.latest()) == (1, 9.0)


def test_latest_skips_what_is_not_finite() -> None:
    assert LossHistory([2.0, float("nan"), float("inf")]).latest() == 2.0
    assert LossHistory([None]).latest() is None


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(-1e300, 1e300) | st.none(), min_size=1, max_size=150), st.integers(1, 20))
def test_smoothing_is_a_mean_of_the_last_epochs_however_they_came(values: list[float | None], piece: int) -> None:
    history = LossHistory()
    for start in range(0, len(values), piece):
        history.extend(values[start : start + piece])
        history.smooth()
    found = history.smooth()
    assert len(found) == len(values)
    for epoch, value in enumerate(values, 1):
        wide = max(1, min(12, epoch // 8))
        last = [each for each in values[max(0, epoch - wide) : epoch] if each is not None]
        if value is None:
            assert found.value(epoch) is None
        else:
            expected = sum(each / len(last) for each in last)
            assert abs((found.value(epoch) or 0.0) - expected) <= 1e-9 * max(map(abs, last))
