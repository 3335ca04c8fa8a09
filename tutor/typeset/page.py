"""The typesetter's door: Markdown in, lines of cells out."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from tutor.foundation.safe_text import harmless_line
from tutor.typeset.elements import BLANK, Element, Line
from tutor.typeset.inline import Mentions
from tutor.typeset.layout import lay_out
from tutor.typeset.parse import plain_text, read_elements, read_words
from tutor.typeset.spelling import spell

_ENDLESS = 400
"""Cells of a line that is cut by whoever shows it."""


@dataclass(frozen=True, slots=True)
class Document:
    """Markdown that has been read, to be set at any width. Each width is set once."""

    elements: tuple[Element, ...]
    _pages: dict[tuple[int, bool], tuple[Line, ...]] = field(default_factory=dict, repr=False, compare=False)

    def lines(self, width: int, *, ascii: bool = False) -> tuple[Line, ...]:
        """The page: lines of at most ``width`` cells (at least 10), with no spaces at their ends.

        In ``ascii`` the letters of formulas are spelled out too.
        """
        page = self._pages.get((width, ascii))
        if page is None:
            elements = spell(self.elements) if ascii else self.elements
            page = self._pages[width, ascii] = lay_out(elements, width, ascii=ascii)
        return page

    @property
    def text(self) -> str:
        """The words alone."""
        return plain_text(self.elements)


def read_document(markdown: str, mentions: Mentions | None = None, *, inline: bool = False) -> Document:
    """``markdown`` read once.

    Args:
        markdown: A lesson's text; nothing in it can style or leave the page.
        mentions: Finds the terms named by plain words, asked in reading order; a caller that wants only first
            mentions remembers what it has reported.
        inline: It is one paragraph whatever it begins with: an option or a title, where ``> 0.5`` and ``# of rows``
            are words.
    """
    return Document((read_words if inline else read_elements)(markdown, mentions))


@lru_cache(maxsize=256)
def _remembered(markdown: str, inline: bool) -> Document:
    return read_document(markdown, inline=inline)


def typeset(
    markdown: str, width: int, *, mentions: Mentions | None = None, ascii: bool = False, inline: bool = False
) -> tuple[Line, ...]:
    """``markdown`` as lines of at most ``width`` cells; remembered for the same text and width.

    See `read_document` for ``mentions`` and ``inline``.
    """
    document = read_document(markdown, mentions, inline=inline) if mentions else _remembered(markdown, inline)
    return document.lines(width, ascii=ascii)


def one_line(markdown: str, *, inline: bool = False) -> str:
    """The first line of ``markdown``, set, however long it is: for a row of a list. One line alone is always inline."""
    lines = typeset(markdown, _ENDLESS, inline=inline or "\n" not in markdown)
    return harmless_line(lines[0].text if lines else markdown)


def plain_lines(markdown: str, width: int, *, ascii: bool = False, inline: bool = False) -> list[str]:
    """The page as plain strings for pipes and screen readers: headings of level 1 and 2 are underlined."""
    shown: list[str] = []
    underline = ""
    for line in typeset(markdown, width, ascii=ascii, inline=inline):
        heading = bool(line.spans) and line.spans[0].role in {"heading1", "heading2"}
        if underline and not heading:
            shown.append(underline)
            underline = ""
        if heading:
            sign = "=" if line.spans[0].role == "heading1" else "-"
            underline = max(underline, sign * line.width, key=len)
        shown.append(line.text)
    return [*shown, underline] if underline else shown


__all__ = ["BLANK", "Document", "Line", "Mentions", "plain_lines", "read_document", "typeset"]
