"""One line of a list of answers: its tick, its text, its condition, its feedback."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.course.conditions import Condition, ConditionError, parse
from tutor.course.lesson import Option
from tutor.course.source import COMMENT, Element, Source, directive, unquoted
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from markdown_it.token import Token

_TICK = re.compile(r"^\[(?P<mark>[ xX])\](?:\s+|$)")


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list: its tokens, and its lines in the file."""

    start: int
    end: int
    tokens: tuple[Token, ...]
    offset: int

    @property
    def text(self) -> str:
        """The source of its first paragraph."""
        return next((token.content for token in self.tokens if token.type == "inline"), "")


def items_of(element: Element, offset: int) -> list[Item]:
    """The items of a list, without those of lists inside it."""
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
    """Whether a list has items that begin with ``[ ]`` or ``[x]``."""
    if element.kind not in {"ordered_list", "bullet_list"}:
        return False
    return any(_TICK.match(item.text) for item in items_of(element, 0))


def read_option(source: Source, item: Item) -> Option:
    """Read an item. In a list of ticks an item without one counts as not ticked, and is a fault."""
    text = item.text
    tick = _TICK.match(text)
    text = _TICK.sub("", text, count=1)
    place = source.place(item.start)
    condition = _condition(source, item, text)
    text = COMMENT.sub("", text).strip()
    if not text:
        source.fault(place, translate("course.empty-option"))
    return Option(text, tick is not None and tick["mark"] != " ", _feedback(source, item), condition, place)


def _condition(source: Source, item: Item, text: str) -> Condition | None:
    written = directive(text, "when")
    if written is None:
        return None
    place = source.place(item.start, written)
    try:
        return parse(written)
    except ConditionError as error:
        place = type(place)(place.path, place.line, place.column + error.column - 1)
        source.fault(place, error.message, translate("course.condition-hint"))
        return None


def _feedback(source: Source, item: Item) -> str:
    """The Markdown of the block quotes under an option."""
    found = []
    for token in item.tokens:
        if token.type == "blockquote_open" and token.level == 2 and token.map is not None:
            start, end = (line + item.offset for line in token.map)
            found.append(unquoted(source.lines[start:end]))
    return "\n\n".join(found)
