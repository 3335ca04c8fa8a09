"""The two data models of a page: elements before it has a width, and lines of spans after it has one."""

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
"""What a span is; a front gives each role a style. A ``term`` opens a glossary card, a ``link`` another page."""

DECORATION: frozenset[Role] = frozenset({"quote-bar", "table-rule", "list-marker", "rule"})
"""The roles of what the typesetter itself draws; every other span holds words of the author."""


class Span(NamedTuple):
    """A piece of one line in one role."""

    text: str
    role: Role = "text"
    target: str = ""
    """``#term-id``, an address, or empty."""


class Line(NamedTuple):
    """One line of a page, never wider than the page and without spaces at its end."""

    spans: tuple[Span, ...] = ()
    heading: int = 0
    """The level, 1 to 6, on the first line of a heading; 0 everywhere else."""

    @property
    def text(self) -> str:
        """The text of the line without its roles."""
        return "".join(span.text for span in self.spans)

    @property
    def width(self) -> int:
        """The width of the line in cells."""
        return sum(cell_width(span.text) for span in self.spans)


BLANK = Line()


Side = Literal["left", "centre", "right"]


class Run(NamedTuple):
    """Words of one role. A newline inside the text is a forced line break."""

    text: str
    role: Role = "text"
    target: str = ""
    solid: bool = False
    """Whether it stays on one line unless it is too long for that: true of maths and of code between backticks."""


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 6."""

    level: int
    runs: Runs


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Text whose spaces and line ends are kept. A drawing may have a description, for whoever cannot see it."""

    lines: tuple[str, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class DisplayMaths:
    """Formulas on lines of their own, already in Unicode."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A block quotation."""

    children: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list. ``start`` is its first number, or None for bullets; a loose list has blank lines between its items."""

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
    """A thematic break, drawn as a short rule."""


Element = Paragraph | Heading | CodeBlock | DisplayMaths | Quote | Listing | Table | ThematicBreak
