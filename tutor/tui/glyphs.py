"""Signs that carry meaning beside colour, and what they become where there is no Unicode.

Screens and widgets write the Unicode sign. In ASCII mode `AsciiFilter` turns every sign into one of the same
width on its way to the terminal, so no screen has to know.
"""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from tutor.foundation.terminal import terminal_speaks_unicode, to_ascii

__all__ = ["AsciiFilter", "terminal_speaks_unicode", "to_ascii"]

RIGHT = "✓"
WRONG = "✗"
HERE = "▸"
RUNNING = "●"
AGAIN = "↻"
WARNING = "▲"
FULL = "━"
EMPTY = "─"


@lru_cache(4096)
def _ascii_segment(segment: Segment) -> Segment:
    return Segment(to_ascii(segment.text), segment.style, segment.control)


class AsciiFilter(LineFilter):
    """Everything on its way to the terminal, in ASCII signs."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments with ASCII signs of the same width."""
        return [_ascii_segment(segment) for segment in segments]
