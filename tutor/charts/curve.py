"""A drawn function of one parameter, the ball that rolls on it, and the way it came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tutor.charts.canvas import overlay, scenery
from tutor.charts.cells import Rows, Span, figures, sentence, too_small
from tutor.charts.loss import flow
from tutor.charts.numbers import figure
from tutor.charts.plot import (
    Grid,
    Mark,
    canvas,
    canvas_grid,
    column_extremes,
    extent,
    finite_pairs,
    framed,
    path_mark,
    point_marks,
    series_mark,
)
from tutor.charts.scale import tight_scale, with_room
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from tutor.charts.loss_history import Numbers

_PATH_POINTS = 200


def curve_chart(
    curve: tuple[Numbers, Numbers],
    width: int,
    height: int,
    *,
    ball: tuple[float | None, float | None] = (None, None),
    path: tuple[Numbers, Numbers] = ((), ()),
    ascii: bool = False,
) -> Rows:
    """The function ``curve`` (w and f(w)), the ``path`` so far and the ``ball`` at its end.

    A ball that has left the picture is shown at the edge where it left, as an arrow.
    """
    w, f = finite_pairs(*curve)
    ball_w, ball_f = finite_pairs([ball[0]], [ball[1]])
    if too_small(width, height):
        shown = [("w", figure(ball[0], ascii=ascii), "path"), ("f", figure(ball[1], ascii=ascii), "train")]
        return figures(shown, width, height)
    across, up = extent(w), extent(f)
    if across is None or up is None:
        return sentence(translate("charts.nothing-yet"), width, height)
    legend = _legend(width, height, ball, ascii=ascii)
    body = height - len(legend)
    x = tight_scale(*across, ticks=max(2, width // 12), ascii=ascii)
    y = tight_scale(*with_room(up), ticks=max(2, min(5, (body - 2) // 3 + 1)), ascii=ascii)
    grid = canvas_grid(y, width, body, ascii=ascii)
    scene = scenery(grid, [series_mark(column_extremes(w, f, x, grid), y, grid, "muted", "line", ".")])
    path_w, path_f = finite_pairs(*path)
    path_w, path_f = path_w[-_PATH_POINTS:], path_f[-_PATH_POINTS:]
    marks = [
        path_mark(path_w, path_f, x, y, grid, "path", "-"),
        point_marks(path_w, path_f, x, y, grid, "path", "∘", "o"),
        point_marks(ball_w, ball_f, x, y, grid, "accent", "●", "@"),
    ]
    if len(ball_w) and not (x.low <= ball_w[0] <= x.high and y.low <= ball_f[0] <= y.high):
        marks.append(_gone(float(ball_w[0]), x.low, x.high, grid))
    return [*legend, *framed(x, y, overlay(scene, canvas(grid, marks)), width, body, ascii=ascii)]


def _gone(w: float, low: float, high: float, grid: Grid) -> Mark:
    """An arrow at the edge over which the ball has gone."""
    share = min(1.0, max(0.0, (w - low) / (high - low)))
    column = round(share * (grid.columns - 1))
    glyph = ("<" if grid.ascii else "◀") if w < low else (">" if grid.ascii else "▶") if w > high else None
    glyph = glyph or ("^" if grid.ascii else "▲")
    return Mark(np.array([column]), np.array([grid.rows - 1]), "bad", glyph=glyph)


def _legend(width: int, height: int, ball: tuple[float | None, float | None], *, ascii: bool) -> Rows:
    if height < 7:
        return []
    items = [
        [Span("@ " if ascii else "● ", "accent"), Span("w ", "muted"), Span(figure(ball[0], ascii=ascii), "path")],
        [Span("f(w) ", "muted"), Span(figure(ball[1], ascii=ascii), "train")],
    ]
    return flow(items, width, 1)
