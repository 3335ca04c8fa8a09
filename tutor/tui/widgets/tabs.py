"""The names of the pages of a screen, in two rows: the names with their numbers, and a line below the one in view."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.charts.cells import Row, Span, fit_row, row_width
from tutor.foundation.text import cell_width
from tutor.tui.themes import FULL
from tutor.tui.widgets.row_list import MARGIN

_TAB_GAP = "   "


def tabs_row(names: Sequence[str], chosen: int, width: int) -> Row:
    """The pages by name and number, with the one in view emphasized."""
    row: Row = [Span(" " * MARGIN)]
    for number, name in enumerate(names):
        row += [Span(f"{number + 1}", "key"), Span(f" {name}{_TAB_GAP}", "strong" if number == chosen else "muted")]
    return row if row_width(row) <= width + len(_TAB_GAP) else row[: 2 * chosen + 3]


def underline_row(names: Sequence[str], chosen: int, width: int) -> Row:
    """The line below the name and the number of the page in view."""
    before = MARGIN + sum(cell_width(name) + 2 + len(_TAB_GAP) for name in names[:chosen])
    return fit_row([Span(" " * before), Span(FULL * (cell_width(names[chosen]) + 2), "accent")], width)
