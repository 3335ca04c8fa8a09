"""What holds for every chart, whatever it draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.charts.shapes import CHARTS, Chart, text_of
from tutor.charts.boundary import boundary_chart
from tutor.charts.cells import INKS
from tutor.charts.chart_view import Heights
from tutor.charts.confusion import confusion_chart
from tutor.charts.fit import fit_chart
from tutor.charts.judging import precision_recall_chart, reliability_chart, roc_chart
from tutor.charts.landscape import curve_chart, surface_chart
from tutor.charts.loss import loss_chart, train_line, valid_line
from tutor.charts.loss_history import LossHistory
from tutor.charts.series import series_chart
from tutor.charts.threshold import threshold_chart
from tutor.charts.weights import weights_chart

SIZES = [(20, 5), (21, 6), (24, 7), (30, 9), (48, 12), (80, 20), (139, 38), (200, 60), (20, 40), (120, 5)]
TINY = [(0, 0), (1, 1), (0, 5), (5, 0), (3, 2), (19, 4), (19, 30), (60, 1), (60, 4), (10, 10)]
every_chart = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())


@every_chart
@pytest.mark.parametrize("ascii", [False, True])
def test_fills_exactly_its_cells_at_any_size(chart: Chart, ascii: bool) -> None:
    for width, height in SIZES + TINY:
        text_of(chart(width, height, ascii), width, height)


@every_chart
@settings(max_examples=20)  # for each chart, and the test above has the sizes that are known to be hard
@given(st.integers(1, 200), st.integers(1, 60), st.booleans())
def test_draws_something_in_any_window_however_absurd(chart: Chart, width: int, height: int, ascii: bool) -> None:
    text_of(chart(width, height, ascii), width, height)


@every_chart
def test_names_only_inks_that_a_theme_knows(chart: Chart) -> None:
    spans = [span for row in chart(60, 16, False) for span in row]
    assert {span.ink.split()[0] for span in spans} <= set(INKS)
    assert {span.ground for span in spans if span.ground} <= set(INKS)


@every_chart
def test_ascii_draws_with_ascii_alone_but_for_names_in_other_scripts(chart: Chart) -> None:
    text = text_of(chart(70, 18, True), 70, 18)
    assert {character for character in text if not character.isascii() and not character.isalpha()} <= {"η"}


@every_chart
def test_drawing_twice_gives_the_same_picture(chart: Chart) -> None:
    assert chart(64, 17, False) == chart(64, 17, False)


BAD = [
    [], [float("nan")], [float("inf"), float("-inf")], [None], [0.0], [0.0, 0.0, 0.0],
    [1e308, -1e308], [1e-320, 2e-320],
    [float("nan"), 1.0, None, 2.0], [1.0, float("inf"), 1.5], [-1.0, -2.0], [1e300] * 3, [5e-324], [10**400, 1],
    [1.0, 1.0 + 1e-15], [True, False],
]  # fmt: skip


@pytest.mark.parametrize("values", BAD, ids=[str(number) for number in range(len(BAD))])
@pytest.mark.parametrize("ascii", [False, True])
def test_no_number_however_bad_stops_a_chart(values: list[float | None], ascii: bool) -> None:
    xs = [float(index) for index in range(len(values))]
    history = LossHistory(values)
    every_height: tuple[Heights, ...] = ("window", "whole", "log")
    for heights in every_height:
        for window in (None, (1, 2)):
            rows = loss_chart(
                [train_line(history), valid_line(history)], 50, 12, heights=heights, window=window,
                changes=[0, 1, 10**9], cursor=1, ascii=ascii,
            )  # fmt: skip
            text_of(rows, 50, 12)
    text_of(fit_chart((xs, values), (values, xs), 50, 12, valid=(values, values), ascii=ascii), 50, 12)
    ball = (values[0], values[-1]) if values else (None, None)
    text_of(curve_chart((xs, values), 50, 12, ball=ball, path=(values, xs), ascii=ascii), 50, 12)
    text_of(surface_chart([[0, 63]], ((0, 1), (0, 1)), 50, 12, path=(values, values), ascii=ascii), 50, 12)
    text_of(series_chart(values, values[::-1], 50, 12, ascii=ascii), 50, 12)
    text_of(weights_chart([str(x) for x in xs], values, 50, 12, ascii=ascii), 50, 12)
    where = (ball[0], ball[-1])
    text_of(roc_chart((values, xs), 50, 12, point=where, threshold=ball[0], auc=ball[0], ascii=ascii), 50, 12)
    text_of(precision_recall_chart((xs, values), 50, 12, point=where, f1=ball[0], base=ball[0], ascii=ascii), 50, 12)
    text_of(reliability_chart(values, values, values, 50, 12, gap=ball[0], ascii=ascii), 50, 12)
    text_of(threshold_chart(xs, {"a": values}, 50, 12, threshold=ball[0], ascii=ascii), 50, 12)  # type: ignore[dict-item]


@pytest.mark.parametrize("low", [float("nan"), float("inf"), 0.0, 1e308, -1e308])
def test_no_range_however_bad_stops_a_field(low: float) -> None:
    ranges = ((low, 0.0), (0.0, low))
    text_of(surface_chart(np.full((3, 3), np.nan), ranges, 40, 12), 40, 12)
    text_of(boundary_chart([[low, low, 0]], ranges, 40, 12, classes=[[0, 1]], certainty=[[9, 0]]), 40, 12)


def test_a_field_of_no_size_is_a_sentence() -> None:
    assert "Nothing to draw yet" in text_of(surface_chart([], ((0, 1), (0, 1)), 40, 12), 40, 12)
    assert "Nothing to draw yet" in text_of(confusion_chart([], [], 40, 12), 40, 12)
