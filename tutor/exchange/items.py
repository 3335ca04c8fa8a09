"""Questions and terms between a lesson and another format. Their texts are Markdown, as in a lesson."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from tutor.foundation.safe_text import harmless, harmless_line
from tutor.foundation.translate import translate

ItemKind = Literal["single", "multiple", "ordering", "match", "fill-in", "numeric", "text"]
"""The names of the question types; ``text`` is a passage that asks nothing."""

MOST_ITEMS = 20_000
"""Questions and terms that are read of one file."""

_LONGEST_TEXT = 100_000
_LONGEST_QUOTED = 60


@dataclass(frozen=True, slots=True)
class Choice:
    """An option, or a line to put in order; ``feedback`` is for whoever chose it."""

    text: str
    right: bool = False
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """The range of a number, both ends included."""

    low: Decimal
    high: Decimal

    @property
    def middle(self) -> Decimal:
        """The number in the middle of the range."""
        return (self.low + self.high) / 2

    @property
    def half(self) -> Decimal:
        """The tolerance: how far the ends are from the middle."""
        return (self.high - self.low) / 2

    def __str__(self) -> str:
        """Return it as a lesson writes it."""
        return f"{plain_number(self.middle)} ± {plain_number(self.half)}" if self.half else plain_number(self.low)


@dataclass(frozen=True, slots=True)
class Item:
    """A question, or a passage of text.

    Args:
        kind: How it is answered.
        prompt: Markdown. `tutor.course.lesson.BLANK` stands for each blank of a fill-in question.
        title: One line, Markdown; empty if it has none.
        choices: The options, or the lines in their true order.
        pairs: What belongs together.
        blanks: For each blank, every answer that counts.
        number: The number that answers it.
        hints: In the order in which they are given.
        explanation: Shown after the answer.
        id: What identifies it in its own format; empty if nothing does.
        section: What its part of the file is called.
        line: Where it begins in the file, from 1; 0 if its format has no lines.
    """

    kind: ItemKind
    prompt: str
    title: str = ""
    choices: tuple[Choice, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    blanks: tuple[tuple[str, ...], ...] = ()
    number: Number | None = None
    hints: tuple[str, ...] = ()
    explanation: str = ""
    id: str = ""
    section: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class TermItem:
    """A term: its name on one line, and its definition."""

    name: str
    definition: str
    id: str = ""
    section: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that is not carried over: in which line, of which question, and what.

    Args:
        message: A sentence in the interface language.
        name: What the question is called; empty if it concerns the whole file.
        line: The line in the file; 0 if its format has none.
    """

    message: str
    name: str = ""
    line: int = 0

    def __str__(self) -> str:
        """Return it on one line."""
        place = translate("exchange.line", line=self.line) if self.line else ""
        name = f"“{self.name}”" if self.name else ""
        return harmless_line(": ".join(each for each in (" ".join(filter(None, (place, name))), self.message) if each))


Tell = Callable[[str], None]
"""Takes a sentence on something that is not carried over."""


@dataclass
class Collection:
    """What was read of a file.

    Args:
        title: What the file calls itself; empty if it has no name.
        items: Questions, passages and terms, in the order of the file.
        losses: What is not carried over.
    """

    title: str = ""
    items: list[Item | TermItem] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)

    def add(self, item: Item | TermItem) -> None:
        """Add an item, unless there are too many."""
        if len(self.items) < MOST_ITEMS:
            self.items.append(item)
        elif len(self.items) == MOST_ITEMS:
            self.lose(translate("exchange.too-many", most=MOST_ITEMS), line=item.line)
            self.items.append(item)  # one more, which `lesson_text` does not write, so that it is told only once

    def lose(self, message: str, name: str = "", line: int = 0) -> None:
        """Report something that is not carried over, once."""
        loss = Loss(message, quoted(name), line)
        if loss not in self.losses[-20:]:
            self.losses.append(loss)

    def teller(self, name: str, line: int = 0) -> Tell:
        """Return what reports losses of one question."""
        return lambda message: self.lose(message, name, line)


def quoted(text: str) -> str:
    """Return the start of ``text`` on one line, to be named in a sentence."""
    line = " ".join(harmless_line(text[: 4 * _LONGEST_QUOTED]).split())
    return line if len(line) <= _LONGEST_QUOTED else f"{line[: _LONGEST_QUOTED - 1]}…"


def bounded(text: str, tell: Tell) -> str:
    """Return ``text`` without control characters and not longer than a lesson may hold."""
    if len(text) > _LONGEST_TEXT:
        tell(translate("exchange.too-long", most=_LONGEST_TEXT))
        text = text[:_LONGEST_TEXT]
    return harmless(text)


def plain_number(value: Decimal) -> str:
    """Return a number as a lesson writes it: 0.5, 1200, 1e-9."""
    text = f"{value.normalize():f}" if -6 < value.adjusted() < 15 else f"{value.normalize():e}"
    return text if text != "-0" else "0"
