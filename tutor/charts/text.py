"""The lines that a model writes, in columns, with a mark at those copied from the training text."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.charts.cells import Row, Rows, Span, fit_row, fit_rows, sentence
from tutor.foundation.text import cell_width, pad, shorten
from tutor.foundation.translate import translate

_GAP = 3


def text_chart(lines: Sequence[str], known: Sequence[object], width: int, height: int) -> Rows:
    """Draw lines in as many columns as fit, and mark those from the training text with ``=``.

    Args:
        lines: The lines that the model wrote.
        known: For each line, whether it is in the training text.
        width: The width in cells.
        height: The height in rows; the last one explains the mark.
    """
    count = min(len(lines), len(known))
    if not count:
        return sentence(translate("charts.nothing-yet"), width, height)
    if height < 2 or width < 4:
        return sentence(translate("charts.too-small"), width, height)
    column = min(width, max(cell_width(line) for line in lines[:count]) + 2)
    columns = max(1, (width + _GAP) // (column + _GAP))
    room = height - 1
    per_column = min(room, -(-count // columns))
    rows: Rows = []
    for at in range(per_column):
        row: Row = []
        for index in range(at, min(count, per_column * columns), per_column):
            ink = "muted" if known[index] else "text"
            mark = "= " if known[index] else "  "
            row.append(Span(pad(mark + shorten(lines[index], column - 2), column) + " " * _GAP, ink))
        rows.append(row)
    while len(rows) < room:
        rows.append([])
    note = shorten(translate("charts.copied"), width)
    return fit_rows([fit_row(row, width) for row in rows] + [[Span(note, "muted")]], width, height)
