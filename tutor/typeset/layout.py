"""Lays elements out as lines of a given width. This is the only module that decides how a page looks.

Tables are fitted to the page: columns are as wide as their words need, cells wrap, and a table whose longest words do
not fit side by side becomes a list of its rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from tutor.foundation.text import cell_width, chop
from tutor.foundation.translate import translate
from tutor.typeset.breaking import break_lines, widths_of
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
    Runs,
    Side,
    Span,
    Table,
    ThematicBreak,
)

_MIN_TEXT_WIDTH = 8
"""The width in cells that indenting always leaves to the text."""

_DISPLAY_INDENT = 4


@dataclass(frozen=True, slots=True)
class _Glyphs:
    """The characters that a page is drawn with."""

    bullets: tuple[str, ...]
    bar: str
    rule: str
    thematic_break: str


_UNICODE = _Glyphs(("•", "◦", "▪"), "│", "─", "· · ·")
_ASCII = _Glyphs(("*", "-", "+"), "|", "-", "* * *")


def lay_out(elements: Sequence[Element], width: int, *, ascii: bool = False) -> tuple[Line, ...]:
    """Set ``elements`` as lines of at most ``width`` cells.

    Args:
        elements: What to set.
        width: The width of the page in cells; less than 10 counts as 10.
        ascii: Whether bullets, bars and rules are drawn in ASCII. Words stay as they are.
    """
    setter = _Typesetter(_ASCII if ascii else _UNICODE)
    return tuple(setter.set_all(elements, max(width, 10)))


class _Typesetter:
    """Sets elements, and keeps track of how deep lists are nested."""

    def __init__(self, glyphs: _Glyphs) -> None:
        self.glyphs = glyphs
        self.depth = 0

    def set_all(self, elements: Sequence[Element], width: int, *, loose: bool = True) -> Iterator[Line]:
        """Set elements one below the other, with blank lines between them; a tight list has none between paragraphs."""
        for index, element in enumerate(elements):
            if index and (loose or not isinstance(element, Paragraph | Listing)):
                yield BLANK
            yield from self.set_one(element, width)

    def set_one(self, element: Element, width: int) -> Iterator[Line]:
        """Set one element."""
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
                yield from set_table(element, width, rule=self.glyphs.rule)
            case Quote(children):
                yield from self._quote(children, width)
            case DisplayMaths(lines):
                yield from _display_maths(lines, width)
            case CodeBlock(lines=lines):
                yield from _code(lines, width)
            case ThematicBreak():
                indent = (width - len(self.glyphs.thematic_break)) // 2
                yield Line((Span(" " * indent), Span(self.glyphs.thematic_break, "rule")))

    def _quote(self, children: Sequence[Element], width: int) -> Iterator[Line]:
        bar = self.glyphs.bar
        if width - 2 < _MIN_TEXT_WIDTH:
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
            bullets = self.glyphs.bullets
            return [bullets[min(self.depth, len(bullets) - 1)]] * len(listing.items)
        return [f"{listing.start + index}." for index in range(len(listing.items))]

    def _item(self, item: Sequence[Element], marker: Span, width: int, *, loose: bool) -> Iterator[Line]:
        indent = cell_width(marker.text)
        lines = list(self.set_all(item, max(width - indent, _MIN_TEXT_WIDTH), loose=loose)) or [BLANK]
        if width - indent < _MIN_TEXT_WIDTH:  # too narrow to indent: the marker gets a line of its own
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
    return _DISPLAY_INDENT if width >= 40 else min(2, max(0, width - _MIN_TEXT_WIDTH))


def _display_maths(formulas: Sequence[str], width: int) -> Iterator[Line]:
    """Set formulas, each indented. If one takes several lines, those after the first are indented a little more."""
    indent = _indent_for(width)
    room = width - indent
    hang = 2 if room > 2 + _MIN_TEXT_WIDTH else 0
    for formula in formulas:
        for number, spans in enumerate(break_lines((Run(formula, "maths", solid=True),), room, hang=hang)):
            yield Line((Span(" " * (indent + (hang if number else 0))), *spans)) if spans else BLANK


def _code(lines: Sequence[str], width: int) -> Iterator[Line]:
    """Set lines of code as they are; one that is too long continues on the next line with the same indent."""
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
    """Cut ``code`` into pieces of at most ``room`` cells, at a space if there is one near the end."""
    pieces: list[str] = []
    while cell_width(code) > room:
        piece = chop(code, room)[0]
        space = piece.rfind(" ", len(piece) // 2) if code[len(piece)] != " " else -1
        piece = piece[:space] if space > 0 else piece
        pieces.append(piece.rstrip())
        code = code[len(piece) :].lstrip()
    return [*pieces, code] if code else pieces


_TABLE_GAP = 3
_NARROW_TABLE_GAP = 2
_MAX_CELLS = 40
"""How many cells of a row are listed when a table is wider than the page."""


def set_table(table: Table, width: int, *, rule: str) -> Iterator[Line]:
    """Set ``table``: a head, a rule and rows. If any row takes several lines, blank lines separate the rows.

    If the longest words of the columns do not fit side by side, each row becomes a list of its cells.
    """
    columns = list(zip(table.head, *table.rows, strict=True))
    measured = [[widths_of(cell, width) for cell in column] for column in columns]
    minimal = [max(cell[0] for cell in column) for column in measured]
    natural = [max(1, *(cell[1] for cell in column)) for column in measured]
    gap = _TABLE_GAP if sum(natural) + _TABLE_GAP * (len(columns) - 1) <= width else _NARROW_TABLE_GAP
    room = width - gap * (len(columns) - 1)
    if sum(minimal) > room:
        yield from _as_records(table, width, rule)
        return
    widths = _column_widths(minimal, natural, room)
    yield from _as_grid(table, widths, " " * gap, rule)


def _column_widths(minimal: Sequence[int], natural: Sequence[int], room: int) -> list[int]:
    """Return widths between minimal and natural: spare room goes in equal parts to the columns that need it."""
    widths = [max(1, smallest) for smallest in minimal]
    left = room - sum(widths)
    while left > 0:
        growable = [index for index, width in enumerate(widths) if width < natural[index]]
        if not growable:
            break
        portion = max(1, left // len(growable))
        for index in growable:
            more = min(portion, natural[index] - widths[index], left)
            widths[index] += more
            left -= more
    return widths


def _as_grid(table: Table, widths: Sequence[int], gap: str, rule: str) -> Iterator[Line]:
    if any(map(_has_text, table.head)):
        yield from _table_row(table.head, widths, table.sides, gap)
        yield Line((Span(gap.join(rule * width for width in widths), "table-rule"),))
    rows = [list(_table_row(row, widths, table.sides, gap)) for row in table.rows]
    spaced = any(len(row) > 1 for row in rows)
    for index, row in enumerate(rows):
        if index and spaced:
            yield BLANK
        yield from row


def _table_row(cells: Sequence[Runs], widths: Sequence[int], sides: Sequence[Side], gap: str) -> Iterator[Line]:
    """Set one row of cells."""
    broken = [break_lines(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for pieces in zip_longest(*broken, fillvalue=()):
        spans: list[Span] = []
        pending = 0  # spaces, written only if text follows, so that no line ends in spaces
        for piece, width, side in zip(pieces, widths, sides, strict=True):
            free = width - Line(piece).width
            before = {"left": 0, "right": free, "centre": free // 2}[side]
            if piece:
                if pending + before:
                    spans.append(Span(" " * (pending + before)))
                spans.extend(piece)
                pending = free - before + len(gap)
            else:
                pending += width + len(gap)
        yield Line(tuple(spans))


def _as_records(table: Table, width: int, rule: str) -> Iterator[Line]:
    """Set each row as lines of ``head: cell``, for tables wider than the page; empty cells are left out."""
    for number, row in enumerate(table.rows):
        if number:
            yield Line((Span(rule * min(width, 8), "table-rule"),))
        filled = [(head, cell) for head, cell in zip(table.head, row, strict=True) if _has_text(cell)]
        for head, cell in filled[:_MAX_CELLS]:
            title = (*head, Run(": ", "table-head")) if _has_text(head) else ()
            yield from (Line(spans) for spans in break_lines((*title, *cell), width))
        if (left := len(filled) - _MAX_CELLS) > 0:
            note = Run(translate("reading.more-columns", count=left), "table-rule")
            yield from (Line(spans) for spans in break_lines((note,), width))


def _has_text(cell: Runs) -> bool:
    return any(run.text.strip() for run in cell)
