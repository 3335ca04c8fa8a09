"""A series and what the model says of it: the same days, actual and predicted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tutor.charts.cells import Rows, Span, sentence, too_small
from tutor.charts.loss import flow
from tutor.charts.loss_history import numbers
from tutor.charts.plot import canvas, canvas_grid, column_extremes, extent, framed, series_mark
from tutor.charts.scale import tight_scale, window_scale, with_room
from tutor.foundation.text import shorten
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from tutor.charts.loss_history import Numbers


def series_chart(
    actual: Numbers, predicted: Numbers, width: int, height: int, *, name: str = "", ascii: bool = False
) -> Rows:
    """``actual`` as a dotted line, ``predicted`` as a full one, day by day from 1."""
    if too_small(width, height):
        return sentence(translate("charts.too-small"), width, height)
    truth, guess = numbers(actual), numbers(predicted)
    days = max(len(truth), len(guess))
    up = extent(truth[np.isfinite(truth)])
    up = up or extent(guess[np.isfinite(guess)])
    if up is None:
        return sentence(translate("charts.nothing-yet"), width, height)
    legend = _legend(width, height, name, ascii=ascii)
    body = height - len(legend)
    x = window_scale(1, max(2, days), ticks=max(2, min(7, width // 10)))
    y = tight_scale(*with_room(up), ticks=max(2, min(5, (body - 2) // 3 + 1)), ascii=ascii)
    grid = canvas_grid(y, width, body, ascii=ascii)
    marks = []
    for values, ink, pattern, plain in ((truth, "valid", "dotted", "o"), (guess, "train", "line", "*")):
        day = np.arange(1, len(values) + 1, dtype=np.float64)
        good = np.isfinite(values)
        extremes = column_extremes(day[good], values[good], x, grid)
        marks.append(series_mark(extremes, y, grid, ink, "dotted" if pattern == "dotted" else "line", plain))
    return [*legend, *framed(x, y, canvas(grid, marks), width, body, ascii=ascii)]


def _legend(width: int, height: int, name: str, *, ascii: bool) -> Rows:
    if height < 7:
        return []
    items = [[Span(shorten(name, max(6, width // 3)), "text")]] if name else []
    items.append([Span("* " if ascii else "── ", "train"), Span(translate("charts.predicted"), "muted")])
    items.append([Span("o " if ascii else "·· ", "valid"), Span(translate("charts.actual"), "muted")])
    return flow(items, width, 1)
