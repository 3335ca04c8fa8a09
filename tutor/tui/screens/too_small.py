"""The screen of a window that is too small for the others."""

from __future__ import annotations

from typing import ClassVar

from textual.strip import Strip

from tutor.charts.cells import Span
from tutor.foundation.text import wrapped
from tutor.foundation.translate import translate
from tutor.tui import routes
from tutor.tui.background import MIN_HEIGHT, MIN_WIDTH
from tutor.tui.commands import SHARED, Command, bindings_of
from tutor.tui.screen import SteadyScreen
from tutor.tui.widgets.rows import look_of, shell_of, strip_of


class TooSmallScreen(SteadyScreen[None]):
    """One sentence. `TutorApp` removes it when the window has grown."""

    KEYS: ClassVar[tuple[Command, ...]] = tuple(command for command in SHARED if command.id == "app.quit")
    BINDINGS = bindings_of(KEYS)
    CSS = "TooSmallScreen { overflow: hidden; }"

    def render_line(self, y: int) -> Strip:
        """The sentence in the middle of the window, which is smaller than the size that screens are laid out in."""
        width, height = shell_of(self).window
        text = translate("app.too-small", width=MIN_WIDTH, height=MIN_HEIGHT, has_width=width, has_height=height)
        lines = wrapped(text, max(1, width - 2))
        index = y - max(0, (height - len(lines)) // 2)
        line = lines[index] if 0 <= index < len(lines) else ""
        return strip_of([Span(f" {line}")], look_of(self), self.size.width)

    def on_screen_resume(self) -> None:
        """Close if the window has grown while another screen was in front."""
        if not shell_of(self).too_small:
            self.app.pop_screen()

    def action_quit(self) -> None:
        self.app.exit(0)


def screen_for(_route: routes.TooSmall) -> TooSmallScreen:
    """The screen of a route."""
    return TooSmallScreen()
