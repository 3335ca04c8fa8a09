"""What the screens to come need is imported while the learner looks at the first one, not when a key asks for it.

Importing a screen with all it needs takes up to a tenth of a second, in which no other key is heard. It is done in a
thread, so that a key that comes meanwhile waits for some milliseconds at most, unless it wants just that screen.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from time import sleep
from typing import TYPE_CHECKING, Final

from textual.worker import get_current_worker

if TYPE_CHECKING:
    from textual.app import App

_BREATH: Final = 0.01
"""Seconds between two modules, left to the learner's keys."""

MODULES: Final = (
    "tutor.tui.screens.lesson.screen",
    "tutor.tui.screens.lesson.contents",
    "tutor.tui.screens.lesson.blocks",
    "tutor.tui.screens.quiz",
    "tutor.tui.screens.palette",
    "tutor.tui.screens.glossary",
    "tutor.tui.screens.term",
    "tutor.tui.screens.help",
    "tutor.tui.screens.review",
    "tutor.tui.screens.progress",
    "tutor.tui.screens.settings",
    "tutor.tui.screens.runs",
    "numpy",
    "tutor.ml.datasets.sources",
    "tutor.tui.run_rows",
    "tutor.tui.screens.lab.opening",
    "tutor.tui.screens.lab.screen",
    "tutor.tui.screens.sweep",
)
"""In the order in which they are likely to be wanted. Each has its turn, with a breath after it."""


def import_ahead(app: App[int], then: Callable[[], object], modules: Sequence[str] = MODULES) -> None:
    """Import ``modules`` in a thread, and call ``then`` on the event loop when all are there; neither if one leaves."""

    def work() -> None:
        worker = get_current_worker()
        for module in modules:
            if worker.is_cancelled:
                return
            importlib.import_module(module)
            sleep(_BREATH)
        if not worker.is_cancelled:
            app.call_from_thread(then)

    app.run_worker(work, thread=True, exit_on_error=False)
