"""What every front says of a quiz in the same words: what a further round would ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from tutor.study.quiz_session import QuizSession


def retry_words(session: QuizSession, *, unsure: bool = False) -> str:
    """What `QuizSession.retry_wrong` would ask again, and how much that is."""
    count = len(session.ids_to_retry(unsure=unsure))
    only_wrong = len(session.ids_to_retry()) == len(session.wrong_ids)
    if unsure:
        return translate("quiz.way-unsure" if only_wrong else "quiz.way-unsure-rest", count=count)
    return translate("quiz.way-retry" if only_wrong else "quiz.way-retry-rest", count=count)
