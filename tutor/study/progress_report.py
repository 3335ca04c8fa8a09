"""How it stands: everything that the progress screen and ``tutor progress`` tell, worked out once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from tutor.progress.days import study_day
from tutor.progress.statistics import Day, Estimate, Share, longest_streak, streak
from tutor.study.misconceptions import Misconception, misconceptions

if TYPE_CHECKING:
    from tutor.course.catalogue import Course, LessonHeader
    from tutor.progress.store import ProgressStore


@dataclass(frozen=True, slots=True)
class Topic:
    """A lesson, and how many answers to its questions were right."""

    header: LessonHeader
    share: Share


@dataclass(frozen=True, slots=True)
class Report:
    """See the module.

    Args:
        moment: When it was worked out.
        finished: Lessons read to the end, every question answered.
        begun: Lessons of which anything was read or answered.
        lessons: All lessons.
        days: Every day with an answer, the oldest first.
        share: All counted answers.
        terms: Those about terms.
        topics: Lessons with an answer, in the course's order.
        due: Cards due now.
        cards: All cards.
        estimates: Answers of which the learner said how sure it was.
        misses: What was mixed up most often.
    """

    moment: datetime
    finished: int
    begun: int
    lessons: int
    days: Sequence[Day]
    share: Share
    terms: Share
    topics: Sequence[Topic]
    due: int
    cards: int
    estimates: Sequence[Estimate]
    misses: Sequence[Misconception]

    @property
    def streak(self) -> int:
        """Days in a row up to today."""
        return streak(self.days, self.moment)

    @property
    def longest_streak(self) -> int:
        """The most days in a row there ever were."""
        return longest_streak(self.days)

    @property
    def seconds(self) -> float:
        """Spent on answering, altogether."""
        return sum(day.seconds for day in self.days)

    def last_days(self, count: int) -> list[Day]:
        """The last ``count`` days up to today, those without an answer too."""
        known = {day.day: day for day in self.days}
        today = study_day(self.moment)
        dates: list[date] = [today - timedelta(days=back) for back in range(count - 1, -1, -1)]
        return [known.get(each, Day(each, 0, 0, 0.0)) for each in dates]


def report(store: ProgressStore, course: Course | None, language: str, moment: datetime) -> Report:
    """How it stands at ``moment``, with lessons and options told in ``language``."""
    statistics = store.statistics
    headers = course.headers(language) if course is not None else []
    states = store.lesson_states()
    shares = statistics.lessons()
    days = statistics.days()
    return Report(
        moment=moment,
        finished=sum(header.id in states and states[header.id].finished for header in headers),
        begun=sum(header.id in states and states[header.id].begun for header in headers),
        lessons=len(headers),
        days=days,
        share=Share(sum(day.answers for day in days), sum(day.right for day in days)),
        terms=statistics.terms(),
        topics=[Topic(header, shares[header.id]) for header in headers if header.id in shares],
        due=store.cards.count_due(moment),
        cards=store.cards.count(),
        estimates=statistics.estimates(),
        misses=misconceptions(statistics.misses(), course, language) if course is not None else [],
    )
