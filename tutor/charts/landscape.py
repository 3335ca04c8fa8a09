"""The loss as a landscape, with the path of a training over it: a curve over one parameter, a surface over two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tutor.charts.canvas import heat_rows, overlay, scenery
from tutor.charts.cells import Rows, Span, figures, flow, sentence, too_small
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
from tutor.charts.scale import row_scale, tight_scale
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from tutor.charts.loss_history import Numbers

    Ranges = tuple[tuple[float, float], tuple[float, float]]

_CURVE_PATH_POINTS = 200


def curve_chart(
    curve: tuple[Numbers, Numbers],
    width: int,
    height: int,
    *,
    ball: tuple[float | None, float | None] = (None, None),
    path: tuple[Numbers, Numbers] = ((), ()),
    ascii: bool = False,
) -> Rows:
    """Draw the function ``curve`` (w and f(w)), the ``path`` so far and the ``ball`` at its end.

    If the ball has left the chart, an arrow shows the edge where it left.
    """
    w, f = finite_pairs(*curve)
    ball_w, ball_f = finite_pairs([ball[0]], [ball[1]])
    if too_small(width, height):
        shown = [("w", figure(ball[0], ascii=ascii), "path"), ("f", figure(ball[1], ascii=ascii), "train")]
        return figures(shown, width, height)
    across, up = extent(w), extent(f)
    if across is None or up is None:
        return sentence(translate("charts.nothing-yet"), width, height)
    legend = _curve_legend(width, height, ball, ascii=ascii)
    body = height - len(legend)
    x = tight_scale(*across, ticks=max(2, width // 12), ascii=ascii)
    y = row_scale(*up, body - 2, ascii=ascii)
    grid = canvas_grid(y, width, body, ascii=ascii)
    scene = scenery(grid, [series_mark(column_extremes(w, f, x, grid), y, grid, "muted", "line", ".")])
    path_w, path_f = finite_pairs(*path)
    path_w, path_f = path_w[-_CURVE_PATH_POINTS:], path_f[-_CURVE_PATH_POINTS:]
    marks = [
        path_mark(path_w, path_f, x, y, grid, "path", "-"),
        point_marks(path_w, path_f, x, y, grid, "path", "∘", "o"),
        point_marks(ball_w, ball_f, x, y, grid, "accent", "●", "@"),
    ]
    if len(ball_w) and not (x.low <= ball_w[0] <= x.high and y.low <= ball_f[0] <= y.high):
        marks.append(_gone(float(ball_w[0]), x.low, x.high, grid))
    return [*legend, *framed(x, y, overlay(scene, canvas(grid, marks)), width, body, ascii=ascii)]


def _gone(w: float, low: float, high: float, grid: Grid) -> Mark:
    """Return an arrow at the edge where the ball left the chart."""
    share = min(1.0, max(0.0, (w - low) / (high - low)))
    column = round(share * (grid.columns - 1))
    glyph = ("<" if grid.ascii else "◀") if w < low else (">" if grid.ascii else "▶") if w > high else None
    glyph = glyph or ("^" if grid.ascii else "▲")
    return Mark(np.array([column]), np.array([grid.rows - 1]), "bad", glyph=glyph)


def _curve_legend(width: int, height: int, ball: tuple[float | None, float | None], *, ascii: bool) -> Rows:
    if height < 5:
        return []
    items = [
        [Span("@ " if ascii else "● ", "accent"), Span("w ", "muted"), Span(figure(ball[0], ascii=ascii), "path")],
        [Span("f(w) ", "muted"), Span(figure(ball[1], ascii=ascii), "train")],
    ]
    return flow(items, width, 1)


_HIGHEST_LEVEL = 63
_SURFACE_PATH_POINTS = 400


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
    """Draw a heat map of the loss with the path of the parameters.

    Args:
        levels: The loss from 0 (lowest) to 63 (highest), shape (rows, columns), rows from the top.
        ranges: Low and high of the parameter across, and of the parameter upwards.
        width: The width in cells.
        height: The height in rows.
        path: The parameter across and the parameter upwards after each update; the last ones are the present ones.
        names: The names of the parameters.
        losses: The losses of level 0 and of level 63, for the legend.
        colour: Whether the terminal has colours to shade with; otherwise characters are used.
        ascii: Whether to draw in plain ASCII.
    """
    xs, ys = finite_pairs(*path)
    if too_small(width, height):
        now = (xs[-1], ys[-1]) if len(xs) else (None, None)
        shown = [(name, figure(value, ascii=ascii), "path") for name, value in zip(names, now, strict=True)]
        return figures(shown, width, height)
    field = np.nan_to_num(np.asarray(levels, dtype=np.float64), nan=_HIGHEST_LEVEL, posinf=_HIGHEST_LEVEL, neginf=0.0)
    if field.ndim != 2 or not field.size or not np.all(np.isfinite(ranges)):
        return sentence(translate("charts.nothing-yet"), width, height)
    legend = _surface_legend(width, height, names, losses, colour=colour, ascii=ascii)
    body = height - len(legend)
    x = tight_scale(*ranges[0], ticks=max(2, width // 12), ascii=ascii)
    y = tight_scale(*ranges[1], ticks=max(2, min(5, (body - 2) // 3 + 1)), ascii=ascii)
    grid = canvas_grid(y, width, body, ascii=ascii)
    under = heat_rows(np.clip(field, 0, _HIGHEST_LEVEL).astype(np.int64), _HIGHEST_LEVEL, grid, colour=colour)
    xs, ys = xs[-_SURFACE_PATH_POINTS:], ys[-_SURFACE_PATH_POINTS:]
    marks = [
        path_mark(xs, ys, x, y, grid, "path", "o"),
        point_marks(xs[:1], ys[:1], x, y, grid, "path", "○", "S"),
        point_marks(xs[-1:], ys[-1:], x, y, grid, "path", "●", "O"),
    ]
    return [*legend, *framed(x, y, overlay(under, canvas(grid, marks)), width, body, ascii=ascii)]


def _surface_legend(
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
        bar = heat_rows(np.arange(_HIGHEST_LEVEL + 1)[None, :], _HIGHEST_LEVEL, Grid(8, 1, ascii), colour=colour)[0]
        low, high = (figure(loss, digits=3, ascii=ascii) for loss in losses)
        items.append([Span(f"{translate('charts.loss')} {low} ", "muted"), *bar, Span(f" {high}", "muted")])
    items.append([Span("O " if ascii else "● ", "text"), Span(translate("charts.now"), "muted")])
    return flow(items, width, 1)
