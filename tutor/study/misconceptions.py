"""What a learner mixes up, read off the wrong options that were chosen; and what that says of the questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tutor.course.lesson import BLANK, Option, Question
from tutor.course.questions import question_type

if TYPE_CHECKING:
    from tutor.course.catalogue import Course
    from tutor.progress.statistics import Item, Miss

ENOUGH: Final = 10
"""Answers below which nothing is said of a question."""
EASY: Final = 0.95
HARD: Final = 0.3


@dataclass(frozen=True, slots=True)
class Misconception:
    """A wrong option, and how often it was chosen; its lesson mends it.

    Args:
        question: The question.
        option: The option, or a wrong pair; its feedback names what makes one choose it.
        count: How often it was chosen.
    """

    question: Question
    option: Option
    count: int


@dataclass(frozen=True, slots=True)
class ItemReport:
    """What an author should know of a question.

    Args:
        question: The question.
        item: Its answers.
        too_easy: Nearly everyone knows it.
        too_hard: Hardly anyone does.
        unused: Wrong options that nobody takes.
    """

    question: Question
    item: Item
    too_easy: bool
    too_hard: bool
    unused: tuple[Option, ...]

    @property
    def first_words(self) -> str:
        """The question's title and how it begins, as Markdown: more than an id says to whoever wrote it."""
        begins = self.question.prompt.replace(BLANK, "___").strip()
        return " · ".join(each for each in (self.question.title, begins) if each)


def misconceptions(misses: Iterable[Miss], course: Course, language: str, most: int = 12) -> list[Misconception]:
    """The wrong options that were chosen most often.

    Args:
        misses: Wrong answers.
        course: Tells what the options were; those of questions that are gone are left out.
        language: In which they are told.
        most: At most so many.
    """
    by_question: dict[tuple[str, str], list[Miss]] = {}
    for miss in misses:
        by_question.setdefault((miss.lesson_id, miss.question_id), []).append(miss)
    found: list[Misconception] = []
    # Those missed most often come first, because reading a question may mean reading its lesson.
    for (lesson_id, question_id), missed in sorted(by_question.items(), key=lambda each: -_times(each[1])):
        if len(found) >= most and found[most - 1].count >= _times(missed):
            break  # no mistake is made more often than its question is missed
        question = question_in(course, lesson_id, question_id, language)
        if question is None:
            continue
        counts: Counter[Option] = Counter()
        for miss in missed:
            for option in question_type(question.kind).mistakes(question, miss.given):
                counts[option] += miss.count
        found += [Misconception(question, option, count) for option, count in counts.items()]
        found.sort(key=lambda each: -each.count)
    return found[:most]


def _times(missed: Iterable[Miss]) -> int:
    return sum(miss.count for miss in missed)


def item_reports(items: Iterable[Item], course: Course, language: str, lesson_id: str = "") -> list[ItemReport]:
    """What every question that was answered tells its author, those worth a look first.

    Args:
        items: The answers, by question.
        course: Tells what the options are; questions that are gone are left out.
        language: In which they are told.
        lesson_id: Only those of this lesson; all where empty.
    """
    reports = []
    for item in items:
        if lesson_id and item.lesson_id != lesson_id:
            continue
        question = question_in(course, item.lesson_id, item.question_id, language)
        if question is not None:
            reports.append(_report(question, item))
    return sorted(
        reports, key=lambda each: (not _is_worth_a_look(each), each.item.lesson_id, each.item.accuracy.fraction)
    )


def _is_worth_a_look(report: ItemReport) -> bool:
    return report.too_easy or report.too_hard or bool(report.unused)


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


def question_in(course: Course, lesson_id: str, question_id: str, language: str) -> Question | None:
    """A question where it was answered, as it is today; None where it is gone."""
    lesson = course.lesson(lesson_id, language) if lesson_id else None
    questions = lesson.every_question if lesson is not None else ()
    return next((question for question in questions if question.id == question_id), None)
