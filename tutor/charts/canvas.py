"""Canvases that are more than one drawing: cached between frames, laid over each other, filled with fields of colour.

`CanvasCache` keeps the canvas of a chart that grows at its right end and redraws only the columns that changed.
`scenery` keeps what does not move, and `overlay` lays what moves over it. `heat_rows`, `colour_rows` and `shade_rows`
fill a plane with colours straight from numbers: a half block shows its upper half in the ink and its lower half in the
ground, so a row of cells holds two rows of the field. Without colour, or in ASCII, each cell is one shade character.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tutor.charts.cells import HEAT_LEVELS, Row, Rows, Span, add_span
from tutor.charts.plot import Grid, Mark, canvas

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIZES_KEPT = 3
"""In how many sizes one chart is kept, because it may be on the screen in several places at once."""


class _Drawn(NamedTuple):
    """The last drawing in one size."""

    marks: tuple[Mark, ...]
    rows: Rows


class CanvasCache:
    """Draws exactly as `canvas` does, but takes everything left of the first change from the last drawing."""

    def __init__(self) -> None:
        self._drawn: dict[Grid, _Drawn] = {}

    def draw(self, grid: Grid, marks: Sequence[Mark]) -> Rows:
        """Draw ``marks`` on ``grid``, later ones over earlier ones: see `canvas`."""
        old = self._drawn.pop(grid, None)
        rows = _renewed(old, grid, marks) if old is not None and _alike(old.marks, marks) else canvas(grid, marks)
        self._drawn[grid] = _Drawn(tuple(marks), rows)
        if len(self._drawn) > _SIZES_KEPT:
            del self._drawn[next(iter(self._drawn))]
        return list(rows)


def _alike(old: Sequence[Mark], new: Sequence[Mark]) -> bool:
    """Return whether two lists have the same marks in the same order, wherever their dots are."""
    return [_style(mark) for mark in old] == [_style(mark) for mark in new]


def _style(mark: Mark) -> tuple[str, bool, str, str]:
    return mark.ink, mark.lines, mark.glyph, mark.plain


def _renewed(old: _Drawn, grid: Grid, marks: Sequence[Mark]) -> Rows:
    """Return the rows of ``marks``, using the rows of marks that differ only in their dots."""
    changes = [_changed_from(*pair) for pair in zip(old.marks, marks, strict=True)]
    columns = [column for column in changes if column is not None]
    if not columns:
        return old.rows
    cell = max(0, min(columns)) // grid.dots_across
    if cell >= grid.width:
        return old.rows
    tails = [_tail(mark, (cell - 1) * grid.dots_across) for mark in marks]
    if 2 * sum(len(mark.columns) for mark in tails) > sum(len(mark.columns) for mark in marks):
        return canvas(grid, marks)
    return [_spliced(*pair, cell) for pair in zip(old.rows, canvas(grid, tails), strict=True)]


def _changed_from(old: Mark, new: Mark) -> int | None:
    """Return the first dot column in which two marks may differ; None if they are the same."""
    if not new.lines:
        pair = _codes(old), _codes(new)
        size = min(map(len, pair))
        unlike = pair[0][:size] != pair[1][:size]
        at = int(unlike.argmax()) if unlike.any() else size
        ends = [int(codes[at] >> 32) for codes in pair if at < len(codes)]
        return min(ends, default=None)
    size = min(len(old.columns), len(new.columns))
    differs = (old.columns[:size] != new.columns[:size]) | (old.rows[:size] != new.rows[:size])
    first = int(differs.argmax()) if differs.any() else size
    first = min([first, *(set(old.breaks) ^ set(new.breaks))])
    if first == len(old.columns) == len(new.columns):
        return None
    before = max(0, first - 1)  # the line to the first dot that differs begins at the one before it
    return int(np.concatenate([old.columns[before:], new.columns[before:]]).min())


def _codes(mark: Mark) -> NDArray[np.int64]:
    """Return a number for each dot, sorted by columns and then by rows."""
    return np.sort((mark.columns << 32) + mark.rows)


def _tail(mark: Mark, start: int) -> Mark:
    """Return the part of a mark at or beyond dot column ``start``, or all of it if it is a line that goes back."""
    if not mark.lines:
        inside = mark.columns >= start
        return replace(mark, columns=mark.columns[inside], rows=mark.rows[inside])
    if len(mark.columns) < 2 or (np.diff(mark.columns) < 0).any():
        return mark
    first = max(0, int(np.searchsorted(mark.columns, start)) - 1)
    breaks = tuple(index - first for index in mark.breaks if index > first)
    return replace(mark, columns=mark.columns[first:], rows=mark.rows[first:], breaks=breaks)


def _spliced(left: Row, right: Row, cell: int) -> Row:
    """Return ``left`` up to ``cell`` and ``right`` from there on; every character is one cell wide."""
    row: Row = []
    place = 0
    for span in left:
        if place >= cell:
            break
        row.append(span._replace(text=span.text[: cell - place]))
        place += len(span.text)
    place = 0
    for span in right:
        stop = place + len(span.text)
        if stop > cell:
            add_span(row, span._replace(text=span.text[max(0, cell - place) :]))
        place = stop
    return row


_SCENERIES_KEPT = 12
_scenery: OrderedDict[tuple[object, ...], Rows] = OrderedDict()


def scenery(grid: Grid, marks: Sequence[Mark]) -> Rows:
    """Draw as `canvas` does and keep the result, so that the points of a data set are not drawn with every frame."""
    key = (grid, *(_key(mark) for mark in marks))
    drawn = _scenery.pop(key, None)
    if drawn is None:
        drawn = canvas(grid, marks)
        while len(_scenery) >= _SCENERIES_KEPT:
            _scenery.pop(next(iter(_scenery)), None)
    _scenery[key] = drawn
    return drawn


def _key(mark: Mark) -> tuple[object, ...]:
    return (mark.columns.tobytes(), mark.rows.tobytes(), mark.ink, mark.lines, mark.breaks, mark.glyph, mark.plain)


def overlay(under: Sequence[Row], over: Sequence[Row]) -> Rows:
    """Lay ``over`` over ``under``, cell by cell: a space in ``over`` shows what is under it, whose ground stays."""
    return [list(_overlay_row(tuple(below), tuple(above))) for below, above in zip(under, over, strict=True)]


@lru_cache(maxsize=256)
def _overlay_row(under: tuple[Span, ...], over: tuple[Span, ...]) -> Sequence[Span]:
    """Lay one row over another; kept, because from one frame to the next most rows stay."""
    if all(span.text.isspace() and span.ground is None for span in over):
        return under
    row: Row = []
    below = _Cutter(under)
    for span in over:
        for text, clear in _runs(span):
            done = 0
            for low in below.take(len(text)):
                upper = span._replace(text=text[done : done + len(low.text)])
                add_span(row, low if clear else _on_ground(upper, low))
                done += len(low.text)
    return row


def _runs(span: Span) -> list[tuple[str, bool]]:
    """Return the text of a span in runs, each with whether it is transparent."""
    text, ground = span.text, span.ground
    if ground is not None or " " not in text:
        return [(text, False)]
    if text.isspace():
        return [(text, True)]
    return [("".join(run), clear) for clear, run in groupby(text, " ".__eq__)]


class _Cutter:
    """Takes the spans of a row from the left, cut to size; every character is one cell wide."""

    def __init__(self, row: Sequence[Span]) -> None:
        self._row = row
        self._index = self._from = 0

    def take(self, cells: int) -> Iterator[Span]:
        """Yield the spans of the next ``cells``."""
        while cells > 0 and self._index < len(self._row):
            span = self._row[self._index]
            text = span.text[self._from : self._from + cells]
            cells -= len(text)
            self._from += len(text)
            if self._from >= len(span.text):
                self._index, self._from = self._index + 1, 0
            if text:
                yield span if text == span.text else span._replace(text=text)


def _on_ground(high: Span, low: Span) -> Span:
    if high.ground is not None or low.ground is None:
        return high
    if low.ground.startswith("heat"):
        # On a heat map, the text is bright where the map is dark and the other way round, so it shows everywhere.
        bright = int(low.ground.removeprefix("heat")) < HEAT_LEVELS // 2
        return Span(high.text, f"heat{HEAT_LEVELS - 1 if bright else 0}", low.ground)
    return Span(high.text, high.ink, low.ground)


HALF = "▀"
ASCII_SHADES = " .:-=+*#%@"
SHADES = " ·░▒▓█"


def resampled(values: NDArray[np.int64], rows: int, columns: int) -> NDArray[np.int64]:
    """Resample ``values`` (rows from the top, columns) to ``rows`` by ``columns``, by the nearest value."""
    down = (np.arange(rows) * 2 + 1) * values.shape[0] // (2 * rows)
    across = (np.arange(columns) * 2 + 1) * values.shape[1] // (2 * columns)
    return values[np.ix_(down, across)]


def colour_rows(values: NDArray[np.int64], inks: Sequence[str], grid: Grid) -> Rows:
    """Draw ``values`` (indices into ``inks``, rows from the top) as half blocks on ``grid``."""
    fine = resampled(values, 2 * grid.height, grid.width)
    return [_half_blocks(fine[2 * row], fine[2 * row + 1], inks) for row in range(grid.height)]


def shade_rows(values: NDArray[np.int64], shades: Sequence[str], ink: str, grid: Grid) -> Rows:
    """Draw ``values`` (indices into ``shades``, rows from the top) as one character in each cell of ``grid``."""
    coarse = resampled(values, grid.height, grid.width)
    return [[Span("".join(shades[value] for value in row), ink)] for row in coarse.tolist()]


def heat_rows(levels: NDArray[np.int64], most: int, grid: Grid, *, colour: bool) -> Rows:
    """Draw ``levels`` from 0 to ``most`` as shades, in colour by the roles ``heat0`` to ``heat15``. Dark is low."""
    if colour and not grid.ascii:
        return colour_rows(levels * (HEAT_LEVELS - 1) // max(1, most), HEAT_INKS, grid)
    shades = ASCII_SHADES if grid.ascii else SHADES
    return shade_rows(levels * len(shades) // (most + 1), shades, "muted", grid)


HEAT_INKS = tuple(f"heat{level}" for level in range(HEAT_LEVELS))


def _half_blocks(upper: NDArray[np.int64], lower: NDArray[np.int64], inks: Sequence[str]) -> Row:
    changes = np.flatnonzero((np.diff(upper) != 0) | (np.diff(lower) != 0)) + 1
    edges = [0, *changes.tolist(), len(upper)]
    return [Span(HALF * (stop - start), inks[upper[start]], inks[lower[start]]) for start, stop in pairwise(edges)]
