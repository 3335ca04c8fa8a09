"""What screens and widgets know of the app, so that none of them imports it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.geometry import Size
    from textual.screen import Screen
    from textual.timer import Timer

    from tutor.tui.garbage import GarbageCollection
    from tutor.tui.themes import Look
    from tutor.workspace import Workspace


class Shell(Protocol):
    """The app as everything on it sees it; `tutor.tui.app.TutorApp` is the only one."""

    workspace: Workspace
    """Settings, course, memory, runs."""
    look: Look
    """The look in use."""
    garbage: GarbageCollection
    """Looks for garbage in the pauses between keys."""
    runs_going: int
    """How many runs go on."""
    line_rate: int | None
    """Bytes sent in the last second; None unless the learner asked to see it."""
    too_small: bool
    """Whether the window is too small for the screens."""
    window: Size
    """The size of the terminal's window in cells, which may be too small for the screens."""

    @property
    def ascii(self) -> bool:
        """Whether to draw with ASCII alone."""

    @property
    def motion(self) -> bool:
        """Whether things may move on their own."""

    @property
    def unseen(self) -> bool:
        """Whether nobody can see what would be drawn now."""

    @property
    def bytes_sent(self) -> int:
        """Bytes sent to the terminal so far; 0 if the driver does not count."""

    def switch_language(self) -> None:
        """Speak the next language, everywhere, at once."""

    def screen_left(self) -> None:
        """A screen is gone: what it was made of is collected in the next pause."""

    def change_settings(self, **changes: object) -> None:
        """Change settings, keep them, and let every screen show it."""

    # What the router and the background need of Textual's app.

    @property
    def screen(self) -> Screen[Any]:
        """The screen in front."""

    @property
    def screen_stack(self) -> list[Screen[Any]]:
        """All screens, the one in front last."""

    def push_screen(self, screen: Screen[Any]) -> object:
        """Show a screen over the one in front."""

    def switch_screen(self, screen: Screen[Any]) -> object:
        """Show a screen in the place of the one in front."""

    def pop_screen(self) -> object:
        """Leave the screen in front."""

    def set_interval(self, interval: float, callback: Callable[[], object]) -> Timer:
        """Call `callback` every `interval` seconds."""
