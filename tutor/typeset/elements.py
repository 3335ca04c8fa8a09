"""What a page is made of before it has a width: paragraphs, lists, tables, and the runs of words inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from tutor.typeset.lines import Role

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
