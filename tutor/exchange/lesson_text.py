"""Items as the text of a lesson. Each is read back as a lesson reads it, and one that does not come back is left out.

So whatever stands in a file of unknown origin, the lesson passes ``tutor check``, and no text of it becomes a tick, a
hint or a condition that its author did not mean.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from tutor.course.files import LARGEST_FILE
from tutor.course.lesson import BLANK, Lesson, Prose, Question, Term
from tutor.course.questions.fill_in import Blanks
from tutor.course.questions.match import Pairs
from tutor.course.questions.numeric import NumericAnswer
from tutor.course.reader import Reading, read_text
from tutor.course.source import LONGEST_IDENTIFIER, is_identifier
from tutor.exchange.items import Choice, Collection, Item, TermItem, quoted
from tutor.exchange.markup import escaped_cell, from_plain, table_of
from tutor.foundation.languages import fallbacks
from tutor.foundation.safe_text import harmless
from tutor.foundation.translate import sentences, translate

MOST_OF_A_LESSON: Final = 600
"""Questions and terms that one lesson takes: what `read_lesson` reads has to show them all."""

_MOST_LINES: Final = 9_500
_LINES_AROUND: Final = 4
"""Blank lines, and the heading of a section."""
_MINUTES_EACH: Final = Decimal("0.75")
_LONGEST_MINUTES: Final = 600
_LONGEST_TITLE: Final = 100
_HEAD: Final = '---\nid: sample\ntitle: "Sample"\nminutes: 1\n---\n\n'
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class LessonText:
    """The text of a lesson, and how many questions and terms are in it."""

    text: str
    questions: int
    terms: int


def slug(text: str) -> str:
    """Return ``text`` as an id, or an empty string if it has no Latin letters or digits."""
    plain = unicodedata.normalize("NFKD", text[:500]).encode("ascii", "ignore").decode().lower()
    return "-".join(_WORD.findall(plain))[:LONGEST_IDENTIFIER].strip("-")


def lesson_text(
    collection: Collection, *, lesson_id: str, title: str, language: str, taken: Container[str] = frozenset()
) -> LessonText:
    """Write the items of ``collection`` as a lesson, and add what cannot be carried over to its losses.

    Args:
        collection: What was read of a file.
        lesson_id: The id of the lesson.
        title: Its title, plain text.
        language: The language whose words mark hints and answers.
        taken: The ids that the course has already.
    """
    writer = _Writer(collection, lesson_id, language, taken)
    body = writer.body()
    shown = " ".join(title.split()).replace("\\", "/").replace('"', "'")[:_LONGEST_TITLE] or lesson_id
    count = writer.questions + writer.terms
    minutes = min(_LONGEST_MINUTES, max(1, round(count * _MINUTES_EACH)))
    is_plain = lesson_id[0].isalpha() and (len(lesson_id) > 5 or not lesson_id.isalpha())
    quoted_id = lesson_id if is_plain else f'"{lesson_id}"'  # YAML takes `no` and `12` for something else
    head = f'---\nid: {quoted_id}\ntitle: "{shown}"\nneeds: []\nminutes: {minutes}\n---\n'
    # The text may go to a terminal before anything reads it as a lesson.
    return LessonText(harmless("\n".join([head, *body])).rstrip() + "\n", writer.questions, writer.terms)


class _Writer:
    def __init__(self, collection: Collection, lesson_id: str, language: str, taken: Container[str]) -> None:
        self._collection = collection
        self._lesson_id = lesson_id
        self._taken = taken
        self._used: set[str] = set()
        self.questions = self.terms = 0
        words = fallbacks(language)[0]
        self._hint = next(iter(words.words("hint")), "Hint")
        self._answer = next(iter(words.words("answer")), "Answer")
        self._colon = "：" if not self._hint.isascii() else ":"

    def body(self) -> list[str]:
        """The blocks below the front matter."""
        blocks: list[str] = []
        size = lines = 0
        section = ""
        wanted = self._collection.items
        fitting = 0
        for item in wanted:
            text = self._block(item)
            if not text:
                continue
            size += len(text.encode())
            lines += text.count("\n") + _LINES_AROUND
            if fitting == MOST_OF_A_LESSON or size > LARGEST_FILE // 2 or lines > _MOST_LINES:
                left = len(wanted) - wanted.index(item)
                self._collection.lose(
                    sentences(translate("exchange.full", count=left), translate("exchange.full-hint")), line=item.line
                )
                break
            fitting += 1
            heading = self._heading(item)
            if heading and heading != section:
                blocks.append(f"## {heading}\n")
            section = heading or section
            blocks.append(text)
            self._count(item)
        return blocks

    def _count(self, item: Item | TermItem) -> None:
        if isinstance(item, TermItem):
            self.terms += 1
        elif item.kind != "text":
            self.questions += 1

    def _heading(self, item: Item | TermItem) -> str:
        """The title of the section that an item stands in."""
        name = from_plain(item.section, _ignore, inline=True)[:_LONGEST_TITLE]
        if name and self._is_prose(f"## {name}\n"):
            return name
        if isinstance(item, TermItem):
            return translate("exchange.terms")
        return translate("exchange.questions")

    # -- one item

    def _block(self, item: Item | TermItem) -> str:
        """The text of an item; empty, and a loss is told, if a lesson cannot hold it."""
        if isinstance(item, TermItem):
            return self._tried(item, [item.name], self._term, self._is_term)
        if item.kind == "text":
            # Without a heading it would belong to the question above it.
            for title in filter(None, (item.title[:_LONGEST_TITLE], translate("exchange.note"))):
                text = f"### {title}\n\n{item.prompt}\n"
                if item.prompt.strip() and self._is_prose(text):
                    return text
            self._collection.lose(translate("exchange.text-left-out"), item.title or quoted(item.prompt), item.line)
            return ""
        number = translate("exchange.question-number", number=self.questions + 1)
        return self._tried(item, list(filter(None, (item.title[:_LONGEST_TITLE], number))), self._question, _is_same)

    def _tried(
        self, item: Any, titles: list[str], write: Callable[..., str], is_same: Callable[[Any, Reading], bool]
    ) -> str:
        """The text with the first title with which it comes back; a name may look like an answer, for instance."""
        identifier = self._new_id(item)
        reading = None
        for title in titles:
            text = write(item, title, identifier)
            again = read_text(Path("sample.md"), (_HEAD + text).encode(), "en", written_in="")
            if not again.faults and is_same(item, again):
                self._used.add(identifier)
                return text
            reading = reading or again
        name = item.name if isinstance(item, TermItem) else item.title or quoted(item.prompt)
        faults = reading.faults if reading is not None else ()
        reason = sentences(faults[0].message, faults[0].hint) if faults else translate("exchange.read-otherwise")
        self._collection.lose(sentences(translate("exchange.left-out"), reason), name, item.line)
        return ""

    def _new_id(self, item: Item | TermItem) -> str:
        """The id that the item brings, if nothing else has it, or one made of the lesson's and a number."""
        own = item.id
        if is_identifier(own) and own not in self._used and own not in self._taken:
            return own
        if is_identifier(own):
            name = item.name if isinstance(item, TermItem) else item.title
            self._collection.lose(translate("exchange.id-taken", id=own), name, item.line)
        kind = "-term" if isinstance(item, TermItem) else ""
        base = self._lesson_id[: LONGEST_IDENTIFIER - 12].strip("-")
        number = len(self._used) + 1
        while (made := f"{base}{kind}-{number}") in self._used or made in self._taken:
            number += 1
        return made

    def _term(self, item: TermItem, title: str, identifier: str) -> str:
        return f"### {title}\n\n<!-- term: {identifier} -->\n\n{item.definition}\n"

    def _question(self, item: Item, title: str, identifier: str) -> str:
        word = "; match" if item.kind == "match" else ""
        parts = [f"### {title}", f"<!-- q: {identifier}{word} -->", self._prompt(item)]
        parts += [_behind(">", f"{self._hint}{self._colon} {hint}") for hint in item.hints]
        parts.append(self._answering(item))
        if item.explanation:
            summary = translate("quiz.why")
            parts.append(f"<details><summary>{summary}</summary>\n\n{item.explanation}\n\n</details>")
        return "\n\n".join(part for part in parts if part.strip()) + "\n"

    def _prompt(self, item: Item) -> str:
        if item.kind != "fill-in":
            return item.prompt
        pieces = item.prompt.split(BLANK)
        gaps = [f"[[{'|'.join(blank)}]]".replace("|", r"\|") for blank in item.blanks]
        if len(pieces) == 1 and len(gaps) == 1:
            return f"{item.prompt}\n\n{gaps[0]}".strip()
        filled = pieces[0]
        for gap, piece in zip(gaps, pieces[1:], strict=False):
            filled += gap + piece
        return filled

    def _answering(self, item: Item) -> str:
        if item.kind == "numeric":
            inside, behind = ("", self._colon) if self._colon == "：" else (self._colon, "")
            return f"**{self._answer}{inside}**{behind} {item.number}"
        if item.kind == "match":
            cells = [["", ""], *([escaped_cell(left), escaped_cell(right)] for left, right in item.pairs)]
            return table_of(cells)
        return "\n".join(
            _choice(f"{number}." if item.kind in {"single", "ordering"} else "-", each, ticked=item.kind != "ordering")
            for number, each in enumerate(item.choices, 1)
        )

    # -- read back

    def _is_prose(self, text: str) -> bool:
        reading = read_text(Path("sample.md"), (_HEAD + text).encode(), "en", written_in="")
        blocks = reading.lesson.blocks if reading.lesson is not None else ()
        sections = reading.lesson.sections if reading.lesson is not None else ()
        return not reading.faults and all(isinstance(each, Prose) for each in blocks) and len(sections) == 1

    def _is_term(self, item: TermItem, reading: Reading) -> bool:
        (term, *more) = _blocks_of(reading) or [None]
        return isinstance(term, Term) and not more and term.definition == item.definition.strip()


