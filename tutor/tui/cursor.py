"""Keeps the terminal's own cursor at the focus, for screen readers: speech and Braille follow the cursor.

Only used with the setting for screen readers. A widget that knows better than its upper left corner where its focus
is has a method ``focus_offset``.
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from textual.app import App
from textual.geometry import Offset
from textual.widgets import Input, TextArea

from tutor.tui.textual_private import driver_of

FOLLOW_EVERY = 0.05
"""Seconds between two looks at where the focus is."""


@runtime_checkable
class HasFocusOffset(Protocol):
    """A widget with a place that the learner looks at, such as the selected row of a list."""

    def focus_offset(self) -> Offset | None:
        """Where that is on the screen; None if it is out of view."""


def focus_of(app: App[Any]) -> Offset | None:
    """Where the learner looks at; None if the widget in focus moves the cursor by itself, or nothing has the focus."""
    widget = app.focused
    if widget is None or isinstance(widget, Input | TextArea):
        return None
    if isinstance(widget, HasFocusOffset):
        return widget.focus_offset()
    return widget.content_region.offset


def follow_focus(app: App[Any]) -> None:
    """Move the cursor to the focus, if it is elsewhere."""
    if not app.screen_stack:
        return
    wanted = focus_of(app)
    if wanted is not None and wanted != app.cursor_position:
        app.cursor_position = wanted
    park = getattr(driver_of(app), "park", None)  # Textual's own drivers move it only when something is drawn
    if park is not None:
        park(*app.cursor_position)
