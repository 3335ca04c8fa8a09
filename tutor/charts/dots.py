"""From numbers to the dots of a canvas: what is not finite goes, what shares a dot column is merged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from tutor.charts.loss_history import Extremes, merge_columns, numbers
from tutor.charts.plot import Grid, Mark
from tutor.charts.scale import Scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tutor.charts.loss_history import Numbers

Pattern = Literal["line", "dotted", "dashed"]
"""How a series is told apart without colour."""

_DASH_CELLS = 2


def finite_pairs(x: Numbers, y: Numbers) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The pairs of ``x`` and ``y`` in which both are finite; the longer one is cut."""
    across, up = numbers(x), numbers(y)
    size = min(len(across), len(up))
    across, up = across[:size], up[:size]
    good = np.isfinite(across) & np.isfinite(up)
    return across[good], up[good]


def extent(*arrays: NDArray[np.float64]) -> tuple[float, float] | None:
    """The least and the greatest finite value in all of ``arrays``; None where there is none."""
    lows = [float(array.min()) for array in arrays if len(array)]
    highs = [float(array.max()) for array in arrays if len(array)]
    return (min(lows), max(highs)) if lows else None


def dot_rows(values: NDArray[np.float64], y: Scale, grid: Grid) -> NDArray[np.int64]:
    """The dot row of each value, from 0 at the bottom; what lies off the scale is held at the edge."""
    rows = np.clip(y.fractions(values), 0.0, 1.0) * (grid.rows - 1)
    return np.rint(rows).astype(np.int64)


def dot_columns(values: NDArray[np.float64], x: Scale, grid: Grid) -> NDArray[np.int64]:
    """The dot column of each value, from 0 at the left; off the scale it is held just outside the canvas."""
    columns = np.clip(x.fractions(values) * (grid.columns - 1), -1.0, float(grid.columns))
    return np.rint(columns).astype(np.int64)


def column_extremes(x: NDArray[np.float64], y: NDArray[np.float64], across: Scale, grid: Grid) -> Extremes:
    """The least and greatest of ``y`` in each dot column, for finite ``x`` that may come in any order."""
    column = dot_columns(x, across, grid)
    inside = (column >= 0) & (column < grid.columns)
    column, y = column[inside], y[inside]
    if len(column) > 1 and np.any(np.diff(column) < 0):
        order = np.argsort(column, kind="stable")
        column, y = column[order], y[order]
    return merge_columns(column, y, y)


def series_mark(extremes: Extremes, y: Scale, grid: Grid, ink: str, pattern: Pattern, plain: str = "*") -> Mark:
    """A series as one mark: a line, a dotted line or a dashed one, through the extremes of every column."""
    extremes = _on_scale(extremes, y)
    columns, low, high = extremes.column, dot_rows(extremes.low, y, grid), dot_rows(extremes.high, y, grid)
    if pattern == "dotted":
        across, up = _dotted(columns, low, high)
        return Mark(across, up, ink, plain=plain)
    if pattern == "dashed":
        across, up, breaks = _dashed(columns, low, high, grid)
        return Mark(across, up, ink, lines=True, breaks=breaks, plain=plain)
    across, up = _zigzag(columns, low, high)
    across, up = simplified(across, up)
    return Mark(across, up, ink, lines=True, plain=plain)


def path_mark(x: Numbers, y: Numbers, across: Scale, up: Scale, grid: Grid, ink: str, plain: str = ".") -> Mark:
    """A path in the plane, in the order of its points, as a line through the dots it visits."""
    columns, rows = _visited(x, y, across, up, grid)
    columns, rows = simplified(columns, rows)
    return Mark(columns, rows, ink, lines=True, plain=plain)


