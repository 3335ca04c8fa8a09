"""Rows of spans on their way to the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tutor.charts.cells import Span
from tutor.foundation.text import cell_width
from tutor.tui.themes import LOOKS, Look

if TYPE_CHECKING:
    from tutor.tui.shell import Shell


def look_of(widget: Widget) -> Look:
    """The look in use where ``widget`` stands."""
    return getattr(widget.app, "look", LOOKS["dark"])


def tutor_app(widget: Widget) -> Shell:
    """The app that ``widget`` belongs to, as widgets know it."""
    return cast("Shell", widget.app)


def strip_of(row: Iterable[Span], look: Look, width: int, *, ground: str | None = None) -> Strip:
    """A row as a strip of exactly ``width`` cells: cut, or filled up with spaces.

    Args:
        row: Spans of text with their inks and grounds.
        look: Gives each ink its style.
        width: In cells.
        ground: The ground of spans that name none, and of what fills the row up, such as ``selected``.
    """
    segments = []
    wide = 0
    for text, ink, own_ground in row:
        if text:
            segments.append(Segment(text, look.style(ink, own_ground or ground)))
            wide += cell_width(text)
    if wide < width:
        segments.append(Segment(" " * (width - wide), look.style("text", ground)))
    strip = Strip(segments, max(wide, width))
    return strip if wide <= width else strip.adjust_cell_length(width)
