"""Markdown read into elements: CommonMark with tables and ``$maths$``, the dialect that code hosts show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from tutor.foundation.safe_text import harmless, harmless_line
from tutor.typeset.elements import (
    CodeBlock,
    DisplayMaths,
    Element,
    Heading,
    Listing,
    Paragraph,
    Quote,
    Role,
    Run,
    Runs,
    Side,
    Table,
    ThematicBreak,
)
from tutor.typeset.inline import Mentions, maths, read_inline

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_DESCRIPTION = re.compile(r'(?:^|\s)alt="([^"]*)"')
"""Behind the language of a fence: ``text alt="Three boxes, one in another"`` describes a drawing."""
_ALIGNMENT = re.compile(r"\\(?:begin|end)\{(?:aligned|align\*?|gathered|split)\}|(?<!\\)&")
_NEW_FORMULA = re.compile(r"\\\\(?:\[[^\]]{0,40}\])?")
_HEADINGS: dict[int, Role] = {1: "heading1", 2: "heading2"}


@cache
def markdown_parser() -> MarkdownIt:
    """The parser of the Markdown of lessons, which is made once."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.dollarmath.index import math_inline_dollar

    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    markdown.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
    markdown.inline.ruler.at("math_inline", _not_looking_back_from_the_start(math_inline_dollar(False, False, True)))
    return markdown


