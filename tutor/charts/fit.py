"""The data and the curve of the model: one feature across, the label upwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tutor.charts.canvas import overlay, scenery
from tutor.charts.cells import Row, Rows, Span, flow, sentence, too_small
from tutor.charts.loss_history import Extremes
from tutor.charts.plot import (
    Grid,
    Mark,
    canvas,
    canvas_grid,
    column_extremes,
    extent,
    finite_pairs,
    framed,
    point_marks,
    series_mark,
)
from tutor.charts.scale import Scale, row_scale, tight_scale
from tutor.foundation.text import shorten
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tutor.charts.loss_history import Numbers


def fit_chart(
    points: tuple[Numbers, Numbers],
    curve: tuple[Numbers, Numbers],
    width: int,
    height: int,
    *,
    valid: tuple[Numbers, Numbers] = ((), ()),
    x_name: str = "",
    y_name: str = "",
    ascii: bool = False,
) -> Rows:
    """Draw training points, validation points and the curve of the model.

    Args:
        points: x and y of the training examples.
        curve: x and y of the model on a grid; x need not be sorted.
        width: The width in cells.
        height: The height in rows.
        valid: x and y of the validation examples.
        x_name: The name of the feature.
        y_name: The name of the label.
        ascii: Whether to draw in plain ASCII.
    """
    train_x, train_y = finite_pairs(*points)
    valid_x, valid_y = finite_pairs(*valid)
    curve_x, curve_y = finite_pairs(*curve)
    if too_small(width, height):
        return sentence(translate("charts.too-small"), width, height)
    across = extent(train_x, valid_x) or extent(curve_x)
    up = extent(train_y, valid_y) or extent(curve_y)
    if across is None or up is None:
        return sentence(translate("charts.nothing-yet"), width, height)
    legend = _legend(width, height, x_name, y_name, has_valid=len(valid_x) > 0, ascii=ascii)
    body = height - len(legend)
    x = tight_scale(*across, ticks=max(2, width // 14), ascii=ascii)
    y = row_scale(*up, body - 2, ascii=ascii)
    grid = canvas_grid(y, width, body, ascii=ascii)
    scene = scenery(
        grid,
        [
            point_marks(train_x, train_y, x, y, grid, "point", "•", "."),
            point_marks(valid_x, valid_y, x, y, grid, "valid", "∘", "o"),
        ],
    )
    lines = _curve_marks(column_extremes(*_across(curve_x, curve_y, x, grid.columns), x, grid), y, grid)
    return [*legend, *framed(x, y, overlay(scene, canvas(grid, lines)), width, body, ascii=ascii)]


def _across(
    x: NDArray[np.float64], y: NDArray[np.float64], across: Scale, columns: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the curve at every dot column of the chart, however far apart its points are."""
    if not len(x):
        return x, y
    order = np.argsort(x, kind="stable")
    places = np.linspace(across.low, across.high, columns)
    return places, np.interp(places, x[order], y[order], left=np.nan, right=np.nan)


def _curve_marks(extremes: Extremes, y: Scale, grid: Grid) -> list[Mark]:
    """Return the parts of the curve that are inside the chart.

    A curve held at the edge would look like a model that levels off, so what is outside is left out. Only a curve that
    is outside everywhere is drawn along the edge, dotted, to show on which side it is.
    """
    inside = (extremes.high >= y.low) & (extremes.low <= y.high)
    if not inside.any():
        return [series_mark(extremes, y, grid, "train", "dotted", "*")]
    shown = inside.copy()
    shown[1:] |= inside[:-1]
    shown[:-1] |= inside[1:]
    kept = np.flatnonzero(shown)
    pieces = np.split(kept, np.flatnonzero(np.diff(extremes.column[kept]) > 1) + 1)
    column, low, high = extremes
    return [
        series_mark(Extremes(column[piece], low[piece], high[piece]), y, grid, "train", "line", "*") for piece in pieces
    ]


def _legend(width: int, height: int, x_name: str, y_name: str, *, has_valid: bool, ascii: bool) -> Rows:
    if height < 5:
        return []
    items: list[Row] = []
    if x_name and y_name:
        wide = max(4, width // 4)
        right, up = (">", "^") if ascii else ("→", "↑")
        items.append([Span(f"{shorten(x_name, wide)} {right}  {shorten(y_name, wide)} {up}", "text")])
    items.append([Span("* " if ascii else "── ", "train"), Span(translate("charts.model"), "muted")])
    items.append([Span(". " if ascii else "• ", "point"), Span(translate("charts.train"), "muted")])
    if has_valid:
        items.append([Span("o " if ascii else "∘ ", "valid"), Span(translate("charts.valid"), "muted")])
    return flow(items, width, 1)