def point_marks(
    x: Numbers, y: Numbers, across: Scale, up: Scale, grid: Grid, ink: str, glyph: str, plain: str = "o"
) -> Mark:
    """Points as a glyph each, one per cell at most; points off the scale are left out."""
    columns, rows = _visited(x, y, across, up, grid)
    inside = (columns >= 0) & (columns < grid.columns) & (rows >= 0) & (rows < grid.rows)
    cells = np.unique(np.stack([columns[inside] // grid.dots_across, rows[inside] // grid.dots_up]), axis=1)
    return Mark(
        cells[0] * grid.dots_across, cells[1] * grid.dots_up, ink, glyph=plain if grid.ascii else glyph, plain=plain
    )


def column_mark(column: int, grid: Grid, ink: str, glyph: str, plain: str, *, every: int = 1) -> Mark:
    """A vertical line of ``glyph`` over the whole height at a dot column."""
    rows = np.arange(0, grid.height, every, dtype=np.int64) * grid.dots_up
    return Mark(np.full_like(rows, column), rows, ink, glyph=plain if grid.ascii else glyph, plain=plain)


def simplified(columns: NDArray[np.int64], rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The same line with fewer points: repeats go, and every point on the straight way between its neighbours."""
    if len(columns) > 1:
        moved = np.ones(len(columns), dtype=bool)
        moved[1:] = (np.diff(columns) != 0) | (np.diff(rows) != 0)
        columns, rows = columns[moved], rows[moved]
    if len(columns) < 3:
        return columns, rows
    across, up = np.diff(columns), np.diff(rows)
    straight = (across[:-1] * up[1:] == across[1:] * up[:-1]) & (across[:-1] * across[1:] + up[:-1] * up[1:] > 0)
    keep = np.ones(len(columns), dtype=bool)
    keep[1:-1] = ~straight
    return columns[keep], rows[keep]


def _on_scale(extremes: Extremes, y: Scale) -> Extremes:
    """Without the columns that a logarithmic scale cannot show; a low of zero or less is held at its foot."""
    if not y.logarithmic:
        return extremes
    shown = extremes.high > 0
    low = np.maximum(extremes.low[shown], y.low)
    return Extremes(extremes.column[shown], low, np.maximum(extremes.high[shown], low))


def _zigzag(
    columns: NDArray[np.int64], low: NDArray[np.int64], high: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Two points a column, the first one on the side that the line comes from."""
    middle = low + high
    falling = np.zeros(len(columns), dtype=bool)
    falling[1:] = middle[1:] < middle[:-1]
    if len(columns) > 1:
        falling[0] = falling[1]
    up = np.empty(2 * len(columns), dtype=np.int64)
    up[0::2] = np.where(falling, high, low)
    up[1::2] = np.where(falling, low, high)
    return np.repeat(columns, 2), up


def _every_column(
    columns: NDArray[np.int64], low: NDArray[np.int64], high: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The extremes with the columns between two of them filled in along a straight line."""
    if len(columns) < 2:
        return columns, low, high
    across = np.arange(columns[0], columns[-1] + 1)
    below = np.rint(np.interp(across, columns, low)).astype(np.int64)
    above = np.rint(np.interp(across, columns, high)).astype(np.int64)
    return across, below, above


def _dotted(
    columns: NDArray[np.int64], low: NDArray[np.int64], high: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """A dot in every second column, which speaks for the next one too, so that no spike falls between two dots."""
    across, below, above = _every_column(columns, low, high)
    pair, first = np.unique(across // 2, return_index=True)
    across = pair * 2
    below, above = np.minimum.reduceat(below, first), np.maximum.reduceat(above, first)
    tall = above - below > 1
    return np.concatenate([across, across[tall]]), np.concatenate([below, above[tall]])


def _dashed(
    columns: NDArray[np.int64], low: NDArray[np.int64], high: NDArray[np.int64], grid: Grid
) -> tuple[NDArray[np.int64], NDArray[np.int64], tuple[int, ...]]:
    across, below, above = _every_column(columns, low, high)
    dash = across // (_DASH_CELLS * grid.dots_across)
    chosen = dash % 2 == 0
    if not chosen.any():
        chosen[:] = True
    across, up = _zigzag(across[chosen], below[chosen], above[chosen])
    pieces = np.repeat(dash[chosen], 2)
    return across, up, tuple(int(index) for index in np.flatnonzero(np.diff(pieces)) + 1)


def _visited(
    x: Numbers, y: Numbers, across: Scale, up: Scale, grid: Grid
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The dots of finite points, held just outside the canvas where they leave it."""
    xs, ys = finite_pairs(x, y)
    rows = np.rint(np.clip(up.fractions(ys) * (grid.rows - 1), -1.0, float(grid.rows))).astype(np.int64)
    return dot_columns(xs, across, grid), rows
