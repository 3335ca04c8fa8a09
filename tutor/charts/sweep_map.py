"""The map of a sweep: a cell for each combination of values, with its final loss and a shade from low to high."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from tutor.charts.canvas import ASCII_SHADES
from tutor.charts.cells import HEAT_LEVELS, Row, Rows, Span
from tutor.charts.numbers import figure
from tutor.foundation.text import cell_width, pad, pad_left, shorten
from tutor.foundation.translate import translate

_SHADES = "▁▂▃▄▅▆▇█"
_GROUNDS = (0, 1, 3, 4, 10, 12, 13, 15)
"""The level of heat under each shade; the levels in the middle are skipped, because text is hard to read on them."""
_SIGNS = {
    "waiting": ("·", "."), "going": ("▶", ">"), "diverged": ("▲", "^"), "stopped": ("■", "x"), "failed": ("✗", "!"),
}  # fmt: skip
"""The sign in a cell without a loss, and the same in ASCII."""
_FIGURE, _LEAST_FIGURE = 10, 6
"""The width in cells of the widest figure, and of a figure that every column has room for."""
_LONGEST_HEAD = 14
"""The greatest width of the name of a column in cells."""
_LABEL = 34
"""The greatest width of the names of rows in cells."""


@dataclass(frozen=True, slots=True)
class MapCell:
    """One combination of values.

    Args:
        state: ``finished``, or why there is no loss: ``waiting``, ``going``, ``diverged``, ``stopped``, ``failed``.
        loss: The final loss of a finished run.
    """

    state: str
    loss: float | None = None


@dataclass(frozen=True, slots=True)
class HeatScale:
    """The level of a loss among others.

    Positive losses are compared by their ratio. A loss that is farther above the median than the median is above the
    lowest, and more than a hundred times the lowest, has the highest level; otherwise a run that nearly diverged would
    make all others look the same.
    """

    low: float
    high: float
    ratios: bool

    @classmethod
    def of(cls, losses: Sequence[float]) -> HeatScale:
        """Return the scale of finite ``losses``, of which there must be at least one."""
        ordered = sorted(losses)
        ratios = ordered[0] > 0
        low, middle, high = (
            math.log(each) if ratios else each for each in (ordered[0], ordered[len(ordered) // 2], ordered[-1])
        )
        if ratios:
            high = min(high, max(2 * middle - low, low + math.log(100)))
        return cls(low, high, ratios)

    def level(self, loss: float, levels: int = HEAT_LEVELS) -> int:
        """Return a level from 0 for the lowest loss to ``levels`` − 1 for the highest."""
        loss = math.log(loss) if self.ratios else loss
        spread = self.high - self.low
        if not spread > 0 or not math.isfinite(spread):
            return 0
        return min(levels - 1, max(0, round((loss - self.low) / spread * (levels - 1))))


@dataclass(frozen=True, slots=True)
class MapShape:
    """How the cells of a sweep are arranged: the last axis across, all others down.

    Args:
        names: The names of the axes.
        values: The values of each axis, as they are shown. Cells are counted with the last axis varying fastest.
    """

    names: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]

    @property
    def columns(self) -> int:
        """The number of cells in a row; a single axis goes down."""
        return len(self.values[-1]) if len(self.values) > 1 else 1

    def heads(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return self.values[-1] if len(self.values) > 1 else ("",)

    def rows(self) -> Iterator[str]:
        """Return the names of the rows."""
        down = self.values[:-1] if len(self.values) > 1 else self.values
        return (" × ".join(each) for each in product(*down))

    def title(self) -> str:
        """Return what goes down and what goes across."""
        if len(self.names) == 1:
            return f"{self.names[0]} ↓"
        return f"{' × '.join(self.names[:-1])} ↓  {self.names[-1]} →"


def map_width(shape: MapShape) -> int:
    """Return the width in cells at which `sweep_map` shows every column."""
    return label_width(shape) + shape.columns * column_width(shape)


def sweep_map(
    shape: MapShape,
    cells: Sequence[MapCell],
    *,
    best: int | None = None,
    among: Sequence[float] | None = None,
    colour: bool = False,
    ascii: bool = False,
) -> Rows:
    """The map as a table; each loss has a shade beside it, and the best one a star.

    Args:
        shape: rows and columns.
        cells: by number.
        best: the number of the best cell.
        among: the losses that the shades compare and columns have room for; those of ``cells`` where None.
        colour: whether the ground of a loss is a shade of heat too, dark where it is low.
        ascii: whether to draw with ASCII alone.

    Returns:
        A title, a row of names, a row for each combination of all axes but the last, and what the signs mean.
    """
    title = shape.title()
    if ascii:
        title = title.replace("↓", "v").replace("→", ">").replace("×", "x")
    wide, label = column_width(shape, among), label_width(shape)
    rows: Rows = [[Span(title, "muted")]]
    if len(shape.names) > 1:
        heads = [Span(pad_left(shorten(head, wide - 3), wide - 2) + "  ", "muted") for head in shape.heads()]
        rows.append([Span(" " * label), *heads])
    losses = among if among is not None else [cell.loss for cell in cells if cell.loss is not None]
    heat = HeatScale.of(losses) if losses else None
    for number, name in enumerate(shape.rows()):
        first = number * shape.columns
        row: Row = [Span(pad(shorten(name, label - 1), label), "muted")]
        for cell in range(first, min(first + shape.columns, len(cells))):
            row.append(_cell(cells[cell], heat, wide, starred=cell == best, colour=colour, ascii=ascii))
        rows.append(row)
    rows.append(_legend(cells, best, ascii=ascii))
    return rows


_LEAST_ROOM = 8
"""The fewest signs in a row of a small map."""
_TELLING = ("going", "failed", "diverged", "stopped", "waiting")
"""Which state a block without a loss shows: the first of these that it has."""


def small_map(
    shape: MapShape,
    cells: Sequence[MapCell],
    width: int,
    height: int,
    *,
    best: int | None = None,
    ascii: bool = False,
) -> Rows:
    """The map with one sign for each cell: a shade for a loss. If that does not fit, one for each block of cells.

    A block shows the lowest loss in it. A single axis runs along the rows like text. The cost grows with the number of
    cells, not with the size of the map.

    Args:
        shape: rows and columns.
        cells: by number.
        width: the room for the map in cells of the terminal.
        height: the room for the map in rows.
        best: the number of the best cell.
        ascii: whether to draw with ASCII alone.

    Returns:
        A title, the first and the last value across, rows of signs, and what the signs mean.
    """
    label, names = label_width(shape), tuple(shape.rows())
    room, body = max(_LEAST_ROOM, width - label), max(1, height - 3)
    columns, across, down = shape.columns, -(-shape.columns // room), -(-len(names) // body)
    if len(shape.names) == 1:
        across, down = -(-len(cells) // (room * body)), 1
        columns = min(len(cells), room * across)
        names = names[::columns]
    title = shape.title() if len(shape.names) > 1 else shape.names[0]
    if across * down > 1:
        title += "   " + translate("sweepmap.block", across=across, down=down)
    if ascii:
        title = title.replace("↓", "v").replace("→", ">").replace("×", "x")
    rows: Rows = [[Span(shorten(title, width), "muted")]]
    if len(shape.names) > 1:
        signs = -(-columns // across)
        first, last = shorten(shape.heads()[0], signs // 2), shorten(shape.heads()[-1], signs // 2 - 1)
        rows.append([Span(" " * label + first + pad_left(last, signs - cell_width(first)), "muted")])
    losses = [cell.loss for cell in cells if cell.loss is not None]
    heat = HeatScale.of(losses) if losses else None
    for top in range(0, len(names), down):
        row: Row = [Span(pad(shorten(names[top], label - 1), label), "muted")]
        for left in range(0, columns, across):
            block = [
                number
                for line in range(top, min(top + down, len(names)))
                for number in range(line * columns + left, line * columns + min(left + across, columns))
                if number < len(cells)
            ]
            if block:
                row.append(_block_sign([cells[each] for each in block], heat, starred=best in block, ascii=ascii))
        rows.append(row)
    rows.append(_legend(cells, best, ascii=ascii))
    return rows


def _block_sign(cells: Sequence[MapCell], heat: HeatScale | None, *, starred: bool, ascii: bool) -> Span:
    """The sign of a block of cells, of which there is at least one."""
    if starred:
        return Span("*" if ascii else "★", "good")
    losses = [cell.loss for cell in cells if cell.loss is not None]
    if losses and heat is not None:
        shades = ASCII_SHADES[1:] if ascii else _SHADES
        return Span(shades[heat.level(min(losses), len(shades))], "text")
    states = {cell.state for cell in cells}
    state = next((each for each in _TELLING if each in states), "failed")
    return Span(_SIGNS[state][ascii], "accent" if state == "going" else "muted")


def _cell(cell: MapCell, heat: HeatScale | None, wide: int, *, starred: bool, colour: bool, ascii: bool) -> Span:
    if cell.loss is None or heat is None:
        sign = _SIGNS.get(cell.state, _SIGNS["failed"])[ascii]
        return Span(pad_left(sign, wide - 2) + "  ", "accent" if cell.state == "going" else "muted")
    shades = ASCII_SHADES[1:] if ascii else _SHADES
    shade = shades[heat.level(cell.loss, len(shades))]
    star = ("*" if ascii else "★") if starred else " "
    text = pad_left(figure(cell.loss, ascii=ascii), wide - 3) + star + shade + " "
    if not colour:
        return Span(text, "good" if starred else "text")
    ground = _GROUNDS[heat.level(cell.loss, len(_GROUNDS))]
    return Span(text, "heat15" if ground < HEAT_LEVELS // 2 else "heat0", f"heat{ground}")


def _legend(cells: Sequence[MapCell], best: int | None, *, ascii: bool) -> Row:
    """Explain the signs that the map shows."""
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
    """Return the width of the names of rows in cells."""
    return min(_LABEL, max(cell_width(name) for name in shape.rows())) + 1


def column_width(shape: MapShape, losses: Sequence[float] | None = None) -> int:
    """Return the width of a column in cells, with room for any figure, or only for those of ``losses``."""
    head = max((min(cell_width(head), _LONGEST_HEAD) for head in shape.heads()), default=0)
    figures = _FIGURE if losses is None else max((cell_width(figure(loss)) for loss in losses), default=0)
    return max(head, figures, _LEAST_FIGURE) + 3
