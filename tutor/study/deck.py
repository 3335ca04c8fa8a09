"""What cards stand for: a card's key becomes the question to ask, as the course has it today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tutor.course.exercises.line_order import exercise_of_order, line_order_question
from tutor.progress.cards import Side, term_key, term_of
from tutor.progress.renames import exercise_of
from tutor.study.program_questions import program_questions
from tutor.study.siblings import longest_ago
from tutor.study.term_questions import can_be_asked, term_question

if TYPE_CHECKING:
    from tutor.course.catalogue import Course
    from tutor.course.lesson import Lesson, Question
    from tutor.progress.cards import CardPlace
    from tutor.progress.store import ProgressStore

ALL_SIDES: tuple[Side, ...] = tuple(Side)
"""What can be asked of a term, in the order in which it is: the next once the one before is known."""


class Deck:
    """The questions and terms of a course, as what cards ask.

    Args:
        course: The course. Its lessons are read when they are first needed.
        sides: What is asked of terms.
    """

    def __init__(self, course: Course, sides: Sequence[Side] = ALL_SIDES) -> None:
        self._course = course
        self._sides = tuple(sides)

    def question(self, key: str, lesson_id: str, language: str) -> Question | None:
        """What the card ``key`` asks, in ``language``; None where the course does not have it (any more)."""
        term = term_of(key)
        if term is not None:
            glossary = self._course.glossary()
            entry = glossary.get(term[0])
            return (
                None
                if entry is None
                else term_question(entry, term[1], glossary, language, reads_both=Side.TRANSLATION in self._sides)
            )
        lesson = self._course.lesson(lesson_id, language) if lesson_id else None
        if lesson is None:
            return self._course.question(key, language)
        if ordered := exercise_of_order(key):
            exercise = lesson.exercise(ordered)
            return line_order_question(exercise) if exercise is not None else None
        return lesson.question(key) or self._about_program(lesson, key) or self._course.question(key, language)

    def _about_program(self, lesson: Lesson, key: str) -> Question | None:
        """The question about an exercise that ``key`` names; the first one if it names the exercise itself."""
        wanted = exercise_of(key) or key
        exercise = lesson.exercise(wanted)
        found = program_questions(exercise) if exercise is not None else []
        return next((each for each in found if key in {wanted, each.id}), None)

    def to_ask(self, question: Question, store: ProgressStore, language: str) -> Question:
        """What is asked of a card: the question, or a variant of it, whichever was answered longest ago.

        Of an exercise, each listed mistake in its program is a variant.
        """
        lesson = self._course.lesson(question.lesson_id, language) if question.lesson_id else None
        if lesson is not None and (name := exercise_of(question.id)):
            exercise = lesson.exercise(name)
            family = program_questions(exercise) if exercise is not None else [question]
            last = store.last_answered([each.id for each in family])
            return min(family, key=lambda each: last.get(each.id, 0))
        return longest_ago(question, lesson.variants, store) if lesson is not None else question

    def sync(self, store: ProgressStore, moment: datetime, language: str) -> None:
        """Bring the cards in step with the course.

        What is gone is retired, what is there again comes back, and of terms that are known the next side is asked.
        A lesson that cannot be read today keeps its cards as they are.
        """
        places = store.cards.places()
        self._introduce(store, places, moment, language)
        there = {header.id for header in self._course.headers(language)}
        asked = {card.lesson_id for card in places} & there
        unreadable = {lesson_id for lesson_id in asked if self._course.lesson(lesson_id, language) is None}
        gone, back = [], []
        for card in places:
            is_there = self._is_there(card.key, card.lesson_id, language)
            if is_there and card.retired:
                back.append(card.key)
            elif not is_there and not card.retired and card.lesson_id not in unreadable:
                gone.append(card.key)
        store.cards.retire(gone)
        store.cards.retire(back, retired=False)

    def meet(self, store: ProgressStore, term_id: str, moment: datetime) -> None:
        """A term that was looked up is seen as one met in its lesson is: it is asked from now on."""
        entry = self._course.glossary().get(term_id)
        if entry is not None:
            store.cards.see([term_key(term_id, Side.MEANING)], entry.lesson_id, moment)

    def _is_there(self, key: str, lesson_id: str, language: str) -> bool:
        term = term_of(key)
        if term is None:
            return self.question(key, lesson_id, language) is not None
        entry = self._course.glossary().get(term[0])
        return entry is not None and term[1] in self._sides and can_be_asked(entry, term[1], language)

    def _introduce(self, store: ProgressStore, places: Sequence[CardPlace], moment: datetime, language: str) -> None:
        there = {card.key for card in places}
        new: dict[str, list[str]] = {}
        for card in places:
            term = term_of(card.key) if card.known else None
            if term is None or term[1] not in self._sides:
                continue
            following = self._sides[self._sides.index(term[1]) + 1 :]
            asked = (term_key(term[0], side) for side in following)
            key = next((each for each in asked if self._is_there(each, card.lesson_id, language)), None)
            if key is not None and key not in there:
                new.setdefault(card.lesson_id, []).append(key)
        for lesson_id, keys in new.items():
            store.cards.see(keys, lesson_id, moment, tomorrow=True)
