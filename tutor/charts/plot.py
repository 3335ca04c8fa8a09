"""Points and lines on a canvas of dots, and axes around it. This is the only module that draws with plotext.

A chart makes a `Scale` for each axis and a `canvas_grid` for the rest, turns its numbers into marks (`series_mark`,
`point_marks`, `path_mark`), draws them with `canvas`, and puts the axes around it with `framed`.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from tutor.charts.cells import Row, Rows, Span, overlaid
from tutor.charts.loss_history import Extremes, float_array, merge_columns
from tutor.charts.scale import Scale
from tutor.foundation.text import cell_width, pad_left
from tutor.tables.distinct import distinct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tutor.charts.loss_history import Numbers

_LOCK = threading.Lock()
_BOX_TO_ASCII = str.maketrans({"│": "|", "─": "-", "└": "+", "┤": "+", "┬": "+", "┼": "+", "├": "+", "┴": "+"})


class Grid(NamedTuple):
    """The size of a canvas in cells. A cell has two by four dots, or a single dot in plain ASCII."""

    width: int
    height: int
    ascii: bool = False

    @property
    def columns(self) -> int:
        """The number of dots across."""
        return self.width * (1 if self.ascii else 2)

    @property
    def rows(self) -> int:
        """The number of dots upwards."""
        return self.height * (1 if self.ascii else 4)

    @property
    def dots_across(self) -> int:
        """The number of dots across in one cell."""
        return 1 if self.ascii else 2

    @property
    def dots_up(self) -> int:
        """The number of dots upwards in one cell."""
        return 1 if self.ascii else 4


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """Dots to draw, connected or not.

    Args:
        columns: The column of each dot, 0 at the left.
        rows: The row of each dot, 0 at the bottom.
        ink: The role that colours them.
        lines: Whether each dot is connected to the one before it.
        breaks: With ``lines``, the indices of dots that are not connected to the one before.
        glyph: A character of one cell to draw instead of dots; empty for dots.
        plain: The character of a dot in plain ASCII.
    """

    columns: NDArray[np.int64]
    rows: NDArray[np.int64]
    ink: str
    lines: bool = False
    breaks: tuple[int, ...] = ()
    glyph: str = ""
    plain: str = "*"


def preload() -> None:
    """Import plotext, which takes a tenth of a second. Call this in a thread before the first chart is needed."""
    _plotext()


def canvas(grid: Grid, marks: Sequence[Mark]) -> Rows:
    """Draw ``marks`` on ``grid``, later ones over earlier ones, as one row for each row of its cells.

    Empty cells are spaces in the ink ``text``.
    """
    if grid.width < 1 or grid.height < 1:
        return [[] for _ in range(max(0, grid.height))]
    inks = list(dict.fromkeys(mark.ink for mark in marks))
    with _drawing(grid.width, grid.height, grid) as (_, figure):
        for mark in marks:
            if len(mark.columns):
                figure.draw(_signal(figure, mark, inks.index(mark.ink), grid.ascii))
        drawn = figure.build().string()
    key = tuple(inks)
    return [list(_row(line, key, grid.width)) for line in drawn.split("\n")[: grid.height]]


@lru_cache(maxsize=64)
def frame(x: Scale, y: Scale, width: int, height: int, ascii: bool = False) -> tuple[tuple[Span, ...], ...]:
    """Draw axes, ticks and labels in ``width`` by ``height`` cells around an empty canvas: see `canvas_grid`."""
    grid = canvas_grid(y, width, height, ascii=ascii)
    label_width = width - grid.width - 1
    x_ticks = tick_cells(x, grid.columns, grid.width, grid.dots_across)
    y_ticks = tick_cells(y, grid.rows, grid.height, grid.dots_up)
    with _drawing(width, height) as (plotext, figure):
        figure.axes(True, axis="x", side="lower", pixel=plotext.pixel(foreground=0))
        figure.axes(True, axis="y", side="left", pixel=plotext.pixel(foreground=0))
        figure.axes(False, axis="x", side="upper")
        figure.axes(False, axis="y", side="right")
        for axis, limit, ticks in (("x", grid.width, x_ticks), ("y", grid.height, y_ticks)):
            ruler = figure.ruler(axis).lim(0, limit).alignment(lim="edge").pixel(plotext.pixel(foreground=1))
            labels = list(ticks.values())
            if axis == "y":
                labels = [pad_left(label, label_width - 1) + " " for label in labels]
            ruler.ticks([cell + 0.5 for cell in ticks], labels)
        drawn = figure.build().string()
    lines = drawn.split("\n")[:height]
    if ascii:
        lines = [line.translate(_BOX_TO_ASCII) for line in lines]
    rows = [_row(line, ("axis", "muted"), width) for line in lines]
    if (base := _base_label(y, grid)) and len(rows) > grid.height:
        label = pad_left(base, label_width - 1)
        rows[grid.height] = tuple(overlaid(rows[grid.height], 0, label, "muted"))
    return tuple(rows)


def _base_label(y: Scale, grid: Grid) -> str:
    """Return the label of the tick on the axis line itself, half a row below the canvas; empty if there is none."""
    on_line = -(1 + grid.dots_up) / 2
    places = ((y.fraction(tick) * (grid.rows - 1), label) for tick, label in zip(y.ticks, y.labels, strict=True))
    return next((label for place, label in places if abs(place - on_line) < 0.1), "")


def canvas_grid(y: Scale, width: int, height: int, *, ascii: bool = False) -> Grid:
    """Return the canvas that is left of ``width`` by ``height`` cells beside the axes and the labels of ``y``."""
    label_width = max((cell_width(label) for label in y.labels), default=0)
    return Grid(max(1, width - label_width - 2), max(1, height - 2), ascii)


def framed(x: Scale, y: Scale, drawn: Rows, width: int, height: int, *, ascii: bool = False) -> Rows:
    """Return the rows of a canvas with axes around it."""
    rows: Rows = [[*left, *row] for left, row in zip(_left_parts(x, y, width, height, ascii), drawn, strict=False)]
    rows.extend(list(blank) for blank in frame(x, y, width, height, ascii)[len(rows) :])
    return rows


@lru_cache(maxsize=64)
def _left_parts(x: Scale, y: Scale, width: int, height: int, ascii: bool) -> tuple[Row, ...]:
    """Return what is to the left of each row of the canvas."""
    label_width = width - canvas_grid(y, width, height, ascii=ascii).width
    return tuple(_left_part(row, label_width) for row in frame(x, y, width, height, ascii))


def _left_part(row: Sequence[Span], width: int) -> Row:
    part: Row = []
    for span in row:
        if width <= 0:
            break
        part.append(span if len(span.text) <= width else span._replace(text=span.text[:width]))
        width -= len(span.text)
    return part


def tick_cells(scale: Scale, dots: int, cells: int, dots_in_cell: int) -> dict[int, str]:
    """Return the label of each tick by its cell; if two ticks share a cell, the one at an end of the scale is kept."""
    placed: dict[int, str] = {}
    ticks = list(zip(scale.ticks, scale.labels, strict=True))
    for tick, label in ticks[:1] + ticks[-1:] + ticks[1:-1]:
        cell = round(scale.fraction(tick) * (dots - 1)) // dots_in_cell
        if 0 <= cell < cells:
            placed.setdefault(cell, label)
    return dict(sorted(placed.items()))


_ready_for: Grid | None = None
"""The canvas that plotext's figure is set up for, so that redrawing a chart does not set it up again."""


