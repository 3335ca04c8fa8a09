"""What the quiz of a lesson asks: what was missed, unsure or never answered, and what is known in another form only.

A question of the lesson's text that was answered right and without doubt is not asked again word for word. If it has a
variant that was never answered, or draws its numbers, the quiz asks that; otherwise it is skipped as known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.course.questions import question_type

if TYPE_CHECKING:
    from tutor.course.lesson import Question
    from tutor.progress.records import Answer


@dataclass(frozen=True, slots=True)
class QuizChoice:
    """The questions of a lesson, by whether its quiz asks them.

    Args:
        asked: The questions of the text to ask, themselves or by a variant, in the order of the lesson.
        known: The ids of the others, which are known.
    """

    asked: tuple[Question, ...]
    known: frozenset[str] = frozenset()


def choose(questions: Sequence[Question], variants: Sequence[Question], newest: Mapping[str, Answer]) -> QuizChoice:
    """Choose what to ask. If everything is known, everything is asked, because a quiz asks something.

    Args:
        questions: The questions of a lesson's text.
        variants: All variants of its lesson.
        newest: The newest counted answer to each question and variant that has one.
    """
    asked = tuple(each for each in questions if not _is_known(each, variants, newest))
    if not asked:
        return QuizChoice(tuple(questions))
    return QuizChoice(asked, frozenset(each.id for each in questions) - {each.id for each in asked})


def _is_known(question: Question, variants: Sequence[Question], newest: Mapping[str, Answer]) -> bool:
    own = [each.id for each in variants if each.variant_of == question.id]
    answers = [newest[each] for each in (question.id, *own) if each in newest]
    last = max(answers, key=lambda answer: answer.at, default=None)
    if last is None or not last.correct or last.unsure or last.hints:
        return False
    if any(each not in newest for each in own):
        return False
    # On the page, its numbers are the same each time; in the quiz they are others.
    return bool(last.quiz_id) or not draws(question)


def draws(question: Question) -> bool:
    """Whether the numbers of a question are drawn anew for each attempt."""
    return question_type(question.kind).drawn(question, 0) is not question
