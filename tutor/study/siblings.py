"""A question and its variants ask the same in other words; what is asked next is what was seen longest ago."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.course.lesson import Question
    from tutor.progress.store import ProgressStore


def longest_ago(question: Question, variants: Sequence[Question], store: ProgressStore) -> Question:
    """The one of ``question`` and its variants that was answered longest ago.

    One that was never answered comes first, and the question itself last of these, because it stands in the lesson's
    text, where the learner has seen it.

    Args:
        question: A question of a lesson's text.
        variants: All variants of its lesson.
        store: The learner's memory.
    """
    own = [each for each in variants if each.variant_of == question.id]
    if not own:
        return question
    family = [*own, question]
    last = store.last_answered([each.id for each in family])
    return min(family, key=lambda each: last.get(each.id, 0))
