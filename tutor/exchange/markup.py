r"""HTML and plain text into the Markdown of lessons, and that Markdown into HTML.

Formulas are ``\( … \)``, ``\[ … \]`` or ``$$ … $$`` on the other side, as MathJax reads them and Moodle shows them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from tutor.course.source import without_comments
from tutor.exchange.items import Tell, bounded
from tutor.foundation.markdown import fenced, inline_code
from tutor.foundation.safe_text import harmless
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token

_LONGEST_FORMULA = 1_000
_DEEPEST = 40
_OPENING = re.compile(r"\\\(|\\\[|\$\$")
_CLOSING: Final = {r"\(": r"\)", r"\[": r"\]", "$$": "$$"}
_MEANT = re.compile(
    r"[`\[\]$]|\\(?=[!-/:-@\[-`{-~]|\Z)|\*|(?<!\w)_|_(?!\w)|<(?=[A-Za-z/!?])|&(?=[#A-Za-z])|~~~|!(?=\[)"
)
_STARTS_BLOCK = re.compile(r"(?P<before>[0-9]{1,9})(?=[.)](?:\s|\Z))|(?=[-+](?:\s|\Z)|#{1,6}(?:\s|\Z)|>|[-=_]+\s*\Z)")
_IS_HTML = re.compile(
    r"</?[A-Za-z][A-Za-z0-9]{0,20}(?:\s[^<>]{0,1000})?/?>|&(?:#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z]{2,32});"
)
_TAG = re.compile(
    r"""<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]{0,30}+)(?P<attributes>(?:[^<>"']|"[^"<]*+"|'[^'<]*+')*+)>"""
)
_ATTRIBUTE = re.compile(r"""(?P<key>[A-Za-z][A-Za-z:-]{0,30}+)\s{0,4}=\s{0,4}(?P<value>"[^"]*+"|'[^']*+'|[^\s"']++)""")
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
_SUBSCRIPTS = str.maketrans("0123456789+-=()aeijnoprtuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑᵢⱼₙₒₚᵣₜᵤᵥₓ")
_SUPERSCRIPTS = str.maketrans("0123456789+-=()in", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿ")

_PARAGRAPHS = frozenset({
    "p", "div", "section", "article", "header", "footer", "main", "aside", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
    "blockquote", "figure", "figcaption", "center", "address", "fieldset", "dl", "dt", "dd", "form", "prompt",
})  # fmt: skip
_MARKS: Final = {"b": "**", "strong": "**", "i": "*", "em": "*"}
_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript"})
_NOT_CARRIED = frozenset({
    "img", "image", "video", "audio", "source", "track", "object", "embed", "iframe", "svg", "math", "canvas", "input",
    "select", "textarea", "button",
})  # fmt: skip
_SKIPPED = frozenset({"svg", "math", "object", "select", "textarea", "video", "audio"}) | _SILENT
_SEPARATOR: Final = {False: "\n\n", True: " "}


# -- into Markdown ---------------------------------------------------------------------------------------------


def from_plain(text: str, tell: Tell, *, inline: bool = False) -> str:
    """Return plain text as Markdown that shows it, line for line.

    Args:
        text: What a person wrote, with or without formulas.
        tell: Takes what is lost.
        inline: Whether all of it has to stand on one line.
    """
    lines = [" ".join(line.split()) for line in bounded(text, tell).strip().split("\n")]
    if inline:
        return _guarded(_words(" ".join(filter(None, lines))))
    paragraphs = "\n".join(lines).split("\n\n")
    return "\n\n".join(
        "\\\n".join(_guarded(_words(line)) for line in each.split("\n") if line) for each in paragraphs if each.strip()
    )


def from_html(text: str, tell: Tell, *, inline: bool = False) -> str:
    """Return HTML as Markdown.

    Args:
        text: HTML, well formed or not.
        tell: Takes what is lost: images, media, fields, frames.
        inline: Whether all of it has to stand on one line.
    """
    reader = _Reader(tell, inline=inline)
    # Not with Python's parser, which takes a time that grows with the square of what is never closed.
    at = 0
    text = without_comments(bounded(text, tell))
    for tag in _TAG.finditer(text):
        reader.take(text[at : tag.start()])
        at = tag.end()
        name = tag["name"].casefold().rpartition(":")[2]
        if tag["end"]:
            reader.end(name)
        else:
            reader.start(name, _attributes(tag["attributes"]))
    reader.take(text[at:])
    return reader.markdown()


def _attributes(text: str) -> dict[str, str]:
    return {found["key"].casefold(): html.unescape(found["value"].strip("\"'")) for found in _ATTRIBUTE.finditer(text)}


def looks_like_html(text: str) -> bool:
    """Return whether ``text`` has a tag or an entity of HTML."""
    return _IS_HTML.search(text) is not None


def escaped_cell(text: str) -> str:
    """Return inline Markdown as it stands in a cell of a table."""
    return re.sub(r"(?<!\\)\|", r"\\|", text.replace("\n", " "))


def _words(text: str) -> str:
    """Return one line as inline Markdown; its formulas become those of a lesson."""
    return "".join(_formula(opening, piece) if opening else _escaped(piece) for opening, piece in _formulas_apart(text))


def _escaped(text: str) -> str:
    def behind(found: re.Match[str]) -> str:
        sign, start, end = found[0], found.start(), found.end()
        if sign == "*" and text[start - 1 : start] in {"", " "} and text[end : end + 1] == " ":
            return sign
        return f"\\{sign}"

    return _MEANT.sub(behind, text)


def _guarded(line: str) -> str:
    """Return a line that begins a paragraph, escaped where it would begin a list, a heading or a quotation."""
    found = _STARTS_BLOCK.match(line)
    if found is None:
        return line
    before = found["before"] or ""
    return f"{before}\\{line[len(before) :]}"


def _formulas_apart(text: str) -> Iterator[tuple[str, str]]:
    """Yield pieces of ``text`` with what opens them: a sign of a formula, or nothing."""
    at = 0
    for found in _OPENING.finditer(text):
        opening = found[0]
        if found.start() < at:
            continue
        end = text.find(_CLOSING[opening], found.end(), found.end() + _LONGEST_FORMULA)
        inner = text[found.end() : end].strip() if end >= 0 else ""
        if not inner or "$" in inner:
            continue
        before = text[at : found.start()]
        yield "", before + (" " if before[-1:].isdigit() else "")  # a digit beside the sign would make it no formula
        at = end + len(_CLOSING[opening])
        yield opening, inner + ("\0" if text[at : at + 1].isdigit() else "")
    yield "", text[at:]


def _formula(opening: str, piece: str) -> str:
    inner = piece.rstrip("\0")
    sign = "$" if opening == r"\(" else "$$"
    return f"{sign}{' '.join(inner.split())}{sign}{' ' if inner != piece else ''}"


class _Reader:
    """Turns tags into Markdown. What is open lies on a stack, so a tag that is never closed harms nothing."""

    def __init__(self, tell: Tell, *, inline: bool) -> None:
        self._tell = tell
        self._inline = inline
        self._blocks: list[str] = []
        self._open: list[tuple[str, list[str]]] = [("", [])]
        """Tags that mark words, each with the words in it so far; the first is the paragraph."""
        self._skipping = ""
        self._code: list[str] | None = None
        self._lists: list[tuple[str, int]] = []
        self._items: list[str] = []
        self._rows: list[list[str]] = []
        self._in_table = 0
        self._links: list[str] = []

    def markdown(self) -> str:
        """Return what was read."""
        self._end_code()
        self._end_table()
        self._end_paragraph()
        self._end_list()
        text = _SEPARATOR[self._inline].join(self._blocks).strip()
        return " ".join(text.split()) if self._inline else text

    # -- what is read

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Begin what ``tag`` stands for."""
        if tag in _NOT_CARRIED and not self._skipping:
            self._refuse(tag, attributes)
        if self._skipping or self._code is not None:
            return
        if tag in _SKIPPED:
            self._skipping = tag
        elif tag in {"code", "tt", "kbd", "samp", "pre"}:
            if tag == "pre" and not self._inline:
                self._end_paragraph()
            self._code = [tag]
        elif tag == "br":
            self._words.append(" " if self._inline or self._lists or self._in_table else "\\\n")
        elif tag in _MARKS or tag in {"sub", "sup", "a"}:
            if tag == "a":
                self._links.append(_address(attributes))
            if len(self._open) < _DEEPEST:
                self._open.append((tag, []))
        else:
            self._start_block(tag)

    def end(self, tag: str) -> None:
        """End what ``tag`` stands for."""
        if self._skipping:
            if tag == self._skipping:
                self._skipping = ""
        elif self._code is not None:
            if tag == self._code[0]:
                self._end_code()
        elif any(tag == each for each, _ in self._open[1:]):
            while self._close_mark() != tag:
                pass
        else:
            self._end_block(tag)

    def take(self, text: str) -> None:
        """Take text between tags."""
        if self._skipping or not text:
            return
        text = harmless(html.unescape(text))
        if self._code is not None:
            self._code.append(text)
        else:
            self._words.append(_words(_SPACE.sub(" ", text)))

    # -- blocks

    @property
    def _words(self) -> list[str]:
        return self._open[-1][1]

    def _start_block(self, tag: str) -> None:
        if tag in {"ul", "ol"}:
            if self._lists:
                self._end_item()
            else:
                self._end_paragraph()
            if len(self._lists) < _DEEPEST:
                self._lists.append((tag, 0))
        elif tag == "li":
            self._end_item()
            if self._lists:
                kind, count = self._lists[-1]
                self._lists[-1] = (kind, count + 1)
        elif tag == "table":
            self._end_paragraph()
            self._in_table += 1
        elif tag == "tr" and self._in_table:
            self._end_cell()
            self._rows.append([])
        elif tag in {"td", "th"} and self._in_table:
            self._end_cell()
        elif tag in _PARAGRAPHS:
            self._new_paragraph()

    def _end_block(self, tag: str) -> None:
        if tag in {"ul", "ol"} and self._lists:
            self._end_item()
            self._lists.pop()
            if not self._lists:
                self._end_list()
        elif tag == "li":
            self._end_item()
        elif tag in {"td", "th"} and self._in_table:
            self._end_cell(whole=True)
        elif tag == "table" and self._in_table:
            self._in_table -= 1
            if not self._in_table:
                self._end_table()
        elif tag in _PARAGRAPHS:
            self._new_paragraph()

    def _new_paragraph(self) -> None:
        if self._lists or self._in_table:
            self._words.append(" ")
        else:
            self._end_paragraph()

    def _taken(self) -> str:
        """Return the words of the paragraph, all marks in it closed, and begin another one."""
        while len(self._open) > 1:
            self._close_mark()
        lines = "".join(self._words).split("\\\n")
        self._open = [("", [])]
        shown = [_guarded(" ".join(line.split())) for line in lines]
        return "\\\n".join(line for line in shown if line)

    def _end_paragraph(self) -> None:
        if text := self._taken():
            self._blocks.append(text)

    def _end_item(self) -> None:
        text = self._taken()
        if not text:
            return
        if not self._lists:
            self._blocks.append(text)
            return
        kind, count = self._lists[-1]
        marker = "* " if kind == "ul" else f"{max(count, 1)}) "
        self._items.append(text if self._inline else f"{'   ' * (len(self._lists) - 1)}{marker}{text}")

    def _end_list(self) -> None:
        if self._items:
            self._blocks.append(("; " if self._inline else "\n").join(self._items))
            self._items = []

    def _end_cell(self, *, whole: bool = False) -> None:
        text = self._taken()
        if text or whole:
            if not self._rows:
                self._rows.append([])
            self._rows[-1].append(escaped_cell(text.replace("\\\n", " ")))

    def _end_table(self) -> None:
        if self._in_table or self._rows:
            self._end_cell()
        rows = [row for row in self._rows if row]
        self._rows, self._in_table = [], 0
        if not rows:
            return
        if self._inline:
            self._blocks += ["; ".join(", ".join(row) for row in rows)]
            return
        self._blocks.append(table_of(rows))

    # -- words

    def _close_mark(self) -> str:
        tag, inner = self._open.pop()
        text = "".join(inner)
        plain = text.strip()
        if tag in _MARKS and plain and _can_be_marked(plain):
            before, _, behind = text.partition(plain)
            text = f"{before}{_MARKS[tag]}{plain}{_MARKS[tag]}{behind}"
        elif tag == "sub":
            text = _shifted(plain, _SUBSCRIPTS, r"\_")
        elif tag == "sup":
            text = _shifted(plain, _SUPERSCRIPTS, "^")
        elif tag == "a" and self._links and (address := self._links.pop()) and plain:
            text = f"[{plain}]({address})"
        self._words.append(text)
        return tag

    def _end_code(self) -> None:
        if self._code is None:
            return
        tag, *pieces = self._code
        self._code = None
        text = "".join(pieces)
        if tag == "pre" and not (self._inline or self._lists or self._in_table):
            if text.strip():
                self._blocks.append(fenced(text.strip("\n")))
        elif text.strip():
            self._words.append(inline_code(" ".join(text.split())))

    def _refuse(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in {"img", "image"}:
            alt, name = attributes.get("alt", "").strip(), attributes.get("src", "").rpartition("/")[2]
            self._tell(translate("exchange.image", name=(name or alt)[:60]))
            if alt and self._code is None:
                self._words.append(_escaped(f" ({alt}) "))
        elif tag not in {"source", "track"}:
            self._tell(translate("exchange.element", tag=tag))


def table_of(rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown; the first of ``rows`` is its head."""
    width = max(map(len, rows))
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in rows]
    return "\n".join([lines[0], f"|{'---|' * width}", *lines[1:]])


def _can_be_marked(text: str) -> bool:
    """Return whether stars around ``text`` mark it wherever it stands: punctuation at an end may undo that."""
    return text[0].isalnum() and text[-1].isalnum() and "\\\n" not in text


def _shifted(text: str, table: dict[int, int], sign: str) -> str:
    moved = text.translate(table)
    if not text or all(each not in text for each in moved):
        return moved
    return f"{sign}{text}" if len(text) == 1 else f"{sign}({text})"


def _address(attributes: Mapping[str, str]) -> str:
    address = attributes.get("href", "")
    is_plain = len(address) < 500 and re.fullmatch(r"https?://[\w.~:/?#@!&*+,;=%-]+", address)
    return address if is_plain else ""


# -- into HTML -------------------------------------------------------------------------------------------------


def to_html(markdown: str, *, inline: bool = False) -> str:
    r"""Return Markdown of a lesson as XHTML, with formulas as ``\( … \)`` and ``\[ … \]``.

    Comments are left out, and a single paragraph has no tags around it if ``inline`` is set.
    """
    from tutor.typeset.parse import markdown_parser

    parser = markdown_parser()
    tokens = parser.parseInline(markdown) if inline else parser.parse(markdown)
    return str(_renderer().render(tokens, parser.options, {})).strip()


def to_plain(markdown: str) -> str:
    """Return Markdown of a lesson as plain text on one line."""
    from tutor.typeset.page import plain_lines

    return " ".join(" ".join(plain_lines(markdown, 10_000)).split())


@cache
def _renderer() -> RendererHTML:
    from markdown_it.renderer import RendererHTML

    class Renderer(RendererHTML):
        def math_inline(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
            return rf"\({html.escape(tokens[index].content, quote=False)}\)"

        def math_inline_double(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
            return rf"\[{html.escape(tokens[index].content.strip(), quote=False)}\]"

        def math_block(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
            return rf"<p>\[{html.escape(tokens[index].content.strip(), quote=False)}\]</p>" + "\n"

        def html_inline(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
            content = tokens[index].content
            return "" if content.startswith("<!--") else html.escape(content, quote=False)

        def html_block(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
            return self.html_inline(tokens, index)

        def hardbreak(self, *_: Any) -> str:
            return "<br />\n"

        def hr(self, *_: Any) -> str:
            return "<hr />\n"

    return Renderer()