@contextmanager
def _drawing(width: int, height: int, grid: Grid | None = None) -> Iterator[tuple[Any, Any]]:
    """Lend plotext and its figure, which is empty before and after, to one caller at a time.

    Args:
        width: The width in cells.
        height: The height in cells.
        grid: The canvas to set the figure up for; without one the figure is new, and the caller sets it up.
    """
    global _ready_for  # noqa: PLW0603 - there is one figure in the process
    with _LOCK:
        plotext = _plotext()
        figure = plotext.figure
        if grid is None or grid != _ready_for:
            _ready_for = None
            figure.clear()
            figure.plot_size(width, height)
            figure.canvas("default")
            figure.legend(False)
            if grid is not None:
                figure.axes(False)
                for axis, limit in (("x", grid.columns), ("y", grid.rows)):
                    figure.ruler(axis).lim(0, limit).ticks([]).alignment(lim="edge")
        try:
            yield plotext, figure
            _ready_for = grid
        except BaseException:
            _ready_for = None
            raise
        finally:
            figure.clear.data()


def _signal(figure: Any, mark: Mark, ink: int, ascii: bool) -> Any:
    glyph = mark.glyph or (mark.plain if ascii else "braille")
    marker = _marker(glyph, ink)
    across, up = (mark.columns + 0.5).tolist(), (mark.rows + 0.5).tolist()
    signal = figure.signal(across, up, marker=marker)
    if mark.lines:
        signal.lines(True)
        for index in mark.breaks:
            signal.line(index, False)
    # To choose the next automatic colour, plotext asks every point for its colour. Our colours are given, and asking
    # takes as long as drawing. A version of plotext that no longer asks ignores this.
    signal._get_unique_pixels = list  # noqa: SLF001
    return signal


