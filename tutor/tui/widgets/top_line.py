"""The top line: where one is on the left, what is going on on the right, and a rule below."""

from __future__ import annotations

from collections.abc import Callable

from textual.strip import Strip
from textual.widget import Widget

from tutor.charts.cells import Row, Span, row_width, spread_row
from tutor.foundation.text import cell_width, shorten
from tutor.tui.widgets.rows import look_of, strip_of

GAP = "   "
"""What stands between two things that the status says."""
_LEAST = 8
"""Cells of the breadcrumb's last part that the status leaves free."""


def breadcrumb_row(trail: list[str], room: int) -> Row:
    """``trail`` as ``tutor › Lesson › Lab`` in at most ``room`` cells.

    Middle parts shrink first, then the last; then the outermost are left out, never the last.
    """
    parts = list(trail)
    for index in [*range(1, len(parts) - 1), len(parts) - 1]:
        excess = sum(map(cell_width, parts)) + 3 * (len(parts) - 1) - room
        if excess > 0:
            parts[index] = shorten(parts[index], max(8, cell_width(parts[index]) - excess))
    first = 0
    while first < len(parts) - 1 and sum(map(cell_width, parts[first:])) + 3 * (len(parts) - 1 - first) > room:
        first += 1
    row: Row = []
    for index, part in enumerate(parts):
        if index < first:
            continue
        if row:
            row.append(Span(" › ", "muted"))
        row.append(Span(part, "accent bold" if index == 0 else "strong" if index == len(parts) - 1 else "text"))
    return row


def status_row(status: Row, room: int) -> Row:
    """``status`` in at most ``room`` cells: what stands behind its last gap is left out first.

    Where nothing is left to leave out it is as wide as it is.
    """
    while row_width(status) > room:
        gaps = [place for place, span in enumerate(status) if place and span.text == GAP]
        if not gaps:
            break
        status = status[: gaps[-1]]
    return status


class TopLine(Widget):
    """Two lines: breadcrumb and status, then a rule.

    Args:
        trail: Returns the breadcrumb, outermost first.
        status: Returns the spans on the right.
    """

    DEFAULT_CSS = "TopLine { height: 2; }"

    def __init__(self, trail: Callable[[], list[str]], status: Callable[[], Row]) -> None:
        super().__init__()
        self._trail = trail
        self._status = status

    def render_line(self, y: int) -> Strip:
        """Line 0 is the text, line 1 the rule."""
        width = self.size.width
        if y:
            return strip_of([Span("─" * width, "rule")], look_of(self), width)
        trail = self._trail()
        least = min(cell_width(trail[-1]), _LEAST) if trail else 0
        status = [*status_row(self._status(), width - least - 3), Span(" ")]
        room = width - row_width(status) - 3
        left = [Span(" "), *breadcrumb_row(trail, max(room, 8))]
        return strip_of(spread_row(left, status, width), look_of(self), width)
