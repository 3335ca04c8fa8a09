"""What a learner sees of the day: the minutes of learning against the daily goal, and what is due by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING, Final

from tutor.progress.cards import term_of
from tutor.progress.scheduling import study_day

if TYPE_CHECKING:
    from tutor.course.catalogue import Course, LessonHeader
    from tutor.progress.records import LessonState
    from tutor.progress.store import ProgressStore
    from tutor.study.deck import Deck
    from tutor.study.report import Overview

_CARD_SECONDS: Final = 20.0
"""How long a card takes a learner of whom nothing is known yet."""
_FEW: Final = 20
"""Answers from which on the learner's own pace tells how long cards take."""


@dataclass(frozen=True, slots=True)
class DailyGoal:
    """The time spent learning today, and the goal.

    Args:
        seconds: Reading and answering today, without pauses.
        minutes: The goal in minutes; 0 if the learner wants none.
    """

    seconds: float
    minutes: int

    @property
    def learnt(self) -> int:
        """Whole minutes of learning today. A minute counts when it is over."""
        return int(self.seconds // 60)

    @property
    def fraction(self) -> float:
        """How much of the goal is reached, from 0 to 1; 0 without a goal."""
        return min(1.0, self.seconds / (60 * self.minutes)) if self.minutes else 0.0

    @property
    def reached(self) -> bool:
        """Whether the goal is reached; False without a goal."""
        return self.minutes > 0 and self.learnt >= self.minutes


@dataclass(frozen=True, slots=True)
class DueCard:
    """A card that is due.

    Args:
        name: The name of its term, or the title of its question, as Markdown.
        lesson: The lesson where it was learnt; None if the course does not have it any more.
    """

    name: str
    lesson: LessonHeader | None


def daily_goal(report: Overview, minutes: int) -> DailyGoal:
    """The goal of ``minutes`` a day, and how far the learner is on the day of ``report``."""
    answering = sum(day.seconds for day in report.days if day.day == study_day(report.moment))
    return DailyGoal(report.seconds_read_today + answering, minutes)


def minutes_for_cards(report: Overview, cards: int) -> int:
    """About how many minutes ``cards`` take at the learner's own pace; at least 1 if there are any."""
    answers = report.accuracy.answers
    seconds = report.seconds / answers if answers >= _FEW and report.seconds > 0 else _CARD_SECONDS
    return ceil(cards * seconds / 60)


def minutes_left(header: LessonHeader, state: LessonState | None) -> int:
    """About how many of a lesson's minutes are left, by what was read and answered; 0 if it states no minutes."""
    if state is None:
        return header.minutes
    return min(header.minutes, max(1, round(header.minutes * (1 - state.progress)))) if header.minutes else 0


def due_cards(
    store: ProgressStore, deck: Deck, course: Course, language: str, moment: datetime, limit: int
) -> Sequence[DueCard]:
    """The cards due at ``moment``, at most ``limit``, by name. Reads the lessons if that has not happened yet."""
    headers = {header.id: header for header in course.headers(language)}
    found = []
    for card in store.cards.due(moment, limit):
        if (term := term_of(card.key)) is not None:
            entry = course.glossary().get(term[0])
            name = entry.name(language) if entry is not None else ""
        else:
            question = deck.question(card.key, card.lesson_id, language)
            name = (question.title or question.prompt) if question is not None else ""
        if name:
            found.append(DueCard(name, headers.get(card.lesson_id)))
    return found
