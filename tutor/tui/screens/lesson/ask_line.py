"""A dialog that asks for one line of text: a note, or what to find."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from tutor.charts.cells import Rows, Span
from tutor.foundation.safe_text import harmless, harmless_line
from tutor.foundation.text import shorten
from tutor.foundation.translate import translate
from tutor.tui.commands import Command
from tutor.tui.screen import TutorDialog
from tutor.tui.widgets.rows import Area, RowsView

_LONGEST = 4000


class AskLine(TutorDialog[str]):
    """Asks for a line. Returns it, or None if the learner leaves.

    Args:
        placeholder: Translation key of what the empty line says.
        about: A text above the line, such as the passage that a note is about; may be empty.
    """

    KEYS: ClassVar[tuple[Command, ...]] = ()
    CSS = """
    AskLine { align: center bottom; &:ansi { background: transparent; } }
    AskLine > Vertical {
        width: 76; max-width: 100%; height: auto; margin: 1 0; background: $surface; border: round $rule; padding: 0 1;
    }
    AskLine:ansi > Vertical { width: 100%; }
    AskLine RowsView { height: 1; }
    AskLine Input { border: none; height: 1; padding: 0; background: $surface; }
    """

    def __init__(self, placeholder: str, about: str = "") -> None:
        super().__init__()
        self._placeholder = placeholder
        self._about = harmless_line(about)

    def compose(self) -> ComposeResult:
        with Vertical():
            if self._about:
                yield RowsView(self._about_rows)
            yield Input(placeholder=translate(self._placeholder), max_length=_LONGEST, select_on_focus=False)

    def _about_rows(self, area: Area) -> Rows:
        return [[Span(shorten(self._about, area.width), "muted")]]

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Return the line; an empty one is none."""
        self.dismiss(harmless(event.value).strip() or None)
