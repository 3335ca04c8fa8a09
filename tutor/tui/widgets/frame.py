"""The frame of every screen: the line at the top, and the keys at the bottom."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tutor.charts.cells import Row, Span, row_width, spread_row
from tutor.foundation.text import cell_width, shorten
from tutor.foundation.translate import translate
from tutor.tui.commands import Command
from tutor.tui.widgets.rows import look_of, strip_of

_GAP = 3
MARGIN = 2
"""Cells between the text of the frame and the edges of the window; a rule reaches one cell further out."""


def rule_row(width: int) -> Row:
    """A rule across the window."""
    return [Span(" "), Span("─" * max(0, width - 2), "rule")]


class KeyLine(Widget):
    """Two lines: a rule, then as many keys with their labels as fit; the key for help is at the right edge.

    Args:
        commands: Returns the commands to show, most needed first.
        help_command: Returns the command for help, with a key that works now.
    """

    DEFAULT_CSS = "KeyLine { height: 2; }"

    class Pressed(Message):
        """A key was clicked."""

        def __init__(self, command: Command) -> None:
            self.command = command
            super().__init__()

    def __init__(self, commands: Callable[[], list[Command]], help_command: Callable[[], Command]) -> None:
        super().__init__()
        self._commands = commands
        self._help = help_command
        self._places: list[tuple[int, int, Command]] = []

    def render_line(self, y: int) -> Strip:
        """Line 0 is the rule, line 1 the keys."""
        width = self.size.width
        row = self._keys_row(width) if y else rule_row(width)
        return strip_of(row, look_of(self), width)

    def _keys_row(self, width: int) -> Row:
        helping = self._help()
        help_key, help_text = helping.key_shown, translate("keys.help")
        help_width = cell_width(help_key) + 1 + cell_width(help_text)
        row: Row = [Span(" " * MARGIN)]
        column = MARGIN
        self._places = []
        for command in self._commands():
            key, label = command.key_shown, translate(command.label)
            wide = cell_width(key) + 1 + cell_width(label)
            if column + wide + _GAP + help_width > width - MARGIN:
                break
            self._places.append((column, column + wide, command))
            row += [Span(key, "key"), Span(f" {label}", "muted"), Span(" " * _GAP)]
            column += wide + _GAP
        start = max(column, width - MARGIN - help_width)
        self._places.append((start, start + help_width, helping))
        return [*row, Span(" " * (start - column)), Span(help_key, "key"), Span(f" {help_text}", "muted")]

    def on_click(self, event: events.Click) -> None:
        for first, after, command in self._places:
            if event.y == 1 and first <= event.x < after:
                self.post_message(self.Pressed(command))


GAP = "   "
"""The gap between two parts of the status."""
_LEAST = 8
"""Cells that the status leaves to the last part of the breadcrumb."""


def breadcrumb_row(trail: list[str], room: int) -> Row:
    """``trail`` as ``tutor › Lesson › Lab`` in at most ``room`` cells.

    The middle parts are shortened first, then the last one; then parts are left out from the left, never the last.
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
    """``status`` in at most ``room`` cells: parts are left out from the right. The first part always stays."""
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
        status: Returns the row on the right.
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
            return strip_of(rule_row(width), look_of(self), width)
        trail = self._trail()
        least = min(cell_width(trail[-1]), _LEAST) if trail else 0
        status = [*status_row(self._status(), width - least - 2 * MARGIN - 1), Span(" " * MARGIN)]
        room = width - row_width(status) - MARGIN - 2
        left = [Span(" " * MARGIN), *breadcrumb_row(trail, max(room, 8))]
        return strip_of(spread_row(left, status, width), look_of(self), width)
