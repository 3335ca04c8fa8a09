"""Charts of a series: actual and predicted values, and how the series correlates with itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tutor.charts.cells import Row, Rows, Span, flow, sentence, too_small
from tutor.charts.loss_history import float_array
from tutor.charts.plot import (
    Grid,
    Mark,
    canvas,
    canvas_grid,
    column_extremes,
    column_mark,
    dot_columns,
    dot_rows,
    extent,
    framed,
    series_mark,
)
from tutor.charts.scale import Scale, row_scale, window_scale
from tutor.foundation.text import shorten
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from tutor.charts.loss_history import Numbers


def series_chart(
    actual: Numbers, predicted: Numbers, width: int, height: int, *, name: str = "", ascii: bool = False
) -> Rows:
    """Draw ``actual`` as a dotted line and ``predicted`` as a solid one, numbered from 1."""
    if too_small(width, height):
        return sentence(translate("charts.too-small"), width, height)
    truth, guess = float_array(actual), float_array(predicted)
    days = max(len(truth), len(guess))
    up = extent(truth[np.isfinite(truth)])
    up = up or extent(guess[np.isfinite(guess)])
    if up is None:
        return sentence(translate("charts.nothing-yet"), width, height)
    legend = _series_legend(width, height, name, ascii=ascii)
    body = height - len(legend)
    x = window_scale(1, max(2, days), ticks=max(2, min(7, width // 10)))
    y = row_scale(*up, body - 2, ascii=ascii)
    grid = canvas_grid(y, width, body, ascii=ascii)
    marks = []
    for values, ink, pattern, plain in ((truth, "valid", "dotted", "o"), (guess, "train", "line", "*")):
        day = np.arange(1, len(values) + 1, dtype=np.float64)
        good = np.isfinite(values)
        extremes = column_extremes(day[good], values[good], x, grid)
        marks.append(series_mark(extremes, y, grid, ink, "dotted" if pattern == "dotted" else "line", plain))
    return [*legend, *framed(x, y, canvas(grid, marks), width, body, ascii=ascii)]


def _series_legend(width: int, height: int, name: str, *, ascii: bool) -> Rows:
    if height < 7:
        return []
    items = [[Span(shorten(name, max(6, width // 3)), "text")]] if name else []
    items.append([Span("* " if ascii else "── ", "train"), Span(translate("charts.predicted"), "muted")])
    items.append([Span("o " if ascii else "·· ", "valid"), Span(translate("charts.actual"), "muted")])
    return flow(items, width, 1)


_STEPS = {"day": (7, "charts.days-apart"), "hour": (24, "charts.hours-apart")}
"""By what a step of a series is: how many make the rhythm that its chart marks, a week or a day; and the words."""
_MIN_BARS = 7


def autocorrelation_chart(
    values: Numbers, width: int, height: int, *, lags: int = 0, step: str = "day", name: str = "", ascii: bool = False
) -> Rows:
    """Draw the autocorrelation at lags of 1, 2, ... steps as bars from zero.

    The bars of whole weeks, or in a series by the hour of whole days, have another colour.

    Args:
        values: The autocorrelation at 1, 2, ... steps.
        width: The width in cells.
        height: The height in rows.
        lags: How many steps the model looks back; a column marks the last of them.
        step: What a step is: ``day`` or ``hour``.
        name: What the series counts.
        ascii: Whether to draw in plain ASCII.
    """
    sizes = float_array(values)
    if too_small(width, height):
        return sentence(translate("charts.too-small"), width, height)
    finite = sizes[np.isfinite(sizes)]
    if not len(finite):
        return sentence(translate("charts.nothing-yet"), width, height)
    period, apart = _STEPS["hour" if step == "hour" else "day"]
    legend = _autocorrelation_legend(width, height, name, translate(apart), lags=lags, period=period, ascii=ascii)
    body = height - len(legend)
    # As many lags as have a column of their own, in whole periods if possible.
    columns = (width - 8) // 2
    sizes = sizes[: max(_MIN_BARS, columns // period * period or columns)]
    lag = np.arange(1, len(sizes) + 1, dtype=np.float64)
    x = _periods(len(sizes), period, most=max(2, width // 6))
    low, high = min(0.0, float(finite.min())), max(0.0, float(finite.max()))
    y = row_scale(low, high, body - 2, zero=low == 0, ascii=ascii)
    grid = canvas_grid(y, width, body, ascii=ascii)
    whole = (lag % period) == 0
    marks = [
        _bars(lag[~whole], sizes[~whole], x, y, grid, "train"),
        _bars(lag[whole], sizes[whole], x, y, grid, "valid"),
    ]
    if 0 < lags <= len(sizes):
        place = int(dot_columns(float_array([lags + 0.5]), x, grid)[0])
        marks.insert(0, column_mark(place, grid, "cursor", "┊", "|"))
    return [*legend, *framed(x, y, canvas(grid, marks), width, body, ascii=ascii)]


def _periods(lags: int, period: int, most: int) -> Scale:
    """Return a scale from 0 to past the last of ``lags``, with at most ``most`` ticks at the ends of periods."""
    ticks = range(0, lags + 1, period * max(1, -(-(lags // period + 1) // most)))
    return Scale(0.0, lags + 1.0, tuple(map(float, ticks)), tuple(map(str, ticks)))


def _bars(lag: Numbers, size: Numbers, x: Scale, y: Scale, grid: Grid, ink: str) -> Mark:
    """Return columns of dots from zero to each value."""
    at, to = float_array(lag), float_array(size)
    good = np.isfinite(to)
    columns, tops = dot_columns(at[good], x, grid), dot_rows(to[good], y, grid)
    foot = int(dot_rows(float_array([0.0]), y, grid)[0])
    pieces = [np.arange(min(foot, top), max(foot, top) + 1) for top in tops.tolist()]
    across = np.concatenate(
        [np.full(len(piece), column) for piece, column in zip(pieces, columns.tolist(), strict=True)] or [columns]
    )
    return Mark(across, np.concatenate(pieces or [tops]), ink, plain="*" if ink == "train" else "#")


def _autocorrelation_legend(
    width: int, height: int, name: str, apart: str, *, lags: int, period: int, ascii: bool
) -> Rows:
    if height < 7:
        return []
    items: list[Row] = [[Span(translate("charts.autocorrelation"), "text")]]
    if name:
        items[0].append(Span(f" {shorten(name, max(6, width // 4))}", "text"))
    marked = f"{period}, {2 * period}, {3 * period}, " + ("..." if ascii else "…")
    items.append([Span("# " if ascii else "⡇ ", "valid"), Span(marked, "muted")])
    if lags:
        items.append([Span("| " if ascii else "┊ ", "cursor"), Span(translate("charts.looks-back"), "muted")])
    arrow = "->" if ascii else "→"
    items.append([Span(f"{apart} {arrow}", "muted")])
    return flow(items, width, 1)
