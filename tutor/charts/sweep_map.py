"""The map of a sweep: a cell for each combination of values, with its final loss, shaded from low to high."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from tutor.charts.cells import HEAT_LEVELS, Row, Rows, Span
from tutor.charts.field import ASCII_SHADES
from tutor.charts.numbers import figure
from tutor.foundation.text_width import cell_width, pad, pad_left, shorten
from tutor.foundation.translate import translate

_SHADES = "▁▂▃▄▅▆▇█"
_GROUNDS = (0, 1, 3, 4, 10, 12, 13, 15)
"""The level of heat that lies under each shade; those in the middle carry no text that stands out."""
_SIGNS = {
    "waiting": ("·", "."), "going": ("▶", ">"), "diverged": ("▲", "^"), "stopped": ("■", "x"), "failed": ("✗", "!"),
}  # fmt: skip
"""What stands in a cell without a loss; with ASCII alone the second."""
_FIGURE = 10
"""Cells of the widest figure."""
_LABEL = 34
"""Cells that the names of rows may take."""


@dataclass(frozen=True, slots=True)
class MapCell:
    """One combination of values.

    Args:
        state: ``finished``, or what stands in place of a loss: ``waiting``, ``going``, ``diverged``, ``stopped``,
            ``failed``.
        loss: the final loss of a finished run.
    """

    state: str
    loss: float | None = None


def heat_level(loss: float, losses: Sequence[float], levels: int = HEAT_LEVELS) -> int:
    """How high ``loss`` is among ``losses``: 0 for the lowest, ``levels`` − 1 for the highest.

    Losses of positive numbers are compared by their ratio, so that one that is huge does not make all others equal.
    """
    low, high = min(losses), max(losses)
    if low > 0:
        loss, low, high = math.log(loss), math.log(low), math.log(high)
    spread = high - low
    if not spread > 0 or not math.isfinite(spread):
        return 0
    return min(levels - 1, max(0, round((loss - low) / spread * (levels - 1))))


@dataclass(frozen=True, slots=True)
class MapShape:
    """How the cells of a sweep lie in rows and columns: the last axis across, all others down.

    Args:
        names: of the axes.
        values: of each axis, as they are shown. Cells are counted with the last axis the fastest.
    """

    names: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]

    @property
    def columns(self) -> int:
        """How many cells a row has; a single axis goes down."""
        return len(self.values[-1]) if len(self.values) > 1 else 1

    def heads(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.values[-1] if len(self.values) > 1 else ("",)

    def rows(self) -> Iterator[str]:
        """The names of the rows."""
        down = self.values[:-1] if len(self.values) > 1 else self.values
        return (" × ".join(each) for each in product(*down))

    def title(self) -> str:
        """What goes down, and what across."""
        if len(self.names) == 1:
            return f"{self.names[0]} ↓"
        return f"{' × '.join(self.names[:-1])} ↓  {self.names[-1]} →"


def map_width(shape: MapShape) -> int:
    """Cells across in which `sweep_map` shows every column."""
    return label_width(shape) + shape.columns * column_width(shape)


def sweep_map(
    shape: MapShape,
    cells: Sequence[MapCell],
    *,
    best: int | None = None,
    colour: bool = False,
    ascii: bool = False,
) -> Rows:
    """The map as a table; each loss has a shade beside it, and the best one a star.

    Args:
        shape: rows and columns.
        cells: by number.
        best: the number of the best cell.
        colour: whether the ground of a loss is a shade of heat too, dark where it is low.
        ascii: whether to draw with ASCII alone.

    Returns:
        A title, a row of names, a row for each combination of all axes but the last, and what the signs mean.
    """
    title = shape.title()
    if ascii:
        title = title.replace("↓", "v").replace("→", ">").replace("×", "x")
    wide, label = column_width(shape), label_width(shape)
    rows: Rows = [[Span(title, "muted")]]
    if len(shape.names) > 1:
        heads = [Span(pad_left(shorten(head, wide - 3), wide - 2) + "  ", "muted") for head in shape.heads()]
        rows.append([Span(" " * label), *heads])
    losses = [cell.loss for cell in cells if cell.loss is not None]
    for number, name in enumerate(shape.rows()):
        first = number * shape.columns
        row: Row = [Span(pad(shorten(name, label - 1), label), "muted")]
        for cell in range(first, min(first + shape.columns, len(cells))):
            row.append(_cell(cells[cell], losses, wide, starred=cell == best, colour=colour, ascii=ascii))
        rows.append(row)
    rows.append(_legend(cells, best, ascii=ascii))
    return rows


def _cell(cell: MapCell, losses: Sequence[float], wide: int, *, starred: bool, colour: bool, ascii: bool) -> Span:
    if cell.loss is None:
        sign = _SIGNS.get(cell.state, _SIGNS["failed"])[ascii]
        return Span(pad_left(sign, wide - 2) + "  ", "accent" if cell.state == "going" else "muted")
    shades = ASCII_SHADES[1:] if ascii else _SHADES
    shade = shades[heat_level(cell.loss, losses, len(shades))]
    star = ("*" if ascii else "★") if starred else " "
    text = pad_left(figure(cell.loss, ascii=ascii), wide - 3) + star + shade + " "
    if not colour:
        return Span(text, "good" if starred else "text")
    heat = _GROUNDS[heat_level(cell.loss, losses, len(_GROUNDS))]
    return Span(text, "heat15" if heat < HEAT_LEVELS // 2 else "heat0", f"heat{heat}")


def _legend(cells: Sequence[MapCell], best: int | None, *, ascii: bool) -> Row:
    """Only of the signs that are there."""
    words = [
        f"{signs[ascii]} {translate(_STATES[state])}"
        for state, signs in _SIGNS.items()
        if any(cell.state == state for cell in cells)
    ]
    if sum(cell.loss is not None for cell in cells) > 1:
        shades = ASCII_SHADES[1:] if ascii else _SHADES
        words.append(f"{shades[0]}..{shades[-1]} {translate('sweepmap.low-to-high')}")
    if best is not None:
        words.insert(0, f"{'*' if ascii else '★'} {translate('sweepmap.best')}")
    return [Span("   ".join(words), "muted")]


_STATES = {
    "waiting": "sweepmap.waiting",
    "going": "sweepmap.going",
    "diverged": "sweepmap.diverged",
    "stopped": "sweepmap.stopped",
    "failed": "sweepmap.failed",
}


def label_width(shape: MapShape) -> int:
    """Cells that the names of rows take."""
    return min(_LABEL, max(cell_width(name) for name in shape.rows())) + 1


def column_width(shape: MapShape) -> int:
    """Cells that a column takes."""
    head = max((min(cell_width(head), _FIGURE) for head in shape.heads()), default=0)
    return max(head, _FIGURE) + 3
