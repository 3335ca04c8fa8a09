"""Questions one after the other, with a place among them: what a quiz and an exam have in common."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.progress.records import SavedQuiz
    from tutor.progress.store import ProgressStore
    from tutor.study.question_attempt import QuestionAttempt


class QuestionSeries:
    """The questions that are asked, and which one is in front of the learner."""

    def __init__(self) -> None:
        self._asked: list[QuestionAttempt] = []
        self._at: int | None = None

    @property
    def current(self) -> QuestionAttempt | None:
        """The question in front of the learner; None while the page about all of them is."""
        return None if self._at is None else self._asked[self._at]

    @property
    def number(self) -> int:
        """The place of the current question, from 1; the count while the page about all of them shows."""
        return len(self._asked) if self._at is None else self._at + 1

    @property
    def count(self) -> int:
        """How many questions there are."""
        return len(self._asked)

    @property
    def exercises(self) -> tuple[QuestionAttempt, ...]:
        """The questions in order."""
        return tuple(self._asked)

    def _return_to(self, question_id: object) -> None:
        """Go to the question with that id, as it was saved; to none if it is not asked any more."""
        places = {each.question.id: place for place, each in enumerate(self._asked)}
        self._at = places.get(question_id) if isinstance(question_id, str) else None


def left_in_the_middle(store: ProgressStore, scope: str, *, fresh: bool) -> SavedQuiz | None:
    """The quiz or exam of ``scope`` that was left, if any. If ``fresh``, it is closed, and there is none."""
    saved = store.open_quiz(scope)
    if fresh and saved is not None:
        store.save_quiz(replace(saved, finished=True))
        return None
    return saved
