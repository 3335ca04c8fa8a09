"""Read one line of a list of answers: its tick, its text, its condition and its feedback."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.course.conditions import Condition, ConditionError, parse
from tutor.course.lesson import Option, Place
from tutor.course.lookalikes import has_option_inside, has_quote_inside
from tutor.course.source import Element, Source, directive, inline_tokens, unquoted
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from markdown_it.token import Token

_TICK = re.compile(r"^\[(?P<mark>[ xX])\](?:\s+|$)")
_MARKER = re.compile(r"\s*(?:[-+*]|[0-9]{1,9}[.)])\s*(?P<text>.*)")
MOST_OPTIONS = 26
_OWN = 2
"""The level of the blocks right inside an item of a top-level list."""


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list: its tokens and its lines in the file."""

    start: int
    end: int
    tokens: tuple[Token, ...]
    offset: int

    @property
    def inline(self) -> Token | None:
        """Its first paragraph, or None if it does not begin with one."""
        if len(self.tokens) > 2 and self.tokens[1].type == "paragraph_open":
            return self.tokens[2]
        return None

    @property
    def text(self) -> str:
        """The source of its first paragraph."""
        return self.inline.content if self.inline is not None else ""


def items_of(element: Element, offset: int) -> list[Item]:
    """Return the items of a list, without the items of nested lists."""
    items = []
    start = 0
    for index, token in enumerate(element.tokens):
        if token.level != 1:
            continue
        if token.type == "list_item_open":
            start = index
        elif token.type == "list_item_close":
            lines = element.tokens[start].map or [0, 0]
            items.append(Item(lines[0] + offset, lines[1] + offset, element.tokens[start : index + 1], offset))
    return items


def is_tick_list(element: Element) -> bool:
    """Return whether a list has items that begin with ``[ ]`` or ``[x]``."""
    if element.kind not in {"ordered_list", "bullet_list"}:
        return False
    return any(_TICK.match(item.text) for item in items_of(element, 0))


def _has_tick(item: Item) -> bool:
    return _TICK.match(_without_comments(item)[0]) is not None


def has_ticks_inside(element: Element) -> bool:
    """Return whether a nested list in ``element`` has ticks, which no learner could choose."""
    return any(
        token.type == "inline"
        and _TICK.match(token.content)
        and before.type == "paragraph_open"
        and _in_list(element, at)
        for at, (before, token) in enumerate(zip(element.tokens, element.tokens[1:], strict=False))
    )


def _in_list(element: Element, at: int) -> bool:
    """Return whether the paragraph at ``at`` begins an item of a nested list in ``element``."""
    before = element.tokens[at - 1]
    return at > 0 and before.type == "list_item_open" and before.level > 1


def read_options(source: Source, element: Element, *, ticked: bool) -> tuple[tuple[Option, ...], bool]:
    """Read a list of options, or of lines to put in order.

    Args:
        source: Collects the faults.
        element: The list.
        ticked: Whether its items have ticks.

    Returns:
        The options, and whether any is unclear: the tick is missing, or it contains what may be another option, so that
        its text may reveal the answer.
    """
    items = items_of(element, source.first)
    place = source.place(element.start)
    if len(items) > MOST_OPTIONS:
        source.fault(place, translate("course.too-many-options", most=MOST_OPTIONS))
    options = tuple(read_option(source, item, tick_expected=ticked) for item in items[:MOST_OPTIONS])
    unclear = _has_unclear_options(source, element, items, ticked=ticked)
    if len(options) < 2 and not unclear:
        source.fault(place, translate("course.too-few-options"))
    return options, unclear


def _has_unclear_options(source: Source, element: Element, items: list[Item], *, ticked: bool) -> bool:
    start = element.tokens[0].attrGet("start")
    unclear = start is not None and int(start) > 1
    if unclear:
        source.fault(
            source.place(element.start),
            translate("course.list-start", start=start),
            translate("course.list-start-hint"),
        )
    for item in items:
        if has_option_inside(item.text):
            place = source.place(item.start)
            source.fault(place, translate("course.option-inside"), translate("course.option-inside-hint"))
            unclear = True
        elif has_quote_inside(item.text):
            place = source.place(item.start)
            source.fault(place, translate("course.feedback-inside"), translate("course.feedback-inside-hint"))
            unclear = True
        unclear = unclear or (ticked and not _has_tick(item))
    return unclear


