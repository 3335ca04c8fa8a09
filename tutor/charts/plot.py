"""The only place that draws with plotext: axes, lines and points, as rows of spans.

plotext 6 has one figure for the whole process, aborts the process on a number that is not finite, and costs time
for every point. So: one drawer at a time; every coordinate that passes is a whole dot of the canvas, which is
always finite; and the frame (axes, ticks, labels) is kept, for it changes only when an axis takes a step.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from tutor.charts.cells import Row, Rows, Span
from tutor.charts.scale import Scale
from tutor.foundation.text import cell_width, pad_left

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DRAWING = threading.Lock()
_BOX_TO_ASCII = str.maketrans({"│": "|", "─": "-", "└": "+", "┤": "+", "┬": "+", "┼": "+", "├": "+", "┴": "+"})


class Grid(NamedTuple):
    """A canvas of ``width`` by ``height`` cells; a cell is two by four dots, or one dot in plain ASCII."""

    width: int
    height: int
    ascii: bool = False

    @property
    def columns(self) -> int:
        """Dots across."""
        return self.width * (1 if self.ascii else 2)

    @property
    def rows(self) -> int:
        """Dots upwards."""
        return self.height * (1 if self.ascii else 4)

    @property
    def dots_across(self) -> int:
        """Dots across in one cell."""
        return 1 if self.ascii else 2

    @property
    def dots_up(self) -> int:
        """Dots upwards in one cell."""
        return 1 if self.ascii else 4


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """Something to draw: dots, connected or not.

    Args:
        columns: Dot columns, 0 at the left.
        rows: Dot rows, 0 at the bottom, as many as ``columns``.
        ink: The role that colours it.
        lines: Whether each dot is joined to the one before it.
        breaks: Indices of dots that are not joined to the one before, where ``lines``.
        glyph: A character of one cell to draw instead of dots; empty for dots.
        plain: What stands for a dot in plain ASCII, one character.
    """

    columns: NDArray[np.int64]
    rows: NDArray[np.int64]
    ink: str
    lines: bool = False
    breaks: tuple[int, ...] = ()
    glyph: str = ""
    plain: str = "*"


def get_ready() -> None:
    """Import plotext, which takes a tenth of a second: call it in a thread before the first chart is wanted."""
    _plotext()


def canvas(grid: Grid, marks: Sequence[Mark]) -> Rows:
    """``marks``, later ones over earlier ones, on ``grid``: its height of rows, each of its width of cells.

    Cells with nothing in them are spaces in the ink ``text``.
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
    """Axes, ticks and labels in ``width`` by ``height`` cells, with an empty canvas: see `canvas_grid`."""
    grid = canvas_grid(y, width, height, ascii=ascii)
    label_width = width - grid.width - 1
    x_ticks = _tick_cells(x, grid.columns, grid.width, grid.dots_across)
    y_ticks = _tick_cells(y, grid.rows, grid.height, grid.dots_up)
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
    return tuple(_row(line, ("axis", "muted"), width) for line in lines)


def canvas_grid(y: Scale, width: int, height: int, *, ascii: bool = False) -> Grid:
    """The canvas that is left of ``width`` by ``height`` cells by the axes and by the labels of ``y``."""
    label_width = max((cell_width(label) for label in y.labels), default=0)
    return Grid(max(1, width - label_width - 2), max(1, height - 2), ascii)


def framed(x: Scale, y: Scale, drawn: Rows, width: int, height: int, *, ascii: bool = False) -> Rows:
    """The rows of a canvas inside its axes."""
    rows: Rows = [[*left, *row] for left, row in zip(_left_parts(x, y, width, height, ascii), drawn, strict=False)]
    rows.extend(list(blank) for blank in frame(x, y, width, height, ascii)[len(rows) :])
    return rows


@lru_cache(maxsize=64)
def _left_parts(x: Scale, y: Scale, width: int, height: int, ascii: bool) -> tuple[Row, ...]:
    """What stands to the left of each row of the canvas."""
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


def _tick_cells(scale: Scale, dots: int, cells: int, dots_in_cell: int) -> dict[int, str]:
    """The cell of each tick and its label; of two ticks in one cell the one nearer to an end stays."""
    placed: dict[int, str] = {}
    ticks = list(zip(scale.ticks, scale.labels, strict=True))
    for tick, label in ticks[:1] + ticks[-1:] + ticks[1:-1]:
        cell = round(scale.fraction(tick) * (dots - 1)) // dots_in_cell
        if 0 <= cell < cells:
            placed.setdefault(cell, label)
    return dict(sorted(placed.items()))


_ready_for: Grid | None = None
"""The canvas that the figure is set up for: a chart that is drawn again and again need not set it up each time."""


@contextmanager
def _drawing(width: int, height: int, grid: Grid | None = None) -> Iterator[tuple[Any, Any]]:
    """The module and its figure, for one drawer at a time, with no signals in it before and after.

    Args:
        width: In cells.
        height: In cells.
        grid: Set the figure up for a bare canvas; without one it is new, and the drawer sets it up.
    """
    global _ready_for  # noqa: PLW0603 - there is one figure in the process
    with _DRAWING:
        plotext = _plotext()
        figure = plotext.figure
        if grid is None or grid != _ready_for:
            _ready_for = None
            figure.clear()
            figure.plot_size(width, height)
            figure.canvas("default")
            figure.legend(False)
            if grid is not None:
                _set_up(figure, grid)
        try:
            yield plotext, figure
            _ready_for = grid
        except BaseException:
            _ready_for = None
            raise
        finally:
            figure.clear.data()


def _set_up(figure: Any, grid: Grid) -> None:
    figure.axes(False)
    for axis, limit in (("x", grid.columns), ("y", grid.rows)):
        figure.ruler(axis).lim(0, limit).ticks([]).alignment(lim="edge")


def _signal(figure: Any, mark: Mark, ink: int, ascii: bool) -> Any:
    glyph = mark.glyph or (mark.plain if ascii else "braille")
    marker = _marker(glyph, ink)
    across, up = (mark.columns + 0.5).tolist(), (mark.rows + 0.5).tolist()
    signal = figure.signal(across, up, marker=marker)
    if mark.lines:
        signal.lines(True)
        for index in mark.breaks:
            signal.line(index, False)
    # Drawing asks every point for its colour to choose the next automatic one; ours are chosen, and asking costs
    # as much as drawing. A plotext that no longer asks ignores this.
    signal._get_unique_pixels = list  # noqa: SLF001
    return signal


@lru_cache(maxsize=256)
def _marker(glyph: str, ink: int) -> Any:
    """A marker that all points of a signal share: plotext copies it for every point, which costs a third of a chart."""
    plotext = _plotext()
    shared = type("SharedMarker", (plotext.marker,), {"__copy__": lambda self: self})
    return shared(glyph, plotext.pixel(foreground=ink))


@lru_cache(maxsize=1024)
def _row(line: str, inks: tuple[str, ...], width: int) -> tuple[Span, ...]:
    """A line of plotext's, with its colour codes as spans: code n is the nth of ``inks``."""
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


def _plotext() -> Any:
    global _loaded  # noqa: PLW0603 - imported when the first chart is drawn, and set up once
    if _loaded is None:
        import plotext

        plotext.terminal.limit(False, False)
        _loaded = plotext
    return _loaded
