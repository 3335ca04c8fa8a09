"""The passages of a lesson: its paragraphs and terms as plain text, to be searched, starred and noted.

A passage has no id. A note keeps its section and how it begins, and `find_again` finds the passage that is most alike,
so that a note survives small edits of the lesson.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from threading import Lock
from typing import TYPE_CHECKING, Final

from tutor.course.glossary import fold
from tutor.course.lesson import Prose, Term
from tutor.progress.notes import LONGEST_QUOTE, Note

if TYPE_CHECKING:
    from tutor.course.catalogue import Course
    from tutor.course.lesson import Lesson
    from tutor.progress.store import ProgressStore

_ALIKE: Final = 0.6
"""How alike two passages must be, from 0 to 1, to count as one that was edited."""
_LINK = re.compile(r"\[([^\[\]]{0,500})\]\([^()\s]{0,500}\)")
_BULLET = re.compile(r"[-+*][ \t]+")
_MARKS = re.compile(r"`([^`]{1,500})`|(\$[^$]{1,500}\$)|\\([!-/:-@\[-`{-~])|[*`]")
"""Code, a formula, an escaped sign, and marks that stand alone; of each, what is kept."""
_FENCE = "```"


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of a lesson.

    Args:
        block: The index of its block in the lesson.
        section: The anchor of its section; empty above the first one.
        title: The title of its section.
        text: The paragraph as plain text on one line.
    """

    block: int
    section: str
    title: str
    text: str

    @property
    def quote(self) -> str:
        """How it begins, as a note keeps it."""
        return self.text[:LONGEST_QUOTE]


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that contains what was searched for."""

    lesson_id: str
    passage: Passage


def passages(lesson: Lesson) -> list[Passage]:
    """The passages of a lesson in reading order."""
    found = []
    for number, block in enumerate(lesson.blocks):
        above = lesson.section_of(number)
        section, title = (above.anchor, above.title) if above is not None else ("", "")
        if isinstance(block, Term):
            texts: Iterable[str] = [plain(f"{block.name}: {block.definition}")]
        elif isinstance(block, Prose):
            texts = _paragraphs(block.markdown)
        else:
            texts = ()
        found += [Passage(number, section, title, text) for text in texts if text]
    return found


def plain(markdown: str) -> str:
    """Markdown as plain text on one line; formulas and code keep their source, and items of a list get a bullet."""
    lines = (line.strip().lstrip("#>").strip() for line in markdown.splitlines())
    text = " ".join(_BULLET.sub("• ", line, count=1) if _BULLET.match(line) else line for line in lines)
    text = _MARKS.sub(lambda found: "".join(filter(None, found.groups())), _LINK.sub(r"\1", text))
    return text.strip().removeprefix("• ")


def _paragraphs(markdown: str) -> Iterator[str]:
    """The paragraphs, without headings and code."""
    in_code = False
    for part in markdown.split("\n\n"):
        fences = part.count(_FENCE)
        if not in_code and not fences and not part.lstrip().startswith("#"):
            yield plain(part)
        in_code ^= fences % 2 == 1


def letters_of(text: str) -> str:
    """The letters and digits of a text, folded to be compared, so that line breaks and edited commas do not matter."""
    return "".join(character for character in fold(text) if character.isalnum())


# -- notes -----------------------------------------------------------------------------------------------


def note_on(lesson: Lesson, passage: Passage, text: str = "") -> Note:
    """A new star on a passage, or a note if ``text`` is not empty."""
    return Note(lesson.id, passage.section, passage.quote, text, lesson.language)


def find_again(note: Note, lesson: Lesson) -> Passage | None:
    """The passage that a note hangs on, in the lesson as it is today.

    It is the passage of the same section, or else of the lesson, that begins with the quote; else the one most alike.

    Returns:
        The passage; None if it is gone, or the lesson is in another language than the quote.
    """
    quote = letters_of(note.quote)
    if note.language != lesson.language or not quote:
        return None
    here = sorted(passages(lesson), key=lambda passage: passage.section != note.anchor)
    for passage in here:
        if letters_of(passage.quote).startswith(quote):
            return passage
    best, most = None, _ALIKE
    for passage in here:
        matcher = SequenceMatcher(None, quote, letters_of(passage.quote), autojunk=False)
        if matcher.real_quick_ratio() > most and matcher.quick_ratio() > most and (ratio := matcher.ratio()) > most:
            best, most = passage, ratio
    return best


def toggle_star(store: ProgressStore, lesson: Lesson, passage: Passage) -> bool:
    """Star a passage, or remove its star. Returns whether it is starred now."""
    stars = [note for note in store.notes.all(lesson.id) if note.starred and find_again(note, lesson) == passage]
    for note in stars:
        store.notes.remove(note.key)
    if not stars:
        store.notes.keep(note_on(lesson, passage))
    return not stars


def notes_as_markdown(notes: Iterable[Note], titles: dict[str, str]) -> str:
    """Notes as Markdown: a heading for each lesson, each quote with what was written about it.

    Args:
        notes: The notes.
        titles: The titles of the lessons by id.
    """
    of_lesson: dict[str, list[Note]] = {}
    for note in notes:
        of_lesson.setdefault(note.lesson_id, []).append(note)
    parts = []
    for lesson in sorted(
        of_lesson, key=lambda each: (each not in titles, list(titles).index(each) if each in titles else 0)
    ):
        parts.append(f"## {titles.get(lesson, lesson)}")
        for note in of_lesson[lesson]:
            parts.append(f"> {note.quote}")
            if note.text:
                parts.append(note.text)
    return "\n\n".join(parts) + "\n" if parts else ""


# -- search ----------------------------------------------------------------------------------------------


class TextSearch:
    """Finds text inside the lessons of a course. It reads lessons as it gets to them, so use it in a thread.

    Args:
        course: The course.
        language: The language of the lessons to search.
    """

    def __init__(self, course: Course, language: str) -> None:
        self._course = course
        self._language = language
        self._lessons: list[list[tuple[str, Found]]] = []  # the passages of the lessons that have been read so far
        self._lock = Lock()

    def find(self, query: str, *, most: int = 20, stop: Callable[[], bool] = lambda: False) -> list[Found]:
        """The first passages that contain every word of ``query``, in the order of the course.

        Args:
            query: The words.
            most: How many passages are found at most.
            stop: The search ends once this says so, with what it has found; it is asked before each lesson.
        """
        words = [letters_of(word) for word in query.split()[:20]]
        words = [word for word in words if word]
        found: list[Found] = []
        for number in range(len(self._course.headers(self._language)) if words else 0):
            if stop():
                break
            found += [place for text, place in self._lesson(number) if all(word in text for word in words)]
            if len(found) >= most:
                break
        return found[:most]

    def _lesson(self, number: int) -> list[tuple[str, Found]]:
        """The passages of a lesson, which come after those of all lessons before it."""
        with self._lock:  # the search for what was typed before may not have ended
            if number == len(self._lessons):
                header = self._course.headers(self._language)[number]
                lesson = self._course.lesson(header.id, self._language)
                self._lessons.append(
                    [
                        (letters_of(f"{passage.title} {passage.text}"), Found(header.id, passage))
                        for passage in (passages(lesson) if lesson is not None else ())
                    ]
                )
            return self._lessons[number]
