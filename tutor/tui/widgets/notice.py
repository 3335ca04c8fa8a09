"""A sentence at the bottom of the screen that disappears by itself.

One line covers the rule above the footer, two lines cover the footer too. Only a longer sentence covers rows of the
screen itself.
"""

from __future__ import annotations

from textual import events
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tutor.charts.cells import Span
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, wrapped
from tutor.tui.themes import RIGHT, WARNING
from tutor.tui.widgets.rows import look_of, strip_of

_SIGNS = {"info": ("·", "accent"), "good": (RIGHT, "good"), "warning": (WARNING, "bad")}


class Notice(Widget):
    """Shows one sentence at a time for some seconds; a new one replaces it."""

    DEFAULT_CSS = """
    Notice { dock: bottom; height: auto; layer: notice; display: none; background: $raised; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._kind = "info"
        self._timer: Timer | None = None

    @property
    def text(self) -> str:
        """The sentence in view; empty if there is none."""
        return self._text if self.display else ""

    def say(self, text: str, kind: str = "info", seconds: float | None = None) -> None:
        """Show ``text`` (``kind``: info, good, warning) for ``seconds``, or as long as it takes to read."""
        self._text, self._kind = harmless_line(text), kind
        self.display = True
        self._place(self.app.size.width)
        self.refresh(layout=True)
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(seconds or 4 + cell_width(text) / 20, self.hide)

    def on_resize(self, event: events.Resize) -> None:
        self._place(event.size.width)

    def _place(self, width: int) -> None:
        self.styles.offset = (0, -1 if self.get_content_height(None, None, width) == 1 else 0)

    def hide(self) -> None:
        """Hide the sentence."""
        self.display = False

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """As many lines as the sentence needs."""
        return len(wrapped(self._text, width - 5))

    def render_line(self, y: int) -> Strip:
        """One line of the sentence; the sign is before the first."""
        width = self.size.width
        lines = wrapped(self._text, width - 5)
        sign, ink = _SIGNS[self._kind]
        text = lines[y] if y < len(lines) else ""
        row = [Span("  "), Span(sign if y == 0 else " ", f"{ink} bold"), Span(f" {text}")]
        return strip_of(row, look_of(self), width, ground="raised")
