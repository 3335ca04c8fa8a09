"""What screens and widgets know of the app, so that none of them imports it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.geometry import Size
    from textual.screen import Screen
    from textual.timer import Timer

    from tutor.tui.commands import Command
    from tutor.tui.garbage import GarbageCollection
    from tutor.tui.routes import Route
    from tutor.tui.themes import Look
    from tutor.workspace import Workspace


class Shell(Protocol):
    """The app as screens and widgets see it; `tutor.tui.app.TutorApp` is the only one."""

    workspace: Workspace
    """Settings, course, progress, runs."""
    look: Look
    """The look in use."""
    garbage: GarbageCollection
    """Collects garbage in the pauses between keys."""
    runs_going: int
    """How many runs are going."""
    line_rate: int | None
    """Bytes sent in the last second; None unless the learner asked to see it."""
    too_small: bool
    """Whether the window is too small for the screens."""
    last_input: float
    """When a key or the mouse was used last, as `time.monotonic` counts."""
    window: Size
    """The size of the terminal's window in cells, which may be too small for the screens."""

    @property
    def classroom(self) -> object:
        """The class that a learner or a teacher is in, as `tutor.tui.classroom` sees it; None if there is none."""

    @property
    def ascii(self) -> bool:
        """Whether to draw with ASCII alone."""

    @property
    def motion(self) -> bool:
        """Whether animations are allowed."""

    @property
    def unseen(self) -> bool:
        """Whether drawing is useless now because the terminal has stopped reading."""

    @property
    def slow_line(self) -> bool:
        """Whether the line to the terminal has turned out to be slow, so that colours of code are left out."""

    @property
    def bytes_sent(self) -> int:
        """Bytes sent to the terminal so far; 0 if the driver does not count."""

    def switch_language(self) -> None:
        """Switch everything to the next language."""

    def about_to_open(self, route: Route) -> None:
        """Prepare for what is likely to follow the screen of ``route``."""

    def screen_left(self) -> None:
        """A screen has been left: its objects are collected in the next pause."""

    def notify_terminal(self, text: str, way: str) -> None:
        """Ring the terminal's bell or let it show a notice: see `tutor.foundation.notify`."""

    def class_commands(self) -> list[Command]:
        """What can be done in a class now, on every screen."""

    def change_settings(self, **changes: object) -> None:
        """Change settings, save them, and draw every screen again."""

    # What the router and `background` need of Textual's app.

    @property
    def screen(self) -> Screen[Any]:
        """The screen in front."""

    @property
    def screen_stack(self) -> list[Screen[Any]]:
        """All screens, the one in front last."""

    def push_screen(self, screen: Screen[Any]) -> object:
        """Show a screen over the one in front."""

    def switch_screen(self, screen: Screen[Any]) -> object:
        """Replace the screen in front."""

    def copy_to_clipboard(self, text: str) -> None:
        """Ask the terminal to put a text on its clipboard. Not every terminal does."""

    def call_later(self, callback: Callable[..., object], *arguments: object) -> object:
        """Call `callback` once everything that waits has been handled."""

    def pop_screen(self) -> object:
        """Leave the screen in front."""

    def keep_screen(self, screen: Screen[Any], name: str) -> None:
        """Keep a screen when it is left, and mount it now."""

    def set_interval(self, interval: float, callback: Callable[[], object]) -> Timer:
        """Call `callback` every `interval` seconds."""
