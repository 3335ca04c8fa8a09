"""The keys of the screen behind, by group, and what the signs mean."""

from __future__ import annotations

from functools import partial

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen

from tutor.charts.cells import Row, Span
from tutor.foundation.text import cell_width, pad, wrapped
from tutor.foundation.translate import translate
from tutor.tui import routes
from tutor.tui.commands import Command
from tutor.tui.screen import Commanded, TutorScreen
from tutor.tui.themes import AGAIN, HERE, RIGHT, RUNNING, WARNING, WRONG
from tutor.tui.widgets.row_list import RowItem, RowList, blank

_SIGNS = (
    (RIGHT, "good", "help.sign-right"),
    (WRONG, "bad", "help.sign-wrong"),
    (HERE, "accent", "help.sign-here"),
    (AGAIN, "bad", "help.sign-again"),
    (RUNNING, "accent", "help.sign-running"),
    (WARNING, "bad", "help.sign-warning"),
)


class HelpScreen(TutorScreen):
    """A page of keys.

    Args:
        behind: The screen whose keys are shown.
    """

    def __init__(self, behind: Screen[object]) -> None:
        super().__init__()
        self._commands = behind.commands() if isinstance(behind, Commanded) else []

    def breadcrumb(self) -> list[str]:
        """``tutor › Help``."""
        return [translate("help.title")]

    def compose_body(self) -> ComposeResult:
        yield RowList()

    def on_resize(self, event: events.Resize) -> None:
        """Break long explanations for the new width."""
        self.query_one(RowList).set_items(self._items(event.size.width))

    def refresh_texts(self) -> None:
        super().refresh_texts()
        self.query_one(RowList).set_items(self._items(self.size.width))

    def action_help(self) -> None:
        """Close the page with the key that opened it."""
        self.action_back()

    def _items(self, width: int) -> list[RowItem]:
        groups: dict[str, list[Command]] = {}
        for command in self._commands:
            groups.setdefault(command.group, []).append(command)
        key_width = max((cell_width(command.keys_shown) for command in self._commands), default=0)
        key_width = min(26, key_width)
        items: list[RowItem] = []
        for group, commands in groups.items():
            items += [blank(), _heading(group)]
            for command in commands:
                items += command_items(command, key_width, width - 1)  # beside the scroll bar
        items += [blank(), _heading("help.signs")]
        items += [_sign_item(sign, ink, key, key_width) for sign, ink, key in _SIGNS]
        return items


def _heading(key: str) -> RowItem:
    return RowItem(key, lambda _width: [Span(f"  {translate(key)}", "heading")], selectable=False)


def command_items(command: Command, key_width: int, width: int) -> list[RowItem]:
    """The rows of a command, ``width`` cells wide: its keys in ``key_width`` of them, then what it does."""
    lines = wrapped(translate(command.help or command.label), max(8, width - key_width - 7))
    keys = [command.keys_shown, *[""] * (len(lines) - 1)]
    return [
        RowItem(command.id, partial(_command_row, pad(key, key_width), line), selectable=False)
        for key, line in zip(keys, lines, strict=True)
    ]


def _command_row(keys: str, text: str, _width: int) -> Row:
    return [Span(f"    {keys}", "key"), Span("  "), Span(text)]


def _sign_item(sign: str, ink: str, key: str, key_width: int) -> RowItem:
    def draw(width: int) -> Row:
        return [Span(f"    {pad(sign, key_width)}", f"{ink} bold"), Span(f"  {translate(key)}")]

    return RowItem(key, draw, selectable=False)


def screen_for(route: routes.Help) -> HelpScreen:
    """The screen of a route."""
    return HelpScreen(route.behind)
