"""The entry point of the typesetter: it takes Markdown and gives lines of cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from tutor.foundation.safe_text import harmless_line
from tutor.typeset.elements import BLANK, Element, Line
from tutor.typeset.inline import Mentions
from tutor.typeset.layout import lay_out
from tutor.typeset.parse import plain_text, read_elements, read_words

_ENDLESS = 400
"""The width in cells of a line that its caller cuts to size."""


@dataclass(frozen=True, slots=True)
class Document:
    """Markdown that has been read and can be set at any width; each width is set only once."""

    elements: tuple[Element, ...]
    _pages: dict[tuple[int, bool], tuple[Line, ...]] = field(default_factory=dict, repr=False, compare=False)

    def spoken_lines(self, width: int) -> tuple[Line, ...]:
        """Return the page for whoever listens: formulas and tables in words, drawings as their descriptions."""
        from tutor.typeset.speech import speak  # late, because its patterns are half a megabyte and few listen

        return lay_out(speak(self.elements), width)

    def lines(self, width: int, *, ascii: bool = False) -> tuple[Line, ...]:
        """Return the page as lines of at most ``width`` cells (at least 10), with no spaces at their ends.

        With ``ascii``, the letters of formulas are spelled out too.
        """
        page = self._pages.get((width, ascii))
        if page is None:
            elements = self.elements
            if ascii:
                from tutor.typeset.spelling import spell

                elements = spell(elements)
            page = self._pages[width, ascii] = lay_out(elements, width, ascii=ascii)
        return page

    @property
    def text(self) -> str:
        """The words without their roles."""
        return plain_text(self.elements)


def read_document(markdown: str, mentions: Mentions | None = None, *, inline: bool = False) -> Document:
    """Read ``markdown``.

    Args:
        markdown: The text of a lesson; nothing in it can style or leave the page.
        mentions: Finds the terms that plain words name. It is called in reading order; one that wants to report only
            the first mention of each term remembers what it has reported.
        inline: Whether it is one paragraph, whatever it begins with: an option or a title, in which ``> 0.5`` and
            ``# of rows`` are words.
    """
    return Document((read_words if inline else read_elements)(markdown, mentions))


@lru_cache(maxsize=256)
def _remembered(markdown: str, inline: bool) -> Document:
    return read_document(markdown, inline=inline)


def typeset(
    markdown: str, width: int, *, mentions: Mentions | None = None, ascii: bool = False, inline: bool = False
) -> tuple[Line, ...]:
    """Return ``markdown`` as lines of at most ``width`` cells; the same text is set only once at the same width.

    See `read_document` for ``mentions`` and ``inline``.
    """
    document = read_document(markdown, mentions, inline=inline) if mentions else _remembered(markdown, inline)
    return document.lines(width, ascii=ascii)


def one_line(markdown: str, *, inline: bool = False) -> str:
    """Return the first line of ``markdown``, however long it is, for a row of a list.

    Text of a single line is always read as inline.
    """
    lines = typeset(markdown, _ENDLESS, inline=inline or "\n" not in markdown)
    return harmless_line(lines[0].text if lines else markdown)


_aloud = False
"""Whether `plain_lines` writes for a listener."""


def read_aloud(on: bool) -> None:
    """Let `plain_lines` write for a screen reader from now on, or no longer: one person, one process."""
    global _aloud  # noqa: PLW0603
    _aloud = on


def is_read_aloud() -> bool:
    """Return whether `plain_lines` writes for a screen reader."""
    return _aloud


def plain_lines(markdown: str, width: int, *, ascii: bool = False, inline: bool = False) -> list[str]:
    """Return the page as plain strings; headings of level 1 and 2 are underlined.

    After `read_aloud`, it is written for a listener: formulas and tables in words, and nothing underlined.
    """
    if _aloud:
        return [line.text for line in _remembered(markdown, inline).spoken_lines(width)]
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


__all__ = [
    "BLANK",
    "Document",
    "Line",
    "Mentions",
    "is_read_aloud",
    "plain_lines",
    "read_aloud",
    "read_document",
    "typeset",
]
