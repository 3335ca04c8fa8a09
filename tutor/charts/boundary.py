"""The decision regions of a classifier over two features, and the examples in them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from tutor.charts.canvas import HALF, overlay, resampled, scenery, shade_rows
from tutor.charts.cells import CLASS_INKS, Row, Rows, Span, fit_row, flow, sentence, too_small
from tutor.charts.plot import Grid, canvas_grid, framed, point_marks
from tutor.charts.scale import tight_scale
from tutor.foundation.text import shorten
from tutor.foundation.translate import translate
from tutor.tables.distinct import distinct

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Ranges = tuple[tuple[float, float], tuple[float, float]]

GLYPHS = "●▲■◆○△□◇★☆"
"""A sign for each class, so that points can be distinguished without colour."""
ASCII_GLYPHS = "ox+*#%@&=~"
FIELD_SHADES = " .:'`,;-_\""
_SURE = 0.6
"""The probability of the predicted class below which a field is pale."""
_PALE = "▒"
"""Mixes the colour of a field with that of the screen, so a pale field is a field and not a hole."""
_UNSURE = "?"
_APART_FROM = 12
"""The rows from which a blank one parts the legend from the plane, so that it is no part of it."""


def boundary_chart(
    points: ArrayLike,
    ranges: Ranges,
    width: int,
    height: int,
    *,
    classes: ArrayLike = (),
    certainty: ArrayLike = (),
    class_names: Sequence[str] = (),
    names: tuple[str, str] = ("", ""),
    colour: bool = True,
    ascii: bool = False,
) -> Rows:
    """Draw the regions of the model's classes as fields, and the examples as signs.

    Args:
        points: The examples, shape (N, 3): the feature across, the feature upwards, the class.
        ranges: Low and high of the feature across, and of the feature upwards.
        width: The width in cells.
        height: The height in rows.
        classes: The predicted class of each place, shape (rows, columns), rows from the top; empty before training.
        certainty: How sure the model is, from 0, a tie, to 9, with the shape of ``classes``; unsure places are pale.
        class_names: The names of the classes.
        names: The names of the features.
        colour: Whether the terminal has colours for the fields; otherwise characters distinguish them.
        ascii: Whether to draw in plain ASCII.
    """
    if too_small(width, height):
        return sentence(translate("charts.too-small"), width, height)
    rows = np.asarray(points, dtype=np.float64)
    rows = rows.reshape(-1, 3) if rows.size and rows.size % 3 == 0 else np.empty((0, 3))
    rows = rows[np.isfinite(rows).all(axis=1)]
    if not np.all(np.isfinite(ranges)):
        return sentence(translate("charts.nothing-yet"), width, height)
    fills = np.asarray(classes).size and (not colour or ascii)
    legend = _legend(width, height, class_names, names, fills=bool(fills), ascii=ascii)
    body = height - len(legend)
    x = tight_scale(*ranges[0], ticks=max(2, width // 12), ascii=ascii)
    y = tight_scale(*ranges[1], ticks=max(2, min(5, (body - 2) // 3 + 1)), ascii=ascii)
    grid = canvas_grid(y, width, body, ascii=ascii)
    marks = [
        point_marks(
            rows[rows[:, 2] == number, 0],
            rows[rows[:, 2] == number, 1],
            x,
            y,
            grid,
            f"class{int(number) % CLASS_INKS}",
            GLYPHS[int(number) % CLASS_INKS],
            ASCII_GLYPHS[int(number) % CLASS_INKS],
        )
        for number in distinct(rows[:, 2])
    ]
    drawn = scenery(grid, marks)
    field = _field(np.asarray(classes), np.asarray(certainty), max(2, len(class_names)), grid, colour=colour)
    return [*legend, *framed(x, y, overlay(field, drawn) if field else drawn, width, body, ascii=ascii)]


def _field(classes: NDArray[np.int64], certainty: NDArray[np.int64], count: int, grid: Grid, *, colour: bool) -> Rows:
    """Draw the field of each class; where the model is less than 60% sure, it is pale, and without colour ``?``."""
    if classes.ndim != 2 or not classes.size:
        return []
    kinds = classes.astype(np.int64) % CLASS_INKS
    least = (_SURE - 1 / count) / (1 - 1 / count) * 10
    pale = certainty < least if certainty.shape == classes.shape else np.zeros(classes.shape, dtype=bool)
    if not colour or grid.ascii:
        return shade_rows(np.where(pale, 0, kinds + 1), f"{_UNSURE}{FIELD_SHADES}", "muted", grid)
    codes = resampled(kinds * 2 + pale, 2 * grid.height, grid.width)
    return [_field_row(codes[2 * row].tolist(), codes[2 * row + 1].tolist()) for row in range(grid.height)]


def _field_row(upper: Sequence[int], lower: Sequence[int]) -> Row:
    """Return a row of cells from the codes of its halves: twice the class, and one more if that half is pale."""
    row: Row = []
    for (high, low), cells in groupby(zip(upper, lower, strict=True)):
        size = len(list(cells))
        if high == low and high % 2:
            row.append(Span(_PALE * size, "field", f"field{high // 2}"))
        else:
            row.append(Span(HALF * size, f"field{high // 2}", f"field{low // 2}"))
    return row


def _legend(
    width: int, height: int, class_names: Sequence[str], names: tuple[str, str], *, fills: bool, ascii: bool
) -> Rows:
    """Name the classes with their signs, and with ``fills`` the characters that stand for the fields."""
    if height < 5:
        return []
    glyphs = ASCII_GLYPHS if ascii else GLYPHS
    items: list[Row] = []
    for number, name in enumerate(class_names):
        fill = FIELD_SHADES[number % CLASS_INKS].strip() if fills else ""
        label = f"{shorten(name, 12)} {fill}".rstrip()
        items.append([Span(f"{glyphs[number % CLASS_INKS]} ", f"class{number % CLASS_INKS}"), Span(label, "muted")])
    if all(names):
        wide = max(6, width // 4 if height < 14 else (width - 6) // 2)
        right, up = (">", "^") if ascii else ("→", "↑")
        items.append([Span(f"{shorten(names[0], wide)} {right}  {shorten(names[1], wide)} {up}", "muted")])
    if fills and items:
        items.append([Span(f"{_UNSURE} {translate('charts.unsure')}", "muted")])
    rows = flow(items, width, 1 if height < 14 else 2)
    return [*rows, fit_row((), width)] if rows and height >= _APART_FROM else rows
