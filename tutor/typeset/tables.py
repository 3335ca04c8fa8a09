"""Tables fitted to the page: columns as wide as their words need, cells wrapped, or rows told one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from tutor.foundation.translate import translate
from tutor.typeset.breaking import break_lines, widths_of
from tutor.typeset.elements import BLANK, Line, Run, Runs, Side, Span, Table

_GAP = 3
_NARROW_GAP = 2
_MOST_CELLS = 40
"""Cells of a row that are told one below the other. Who needs the others opens the table itself."""


def set_table(table: Table, width: int, *, rule: str) -> Iterator[Line]:
    """The lines of ``table``: a head, a rule, and rows, with air between rows that take several lines.

    Where even the longest words do not fit side by side, each row becomes a short list of its own.
    """
    columns = list(zip(table.head, *table.rows, strict=True))
    measured = [[widths_of(cell, width) for cell in column] for column in columns]
    least = [max(cell[0] for cell in column) for column in measured]
    natural = [max(1, *(cell[1] for cell in column)) for column in measured]
    gap = _GAP if sum(natural) + _GAP * (len(columns) - 1) <= width else _NARROW_GAP
    room = width - gap * (len(columns) - 1)
    if sum(least) > room:
        yield from _as_records(table, width, rule)
        return
    widths = _share(least, natural, room)
    yield from _grid(table, widths, " " * gap, rule)


def _share(least: Sequence[int], natural: Sequence[int], room: int) -> list[int]:
    """Widths between least and natural: what is left over goes in equal parts to the columns that need it."""
    widths = [max(1, narrow) for narrow in least]
    left = room - sum(widths)
    while left > 0:
        hungry = [index for index, width in enumerate(widths) if width < natural[index]]
        if not hungry:
            break
        portion = max(1, left // len(hungry))
        for index in hungry:
            more = min(portion, natural[index] - widths[index], left)
            widths[index] += more
            left -= more
    return widths


def _grid(table: Table, widths: Sequence[int], gap: str, rule: str) -> Iterator[Line]:
    if any(map(_says_something, table.head)):
        yield from _row(table.head, widths, table.sides, gap)
        yield Line((Span(gap.join(rule * width for width in widths), "table-rule"),))
    rows = [list(_row(row, widths, table.sides, gap)) for row in table.rows]
    airy = any(len(row) > 1 for row in rows)
    for index, row in enumerate(rows):
        if index and airy:
            yield BLANK
        yield from row


def _row(cells: Sequence[Runs], widths: Sequence[int], sides: Sequence[Side], gap: str) -> Iterator[Line]:
    """The lines of one row of cells."""
    broken = [break_lines(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for pieces in zip_longest(*broken, fillvalue=()):
        spans: list[Span] = []
        owed = 0  # spaces not yet written: none may stand at the end of a line
        for piece, width, side in zip(pieces, widths, sides, strict=True):
            free = width - Line(piece).width
            before = {"left": 0, "right": free, "centre": free // 2}[side]
            if piece:
                if owed + before:
                    spans.append(Span(" " * (owed + before)))
                spans.extend(piece)
                owed = free - before + len(gap)
            else:
                owed += width + len(gap)
        yield Line(tuple(spans))


def _as_records(table: Table, width: int, rule: str) -> Iterator[Line]:
    """Each row as lines of ``head: cell``, for tables wider than the page; empty cells are left out."""
    for number, row in enumerate(table.rows):
        if number:
            yield Line((Span(rule * min(width, 8), "table-rule"),))
        filled = [(head, cell) for head, cell in zip(table.head, row, strict=True) if _says_something(cell)]
        for head, cell in filled[:_MOST_CELLS]:
            title = (*head, Run(": ", "table-head")) if _says_something(head) else ()
            yield from (Line(spans) for spans in break_lines((*title, *cell), width))
        if (left := len(filled) - _MOST_CELLS) > 0:
            said = Run(translate("reading.more-columns", count=left), "table-rule")
            yield from (Line(spans) for spans in break_lines((said,), width))


def _says_something(cell: Runs) -> bool:
    return any(run.text.strip() for run in cell)
