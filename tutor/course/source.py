"""The text of a lesson while it is read: its lines, its top-level Markdown blocks, and the faults found so far."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.course.lesson import Fault, Place
from tutor.course.lesson_words import LessonWords, lesson_words
from tutor.foundation.pack_ids import MARK
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

IDENTIFIER = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_IDENTIFIER = 60

_LONGEST_PARAGRAPH = 10_000
"""Characters; looking for links takes a time that grows with the square of a paragraph's brackets."""
_MOST_COLUMNS = 60
_DEEPEST = 14
"""Levels of nesting as the parser counts them: two for a list, one for a quotation."""

ID_DIRECTIVES = ("q", "x", "term")
"""The comments that give an id: to a question, an exercise or a term."""
LOST = "lost"
"""The kind of an element that is never closed: what it swallowed, and where that ended, nobody can tell."""
_COLON = re.compile("[:：]")
_FENCE_WITH_INFO = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})[ \t]*[^\s`]")
_ENDS_OF_HTML = {
    "<script": "</script", "<pre": "</pre", "<style": "</style", "<textarea": "</textarea",
    "<?": "?>", "<![cdata[": "]]>", "<!": ">",
}  # fmt: skip
"""HTML that goes on over blank lines, and what ends it."""
_BLOCK_START = re.compile(r"(?=>|#{1,6}(?:\s|$)|[-+*](?:\s|$)|~~~|([-_*])\1\1\1*\s*$)|[0-9]{1,9}(?=[.)](?:\s|$))")
_QUOTE_MARK = re.compile(r"^\s*>\s?")


@dataclass
class Source:
    """The text below the front matter.

    Args:
        path: The file.
        lines: All lines of the file, including the front matter, so that indices match line numbers.
        first: The index of the first line below the front matter.
        words: The words that mark hints, answers and formulas in the lesson's language.
    """

    path: Path
    lines: list[str]
    first: int
    faults: list[Fault] = field(default_factory=list)
    words: LessonWords = field(default_factory=lambda: lesson_words(""))

    def place(self, index: int, text: str = "") -> Place:
        """Return the place of line ``index`` (from 0), at the column of ``text`` if the line contains it."""
        column = 1
        if text and index < len(self.lines):
            column = max(0, self.lines[index].find(text.partition("\n")[0])) + 1
        return Place(self.path, index + 1, column)

    def find(self, start: int, end: int, text: str) -> Place:
        """Return the place of ``text`` in the lines from ``start`` to before ``end``, or else of ``start``."""
        first = text.partition("\n")[0]
        for index in range(start, min(end, len(self.lines))):
            if first in self.lines[index]:
                return self.place(index, first)
        return self.place(start)

    def fault(self, place: Place, message: str, hint: str = "") -> None:
        """Add a fault and continue, so that the author sees all faults at once."""
        self.faults.append(Fault(place, harmless_line(message), hint))

    def text(self, start: int, end: int) -> str:
        """Return the lines from ``start`` to before ``end``, without blank lines at either end."""
        return "\n".join(self.lines[start:end]).strip("\n")


@dataclass(frozen=True, slots=True)
class Element:
    """A top-level block of Markdown: its kind, its lines and its tokens."""

    kind: str
    start: int
    end: int
    tokens: tuple[Token, ...]

    @property
    def info(self) -> str:
        """The info string of a fence."""
        return self.tokens[0].info.strip()

    @property
    def content(self) -> str:
        """The text of a fence or comment, or of the first inline token in the block."""
        if self.tokens and self.tokens[0].content:
            return self.tokens[0].content
        return next((token.content for token in self.tokens if token.type == "inline"), "")

    @property
    def heading_level(self) -> int:
        """The level of a heading, 1 to 6, or 0 for any other block."""
        return int(self.tokens[0].tag[1]) if self.kind == "heading" else 0


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # Link definitions remain text: each block is typeset separately and needs its own definitions.
    markdown = MarkdownIt("commonmark").enable("table").disable("reference")
    # Inline text is parsed when it is typeset; here it is parsed only if it may contain a comment.
    markdown.core.ruler.disable(["inline", "text_join"])
    return markdown


def inline_tokens(text: str) -> list[Token]:
    """Return the tokens of ``text``, which is inline Markdown."""
    tokens: list[Token] = []
    _markdown().inline.parse(text, _markdown(), {}, tokens)
    return tokens


def elements_of(source: Source) -> list[Element]:
    """Return the top-level blocks of a lesson, in order, each with its lines in the file.

    A block that is too long or too deeply nested to be typeset quickly is reported and its lines are blanked. So is an
    unclosed block, which would swallow the text after it.
    """
    body = "\n".join(source.lines[source.first :]) + "\n"
    elements = []
    for element in _elements(_markdown().parse(body), source.first):
        if all(_is_closed(source, token) for token in element.tokens):
            if _is_fit(source, element):
                elements.append(element)
                continue
        else:
            elements.append(replace(element, kind=LOST, tokens=()))
        source.lines[element.start : element.end] = [""] * (element.end - element.start)
    for element in elements:
        for token in element.tokens:
            if token.type == "inline" and "<!--" in token.content:
                token.children = inline_tokens(token.content)
    return elements


def _is_fit(source: Source, element: Element) -> bool:
    place = source.place(element.start)
    if any(token.level > _DEEPEST for token in element.tokens):
        source.fault(place, translate("course.too-deep"))
        return False
    if sum(token.type == "th_open" for token in element.tokens) > _MOST_COLUMNS:
        source.fault(place, translate("course.wide-table", most=_MOST_COLUMNS))
        return False
    if any(token.type == "inline" and len(token.content) > _LONGEST_PARAGRAPH for token in element.tokens):
        source.fault(
            place, translate("course.long-paragraph", most=_LONGEST_PARAGRAPH), translate("course.long-paragraph-hint")
        )
        return False
    return True


def _is_closed(source: Source, token: Token) -> bool:
    """Return whether a fence, a comment or raw HTML ends where the author meant it to."""
    if token.map is None or token.type not in {"fence", "html_block"}:
        return True
    start, end = (line + source.first for line in token.map)
    if token.type == "fence":
        swallowed = _swallowed_by_fence(token, start, end)
        if swallowed is None:
            return True
        source.fault(
            source.place(start, token.markup),
            translate("course.fence-open", swallowed=swallowed),
            translate("course.fence-open-hint", mark=token.markup),
        )
        return False
    content = token.content
    opened = content.rfind("<!--")
    inner = next((comment for comment in comments_of(content) if "<!--" in comment), None)
    if opened > content.rfind("-->") or inner is not None:
        at = source.find(start, end, "<!--")
        source.fault(at, translate("course.comment-open"), translate("course.comment-open-hint"))
        return False
    lowered = content.lstrip().lower()
    ending = next((end for tag, end in _ENDS_OF_HTML.items() if lowered.startswith(tag)), "")
    if ending not in lowered:
        tag = content.strip().partition("\n")[0][:20]
        source.fault(
            source.place(start, tag),
            translate("course.html-open", tag=tag),
            translate("course.html-open-hint", end=ending),
        )
        return False
    return True


def _swallowed_by_fence(token: Token, start: int, end: int) -> int | None:
    """Return the line, from 1, at which a fence begins to swallow the text after it, or None if it does not."""
    lines = token.content.split("\n")
    if end - start - 1 <= token.content.count("\n"):  # The fence has no closing line.
        return start + 2
    if token.info.strip().casefold().startswith(("markdown", "md")):
        return None
    for index, line in enumerate(lines):
        found = _FENCE_WITH_INFO.match(line)
        opens = found is not None and found["mark"].startswith(token.markup)
        if opens or gives_id(line):
            return start + index + 2
    return None


def _elements(tokens: list[Token], offset: int) -> Iterator[Element]:
    start = 0
    for index, token in enumerate(tokens):
        if token.level == 0 and token.nesting <= 0:
            first = tokens[start]
            lines = first.map or [0, 0]
            kind = first.type.removesuffix("_open")
            yield Element(kind, lines[0] + offset, lines[1] + offset, tuple(tokens[start : index + 1]))
            start = index + 1


def unquoted(lines: list[str]) -> str:
    """Return the Markdown inside a block quote."""
    return "\n".join(_QUOTE_MARK.sub("", line) for line in lines).strip()


def as_words(text: str) -> str:
    """Return inline Markdown that followed a word on its line, escaped if it would begin a block on its own."""
    found = _BLOCK_START.match(text)
    return f"{text[: found.end()]}\\{text[found.end() :]}" if found is not None else text


def is_identifier(text: str) -> bool:
    """Whether ``text`` can be the id of a lesson, question, term or lab: lower-case words joined by hyphens."""
    return len(text) <= LONGEST_IDENTIFIER and IDENTIFIER.fullmatch(text) is not None


def is_reference(text: str) -> bool:
    """Whether ``text`` can name something that may belong to another pack: ``id`` or ``pack:id``."""
    pack, mark, identifier = text.rpartition(MARK)
    return is_identifier(identifier) and (is_identifier(pack) or not mark)


def is_former_id(text: str) -> bool:
    """Whether ``text`` is ``old-id`` or ``old-lesson/old-id``, each with or without a pack."""
    lesson, slash, identifier = text.rpartition("/")
    return is_reference(identifier) and (is_reference(lesson) or not slash)


def comments_of(text: str) -> Iterator[str]:
    """Yield the text of the comments in ``text``. One pass is enough even if many comments are unclosed."""
    return (text[start + 4 : end - 3] for start, end in _spans_of_comments(text))


def _spans_of_comments(text: str) -> Iterator[tuple[int, int]]:
    start = text.find("<!--")
    while start >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            return
        yield start, end + 3
        start = text.find("<!--", end + 3)


def without_comments(text: str, names: Iterable[str] = ()) -> str:
    """Return ``text`` with spaces in place of its comments. Line ends stay, so positions do not change.

    With ``names``, only comments that are a `directive` with one of these names are replaced.
    """
    if "<!--" not in text:
        return text
    pieces, at = [], 0
    for start, end in _spans_of_comments(text):
        if names and all(directive(text[start:end], name) is None for name in names):
            continue
        pieces += [text[at:start], *("\n" if each == "\n" else " " for each in text[start:end])]
        at = end
    return "".join([*pieces, text[at:]])


def directive(text: str, name: str) -> str | None:
    """Return the value of a comment ``<!-- name: value -->`` in ``text``, or None if there is no such comment."""
    for comment in comments_of(text):
        key, *value = _COLON.split(comment, maxsplit=1)
        if value and key.strip().casefold() == name:
            return value[0].strip()
    return None


def gives_id(text: str) -> bool:
    """Whether ``text`` contains a comment that gives an id."""
    return any(directive(text, name) is not None for name in ID_DIRECTIVES)
