"""A table of runs: a sign and a name for each, and as many of its figures as fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.charts.cells import Row, Rows, Span, fit_rows, sentence
from tutor.foundation.text import cell_width, pad, pad_left, shorten
from tutor.foundation.translate import translate

_NAME_AT_LEAST = 10
_GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of every run.

    Args:
        title: The name of the figure.
        cells: Its text for each run.
        best: The index of the run with the best figure; None if there is no best one.
        need: How dispensable it is: if there is too little room, the columns of the highest ``need`` go first.
    """

    title: str
    cells: Sequence[str]
    best: int | None = None
    need: int = 0

    @property
    def width(self) -> int:
        """The width of the column in cells."""
        return max([cell_width(self.title), *(cell_width(cell) + 1 for cell in self.cells)])

    @property
    def leading(self) -> list[int]:
        """The best run and those with the same text; none if all have the same text."""
        if self.best is None or len(set(self.cells)) < 2:
            return []
        return [index for index, cell in enumerate(self.cells) if cell == self.cells[self.best]]


def run_table(
    names: Sequence[tuple[str, str, str]], columns: Sequence[Column], width: int, height: int, *, ascii: bool = False
) -> Rows:
    """Draw a table of runs in which the best figure of each column is marked.

    Args:
        names: For each run its sign, the ink of the sign, and its name.
        columns: The figures, from left to right.
        width: The width in cells.
        height: The height in rows.
        ascii: Whether to draw in plain ASCII.
    """
    if width < _NAME_AT_LEAST or height < 2:
        return sentence(translate("charts.too-small"), width, height)
    sign = max((cell_width(each[0]) for each in names), default=0) + 1
    wanted = max((cell_width(each[2]) for each in names), default=0)
    shown = _fitting(columns, width - sign - min(max(wanted, _NAME_AT_LEAST), width // 3))
    room = width - sign - sum(column.width + _GAP for column in shown)
    name_width = max(_NAME_AT_LEAST, min(wanted, room))
    head: Row = [Span(" " * (sign + name_width))]
    for column in shown:
        head.append(Span(" " * _GAP + pad_left(column.title, column.width), "muted"))
    rows: Rows = [head]
    for index, (mark, ink, name) in enumerate(names):
        row = [Span(pad(mark, sign), ink), Span(pad(shorten(name, name_width), name_width))]
        for column in shown:
            best = index in column.leading
            text = column.cells[index] + (("*" if ascii else "★") if best else " ")
            row.append(Span(" " * _GAP + pad_left(text, column.width), "good" if best else "text"))
        rows.append(row)
    return fit_rows(rows, width, height)


def _fitting(columns: Sequence[Column], width: int) -> list[Column]:
    """Return the columns that fit, in their order, without the most dispensable ones."""
    kept = list(columns)
    while kept and sum(column.width + _GAP for column in kept) > width:
        least = max(range(len(kept)), key=lambda index: kept[index].need)
        kept.pop(least)
    return kept
