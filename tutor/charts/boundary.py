"""The decision regions of a classifier over two features, and the examples in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tutor.charts.canvas import colour_rows, overlay, scenery, shade_rows
from tutor.charts.cells import CLASS_INKS, Row, Rows, Span, flow, sentence, too_small
from tutor.charts.plot import Grid, canvas_grid, framed, point_marks
from tutor.charts.scale import tight_scale
from tutor.foundation.text import shorten
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Ranges = tuple[tuple[float, float], tuple[float, float]]

GLYPHS = "●▲■◆○△□◇★☆"
"""A sign for each class, so that points can be distinguished without colour."""
ASCII_GLYPHS = "ox+*#%@&=~"
FIELD_SHADES = " .:'`,;-_\""
_UNSURE = 2


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
        certainty: How sure the model is, 0 to 9, with the shape of ``classes``; unsure places are left blank.
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
    legend = _legend(width, height, class_names, names, ascii=ascii)
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
        for number in np.unique(rows[:, 2])
    ]
    drawn = scenery(grid, marks)
    field = _field(np.asarray(classes), np.asarray(certainty), grid, colour=colour)
    return [*legend, *framed(x, y, overlay(field, drawn) if field else drawn, width, body, ascii=ascii)]


def _field(classes: NDArray[np.int64], certainty: NDArray[np.int64], grid: Grid, *, colour: bool) -> Rows:
    """Draw the fields; index 0 is the blank between them, where the model is unsure."""
    if classes.ndim != 2 or not classes.size:
        return []
    kinds = classes.astype(np.int64) % CLASS_INKS + 1
    if certainty.shape == classes.shape:
        kinds = np.where(certainty < _UNSURE, 0, kinds)
    if colour and not grid.ascii:
        return colour_rows(kinds, ("field", *(f"field{number}" for number in range(CLASS_INKS))), grid)
    return shade_rows(kinds, f"?{FIELD_SHADES}", "muted", grid)


def _legend(width: int, height: int, class_names: Sequence[str], names: tuple[str, str], *, ascii: bool) -> Rows:
    if height < 5:
        return []
    glyphs = ASCII_GLYPHS if ascii else GLYPHS
    items: list[Row] = [
        [Span(f"{glyphs[number % CLASS_INKS]} ", f"class{number % CLASS_INKS}"), Span(shorten(name, 12), "muted")]
        for number, name in enumerate(class_names)
    ]
    if all(names):
        wide = max(6, width // 4 if height < 14 else (width - 6) // 2)
        right, up = (">", "^") if ascii else ("→", "↑")
        items.append([Span(f"{shorten(names[0], wide)} {right}  {shorten(names[1], wide)} {up}", "muted")])
    return flow(items, width, 1 if height < 14 else 2)
