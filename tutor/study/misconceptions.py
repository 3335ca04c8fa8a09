"""Misconceptions, found in the wrong options that learners choose, and what they show about the questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

from tutor.course.lesson import BLANK, Exercise, Option, Question
from tutor.course.questions import question_type
from tutor.study.program_questions import mistakes_as_question

if TYPE_CHECKING:
    from tutor.course.catalogue import Course
    from tutor.progress.statistics import Item, Miss

ENOUGH: Final = 10
"""The least number of answers for a remark about a question."""
EASY: Final = 0.95
HARD: Final = 0.3


@dataclass(frozen=True, slots=True)
class Misconception:
    """A wrong option or a listed mistake of an exercise, and how often it was met. Its lesson explains it.

    Args:
        question: The question.
        option: The option, or a wrong pair. Its feedback names the misconception.
        count: How often it was chosen.
    """

    question: Question
    option: Option
    count: int


@dataclass(frozen=True, slots=True)
class ItemReport:
    """What an author should know about a question.

    Args:
        question: The question.
        item: Statistics of its answers.
        too_easy: Whether nearly everyone answers it correctly.
        too_hard: Whether hardly anyone answers it correctly.
        unused: Wrong options that nobody chooses.
    """

    question: Question
    item: Item
    too_easy: bool
    too_hard: bool
    unused: tuple[Option, ...]

    @property
    def first_words(self) -> str:
        """The question's title and its prompt, as Markdown: authors recognise them better than an id."""
        begins = self.question.prompt.replace(BLANK, "___").strip()
        return " · ".join(each for each in (self.question.title, begins) if each)


def misconceptions(misses: Iterable[Miss], course: Course, language: str, most: int = 12) -> list[Misconception]:
    """The wrong options that were chosen most often.

    Args:
        misses: Wrong answers.
        course: Contains the questions; answers to questions that no longer exist are ignored.
        language: The language of the options.
        most: The largest number of misconceptions to return.
    """
    by_question: dict[tuple[str, str], list[Miss]] = {}
    for miss in misses:
        by_question.setdefault((miss.lesson_id, miss.question_id), []).append(miss)
    found: list[Misconception] = []
    # Questions missed most often come first, because reading a question may mean reading its whole lesson.
    for (lesson_id, question_id), missed in sorted(by_question.items(), key=lambda each: -_times(each[1])):
        if len(found) >= most and found[most - 1].count >= _times(missed):
            break  # no option is chosen more often than its question is missed
        question = question_in(course, lesson_id, question_id, language)
        counts: Counter[Option] = Counter()
        if question is not None:
            for miss in missed:
                for option in question_type(question.kind).mistakes(question, miss.given):
                    counts[option] += miss.count
        elif (exercise := _exercise_in(course, lesson_id, question_id, language)) is not None:
            question = mistakes_as_question(exercise)
            for miss in missed:
                for number in _listed_mistakes(exercise, miss.given):
                    counts[question.options[number]] += miss.count
        else:
            continue
        found += [Misconception(question, option, count) for option, count in counts.items()]
        found.sort(key=lambda each: -each.count)
    return found[:most]


def _times(missed: Iterable[Miss]) -> int:
    return sum(miss.count for miss in missed)


def item_reports(items: Iterable[Item], course: Course, language: str, lesson_id: str = "") -> list[ItemReport]:
    """A report on every question that was answered; those that need the author's attention come first.

    Args:
        items: Statistics of the answers, by question.
        course: Contains the questions; those that no longer exist are left out.
        language: The language of the questions.
        lesson_id: Report only on this lesson; on all lessons if empty.
    """
    reports = []
    for item in items:
        if lesson_id and item.lesson_id != lesson_id:
            continue
        question = question_in(course, item.lesson_id, item.question_id, language)
        if question is not None:
            reports.append(_report(question, item))

    def rank(report: ItemReport) -> tuple[bool, str, float]:
        remarkable = report.too_easy or report.too_hard or bool(report.unused)
        return not remarkable, report.item.lesson_id, report.item.accuracy.fraction

    return sorted(reports, key=rank)


def _report(question: Question, item: Item) -> ItemReport:
    enough = item.accuracy.answers >= ENOUGH
    type_ = question_type(question.kind)
    taken = {option for given, _ in item.chosen for option in type_.mistakes(question, given)}
    unused = tuple(option for option in type_.distractors(question) if option not in taken)
    return ItemReport(
        question, item,
        too_easy=enough and item.accuracy.fraction >= EASY,
        too_hard=enough and item.accuracy.fraction <= HARD,
        unused=unused if enough else (),
    )  # fmt: skip


def _listed_mistakes(exercise: Exercise, given: tuple[int, ...] | tuple[str, ...]) -> tuple[int, ...]:
    """The places of the listed mistakes, one or two at once, that the answer to an exercise names."""
    names = [each.name for each in exercise.mistakes]
    both = {
        f"{names[first]} + {names[second]}": (first, second) for first, second in combinations(range(len(names)), 2)
    }
    found = both | {name: (number,) for number, name in enumerate(names)}
    return next((found[each] for each in given if isinstance(each, str) and each in found), ())


def _exercise_in(course: Course, lesson_id: str, exercise_id: str, language: str) -> Exercise | None:
    lesson = course.lesson(lesson_id, language) if lesson_id else None
    return lesson.exercise(exercise_id) if lesson is not None else None


def question_in(course: Course, lesson_id: str, question_id: str, language: str) -> Question | None:
    """Today's version of a question, or None if its lesson does not contain it any more."""
    lesson = course.lesson(lesson_id, language) if lesson_id else None
    return lesson.question(question_id) if lesson is not None else None
