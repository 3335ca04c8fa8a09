"""The two data models of a page: elements, before it has a width, and lines of spans, after it has one."""

from __future__ import annotations

from dataclasses import dataclass
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


Side = Literal["left", "centre", "right"]


class Run(NamedTuple):
    """Words in one role. A newline inside the text is a forced line break."""

    text: str
    role: Role = "text"
    target: str = ""
    solid: bool = False
    """Kept on one line unless it is too long for that: maths, and code between backticks."""


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A thought."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class Heading:
    """A title of level 1 to 6."""

    level: int
    runs: Runs


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Text whose spaces and line ends are its own."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DisplayMaths:
    """Formulas on lines of their own, in Unicode already."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """What someone else says, or a remark beside the text."""

    children: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list. ``start`` is the first number, or None for bullets; a loose list has air between its items."""

    start: int | None
    loose: bool
    items: tuple[tuple[Element, ...], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; every row has as many cells as ``sides``."""

    head: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class ThematicBreak:
    """A pause."""


Element = Paragraph | Heading | CodeBlock | DisplayMaths | Quote | Listing | Table | ThematicBreak
