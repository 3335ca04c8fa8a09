"""What every front says of a quiz in the same words: how near a number has to be, what a further round would ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from tutor.course.lesson import Question
    from tutor.study.quiz_session import QuizSession


def tolerance_words(question: Question) -> str:
    """How near the number has to be that answers ``question``."""
    answer = question.answer
    half = (answer.high - answer.low) / 2 if answer is not None else 0.0
    return translate("quiz.within", half=f"{half:.3g}") if half else translate("quiz.exactly")


def retry_words(session: QuizSession, *, unsure: bool = False) -> str:
    """What `QuizSession.retry_wrong` would ask again, and how much that is."""
    count = len(session.ids_to_retry(unsure=unsure))
    only_wrong = len(session.ids_to_retry()) == len(session.wrong_ids)
    if unsure:
        return translate("quiz.way-unsure" if only_wrong else "quiz.way-unsure-rest", count=count)
    return translate("quiz.way-retry" if only_wrong else "quiz.way-retry-rest", count=count)