@lru_cache(maxsize=256)
def _marker(glyph: str, ink: int) -> Any:
    """Return a marker that all points of a signal share, because plotext would spend a third of the time copying it."""
    plotext = _plotext()
    shared = type("SharedMarker", (plotext.marker,), {"__copy__": lambda self: self})
    return shared(glyph, plotext.pixel(foreground=ink))


@lru_cache(maxsize=1024)
def _row(line: str, inks: tuple[str, ...], width: int) -> tuple[Span, ...]:
    """Return a line of plotext's output as spans; colour code n stands for the nth of ``inks``."""
    row: Row = []
    ink, cells = "text", 0
    for number, piece in enumerate(line.split("\x1b[")):
        code, _, text = piece.partition("m") if number else ("0", "", piece)
        if code == "0":
            ink = "text"
        elif code.startswith("38;5;"):
            ink = inks[int(code[5:])]
        if text:
            row.append(Span(text, ink))
            cells += cell_width(text)
    if cells < width:
        row.append(Span(" " * (width - cells)))
    return tuple(row)


_loaded: Any = None
_DRAW_NOTHING = {"plotext._doc.doc": "docs", "plotext._tests.run": "test"}
"""Modules of plotext for its documentation and its tests, and what it takes from each.

Building the documentation takes three quarters of the time of importing plotext, and half of the memory.
"""


def _plotext() -> Any:
    global _loaded  # noqa: PLW0603 - imported when the first chart is drawn, and set up once
    if _loaded is None:
        empty = {name: ModuleType(name) for name in _DRAW_NOTHING if name not in sys.modules}
        for name, module in empty.items():
            setattr(module, _DRAW_NOTHING[name], None)
        sys.modules.update(empty)
        try:
            import plotext
        finally:
            for name in empty:
                sys.modules.pop(name, None)
        plotext.terminal.limit(False, False)
        _loaded = plotext
    return _loaded


Pattern = Literal["line", "dotted", "dashed"]
"""How a series is distinguished without colour."""

_DASH_CELLS = 2


