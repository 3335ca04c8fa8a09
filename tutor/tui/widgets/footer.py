"""The footer: a rule, and the few keys that matter here."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tutor.charts.cells import Row, Span
from tutor.foundation.text import cell_width
from tutor.foundation.translate import translate
from tutor.tui.commands import Command
from tutor.tui.widgets.rows import look_of, strip_of

_GAP = 3


class KeyLine(Widget):
    """Two lines: a rule, then ``key label`` pairs, as many as fit; the key for help at the right edge.

    Args:
        commands: Returns the commands to show, most needed first.
        help_command: Returns the command for help, with the key that reaches it now.
    """

    DEFAULT_CSS = "KeyLine { height: 2; }"

    class Pressed(Message):
        """A key of the footer was clicked."""

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
        row = self._keys_row(width) if y else [Span("─" * width, "rule")]
        return strip_of(row, look_of(self), width)

    def _keys_row(self, width: int) -> Row:
        helping = self._help()
        help_key, help_text = helping.key_shown, translate("keys.help")
        help_width = cell_width(help_key) + 1 + cell_width(help_text)
        row: Row = [Span(" ")]
        column = 1
        self._places = []
        for command in self._commands():
            key, label = command.key_shown, translate(command.label)
            wide = cell_width(key) + 1 + cell_width(label)
            if column + wide + _GAP + help_width > width - 1:
                break
            self._places.append((column, column + wide, command))
            row += [Span(key, "key"), Span(f" {label}", "muted"), Span(" " * _GAP)]
            column += wide + _GAP
        start = max(column, width - 1 - help_width)
        self._places.append((start, start + help_width, helping))
        return [*row, Span(" " * (start - column)), Span(help_key, "key"), Span(f" {help_text}", "muted")]

    def on_click(self, event: events.Click) -> None:
        """What a mouse would try works."""
        for first, after, command in self._places:
            if event.y == 1 and first <= event.x < after:
                self.post_message(self.Pressed(command))