def _ignore(_message: str) -> None:
    """Take what is lost of a title; the questions below it say what they lose."""


def _blocks_of(reading: Reading) -> Iterable[Any]:
    lesson: Lesson | None = reading.lesson
    return list(lesson.blocks) if lesson is not None else []


def _is_same(item: Item, reading: Reading) -> bool:
    """Whether the one question that was read asks what ``item`` asks."""
    (question, *more) = _blocks_of(reading) or [None]
    if not isinstance(question, Question) or more or question.kind != item.kind:
        return False
    content = question.content
    match item.kind:
        case "numeric":
            same = isinstance(content, NumericAnswer) and item.number is not None and (
                _is_near(content.low, item.number.low) and _is_near(content.high, item.number.high)
            )  # fmt: skip
        case "match":
            wanted = tuple((_one_line(left), _one_line(right)) for left, right in item.pairs)
            same = isinstance(content, Pairs) and wanted == tuple(
                (_one_line(each.left), _one_line(each.right)) for each in content.pairs
            )
        case "fill-in":
            same = isinstance(content, Blanks) and item.blanks == tuple(each.accepted for each in content.blanks)
        case _:
            same = _choices_of(item.choices) == _choices_of(
                Choice(each.text, each.ticked, each.feedback) for each in question.options
            )
    return same and len(question.hints) == len(item.hints) and question.explanation == item.explanation.strip()


def _choices_of(choices: Iterable[Choice]) -> list[tuple[str, bool, str]]:
    return [(_one_line(each.text), each.right, _one_line(each.feedback)) for each in choices]


def _one_line(text: str) -> str:
    return " ".join(text.replace("\\|", "|").split())


def _is_near(read: float, wanted: Decimal) -> bool:
    return abs(Decimal(repr(read)) - wanted) <= abs(wanted) * Decimal("1e-12")


def _behind(mark: str, text: str) -> str:
    return "\n".join(f"{mark} {line}".rstrip() for line in text.split("\n"))


def _choice(marker: str, choice: Choice, *, ticked: bool) -> str:
    tick = f"[{'x' if choice.right else ' '}] " if ticked else ""
    line = f"{marker} {tick}{choice.text}"
    if not choice.feedback:
        return line
    indent = " " * (len(marker) + 1)
    return line + "\n" + "\n".join(f"{indent}{each}" for each in _behind(">", choice.feedback).split("\n"))
