"""A run of somebody in the class, to watch: nothing here steers it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult

from tutor.course.lesson import LabFence, Place
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.runs.follower import RunFollower
from tutor.tui.screen import TutorScreen

if TYPE_CHECKING:
    from tutor.tui import routes
    from tutor.tui.questions.run_card import RunCard

_POLLS_A_SECOND = 10
_FRAME = 6
"""Rows of the screen around the card."""


class ClassRunScreen(TutorScreen):
    """A run on the whole screen.

    Args:
        folder: The run's folder.
        name: Whose it is.
    """

    CSS = "ClassRunScreen RunCard { margin: 1 2 0 2; }"

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__()
        self._folder = folder
        self._whose = name
        self._follower = RunFollower(folder)
        self._card: RunCard | None = None
        self._version = -1

    def breadcrumb(self) -> list[str]:
        """``tutor › Class › NAME``."""
        return [translate("class.title"), translate("class.run-of", name=harmless_line(self._whose))]

    def compose_body(self) -> ComposeResult:
        from tutor.tui.questions.run_card import RunCard

        place = Place(self._folder)
        self._card = RunCard(LabFence("", "", {}, place), self._follower, max(6, self.app.size.height - _FRAME))
        yield self._card

    def on_mount(self) -> None:
        """Import what draws in a thread, then look ten times a second."""
        self.run_worker(self._prepare, thread=True, exit_on_error=False)

    def _prepare(self) -> None:
        from tutor.charts.plot import preload

        preload()
        if self.is_attached:
            self.app.call_from_thread(self._begin)

    def _begin(self) -> None:
        self.set_interval(1 / _POLLS_A_SECOND, self._look)
        self._look()

    def _look(self) -> None:
        if self.tutor.unseen or self._card is None:
            return
        self._follower.poll()
        if self._follower.summary.version != self._version:
            self._version = self._follower.summary.version
            self._card.redraw()

    def on_resize(self, event: events.Resize) -> None:
        if self._card is not None:
            self._card.styles.height = max(6, event.size.height - _FRAME)


def screen_for(route: routes.ClassRun) -> ClassRunScreen:
    """The screen of a route."""
    return ClassRunScreen(route.folder, route.name)
