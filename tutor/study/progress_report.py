"""How it stands: what the progress screen and ``tutor progress`` tell. Each part is read when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from tutor.progress.scheduling import study_day
from tutor.progress.statistics import Accuracy, Day, longest_streak, streak

if TYPE_CHECKING:
    from tutor.course.catalogue import Course, LessonHeader
    from tutor.progress.store import ProgressStore
    from tutor.study.misconceptions import Misconception


@dataclass(frozen=True, slots=True)
class Topic:
    """A lesson, and how many answers to its questions were right."""

    header: LessonHeader
    accuracy: Accuracy


@dataclass(frozen=True, slots=True)
class Topics:
    """Accuracy by topic.

    Args:
        lessons: Those with an answer, in the course's order.
        terms: The answers about terms.
    """

    lessons: Sequence[Topic]
    terms: Accuracy


@dataclass(frozen=True, slots=True)
class Overview:
    """How it stands in a few numbers.

    Args:
        moment: When it was worked out.
        finished: Lessons read to the end, every question answered.
        begun: Lessons of which anything was read or answered.
        lessons: All lessons.
        days: Every day with an answer, the oldest first.
        accuracy: All counted answers.
        due: Cards due now.
        cards: All cards.
        reading: Seconds spent on reading, by day.
    """

    moment: datetime
    finished: int
    begun: int
    lessons: int
    days: Sequence[Day]
    accuracy: Accuracy
    due: int
    cards: int
    reading: Mapping[date, float]

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

    @property
    def seconds_read(self) -> float:
        """Spent on reading, altogether."""
        return sum(self.reading.values())

    @property
    def seconds_read_today(self) -> float:
        """Spent on reading today."""
        return self.reading.get(study_day(self.moment), 0.0)

    def last_days(self, count: int) -> list[Day]:
        """The last ``count`` days up to today, those without an answer too."""
        known = {day.day: day for day in self.days}
        today = study_day(self.moment)
        dates: list[date] = [today - timedelta(days=back) for back in range(count - 1, -1, -1)]
        return [known.get(each, Day(each, 0, 0, 0.0)) for each in dates]


def overview(store: ProgressStore, course: Course | None, language: str, moment: datetime) -> Overview:
    """How it stands at ``moment``: what is shown first, so it asks only what an index answers."""
    ids = [lesson.id for lesson in course.headers(language)] if course is not None else []
    states = store.lesson_states()
    days = store.statistics.days()
    return Overview(
        moment=moment,
        finished=sum(each in states and states[each].finished for each in ids),
        begun=sum(each in states and states[each].begun for each in ids),
        lessons=len(ids),
        days=days,
        accuracy=Accuracy(sum(day.answers for day in days), sum(day.right for day in days)),
        due=store.cards.count_due(moment),
        cards=store.cards.count(),
        reading=store.statistics.reading(),
    )


def topics(store: ProgressStore, course: Course | None, language: str) -> Topics:
    """Accuracy by topic, with lessons named in ``language``."""
    headers = course.headers(language) if course is not None else []
    shares = store.statistics.lessons()
    lessons = [Topic(header, shares[header.id]) for header in headers if header.id in shares]
    return Topics(lessons, store.statistics.terms())


def mix_ups(store: ProgressStore, course: Course | None, language: str) -> list[Misconception]:
    """What was mixed up most often, with options told in ``language``."""
    from tutor.study.misconceptions import misconceptions  # it reads questions; the first page needs none

    return misconceptions(store.statistics.misses(), course, language) if course is not None else []