def finite_pairs(x: Numbers, y: Numbers) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the pairs of ``x`` and ``y`` in which both are finite. The longer array is cut first."""
    across, up = float_array(x), float_array(y)
    size = min(len(across), len(up))
    across, up = across[:size], up[:size]
    good = np.isfinite(across) & np.isfinite(up)
    return across[good], up[good]


def extent(*arrays: NDArray[np.float64]) -> tuple[float, float] | None:
    """Return the least and the greatest value in all of ``arrays``; None if they are empty."""
    lows = [float(array.min()) for array in arrays if len(array)]
    highs = [float(array.max()) for array in arrays if len(array)]
    return (min(lows), max(highs)) if lows else None


def dot_rows(values: NDArray[np.float64], y: Scale, grid: Grid) -> NDArray[np.int64]:
    """Return the dot row of each value, from 0 at the bottom. Values off the scale are moved to the edge."""
    rows = np.clip(y.fractions(values), 0.0, 1.0) * (grid.rows - 1)
    return np.rint(rows).astype(np.int64)


def dot_columns(values: NDArray[np.float64], x: Scale, grid: Grid) -> NDArray[np.int64]:
    """Return the dot column of each value, from 0 at the left; values off the scale are moved just outside."""
    columns = np.clip(x.fractions(values) * (grid.columns - 1), -1.0, float(grid.columns))
    return np.rint(columns).astype(np.int64)


def column_extremes(x: NDArray[np.float64], y: NDArray[np.float64], across: Scale, grid: Grid) -> Extremes:
    """Return the least and the greatest ``y`` in each dot column, for finite ``x`` in any order."""
    column = dot_columns(x, across, grid)
    inside = (column >= 0) & (column < grid.columns)
    column, y = column[inside], y[inside]
    if len(column) > 1 and np.any(np.diff(column) < 0):
        order = np.argsort(column, kind="stable")
        column, y = column[order], y[order]
    return merge_columns(column, y, y)


def series_mark(extremes: Extremes, y: Scale, grid: Grid, ink: str, pattern: Pattern, plain: str = "*") -> Mark:
    """Return a series as one mark: a solid, dotted or dashed line through the extremes of every column."""
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


Stroke = Literal["thin", "thick", "dashed"]
"""How a curve of the loss chart is drawn: one dot thick, two dots thick, or one dot thick with gaps.

In plain ASCII, where a dot is a whole cell, a thick curve has a character in every other column.
"""
_DASH_ON, _DASH_OFF = 4, 2
"""The dots of a dash, and of the gap after it."""
_FAR_ROW = 1e6


def curve_mark(extremes: Extremes, y: Scale, grid: Grid, ink: str, stroke: Stroke, plain: str = "*") -> Mark:
    """Return a curve through the extremes of every column as dots; what is above or below the canvas is left out.

    A thick curve has the two dots around its value, so that no curve is more than half a dot from its values.
    """
    columns = extremes.column
    if not len(columns):
        return Mark(columns, columns, ink, plain=plain)
    low, high = (_unclipped_rows(values, y, grid) for values in (extremes.low, extremes.high))
    across = np.arange(columns[0], columns[-1] + 1)
    if len(across) > len(columns):
        low, high = np.interp(across, columns, low), np.interp(across, columns, high)
    if stroke == "thick" and not grid.ascii:
        below, above = np.floor(low).astype(np.int64), np.floor(high).astype(np.int64) + 1
    else:
        below, above = np.rint(low).astype(np.int64), np.rint(high).astype(np.int64)
    below, above = _joined(below, above)
    if stroke == "dashed" or (stroke == "thick" and grid.ascii):
        shown = across % 2 == 0 if stroke == "thick" else across % (_DASH_ON + _DASH_OFF) < _DASH_ON
        shown = shown if shown.any() else ~shown
        across, below, above = across[shown], below[shown], above[shown]
    below, above = np.maximum(below, 0), np.minimum(above, grid.rows - 1)
    sizes = np.maximum(above - below + 1, 0)
    starts = np.cumsum(sizes) - sizes
    rows = np.arange(int(sizes.sum())) - np.repeat(starts - below, sizes)
    return Mark(np.repeat(across, sizes), rows, ink, plain=plain)


def _unclipped_rows(values: NDArray[np.float64], y: Scale, grid: Grid) -> NDArray[np.float64]:
    """Return the dot row of each value, not rounded; without one, as of 0 on a logarithmic axis, it is far below."""
    return np.clip(np.nan_to_num(y.fractions(values) * (grid.rows - 1), nan=-_FAR_ROW), -_FAR_ROW, _FAR_ROW)


def _joined(below: NDArray[np.int64], above: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the lowest and the highest dot of each column, extended so that neighbouring columns touch."""
    rises, falls = below[1:] - above[:-1] > 1, below[:-1] - above[1:] > 1
    half_up, half_down = (below[1:] + above[:-1]) // 2, (above[1:] + below[:-1]) // 2
    lowest, highest = below.copy(), above.copy()
    highest[:-1] = np.where(rises, half_up, highest[:-1])
    lowest[1:] = np.where(rises, half_up + 1, lowest[1:])
    lowest[:-1] = np.where(falls, np.minimum(lowest[:-1], half_down + 1), lowest[:-1])
    highest[1:] = np.where(falls, np.maximum(highest[1:], half_down), highest[1:])
    return lowest, highest


