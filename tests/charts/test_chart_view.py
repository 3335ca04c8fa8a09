"""The axis across of the loss chart: epochs or updates, plain or logarithmic, and what is written on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.charts.shapes import falling
from tutor.charts.cells import plain_row, plain_text
from tutor.charts.chart_view import Axis, ChartView, epoch_of, extremes_on, place_of, with_numbers, x_scale
from tutor.charts.loss import loss_chart, pinned_line, train_line
from tutor.charts.loss_history import LossHistory
from tutor.charts.scale import epoch_scale, window_scale

LOG = Axis(logarithmic=True)
UPDATES = Axis(counts="updates")
BOTH = Axis(counts="updates", logarithmic=True)


@pytest.mark.parametrize("knots", [((0, 0), (10, 40)), ((0, 0), (10, 40), (20, 50)), ((0, 0), (5, 500), (20, 515))])
def test_updates_and_epochs_lead_back_to_each_other(knots: tuple[tuple[int, int], ...]) -> None:
    for epoch in range(31):
        assert epoch_of(knots, place_of(knots, epoch)) == pytest.approx(epoch)
    for epoch, updates in knots:
        assert place_of(knots, epoch) == updates


def test_without_knots_a_place_is_an_epoch() -> None:
    assert place_of((), 7) == epoch_of((), 7) == 7


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 30_000), st.integers(0, 2**31), st.sampled_from([LOG, UPDATES, BOTH]), st.integers(1, 99))
def test_no_spike_is_lost_on_any_axis(length: int, seed: int, axis: Axis, more: int) -> None:
    values = np.random.default_rng(seed).standard_normal(length)
    knots = ((0, 0), (length // 3 + 1, length // 3 + 1), (length + 1, (length + 1) * more))
    history = LossHistory(values)
    last = ceil(place_of(knots, length)) if not axis.in_epochs else length
    x = x_scale([(1, last)], axis, None, None, 80)
    found = extremes_on(history, knots, x, 120, axis)
    assert found.low.min() == values.min()
    assert found.high.max() == values.max()
    assert np.all(np.diff(found.column) > 0)
    assert 0 <= found.column[0] <= found.column[-1] < 120


def test_a_logarithmic_axis_gives_the_first_epochs_as_much_room_as_the_last() -> None:
    history = LossHistory([1.0] * 9 + [0.0] * 991)
    x = x_scale([(1, 1000)], LOG, 1000, None, 80)
    found = extremes_on(history, (), x, 100, LOG)
    high = found.column[found.high > 0.5]
    assert 25 <= high.max() <= 40  # the first of three decades
    plain = plain_row(loss_chart([train_line(history)], 80, 14, planned=1000, axis=LOG)[-1]).split()
    assert plain[0] == "1"
    assert plain[-1] == "1k"


def test_equal_updates_put_a_run_of_small_batches_further_out() -> None:
    small = replace(pinned_line(1, "b 8", falling(100)), knots=((0, 0), (100, 5000)))
    large = replace(train_line(falling(100)), knots=((0, 0), (100, 100)))
    lines = [small, large]
    in_epochs = loss_chart(lines, 80, 14, cursor=50)
    in_updates = loss_chart(lines, 80, 14, axis=UPDATES, cursor=50)
    assert small.value(50, UPDATES) == small.history.value(1)
    assert large.value(50, UPDATES) == large.history.value(50)
    assert plain_row(in_updates[0]) != plain_row(in_epochs[0])
    assert "update 50" in plain_row(in_updates[0])
    assert "5k" in plain_row(in_updates[-1])


def test_a_change_says_what_it_changed_where_nothing_is_drawn() -> None:
    rows = loss_chart([train_line(falling(90))], 60, 12, changes=[(50, "η 0.2"), (52, "批量大小 8")])
    text = plain_text(rows)
    assert "η 0.2" in text
    assert "批量大小 8" in text
    assert {len(plain_row(row)) for row in rows if "┊" in plain_row(row) and "批" not in plain_row(row)} == {60}


def test_a_line_drawn_until_an_epoch_ends_there_and_the_axes_stay() -> None:
    history = falling(200)
    whole = loss_chart([train_line(history)], 60, 12, planned=200)
    part = loss_chart([replace(train_line(history), until=50)], 60, 12, planned=200)
    assert plain_row(part[-1]) == plain_row(whole[-1])
    assert [plain_row(row)[:4] for row in part] == [plain_row(row)[:4] for row in whole]
    rightmost = [max((i for i, c in enumerate(plain_row(row)) if "⠀" < c <= "⣿"), default=0) for row in part[:-1]]
    assert 13 <= max(rightmost) <= 20
    assert f"{history.value(50):.3f}" in plain_text(part)


def test_a_narrow_range_on_a_logarithmic_axis_fills_the_height() -> None:
    rows = loss_chart([train_line(LossHistory(np.linspace(0.5, 0.4, 50)))], 60, 12, heights="log")
    labels = [float(plain_row(row).partition("┈")[0]) for row in rows if "┈" in plain_row(row)]
    assert min(labels) >= 0.35
    assert max(labels) <= 0.55


def test_the_cursor_moves_by_ratios_where_the_axis_does_and_by_single_epochs_where_asked() -> None:
    view = ChartView(axis=LOG)
    view.move(-1, 10_000)
    assert (view.cursor or 0) == 10_000
    view.move(-1, 10_000)
    at = view.cursor or 0
    assert 7_000 < at < 9_000
    view.move(-1, 10_000, single=True)
    assert view.cursor == at - 1
    for _ in range(9_999):
        view.move(-1, 10_000)
    assert view.cursor == 1


def test_a_place_in_epochs_is_none_in_updates() -> None:
    view = ChartView(axis=LOG, cursor=7)
    view.turn_counted()
    view.move(1, 100)
    assert view == ChartView(axis=BOTH)


def test_a_name_is_never_written_over_a_line() -> None:
    history = LossHistory([1.0, 2.0] * 60)
    bare = loss_chart([train_line(history)], 60, 12)
    named = loss_chart([train_line(history)], 60, 12, changes=[(50, "η 0.2")])
    dots = [sum("⠀" < each <= "⣿" for each in plain_text(rows)) for rows in (bare, named)]
    assert dots[0] == dots[1]


@pytest.mark.parametrize(
    ("called", "labels"),
    [
        (range(50, 60), ("50", "55")),
        (range(10), ("0", "5")),
        (range(0, 1000, 100), ("0", "250", "500", "750")),
        ([0.5, 1.0, 1.5, 2.0], ("0.5", "1.0", "1.5", "2.0")),
        ([1, 2, 4, 8, 16], ("5", "10", "15")),
    ],
)
def test_ticks_stand_where_the_epochs_of_another_program_are(called: Sequence[float], labels: tuple[str, ...]) -> None:
    axis = with_numbers(window_scale(1, len(called)), called, ticks=5)
    assert axis.labels == labels
    places = np.interp([float(label) for label in labels], list(called), range(1, len(called) + 1))
    assert axis.ticks == pytest.approx(places)


@given(st.lists(st.floats(-1e300, 1e300), max_size=20), st.integers(1, 100), st.integers(2, 8))
def test_any_numbers_of_epochs_make_an_axis(called: list[float], last: int, ticks: int) -> None:
    axis = with_numbers(epoch_scale(1, last), called, ticks=ticks)
    assert len(axis.ticks) == len(axis.labels)
    assert all(axis.low <= tick <= axis.high for tick in axis.ticks)
