"""A canvas that is kept: of a chart that grows at its right end, only what changed is drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tutor.charts.cells import Row, Rows, add_span
from tutor.charts.plot import Grid, Mark, canvas

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST = 3
"""Sizes in which one chart is on the screen at the same time, or nearly."""


class _Drawn(NamedTuple):
    """What was drawn last in one size."""

    marks: tuple[Mark, ...]
    rows: Rows


class KeptCanvas:
    """Draws as `canvas` does, cell for cell; what stands left of the first change is taken from the last time."""

    def __init__(self) -> None:
        self._drawn: dict[Grid, _Drawn] = {}

    def draw(self, grid: Grid, marks: Sequence[Mark]) -> Rows:
        """``marks``, later ones over earlier ones, on ``grid``: see `canvas`."""
        old = self._drawn.pop(grid, None)
        rows = _renewed(old, grid, marks) if old is not None and _alike(old.marks, marks) else canvas(grid, marks)
        self._drawn[grid] = _Drawn(tuple(marks), rows)
        if len(self._drawn) > _MOST:
            del self._drawn[next(iter(self._drawn))]
        return list(rows)


def _alike(old: Sequence[Mark], new: Sequence[Mark]) -> bool:
    """Whether they are the same marks in the same order, wherever their dots are."""
    return [_style(mark) for mark in old] == [_style(mark) for mark in new]


def _style(mark: Mark) -> tuple[str, bool, str, str]:
    return mark.ink, mark.lines, mark.glyph, mark.plain


def _renewed(old: _Drawn, grid: Grid, marks: Sequence[Mark]) -> Rows:
    """The rows of ``marks``, from those of marks that differ from them in their dots only."""
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
    """The first dot column in which the two may differ; None where they are the same."""
    if not new.lines:
        changed = np.setxor1d(_codes(old), _codes(new))
        return int(changed[0] >> 32) if len(changed) else None
    size = min(len(old.columns), len(new.columns))
    differs = (old.columns[:size] != new.columns[:size]) | (old.rows[:size] != new.rows[:size])
    first = int(differs.argmax()) if differs.any() else size
    first = min([first, *(set(old.breaks) ^ set(new.breaks))])
    if first == len(old.columns) == len(new.columns):
        return None
    before = max(0, first - 1)  # the line to the first dot that differs begins at the one before it
    return int(np.concatenate([old.columns[before:], new.columns[before:]]).min())


def _codes(mark: Mark) -> NDArray[np.int64]:
    """A number for each dot, by columns and then by rows."""
    return (mark.columns << 32) + mark.rows


def _tail(mark: Mark, start: int) -> Mark:
    """The part of a mark that reaches dot column ``start`` or lies beyond it; all of a line that goes back."""
    if not mark.lines:
        inside = mark.columns >= start
        return replace(mark, columns=mark.columns[inside], rows=mark.rows[inside])
    if len(mark.columns) < 2 or (np.diff(mark.columns) < 0).any():
        return mark
    first = max(0, int(np.searchsorted(mark.columns, start)) - 1)
    breaks = tuple(index - first for index in mark.breaks if index > first)
    return replace(mark, columns=mark.columns[first:], rows=mark.rows[first:], breaks=breaks)


def _spliced(left: Row, right: Row, cell: int) -> Row:
    """``left`` up to ``cell`` and ``right`` from there on; every character is one cell wide."""
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
