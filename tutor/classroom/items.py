"""The answers of a class by question: how many are right, and which wrong option is chosen most."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.classroom.events import Answered, given_of

if TYPE_CHECKING:
    from tutor.classroom.room import Room
    from tutor.course.lesson import Option, Question


@dataclass(frozen=True, slots=True)
class ItemOfClass:
    """What a class has answered to a question.

    Args:
        lesson: The id of the lesson.
        question: The id of the question.
        learners: How many learners have a counted answer.
        right: How many of them were right in their newest one.
        answers: How many answers there are.
        hints: How many hints were taken.
        unsure: How many answers were given as unsure.
        wrong: The answers that were wrong, each with how often it was given.
    """

    lesson: str
    question: str
    learners: int
    right: int
    answers: int
    hints: int
    unsure: int
    wrong: Counter[tuple[int, ...] | tuple[str, ...]]


def items_of(room: Room) -> list[ItemOfClass]:
    """Return every question that was answered, those with the fewest right answers first."""
    newest: dict[tuple[str, str], dict[str, bool]] = defaultdict(dict)
    every: dict[tuple[str, str], list[Answered]] = defaultdict(list)
    for name, learner in room.learners.items():
        for answer in learner.answers.values():
            key = (answer.lesson, answer.question)
            every[key].append(answer)
            if answer.correct is not None:
                newest[key][name] = answer.correct
    items = [
        ItemOfClass(
            lesson, question, len(newest[lesson, question]), sum(newest[lesson, question].values()), len(answers),
            sum(each.hints for each in answers), sum(each.unsure for each in answers),
            Counter(given_of(each) for each in answers if each.correct is False),
        )
        for (lesson, question), answers in every.items()
    ]  # fmt: skip
    return sorted(items, key=lambda item: (item.right / max(1, item.learners), -item.learners, item.question))


def commonest_wrong(item: ItemOfClass, question: Question) -> tuple[Option, int] | None:
    """Return the wrong option that was chosen most often, and how often; None if no option was."""
    from tutor.course.questions import question_type

    kind = question_type(question.kind)
    counts: Counter[Option] = Counter()
    for given, count in item.wrong.items():
        for option in kind.mistakes(question, given):
            counts[option] += count
    return counts.most_common(1)[0] if counts else None
