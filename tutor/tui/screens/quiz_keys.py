"""The keys of the quiz, and what can be done in each of its states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.tui.commands import Command

if TYPE_CHECKING:
    from tutor.study.quiz_session import QuizSession

KEYS: tuple[Command, ...] = (
    Command("quiz.next", ("enter", "n", "ctrl+n", "f3"), "quiz.key-next", "quiz.key-next-help", footer=1),
    Command("quiz.skip", ("n", "ctrl+n", "f3"), "quiz.key-skip", "quiz.key-skip-help", footer=4),
    Command("quiz.show", ("f6",), "review.key-show", "review.key-show-help", footer=5),
    Command("quiz.previous", ("b", "ctrl+b", "f4"), "quiz.key-back", "quiz.key-back-help", footer=6),
    Command("quiz.skipped", ("b",), "quiz.key-skipped", footer=1),
    Command("quiz.retry", ("r",), "quiz.key-retry", "quiz.key-retry-help", footer=1),
    Command("quiz.unsure-too", ("u",), "quiz.key-unsure-too", "quiz.key-unsure-too-help"),
    Command("quiz.lesson", ("o",), "quiz.key-lesson", "quiz.key-lesson-help", footer=7),
    Command("quiz.fresh", ("a",), "quiz.key-fresh", "quiz.way-fresh", footer=8),
)


def possible_actions(session: QuizSession) -> dict[str, bool]:
    """For each action of `KEYS` that a review has not, or has otherwise, whether it means something now."""
    current = session.current
    skipped = bool(session.score.skipped)
    return {
        "previous": session.number > 1 if current is not None else not skipped,
        "skipped": session.over and skipped,
        "retry": session.over and bool(session.ids_to_retry()),
        "unsure_too": session.over and bool(session.unsure_ids),
        "fresh": session.over,
        "lesson": current is None or current.attempt.locked,
    }
