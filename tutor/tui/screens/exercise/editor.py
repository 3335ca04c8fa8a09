"""The editor for a program: Textual's, with Python's indentation, our colours, and a sign at the line that failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Selection, TextAreaTheme

from tutor.foundation.safe_text import harmless_line
from tutor.tui.screens.exercise.colouring import Piece, pieces_of
from tutor.tui.themes import WRONG
from tutor.tui.widgets.rows import look_of, shell_of

if TYPE_CHECKING:
    from tutor.sandbox.explain import Explanation

INDENT = 4
"""Spaces of one step."""


class CodeEditor(TextArea):
    """An editor for a short program in Python. It takes no text before ``read_only`` is set to False."""

    DEFAULT_CSS = """
    CodeEditor, CodeEditor:focus {
        border: none; padding: 0; background: $background; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1;
    }
    CodeEditor .text-area--gutter, CodeEditor .text-area--cursor-gutter { color: $muted; background: $background; }
    CodeEditor .text-area--cursor-line { background: $background; }
    """

    class Left(Message):
        """Escape: the learner wants to leave the editor."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(
            soft_wrap=False,
            tab_behavior="indent",
            show_line_numbers=True,
            id=id,
            highlight_cursor_line=False,
            read_only=True,
        )
        self.indent_width = INDENT
        self.cursor_blink = False
        self._pieces: tuple[str, list[list[Piece]]] = ("", [[]])
        self._failing: Explanation | None = None

    # -- colours -----------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Take the colours of the look in use."""
        self.take_look()

    def take_look(self) -> None:
        """Draw in the look in use."""
        look = look_of(self)
        name = f"tutor-{look.name}"
        if name not in self.available_themes:
            self.register_theme(
                TextAreaTheme(
                    name, cursor_style=look.style("text reverse"), selection_style=look.style("accent reverse")
                )
            )
        self.theme = name
        self.notify_style_update()
        self.refresh()

    def mark(self, failing: Explanation | None) -> None:
        """Mark the line that stopped the program, as long as it stays as it is."""
        self._failing = failing if failing is not None and failing.line else None
        self.notify_style_update()
        self.refresh()

    def _is_failing(self, line: int) -> bool:
        failing = self._failing
        return failing is not None and failing.line == line + 1 and harmless_line(self._shown(line)) == failing.text

    def _shown(self, line: int) -> str:
        return self.document.get_line(line) if line < self.document.line_count else ""

    def get_line(self, line_index: int) -> Text:
        """A line in its colours, without characters that could do something to the terminal."""
        # Each character stays one, so that the places of cursor and selection stay right. Textual expands tabs itself.
        source = self._shown(line_index)
        line = Text("\t".join(harmless_line(part) for part in source.split("\t")), end="", no_wrap=True)
        look = look_of(self)
        if not shell_of(self).slow_line:
            text = self.text
            if self._pieces[0] != text:
                self._pieces = text, pieces_of(text)
            pieces = self._pieces[1]
            for piece in pieces[line_index] if line_index < len(pieces) else ():
                line.stylize(look.style(piece.ink), piece.start, piece.end)
        if self._is_failing(line_index) and self._failing is not None:
            start, end = self._failing.start, self._failing.end
            indent = len(source) - len(source.lstrip())
            line.stylize(look.style("bad underline"), *((start, end) if end > start else (indent, len(source))))
        return line

    def render_line(self, y: int) -> Strip:
        """A line; beside the one that failed stands a sign."""
        strip = super().render_line(y)
        line, gutter = y + self.scroll_offset.y, self.gutter_width
        if not self._is_failing(line):
            return strip
        sign = Strip([Segment(f"{WRONG} ", look_of(self).style("bad bold"))], 2)
        return Strip.join([strip.crop(0, gutter - 2), sign, strip.crop(gutter)])

    # -- keys --------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Indent as Python does; escape leaves the editor."""
        act = {
            "escape": self._leave, "enter": self._break_line, "tab": self._indent, "shift+tab": self._dedent,
        }.get(event.key)  # fmt: skip
        if act is not None:
            event.stop()
            event.prevent_default()
            if not self.read_only or event.key == "escape":
                act()

    def _leave(self) -> None:
        self.post_message(self.Left())

    def _break_line(self) -> None:
        """Begin a line with the indentation of this one, and one step more after a colon."""
        start, end = sorted(self.selection)
        before = self._shown(start[0])[: start[1]]
        indent = before[: len(before) - len(before.lstrip(" "))]
        if before.partition("#")[0].rstrip().endswith(":"):
            indent += " " * INDENT
        self.replace(f"\n{indent}", start, end, maintain_selection_offset=False)

    def _indent(self) -> None:
        (first, column), (last, _) = sorted(self.selection)
        if first != last:
            self._change_lines(first, last, lambda line: " " * INDENT + line if line.strip() else line)
        else:
            self.replace(" " * (INDENT - column % INDENT), *sorted(self.selection), maintain_selection_offset=False)

    def _dedent(self) -> None:
        (first, _), (last, _) = sorted(self.selection)
        self._change_lines(first, last, lambda line: line[min(INDENT, len(line) - len(line.lstrip(" "))) :])

    def _change_lines(self, first: int, last: int, change: Callable[[str], str]) -> None:
        lines = [self._shown(number) for number in range(first, last + 1)]
        changed = [change(line) for line in lines]
        (row, column), (end_row, end_column) = self.selection
        self.replace("\n".join(changed), (first, 0), (last, len(lines[-1])))
        grown = {
            number: len(new) - len(old) for number, (new, old) in enumerate(zip(changed, lines, strict=True), first)
        }
        self.selection = Selection((row, max(0, column + grown[row])), (end_row, max(0, end_column + grown[end_row])))

    def action_delete_left(self) -> None:
        """Delete a character, or a step of indentation."""
        row, column = self.cursor_location
        before = self._shown(row)[:column]
        if self.selection.is_empty and before and not before.strip(" "):
            self.delete((row, (column - 1) // INDENT * INDENT), (row, column), maintain_selection_offset=False)
        else:
            super().action_delete_left()
