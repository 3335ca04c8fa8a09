"""Typeset text on the screen. Only the lines in view are drawn; links can be followed with keys or the mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from tutor.foundation.text import cell_width
from tutor.tui.textual_private import CachedLayout
from tutor.tui.themes import Look
from tutor.tui.widgets.rows import look_of, shell_of
from tutor.typeset.elements import Line, Span

MEASURE = 76
"""The widest comfortable line, in cells."""
LEAST = 10
"""The shortest line that a text is broken into."""

Page = Callable[[int, bool], Sequence[Line]]
"""Typesets a text. Takes the width in cells and whether to use ASCII alone; returns lines."""


class Piece(NamedTuple):
    """A part of a link: its line, and the cells from ``start`` up to ``end``."""

    line: int
    start: int
    end: int


class Link(NamedTuple):
    """A link; it has more than one piece if a line break divides it."""

    target: str
    pieces: tuple[Piece, ...]


def links_of(lines: Iterable[Line]) -> list[Link]:
    """The links of a page, in reading order."""
    links: list[Link] = []
    open_target = ""  # the link that may continue: only indentation has followed so far
    for number, line in enumerate(lines):
        column = 0
        for span in line.spans:
            width = cell_width(span.text)
            if span.target:
                piece = Piece(number, column, column + width)
                if span.target == open_target:
                    links[-1] = links[-1]._replace(pieces=(*links[-1].pieces, piece))
                else:
                    links.append(Link(span.target, (piece,)))
                open_target = span.target
            elif span.text.strip():
                open_target = ""
            column += width
    return links


def segment_of(span: Span, look: Look, *, here: bool = False) -> Segment:
    """A span in the style of its role; ``here`` marks the selected link."""
    ink: str = span.role
    if span.target.startswith("#"):
        ink = f"{ink} underline"
    return Segment(span.text, look.style(f"{ink} reverse" if here else ink))


class ProseView(CachedLayout):
    """A text that is typeset to the width of the widget.

    Args:
        page: Typesets the text; called again when the width changes, or ASCII is switched on or off.
    """

    DEFAULT_CSS = """
    ProseView { width: 100%; height: auto; }
    """

    class Followed(Message):
        """A link was clicked."""

        def __init__(self, target: str) -> None:
            self.target = target
            super().__init__()

    def __init__(self, page: Page, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._page = page
        self._links: tuple[Sequence[Line], list[Link]] | None = None
        self._here: Link | None = None

    def set_page(self, page: Page) -> None:
        """Show another text."""
        self._page = page
        self._here = None
        self.refresh(layout=True)

    def lines_at(self, width: int) -> Sequence[Line]:
        """The lines of the text at ``width`` cells, or at `LEAST`: before it is laid out, its width is 0."""
        return self._page(max(LEAST, width), shell_of(self).ascii)

    @property
    def lines(self) -> Sequence[Line]:
        """The lines in the present width."""
        return self.lines_at(self.content_size.width)

    @property
    def links(self) -> list[Link]:
        """The links in the present lines."""
        lines = self.lines
        if self._links is None or self._links[0] is not lines:
            self._links = (lines, links_of(lines))
        return self._links[1]

    @property
    def here(self) -> Link | None:
        """The marked link."""
        return self._here

    @here.setter
    def here(self, link: Link | None) -> None:
        for changed in (self._here, link):
            for piece in changed.pieces if changed is not None else ():
                self._refresh_line(piece.line)
        self._here = link

    def _refresh_line(self, line: int) -> None:
        left, top = self.content_region.x - self.region.x, self.content_region.y - self.region.y
        self.refresh(Region(left, top + line, self.content_size.width, 1))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the text needs."""
        return len(self.lines_at(width))

    def render_line(self, y: int) -> Strip:
        """One line of the text."""
        width = self.content_size.width
        lines = self.lines
        look = look_of(self)
        spans = lines[y].spans if y < len(lines) else ()
        pieces = [piece for piece in self._here.pieces if piece.line == y] if self._here else []
        segments, column = [], 0
        for span in spans:
            here = any(piece.start <= column < piece.end for piece in pieces)
            segments.append(segment_of(span, look, here=here))
            column += cell_width(span.text)
        segments.append(Segment(" " * (width - column), look.style()))
        return Strip(segments, width)

    def link_at(self, x: int, y: int) -> Link | None:
        """The link at a cell of the text."""
        for link in self.links:
            if any(piece.line == y and piece.start <= x < piece.end for piece in link.pieces):
                return link
        return None

    def on_click(self, event: events.Click) -> None:
        """A click follows a link."""
        offset = event.get_content_offset(self)
        if offset is not None and (link := self.link_at(offset.x, offset.y)) is not None:
            event.stop()
            self.post_message(self.Followed(link.target))
