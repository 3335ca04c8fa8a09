"""Former ids: what was kept under an id that the course has given up counts for the id that it has today.

Nothing is rewritten for it. The rows stay under the ids with which they were written, and each reader looks them up
under all ids that a thing ever had. So a course can be put back, and an old export brought in, without any loss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

TERM = "term:"
"""How the key of a term's card begins: ``term:ID:SIDE``. No pack is called ``term``, so no question's id begins so."""

PROGRAM = "program:"
"""How the key of a review of an exercise begins: ``program:exercise:mistake``. All of them have the exercise's card.

The exercise of a pack is written ``pack/exercise`` there, because a mistake is any text and may contain a colon."""


def program_key(exercise_id: str, mistake: str) -> str:
    """Return the key of the review that shows the program of an exercise with a mistake in it."""
    return f"{PROGRAM}{exercise_id.replace(':', '/')}:{mistake}"


def exercise_of(key: str) -> str:
    """Return the exercise that the key of a review names; empty if it is the key of something else."""
    return key.removeprefix(PROGRAM).partition(":")[0].replace("/", ":") if key.startswith(PROGRAM) else ""


@dataclass(frozen=True)
class Renames:
    """The ids of today by those that they were.

    Args:
        lessons: The lesson of today by a former id.
        questions: The lesson and the question of today by a former lesson and a former id; the lesson is empty if any
            lesson is meant.
        terms: The lesson and the term of today by a former id.
        read_labs: Finds the lab of today by a former id; called when it is first needed.
        variants: The question of a lesson's text by the id of a variant of it. Both have answers of their own, and one
            card together.
    """

    lessons: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    terms: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    read_labs: Callable[[], Mapping[str, str]] = dict
    variants: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether no lesson, question or term has changed its id."""
        return not (self.lessons or self.questions or self.terms)

    @property
    def joins_cards(self) -> bool:
        """Whether several keys stand for one card."""
        return bool(self.questions or self.terms or self.variants)

    @cached_property
    def labs(self) -> Mapping[str, str]:
        """The lab of today by a former id."""
        return self.read_labs()

    def lesson(self, lesson_id: str) -> str:
        """The lesson that was ``lesson_id``, which may be itself."""
        return self.lessons.get(lesson_id, lesson_id)

    def place(self, lesson_id: str, key: str) -> tuple[str, str]:
        """The lesson and the key of today.

        Args:
            lesson_id: The lesson under which a row was written.
            key: The id of a question, or the key of a term's card.
        """
        today = self.lesson(lesson_id)
        if key.startswith(TERM):
            before, _, side = key.removeprefix(TERM).rpartition(":")
            home, term = self.terms.get(before, (today, before))
            return home, f"{TERM}{term}:{side}"
        for lesson in (lesson_id, today, ""):
            if (lesson, key) in self.questions:
                return self.questions[lesson, key]
        return today, key

    def key(self, lesson_id: str, key: str) -> str:
        """The key of today: see `place`."""
        return self.place(lesson_id, key)[1]

    def card(self, lesson_id: str, key: str) -> tuple[str, str]:
        """The lesson and the key of the card of today: see `place`. Variants have the card of their question.

        Reviews of a program have the card of its exercise.
        """
        lesson, today = self.place(lesson_id, key)
        return lesson, exercise_of(today) or self.variants.get(today, today)

    def card_keys(self, key: str) -> tuple[str, ...]:
        """Every key under which answers that count for a card, or the card, may be found: see `keys`."""
        return (*self.keys(key), *(each for variant in self._variants.get(key, ()) for each in self.keys(variant)))

    def keys(self, key: str) -> tuple[str, ...]:
        """Every key under which rows about ``key`` may be found, its own first."""
        if key.startswith(TERM):
            term, _, side = key.removeprefix(TERM).rpartition(":")
            return (key, *(f"{TERM}{each}:{side}" for each in self._former_terms.get(term, ())))
        return (key, *(each for each in self._former_questions.get(key, ()) if each != key))

    def lesson_ids(self, lesson_id: str) -> tuple[str, ...]:
        """Every id under which rows about a lesson itself may be found, its own first."""
        return (lesson_id, *self._former_lessons.get(lesson_id, ()))

    def lab_ids(self, lab: str) -> tuple[str, ...]:
        """Every id under which rows about a lab may be found, its own first."""
        return (lab, *(former for former, today in self.labs.items() if today == lab))

    def questions_moved_to(self, lesson_id: str) -> tuple[str, ...]:
        """The former ids of questions that are in a lesson today and may have rows under another lesson."""
        return tuple({former for (_, former), (today, _) in self.questions.items() if today == lesson_id})

    @cached_property
    def all_keys(self) -> tuple[str, ...]:
        """Every key of a question that may stand for a card together with another key."""
        renamed = {each for (_, former), (_, today) in self.questions.items() for each in (former, today)}
        return tuple(sorted(renamed | {each for pair in self.variants.items() for each in pair}))

    @cached_property
    def all_terms(self) -> tuple[str, ...]:
        """Every id that a renamed term has or had."""
        return tuple(sorted({each for former, (_, today) in self.terms.items() for each in (former, today)}))

    @cached_property
    def _former_questions(self) -> dict[str, list[str]]:
        return _inverted((former, today) for (_, former), (_, today) in self.questions.items())

    @cached_property
    def _variants(self) -> dict[str, list[str]]:
        return _inverted(self.variants.items())

    @cached_property
    def _former_terms(self) -> dict[str, list[str]]:
        return _inverted((former, today) for former, (_, today) in self.terms.items())

    @cached_property
    def _former_lessons(self) -> dict[str, list[str]]:
        return _inverted(self.lessons.items())


def _inverted(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for former, today in pairs:
        if former not in found.setdefault(today, []):
            found[today].append(former)
    return found


NONE = Renames()
"""A course in which nothing was ever renamed."""

GetRenames = Callable[[], Renames]
"""Asked whenever rows are read, because a course may change while the program runs."""


def nothing_renamed() -> Renames:
    """The `GetRenames` of a store without a course."""
    return NONE
