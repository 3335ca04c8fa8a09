"""What the learner has done and what comes next: progress in numbers, confidence against results, due cards."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import log
from typing import TYPE_CHECKING, Final

from tutor.foundation.translate import translate
from tutor.progress.scheduling import study_day
from tutor.progress.statistics import Accuracy, Day, Estimate, longest_streak, streak

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


def frequent_misconceptions(store: ProgressStore, course: Course | None, language: str) -> list[Misconception]:
    """What was mixed up most often, with options told in ``language``."""
    from tutor.study.misconceptions import misconceptions  # it reads questions; the first page needs none

    return misconceptions(store.statistics.misses(), course, language) if course is not None else []


MAX_CONFIDENCE: Final = 0.99
"""What 100 % counts as: a loss without end would say nothing."""

COIN_FLIP_LOSS: Final = log(2)
"""The loss of whoever always says 50 %."""

WINDOW: Final = 20
"""Answers over which the loss is averaged as time goes on."""

_BINS: Final = ((0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.01))


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of which the learner was about equally sure.

    Args:
        low: The least that was said, from 0.5.
        high: The most, itself not in it but for 1.
        count: How many answers.
        said: What was said, on average.
        right: How many were right, from 0 to 1.
    """

    low: float
    high: float
    count: int
    said: float
    right: float

    @property
    def gap(self) -> float:
        """By how much one was surer than right; below 0 where one knew more than one thought."""
        return self.said - self.right


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure one was, against what came true.

    Args:
        losses: After each answer, the average loss of the last `WINDOW` ones, the oldest first.
        loss: The average over all; None where nothing was estimated.
        bins: What was said against what came true.
    """

    losses: Sequence[float]
    loss: float | None
    bins: Sequence[Bin]


def confidence(estimates: Sequence[Estimate]) -> Confidence:
    """All of it at once, in two passes however many estimates there are."""
    return Confidence(losses_over_time(estimates), mean_loss(estimates), calibration(estimates))


def cross_entropy(said: float, *, right: bool) -> float:
    """The loss of one answer: −ln of the probability that was given to what came true."""
    said = min(max(said, 1 - MAX_CONFIDENCE), MAX_CONFIDENCE)
    return -log(said if right else 1 - said)


def mean_loss(estimates: Sequence[Estimate]) -> float | None:
    """The average loss; None where nothing was estimated."""
    total = sum(count * cross_entropy(said, right=right) for (said, right), count in Counter(estimates).items())
    return total / len(estimates) if estimates else None


def losses_over_time(estimates: Sequence[Estimate], window: int = WINDOW) -> list[float]:
    """After each answer, the average loss of the last ``window`` ones."""
    last: deque[float] = deque(maxlen=window)
    averages = []
    # Few different things are said, so each logarithm is taken once, however many answers there are.
    losses = {each: cross_entropy(each.said, right=each.right) for each in set(estimates)}
    for each in estimates:
        last.append(losses[each])
        averages.append(sum(last) / len(last))
    return averages


def calibration(estimates: Sequence[Estimate]) -> list[Bin]:
    """What was said against what came true, for each range of what was said that has an answer."""
    found = []
    alike = Counter(estimates)
    for low, high in _BINS:
        inside = [(each, count) for each, count in alike.items() if low <= round(each.said, 6) < high]
        total = sum(count for _, count in inside)
        if total:
            said = sum(each.said * count for each, count in inside) / total
            right = sum(each.right * count for each, count in inside) / total
            found.append(Bin(low, min(high, 1.0), total, said, right))
    return found


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is due, and what will be.

    Args:
        due: Cards due now.
        forecast: Cards that come due on each day from today on; the first one counts what is due now, too.
        today: The first day of the forecast.
        cards: All cards there are.
    """

    due: int
    forecast: Sequence[int]
    today: date
    cards: int


def outlook(store: ProgressStore, moment: datetime) -> Outlook:
    """How it looks at ``moment``, and for the two weeks after."""
    cards = store.cards
    return Outlook(cards.count_due(moment), cards.forecast(moment), study_day(moment), cards.count())


def next_due(ahead: Outlook) -> str:
    """A sentence on when something more is due."""
    later = next((days for days, count in enumerate(ahead.forecast) if count and days), None)
    if ahead.forecast and ahead.forecast[0] > ahead.due:
        return translate("review.next-today", count=ahead.forecast[0] - ahead.due)
    if later is None:
        return translate("review.next-later", days=len(ahead.forecast))
    if later == 1:
        return translate("review.next-tomorrow", count=ahead.forecast[1])
    return translate("review.next-in-days", days=later, count=ahead.forecast[later])
