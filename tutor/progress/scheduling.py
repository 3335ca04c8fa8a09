"""When a card is asked again, computed by FSRS from the answers, and where a day of study begins and ends.

A schedule is always computed from all answers to a question in the order of time. So two programs at once, an import or
an answer marked as unsure afterwards all lead to the same date. The learner is never asked how well an answer went; the
grade comes from the answer itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from tutor.foundation import clock
from tutor.progress.records import CODE

if TYPE_CHECKING:
    from fsrs import Scheduler

SOON: Final = timedelta(minutes=10)
"""After this time, a missed question is asked again, and a new term is asked for the first time."""

_TYPICAL_SECONDS: Final = {
    "single": 20.0, "multiple": 35.0, "ordering": 45.0, "match": 45.0, "fill-in": 20.0, "numeric": 60.0,
}  # fmt: skip
_QUICK_FACTOR: Final = 0.35
_SLOW_FACTOR: Final = 4.0
_AWAY_SECONDS: Final = 900.0
"""After this many seconds we assume that the learner was away, not thinking."""


class Grade(IntEnum):
    """How well an answer went, on the scale of FSRS."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


@dataclass(frozen=True, slots=True)
class Review:
    """The parts of an answer that decide when the question is asked again.

    Args:
        at: When it was given, in UTC.
        correct: Whether it was right.
        unsure: Whether the learner was unsure.
        hints: How many hints were shown before it.
        seconds: How long it took; 0 if unknown.
        kind: The type of the question.
    """

    at: datetime
    correct: bool
    unsure: bool = False
    hints: int = 0
    seconds: float = 0.0
    kind: str = "single"


@dataclass(frozen=True, slots=True)
class Schedule:
    """What FSRS knows about one card.

    Args:
        due: When it is asked next, in UTC.
        reviewed: When it was asked last; None for a new card.
        state: The state in FSRS: 1 learning, 2 review, 3 relearning.
        step: The learning step, in the states that have one.
        stability: The days until the probability of recall has fallen to 90%.
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
    """Return the grade of an answer, which depends on whether it was right or unsure, on hints and on its time."""
    if not review.correct:
        return Grade.AGAIN
    if review.unsure or review.hints:
        return Grade.HARD
    # Nobody can say how long a program may take.
    if review.kind == CODE or not 0 < review.seconds < _AWAY_SECONDS:
        return Grade.GOOD
    typical = _TYPICAL_SECONDS.get(review.kind, 30.0)
    if review.seconds > _SLOW_FACTOR * typical:
        return Grade.HARD
    return Grade.EASY if review.seconds <= _QUICK_FACTOR * typical else Grade.GOOD


def schedule_of(reviews: Iterable[Review], *, from_first_miss: bool) -> Schedule | None:
    """Return the schedule that ``reviews`` lead to; None if they make no card.

    Args:
        reviews: The reviews of one card, in any order.
        from_first_miss: Whether only the answers from the first wrong or unsure one on count, so that a question known
            from the start needs no card. Otherwise every answer counts.
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
        due=_from_morning_on(card.due, ordered[-1].at),
        reviewed=ordered[-1].at,
        state=int(card.state),
        step=card.step,
        stability=card.stability,
        difficulty=card.difficulty,
        reviews=len(ordered),
        lapses=sum(not review.correct for review in ordered),
    )


def preload() -> None:
    """Import what the first schedule needs, so that the first answer does not wait 20 ms for it."""
    _scheduler()


def is_preloaded() -> bool:
    """Return whether `preload` has nothing left to do."""
    return _scheduler.cache_info().currsize > 0


def _from_morning_on(due: datetime, reviewed: datetime) -> datetime:
    """Return when a card is due. On a later day it is due from the morning on, whatever the hour of the last answer."""
    day = study_day(due)
    return due if day <= study_day(reviewed) else start_of_day(day)


@cache
def _scheduler() -> Scheduler:
    from fsrs import Scheduler

    # One short step, so that a missed card comes back in the same session. Fuzzing is off, because with it the dates
    # would change each time they are computed.
    return Scheduler(learning_steps=(SOON,), relearning_steps=(SOON,), enable_fuzzing=False)


DAY_BEGINS: Final = timedelta(hours=4)
"""A day begins at four in the morning: learning at one in the morning still counts for the evening before."""


def study_day(moment: datetime) -> date:
    """Return the day that a moment belongs to, in the learner's time zone."""
    return (moment.astimezone().replace(tzinfo=None) - DAY_BEGINS).date()


def latest_day() -> date:
    """Return the current day in the earliest time zone on earth. No correct clock shows a later day."""
    return (clock.utc_now() + timedelta(hours=14) - DAY_BEGINS).date()


def start_of_day(day: date) -> datetime:
    """Return when a day begins, in UTC."""
    return (datetime.combine(day, time()) + DAY_BEGINS).astimezone().astimezone(UTC)


def day_starts(first: date, count: int) -> list[datetime]:
    """Return when each of ``count`` days from ``first`` on begins, and the day after them, in UTC."""
    return [start_of_day(first + timedelta(days=number)) for number in range(count + 1)]