def exclusive(marks: Sequence[Mark], grid: Grid) -> list[Mark]:
    """Return ``marks`` without the dots in cells where a later one has dots, so that each cell has one colour."""
    taken = np.zeros(grid.width * grid.height, dtype=bool)
    kept: list[Mark] = []
    for mark in reversed(marks):
        cells = mark.rows // grid.dots_up * grid.width + mark.columns // grid.dots_across
        free = ~taken[cells]
        taken[cells] = True
        kept.append(mark if free.all() else replace(mark, columns=mark.columns[free], rows=mark.rows[free]))
    return kept[::-1]


def path_mark(x: Numbers, y: Numbers, across: Scale, up: Scale, grid: Grid, ink: str, plain: str = ".") -> Mark:
    """Return a path in the plane, in the order of its points, as a line."""
    columns, rows = _path_dots(x, y, across, up, grid)
    columns, rows = simplified(columns, rows)
    return Mark(columns, rows, ink, lines=True, plain=plain)


def point_marks(
    x: Numbers, y: Numbers, across: Scale, up: Scale, grid: Grid, ink: str, glyph: str, plain: str = "o"
) -> Mark:
    """Return points as one mark with a glyph for each, at most one in a cell; points off the scale are left out."""
    columns, rows = _path_dots(x, y, across, up, grid)
    inside = (columns >= 0) & (columns < grid.columns) & (rows >= 0) & (rows < grid.rows)
    cells = distinct(np.stack([columns[inside] // grid.dots_across, rows[inside] // grid.dots_up]), axis=1)
    return Mark(
        cells[0] * grid.dots_across, cells[1] * grid.dots_up, ink, glyph=plain if grid.ascii else glyph, plain=plain
    )


def column_mark(column: int, grid: Grid, ink: str, glyph: str, plain: str, *, every: int = 1) -> Mark:
    """Return a vertical line of ``glyph`` over the whole height at a dot column."""
    rows = np.arange(0, grid.height, every, dtype=np.int64) * grid.dots_up
    return Mark(np.full_like(rows, column), rows, ink, glyph=plain if grid.ascii else glyph, plain=plain)


def simplified(columns: NDArray[np.int64], rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the same line with fewer points, without repeated ones and those on a straight line between neighbours."""
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
    """Leave out the columns that a logarithmic scale cannot show; a low of zero or less is held at the lower end."""
    if not y.logarithmic:
        return extremes
    shown = extremes.high > 0
    low = np.maximum(extremes.low[shown], y.low)
    return Extremes(extremes.column[shown], low, np.maximum(extremes.high[shown], low))


def _zigzag(
    columns: NDArray[np.int64], low: NDArray[np.int64], high: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return two points for each column, the first one on the side that the line comes from."""
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
    """Return the extremes with the columns between them filled in along straight lines."""
    if len(columns) < 2:
        return columns, low, high
    across = np.arange(columns[0], columns[-1] + 1)
    below = np.rint(np.interp(across, columns, low)).astype(np.int64)
    above = np.rint(np.interp(across, columns, high)).astype(np.int64)
    return across, below, above


def _dotted(
    columns: NDArray[np.int64], low: NDArray[np.int64], high: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return one dot for each pair of columns, and a second one for a spike, so that none is lost between two dots."""
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


def _path_dots(
    x: Numbers, y: Numbers, across: Scale, up: Scale, grid: Grid
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the dots of finite points; those outside the canvas are moved just outside it."""
    xs, ys = finite_pairs(x, y)
    rows = np.rint(np.clip(up.fractions(ys) * (grid.rows - 1), -1.0, float(grid.rows))).astype(np.int64)
    return dot_columns(xs, across, grid), rows
