"""The names of the pages of a screen, in two rows: the names with their numbers, and a line below the one in view."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.charts.cells import Row, Span, fit_row
from tutor.foundation.text import cell_width
from tutor.tui.themes import FULL
from tutor.tui.widgets.row_list import MARGIN

_TAB_GAP = "   "


def tabs_row(names: Sequence[str], chosen: int, width: int) -> Row:
    """The pages by name and number, with the one in view emphasized."""
    row: Row = [Span(" " * MARGIN)]
    for number, name in enumerate(_fitting(names, chosen, width)):
        row.append(Span(f"{number + 1}", "key"))
        row.append(Span(f"{name}{_TAB_GAP}", "strong" if number == chosen else "muted"))
    return row


def underline_row(names: Sequence[str], chosen: int, width: int) -> Row:
    """The line below the name and the number of the page in view."""
    shown = _fitting(names, chosen, width)
    before = MARGIN + sum(cell_width(name) + 1 + len(_TAB_GAP) for name in shown[:chosen])
    return fit_row([Span(" " * before), Span(FULL * (cell_width(shown[chosen]) + 1), "accent")], width)


def _fitting(names: Sequence[str], chosen: int, width: int) -> list[str]:
    """What follows the number of each page: its name; if they do not all fit, only the page in view has one."""
    shown = [f" {name}" for name in names]
    whole = MARGIN + sum(cell_width(name) + 1 + len(_TAB_GAP) for name in shown) - len(_TAB_GAP)
    return shown if whole <= width else [name if number == chosen else "" for number, name in enumerate(shown)]