def _not_looking_back_from_the_start(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """Fix the rule for ``$maths$``, which looks at the character before the dollar sign.

    If the text begins with the dollar sign, the rule looks at the *last* character, and a digit there forbids maths.
    """

    def read(state: StateInline, silent: bool) -> bool:
        if state.pos:
            return rule(state, silent)
        text = state.src
        state.src = text + " "  # the rule still finds the end of the text, which is kept in state.posMax
        try:
            return rule(state, silent)
        finally:
            state.src = text

    return read


class _Blocks:
    """Reads the flat list of block tokens into a tree of elements."""

    def __init__(self, tokens: Sequence[Token], mentions: Mentions | None) -> None:
        self.tokens = iter(tokens)
        self.mentions = mentions
        self.base: Role = "text"

    def until(self, closing: str = "") -> Iterator[Element]:
        """Yield the elements up to the token ``closing``, or up to the end."""
        for token in self.tokens:
            if token.type == closing:
                return
            yield from self._element(token)

    def _element(self, token: Token) -> Iterator[Element]:
        match token.type:
            case "inline":
                yield from _paragraph(self._runs(token, self.base))
            case "heading_open":
                yield self._heading(int(token.tag[1]))
            case "fence" | "code_block" | "math_block":
                yield _verbatim(token)
            case "blockquote_open":
                yield self._quote()
            case "bullet_list_open" | "ordered_list_open":
                yield self._listing(token)
            case "table_open":
                yield self._table()
            case "hr":
                yield ThematicBreak()
            case "html_block":
                yield from _raw(token.content)
            case _:  # the tokens that open and close a paragraph
                return

    def _runs(self, token: Token, base: Role) -> Runs:
        return read_inline(token.children or (), base, self.mentions)

    def _heading(self, level: int) -> Heading:
        runs = self._runs(next(self.tokens), _HEADINGS.get(level, "heading3"))
        next(self.tokens)
        return Heading(level, runs)

    def _quote(self) -> Quote:
        outer, self.base = self.base, "quote"
        children = tuple(self.until("blockquote_close"))
        self.base = outer
        return Quote(children)

    def _listing(self, opening: Token) -> Listing:
        start = None if opening.type == "bullet_list_open" else int(opening.attrGet("start") or 1)
        closing = opening.type.replace("open", "close")
        items: list[tuple[Element, ...]] = []
        loose = False
        for token in self.tokens:
            if token.type == closing:
                break
            if token.type == "list_item_open":
                item, airy = self._item()
                items.append(item)
                loose = loose or airy
        return Listing(start, loose, tuple(items))

    def _item(self) -> tuple[tuple[Element, ...], bool]:
        """Return the elements of a list item, and whether one of its paragraphs makes the list loose."""
        children: list[Element] = []
        loose = False
        for token in self.tokens:
            if token.type == "list_item_close":
                break
            loose = loose or (token.type == "paragraph_open" and not token.hidden)
            children.extend(self._element(token))
        return tuple(children), loose

    def _table(self) -> Table:
        rows: list[tuple[Runs, ...]] = []
        cells: list[Runs] = []
        sides: list[Side] = []
        for token in self.tokens:
            match token.type:
                case "table_close":
                    break
                case "tr_open":
                    cells = []
                case "tr_close":
                    rows.append(tuple(cells))
                case "th_open":
                    sides.append(_side(token))
                case "inline":
                    head = len(cells) < len(sides) and not rows
                    cells.append(self._runs(token, "table-head" if head else "text"))
                case _:
                    pass
        return Table(rows[0], tuple(rows[1:]), tuple(sides))


def _side(cell: Token) -> Side:
    style = str(cell.attrGet("style") or "")
    return "right" if style.endswith("right") else "centre" if style.endswith("center") else "left"


def _paragraph(runs: Runs) -> Iterator[Element]:
    """Yield a paragraph; one that is nothing but a formula becomes a formula on a line of its own."""
    if len(runs) == 1 and runs[0].role == "maths":
        yield DisplayMaths((runs[0].text,))
    elif any(run.text.strip() for run in runs):
        yield Paragraph(runs)


def _verbatim(token: Token) -> CodeBlock | DisplayMaths:
    if token.type == "math_block" or token.info.strip() == "math":
        return _display(token.content)
    described = _DESCRIPTION.search(token.info)
    return CodeBlock(
        tuple(token.content.rstrip("\n").split("\n")), harmless_line(described[1]) if described is not None else ""
    )


def _display(tex: str) -> DisplayMaths:
    """Put each formula of a display on a line of its own; a matrix stays in one piece."""
    formulas = [tex] if "matrix}" in tex or "{cases}" in tex else _NEW_FORMULA.split(_ALIGNMENT.sub(" ", tex))
    lines = (maths(formula) for formula in formulas)
    return DisplayMaths(tuple(line for line in lines if line) or ("",))


def _raw(html: str) -> Iterator[Element]:
    """Yield a block of HTML as plain text, without its comments."""
    lines = (line.strip() for line in _COMMENT.sub("", html).split("\n"))
    text = "\n".join(line for line in lines if line)
    if text:
        yield Paragraph((Run(harmless(text)),))


def read_elements(markdown: str, mentions: Mentions | None = None) -> tuple[Element, ...]:
    """Return the elements of ``markdown``, in order.

    Args:
        markdown: Text from a lesson; it is made harmless first.
        mentions: Finds the terms that plain words name. It is called once for each run of plain text, in reading order.
    """
    tokens = markdown_parser().parse(harmless(markdown))
    return tuple(_Blocks(tokens, mentions).until())


def read_words(markdown: str, mentions: Mentions | None = None) -> tuple[Element, ...]:
    """Return ``markdown`` as one paragraph, for an option or a title, which can be nothing else.

    What would begin another block is text here: ``> 0.5`` is no quotation, ``# of rows`` no heading.
    """
    (token,) = markdown_parser().parseInline(harmless(markdown).strip())
    runs = read_inline(token.children or (), "text", mentions)
    return (Paragraph(runs),) if any(run.text.strip() for run in runs) else ()


def formulas_in(markdown: str) -> list[str]:
    """Return the LaTeX of the formulas in ``markdown``, without dollar signs, in order."""
    if "$" not in markdown:
        return []
    tokens = markdown_parser().parse(harmless(markdown))
    every = (each for token in tokens for each in (token, *(token.children or ())))
    return [each.content for each in every if each.type.startswith("math_")]


def plain_text(elements: Iterable[Element]) -> str:
    """Return the words of ``elements`` without roles, with newlines between blocks."""
    return "\n".join(_words(element) for element in elements)


def _words(element: Element) -> str:
    match element:
        case Paragraph(runs) | Heading(_, runs):
            return "".join(run.text for run in runs)
        case CodeBlock(lines=lines) | DisplayMaths(lines):
            return "\n".join(lines)
        case Quote(children):
            return plain_text(children)
        case Listing(items=items):
            return "\n".join(plain_text(item) for item in items)
        case Table(head, rows):
            return "\n".join("".join(run.text for run in cell) for row in (head, *rows) for cell in row)
        case ThematicBreak():
            return ""
