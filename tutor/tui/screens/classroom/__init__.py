"""The screen of a class, for its teachers: who is there, their answers, polls, runs, and the export.

`screen` has the five pages and the keys; `pages` draws the rows of the lists, as functions without a screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.tui import routes
    from tutor.tui.screens.classroom.screen import ClassroomScreen


def screen_for(route: routes.Classroom) -> ClassroomScreen:
    """The screen of a route."""
    from tutor.tui.screens.classroom.screen import ClassroomScreen

    return ClassroomScreen()
