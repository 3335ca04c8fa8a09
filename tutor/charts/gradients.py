"""The gradient of all examples as an arrow, and those of single batches around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tutor.charts.cells import Row, Rows, Span, sentence, too_small
from tutor.charts.loss import flow
from tutor.charts.plot import Grid, canvas, canvas_grid, finite_pairs, framed, path_mark, point_marks
from tutor.charts.scale import Scale, tight_scale
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from tutor.charts.loss_history import Numbers

_SHOWN = 90
"""Percent of the batches that the picture is made to hold; a few long ones may leave it."""


def gradients_chart(
    batches: tuple[Numbers, Numbers],
    width: int,
    height: int,
    *,
    batch_size: int,
    angle: float,
    ascii: bool = False,
) -> Rows:
    """Arrows from one point: that of all examples goes to the right and has length 1.

    Args:
        batches: Of each batch's gradient the part along that arrow, and the length at right angles to it. On which
            side a batch is drawn means nothing: there are as many dimensions as parameters.
        width: Cells across.
        height: Rows.
        batch_size: How many examples a batch has.
        angle: How far off a batch's gradient usually is, in degrees.
        ascii: Whether to draw in plain ASCII.
    """
    if too_small(width, height):
        return sentence(translate("charts.too-small"), width, height)
    along, across = finite_pairs(*batches)
    legend = _legend(width, height, batch_size, angle, ascii=ascii)
    body = height - len(legend)
    far = float(np.percentile(across, _SHOWN)) if len(across) else 0.0
    ends = np.percentile(along, [100 - _SHOWN, _SHOWN]).tolist() if len(along) else [0.0, 1.0]
    reach = (min(0.0, ends[0]), max(1.0, ends[1]))
    # The labels of an axis take room that depends on the axis: the second time round it is right.
    grid = Grid(max(1, width - 7), max(1, body - 2), ascii)
    for _ in range(2):
        x, y = _alike(reach, max(far, 0.3), grid, width, body, ascii=ascii)
        grid = canvas_grid(y, width, body, ascii=ascii)
    sides = np.where(np.arange(len(across)) % 2 == 0, 1.0, -1.0) * across
    marks = [
        path_mark([0.0, to], [0.0, up], x, y, grid, "point", plain=".")
        for to, up in zip(along.tolist(), sides.tolist(), strict=True)
    ]
    marks += [
        point_marks(along, sides, x, y, grid, "point", "•", "o"),
        path_mark([0.0, 1.0], [0.0, 0.0], x, y, grid, "train", plain="="),
        point_marks([1.0], [0.0], x, y, grid, "train", "▶", ">"),
    ]
    return [*legend, *framed(x, y, canvas(grid, marks), width, body, ascii=ascii)]


def _alike(
    along: tuple[float, float], across: float, grid: Grid, width: int, body: int, *, ascii: bool
) -> tuple[Scale, Scale]:
    """Two axes of the same unit, so that angles are drawn as they are. A plain ASCII cell is twice as high as wide."""
    dot_height = 2.0 if ascii else 1.0
    low, high = along[0] - 0.1, along[1] + 0.1
    unit = max((high - low) / grid.columns, 2.2 * across / (grid.rows * dot_height))
    half, middle = unit * grid.columns / 2, (low + high) / 2
    up = unit * grid.rows * dot_height / 2
    x = tight_scale(middle - half, middle + half, ticks=max(2, width // 14), ascii=ascii)
    y = tight_scale(-up, up, ticks=max(2, min(5, (body - 2) // 3 + 1)), ascii=ascii)
    return x, y


def _legend(width: int, height: int, batch_size: int, angle: float, *, ascii: bool) -> Rows:
    if height < 7:
        return []
    items: list[Row] = [
        [Span("=> " if ascii else "─▶ ", "train"), Span(translate("charts.all-examples"), "muted")],
        [Span("o " if ascii else "• ", "point"), Span(translate("charts.batches-of", size=batch_size), "muted")],
        [Span(translate("charts.usual-angle", angle=f"{angle:.0f}"), "text")],
    ]
    return flow(items, width, 1)
