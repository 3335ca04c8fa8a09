"""Elements set at a width: the only place that decides how a page looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutor.foundation.text import cell_width, chop
from tutor.typeset.breaking import break_lines
from tutor.typeset.elements import (
    BLANK,
    CodeBlock,
    DisplayMaths,
    Element,
    Heading,
    Line,
    Listing,
    Paragraph,
    Quote,
    Run,
    Span,
    Table,
    ThematicBreak,
)
from tutor.typeset.tables import set_table

_LEAST_ROOM = 8
"""Cells that indenting always leaves to the words."""

_DISPLAY_INDENT = 4


@dataclass(frozen=True, slots=True)
class _Signs:
    """The drawn signs of a page."""

    bullets: tuple[str, ...]
    bar: str
    rule: str
    pause: str


_UNICODE = _Signs(("•", "◦", "▪"), "│", "─", "· · ·")
_ASCII = _Signs(("*", "-", "+"), "|", "-", "* * *")


def lay_out(elements: Sequence[Element], width: int, *, ascii: bool = False) -> tuple[Line, ...]:
    """``elements`` as lines of at most ``width`` cells.

    Args:
        elements: What to set.
        width: Cells of a line, at least 10 for a page that reads well; narrower ones are set as 10.
        ascii: Draw bullets, bars and rules without box characters. Words stay as they are.
    """
    setter = _Setter(_ASCII if ascii else _UNICODE)
    return tuple(setter.set_all(elements, max(width, 10)))


class _Setter:
    """Sets elements; knows how deep in lists it is."""

    def __init__(self, signs: _Signs) -> None:
        self.signs = signs
        self.depth = 0

    def set_all(self, elements: Sequence[Element], width: int, *, loose: bool = True) -> Iterator[Line]:
        """Elements one below the other, with a blank line between them where there should be air."""
        for index, element in enumerate(elements):
            if index and (loose or not isinstance(element, Paragraph | Listing)):
                yield BLANK
            yield from self.set_one(element, width)

    def set_one(self, element: Element, width: int) -> Iterator[Line]:
        """The lines of one element."""
        match element:
            case Paragraph(runs):
                yield from (Line(spans) for spans in break_lines(runs, width))
            case Heading(level, runs):
                broken = break_lines(runs, width)
                yield Line(broken[0], heading=level)
                yield from (Line(spans) for spans in broken[1:])
            case Listing():
                yield from self._listing(element, width)
            case Table():
                yield from set_table(element, width, rule=self.signs.rule)
            case Quote(children):
                yield from self._quote(children, width)
            case DisplayMaths(lines):
                yield from _display(lines, width)
            case CodeBlock(lines):
                yield from _code(lines, width)
            case ThematicBreak():
                indent = (width - len(self.signs.pause)) // 2
                yield Line((Span(" " * indent), Span(self.signs.pause, "rule")))

    def _quote(self, children: Sequence[Element], width: int) -> Iterator[Line]:
        bar = self.signs.bar
        if width - 2 < _LEAST_ROOM:
            yield from self.set_all(children, width)
            return
        for line in self.set_all(children, width - 2):
            prefix = Span(f"{bar} " if line.spans else bar, "quote-bar")
            yield Line((prefix, *line.spans), line.heading)

    def _listing(self, listing: Listing, width: int) -> Iterator[Line]:
        markers = self._markers(listing)
        room = max(map(cell_width, markers), default=0) + 1
        indent = 2 if not self.depth and width >= 40 else 0
        self.depth += 1
        for index, item in enumerate(listing.items):
            if index and listing.loose:
                yield BLANK
            marker = Span(" " * (indent + room - 1 - cell_width(markers[index])) + markers[index] + " ", "list-marker")
            yield from self._item(item, marker, width, loose=listing.loose)
        self.depth -= 1

    def _markers(self, listing: Listing) -> list[str]:
        if listing.start is None:
            bullets = self.signs.bullets
            return [bullets[min(self.depth, len(bullets) - 1)]] * len(listing.items)
        return [f"{listing.start + index}." for index in range(len(listing.items))]

    def _item(self, item: Sequence[Element], marker: Span, width: int, *, loose: bool) -> Iterator[Line]:
        indent = cell_width(marker.text)
        lines = list(self.set_all(item, max(width - indent, _LEAST_ROOM), loose=loose)) or [BLANK]
        if width - indent < _LEAST_ROOM:  # no room to hang: the marker on a line of its own
            yield Line((Span(marker.text.strip(), "list-marker"),))
            yield from self.set_all(item, width, loose=loose)
            return
        hang = Span(" " * indent)
        for number, line in enumerate(lines):
            if not number:
                first = marker if line.spans else marker._replace(text=marker.text.rstrip())
                yield Line((first, *line.spans), line.heading)
            else:
                yield Line((hang, *line.spans), line.heading) if line.spans else BLANK


def _indent_for(width: int) -> int:
    return _DISPLAY_INDENT if width >= 40 else min(2, max(0, width - _LEAST_ROOM))


def _display(formulas: Sequence[str], width: int) -> Iterator[Line]:
    """Formulas, each indented; the further lines of a long one a little more."""
    indent = _indent_for(width)
    room = width - indent
    hang = 2 if room > 2 + _LEAST_ROOM else 0
    for formula in formulas:
        for number, spans in enumerate(break_lines((Run(formula, "maths", solid=True),), room, hang=hang)):
            yield Line((Span(" " * (indent + (hang if number else 0))), *spans)) if spans else BLANK


def _code(lines: Sequence[str], width: int) -> Iterator[Line]:
    """Lines as they are; one too long goes on in the next, indented as it was."""
    indent = _indent_for(width)
    room = width - indent
    margin = Span(" " * indent)
    for line in lines:
        body = line.strip()
        own = min(cell_width(line.rstrip()) - cell_width(body), room // 2)
        pieces = _code_pieces(body, room - own)
        yield from (Line((margin, Span(" " * own + piece, "code-block"))) for piece in pieces)
        if not pieces:
            yield BLANK


def _code_pieces(code: str, room: int) -> list[str]:
    """``code`` in pieces of at most ``room`` cells, cut at a space where one is near the end."""
    pieces: list[str] = []
    while cell_width(code) > room:
        piece = chop(code, room)[0]
        space = piece.rfind(" ", len(piece) // 2) if code[len(piece)] != " " else -1
        piece = piece[:space] if space > 0 else piece
        pieces.append(piece.rstrip())
        code = code[len(piece) :].lstrip()
    return [*pieces, code] if code else pieces
