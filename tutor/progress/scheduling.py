"""When something learnt is asked again: FSRS over the answers that were given.

A schedule is never kept as the truth: it is worked out from all answers to a question, in the order of time. So two
tutors, an import or an answer called unsure afterwards all lead to the same date. The learner is never asked how well
an answer went: that is read off the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from tutor.progress.days import start_of_day, study_day

if TYPE_CHECKING:
    from fsrs import Scheduler

SOON: Final = timedelta(minutes=10)
"""After this, what was missed is asked again, and a new term for the first time."""

_TYPICAL_SECONDS: Final = {
    "single": 20.0, "multiple": 35.0, "ordering": 45.0, "match": 45.0, "fill-in": 20.0, "numeric": 60.0,
}  # fmt: skip
_QUICK: Final = 0.35
_SLOW: Final = 4.0
_AWAY: Final = 900.0
"""Seconds beyond which the learner was away, not thinking."""


class Grade(IntEnum):
    """How well an answer went, as FSRS counts."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


@dataclass(frozen=True, slots=True)
class Review:
    """What of an answer matters for when the question is asked again.

    Args:
        at: When it was given, in UTC.
        correct: Whether it was right.
        unsure: The learner said so.
        hints: How many hints were shown before it.
        seconds: How long it took; 0 where that is not known.
        kind: The question's kind.
    """

    at: datetime
    correct: bool
    unsure: bool = False
    hints: int = 0
    seconds: float = 0.0
    kind: str = "single"


@dataclass(frozen=True, slots=True)
class Schedule:
    """What FSRS knows of one card.

    Args:
        due: When it is asked next, in UTC.
        reviewed: When it was asked last; None for a new one.
        state: FSRS's state: 1 learning, 2 review, 3 relearning.
        step: The learning step, in the states that have one.
        stability: Days until the chance to recall it has fallen to 90 %.
        difficulty: From 1 to 10.
        reviews: How often it was asked.
        lapses: How often it was missed.
    """

    due: datetime
    reviewed: datetime | None = None
    state: int = 1
    step: int | None = 0
    stability: float | None = None
    difficulty: float | None = None
    reviews: int = 0
    lapses: int = 0


def grade_of(review: Review) -> Grade:
    """The grade of an answer: from right, wrong, unsure, hints and time."""
    if not review.correct:
        return Grade.AGAIN
    if review.unsure or review.hints:
        return Grade.HARD
    if not 0 < review.seconds < _AWAY:
        return Grade.GOOD
    typical = _TYPICAL_SECONDS.get(review.kind, 30.0)
    if review.seconds > _SLOW * typical:
        return Grade.HARD
    return Grade.EASY if review.seconds <= _QUICK * typical else Grade.GOOD


def schedule_of(reviews: Iterable[Review], *, from_first_miss: bool) -> Schedule | None:
    """The schedule that ``reviews`` lead to; None where they make no card.

    Args:
        reviews: In any order.
        from_first_miss: What was known from the start needs no card: begin with the first answer that was wrong or
            unsure. Else every answer counts.
    """
    ordered: Sequence[Review] = sorted(reviews, key=lambda review: review.at)
    if from_first_miss:
        first = next((at for at, each in enumerate(ordered) if not each.correct or each.unsure), len(ordered))
        ordered = ordered[first:]
    if not ordered:
        return None
    from fsrs import Card, Rating

    card = Card(card_id=0, due=ordered[0].at)
    for review in ordered:
        card, _ = _scheduler().review_card(card, Rating(int(grade_of(review))), review.at)
    return Schedule(
        due=_from_the_morning(card.due, ordered[-1].at),
        reviewed=ordered[-1].at,
        state=int(card.state),
        step=card.step,
        stability=card.stability,
        difficulty=card.difficulty,
        reviews=len(ordered),
        lapses=sum(not review.correct for review in ordered),
    )


def get_ready() -> None:
    """Import what the first schedule waits for: some 20 ms, which whoever answers should not have to wait."""
    _scheduler()


def is_ready() -> bool:
    """Whether `get_ready` has nothing left to do."""
    return _scheduler.cache_info().currsize > 0


def _from_the_morning(due: datetime, reviewed: datetime) -> datetime:
    """What is due on a later day is due from its morning on, whatever the hour of the last answer."""
    day = study_day(due)
    return due if day <= study_day(reviewed) else start_of_day(day)


@cache
def _scheduler() -> Scheduler:
    from fsrs import Scheduler

    # One short step: what was missed comes back in the same sitting. The package's chance would make dates differ
    # from one reckoning to the next, so it is off.
    return Scheduler(learning_steps=(SOON,), relearning_steps=(SOON,), enable_fuzzing=False)