def read_option(source: Source, item: Item, *, tick_expected: bool) -> Option:
    """Read an item. In a list with ticks, an item without one is a fault and counts as not ticked."""
    place = source.place(item.start)
    text, comments = _without_comments(item)
    tick = _TICK.match(text)
    if tick_expected and tick is None:
        source.fault(place, translate("course.no-tick"), translate("course.no-tick-hint"))
    text = _TICK.sub("", text, count=1).strip() if tick_expected else text.strip()
    written = _written_as_block(source, item)
    if written:
        # Markdown reads a plain item "> 0.5" as a quotation. Show the learner what the author wrote.
        text = written
        there = source.find(item.start, item.end, written)
        source.fault(
            there, translate("course.option-is-block", text=written[:20]), translate("course.option-is-block-hint")
        )
    elif not shows_something(text):
        source.fault(place, translate("course.empty-option"))
    _refuse_more(source, item)
    condition = _condition(source, item, comments)
    return Option(text, tick is not None and tick["mark"] != " ", _feedback(source, item), condition, place)


def _written_as_block(source: Source, item: Item) -> str:
    """Return the first line of an item that Markdown reads as something other than a paragraph, or an empty string."""
    found = _MARKER.match(source.lines[item.start])
    text = found["text"].strip() if found is not None else ""
    is_block = item.inline is None and len(item.tokens) > 2 and not text.startswith("<!--")
    return text if is_block else ""


def shows_something(text: str) -> bool:
    """Return whether an option shows anything. A line break or a link without text shows nothing."""
    return any(
        token.type == "image" or token.content.strip()
        for token in inline_tokens(text)
        if token.type != "html_inline" or not token.content.lower().startswith(("<!--", "<br"))
    )


def _without_comments(item: Item) -> tuple[str, str]:
    """Return the text of an item and its comments, inside the text or separate, but not those in code."""
    text, comments = without_inline_comments(item.inline) if item.inline is not None else ("", [])
    comments += [token.content for token in item.tokens if token.type == "html_block" and token.level == _OWN]
    return text, "\n".join(comments)


def without_inline_comments(inline: Token) -> tuple[str, list[str]]:
    """Return the source of inline text without its comments, and the comments. Comments shown as code do not count."""
    text = inline.content
    comments = []
    for child in inline.children or ():
        if child.type == "html_inline" and child.content.startswith("<!--"):
            # Search from the right, because a comment shown as code comes before the comment that ends a line.
            before, _, after = text.rpartition(child.content)
            text = before + after
            comments.append(child.content)
    return text, comments


def _refuse_more(source: Source, item: Item) -> None:
    """Report a second paragraph, code or a list in an option: an option is one paragraph, and the rest is not shown."""
    for token in item.tokens[4:] if item.inline is not None else _behind_first_line(item):
        is_comment = token.type == "html_block" and token.content.lstrip().startswith("<!--")
        if token.level == _OWN and token.nesting >= 0 and token.type != "blockquote_open" and not is_comment:
            line = token.map[0] + item.offset if token.map is not None else item.start
            source.fault(source.place(line), translate("course.option-extra"), translate("course.option-extra-hint"))
            return


def _behind_first_line(item: Item) -> list[Token]:
    """Return the tokens of an item that begin after its first line."""
    return [each for each in item.tokens[1:] if each.map is not None and each.map[0] + item.offset > item.start]


def _condition(source: Source, item: Item, comments: str) -> Condition | None:
    written = directive(comments, "when")
    if written is None:
        return None
    try:
        return parse(written)
    except ConditionError as error:
        place = source.find(item.start, item.end, written)
        place = Place(place.path, place.line, place.column + error.column - 1)
        source.fault(place, error.message, translate("course.condition-hint"))
        return None


def _feedback(source: Source, item: Item) -> str:
    """Return the Markdown of the block quotes below an option."""
    found = []
    for token in item.tokens:
        if token.type == "blockquote_open" and token.level == _OWN and token.map is not None:
            start, end = (line + item.offset for line in token.map)
            if start == item.start:  # This is the option itself, which Markdown reads as a quotation.
                continue
            found.append(unquoted(source.lines[start:end]))
    return "\n\n".join(found)
