"""The loss over two parameters, seen from above, and the way of the training over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tutor.charts.canvas import heat_rows, overlay
from tutor.charts.cells import Rows, Span, figures, sentence, too_small
from tutor.charts.loss import flow
from tutor.charts.numbers import figure
from tutor.charts.plot import Grid, canvas, canvas_grid, finite_pairs, framed, path_mark, point_marks
from tutor.charts.scale import tight_scale
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from tutor.charts.loss_history import Numbers

    Ranges = tuple[tuple[float, float], tuple[float, float]]

_MOST = 63
_PATH_POINTS = 400


def surface_chart(
    levels: ArrayLike,
    ranges: Ranges,
    width: int,
    height: int,
    *,
    path: tuple[Numbers, Numbers] = ((), ()),
    names: tuple[str, str] = ("w", "b"),
    losses: tuple[float | None, float | None] = (None, None),
    colour: bool = True,
    ascii: bool = False,
) -> Rows:
    """A heat map of the loss with the path of the parameters.

    Args:
        levels: Shape (rows, columns), rows from the top: 0 (lowest loss) to 63 (highest).
        ranges: Low and high of the parameter across and of the one upwards.
        width: Cells across.
        height: Rows.
        path: The parameter across and the one upwards after each update; the last is where it is now.
        names: What the parameters are called.
        losses: The losses that level 0 and level 63 stand for, for the legend.
        colour: Whether the terminal has colours to shade with; otherwise characters do.
        ascii: Whether to draw in plain ASCII.
    """
    xs, ys = finite_pairs(*path)
    if too_small(width, height):
        now = (xs[-1], ys[-1]) if len(xs) else (None, None)
        shown = [(name, figure(value, ascii=ascii), "path") for name, value in zip(names, now, strict=True)]
        return figures(shown, width, height)
    field = np.nan_to_num(np.asarray(levels, dtype=np.float64), nan=_MOST, posinf=_MOST, neginf=0.0)
    if field.ndim != 2 or not field.size or not np.all(np.isfinite(ranges)):
        return sentence(translate("charts.nothing-yet"), width, height)
    legend = _legend(width, height, names, losses, colour=colour, ascii=ascii)
    body = height - len(legend)
    x = tight_scale(*ranges[0], ticks=max(2, width // 12), ascii=ascii)
    y = tight_scale(*ranges[1], ticks=max(2, min(5, (body - 2) // 3 + 1)), ascii=ascii)
    grid = canvas_grid(y, width, body, ascii=ascii)
    under = heat_rows(np.clip(field, 0, _MOST).astype(np.int64), _MOST, grid, colour=colour)
    xs, ys = xs[-_PATH_POINTS:], ys[-_PATH_POINTS:]
    marks = [
        path_mark(xs, ys, x, y, grid, "path", "o"),
        point_marks(xs[:1], ys[:1], x, y, grid, "path", "○", "S"),
        point_marks(xs[-1:], ys[-1:], x, y, grid, "path", "●", "O"),
    ]
    return [*legend, *framed(x, y, overlay(under, canvas(grid, marks)), width, body, ascii=ascii)]


def _legend(
    width: int,
    height: int,
    names: tuple[str, str],
    losses: tuple[float | None, float | None],
    *,
    colour: bool,
    ascii: bool,
) -> Rows:
    if height < 8:
        return []
    arrow = "^" if ascii else "↑"
    right = ">" if ascii else "→"
    items = [[Span(f"{names[0]} {right}  {names[1]} {arrow}", "text")]]
    if losses[0] is not None and losses[1] is not None:
        bar = heat_rows(np.arange(_MOST + 1)[None, :], _MOST, Grid(8, 1, ascii), colour=colour)[0]
        low, high = (figure(loss, digits=3, ascii=ascii) for loss in losses)
        items.append([Span(f"{translate('charts.loss')} {low} ", "muted"), *bar, Span(f" {high}", "muted")])
    items.append([Span("O " if ascii else "● ", "text"), Span(translate("charts.now"), "muted")])
    return flow(items, width, 1)
