"""What the typesetter hands over: lines of spans. A span names its role; whoever shows it chooses the colours."""

from __future__ import annotations

from typing import Literal, NamedTuple

from tutor.foundation.text import cell_width

Role = Literal[
    "text",
    "strong",
    "emphasis",
    "code",
    "code-block",
    "term",
    "link",
    "maths",
    "heading1",
    "heading2",
    "heading3",
    "quote",
    "quote-bar",
    "table-head",
    "table-rule",
    "list-marker",
    "rule",
    "muted",
]
"""What a span is, for its style. ``term`` opens a glossary card, ``link`` leads elsewhere."""

DECORATION: frozenset[Role] = frozenset({"quote-bar", "table-rule", "list-marker", "rule"})
"""Roles of what the typesetter draws itself; every other span holds words of the author."""


class Span(NamedTuple):
    """A piece of one line in one role."""

    text: str
    role: Role = "text"
    target: str = ""
    """``#term-id``, an address, or nothing."""


class Line(NamedTuple):
    """One line of the page; never wider than the page, and without spaces at its end."""

    spans: tuple[Span, ...] = ()
    heading: int = 0
    """The level, 1 to 6, on the first line of a heading; 0 everywhere else."""

    @property
    def text(self) -> str:
        """The line without its roles."""
        return "".join(span.text for span in self.spans)

    @property
    def width(self) -> int:
        """Cells that the line takes."""
        return sum(cell_width(span.text) for span in self.spans)


BLANK = Line()
