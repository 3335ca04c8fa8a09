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
    """A lesson, and the accuracy of the answers to its questions."""

    header: LessonHeader
    accuracy: Accuracy


@dataclass(frozen=True, slots=True)
class Topics:
    """Accuracy by topic.

    Args:
        lessons: The lessons with an answer, in the order of the course.
        terms: The accuracy of the answers about terms.
    """

    lessons: Sequence[Topic]
    terms: Accuracy


@dataclass(frozen=True, slots=True)
class Overview:
    """Progress in a few numbers.

    Args:
        moment: The time at which the numbers hold.
        finished: How many lessons are read to the end with every question answered.
        begun: How many lessons are partly read or answered.
        lessons: How many lessons there are.
        days: Every day with an answer, the oldest first.
        accuracy: The accuracy over all counted answers.
        due: How many cards are due now.
        cards: How many cards there are.
        reading: Seconds spent reading, by day.
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
        """The longest streak so far, in days."""
        return longest_streak(self.days)

    @property
    def seconds(self) -> float:
        """Seconds spent answering, in total."""
        return sum(day.seconds for day in self.days)

    @property
    def seconds_read(self) -> float:
        """Seconds spent reading, in total."""
        return sum(self.reading.values())

    @property
    def seconds_read_today(self) -> float:
        """Seconds spent reading today."""
        return self.reading.get(study_day(self.moment), 0.0)

    def last_days(self, count: int) -> list[Day]:
        """The last ``count`` days up to today, including days without an answer."""
        known = {day.day: day for day in self.days}
        today = study_day(self.moment)
        dates: list[date] = [today - timedelta(days=back) for back in range(count - 1, -1, -1)]
        return [known.get(each, Day(each, 0, 0, 0.0)) for each in dates]


def overview(store: ProgressStore, course: Course | None, language: str, moment: datetime) -> Overview:
    """The overview at ``moment``. It is shown first, so it makes only queries that an index answers."""
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
    """Accuracy by topic, with the titles of lessons in ``language``."""
    headers = course.headers(language) if course is not None else []
    shares = store.statistics.lessons()
    lessons = [Topic(header, shares[header.id]) for header in headers if header.id in shares]
    return Topics(lessons, store.statistics.terms())


def frequent_misconceptions(store: ProgressStore, course: Course | None, language: str) -> list[Misconception]:
    """The most frequent misconceptions, with the texts of options in ``language``."""
    from tutor.study.misconceptions import misconceptions  # it imports every question type; the overview needs none

    return misconceptions(store.statistics.misses(), course, language) if course is not None else []


MAX_CONFIDENCE: Final = 0.99
"""What 100% counts as, because otherwise one mistake would cost infinitely much."""

COIN_FLIP_LOSS: Final = log(2)
"""The cross-entropy of a learner who always says 50%."""

WINDOW: Final = 20
"""Answers in the moving average of the loss."""

_BINS: Final = ((0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.01))


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers for which the learner stated about the same confidence.

    Args:
        low: The lowest confidence of the bin, from 0.5.
        high: The highest confidence; it belongs to the next bin, except for 1.
        count: How many answers there are.
        said: The mean confidence.
        right: The fraction of correct answers, from 0 to 1.
    """

    low: float
    high: float
    count: int
    said: float
    right: float

    @property
    def gap(self) -> float:
        """How much the confidence exceeds the accuracy; negative if the learner knew more than they thought."""
        return self.said - self.right


@dataclass(frozen=True, slots=True)
class Confidence:
    """Stated confidence, compared with results.

    Args:
        losses: After each answer, the mean loss of the last `WINDOW` answers, the oldest first.
        loss: The mean over all answers; None if the learner stated no confidence yet.
        bins: Mean confidence and accuracy, by confidence.
    """

    losses: Sequence[float]
    loss: float | None
    bins: Sequence[Bin]


def confidence(estimates: Sequence[Estimate]) -> Confidence:
    """The whole comparison, in time linear in the number of estimates."""
    return Confidence(losses_over_time(estimates), mean_loss(estimates), calibration(estimates))


def cross_entropy(said: float, *, right: bool) -> float:
    """The loss of one answer: −ln of the probability that the learner gave to the actual result."""
    said = min(max(said, 1 - MAX_CONFIDENCE), MAX_CONFIDENCE)
    return -log(said if right else 1 - said)


def mean_loss(estimates: Sequence[Estimate]) -> float | None:
    """The mean loss, or None if there are no estimates."""
    total = sum(count * cross_entropy(said, right=right) for (said, right), count in Counter(estimates).items())
    return total / len(estimates) if estimates else None


def losses_over_time(estimates: Sequence[Estimate], window: int = WINDOW) -> list[float]:
    """After each answer, the mean loss of the last ``window`` answers."""
    last: deque[float] = deque(maxlen=window)
    averages = []
    # Learners state few different values, so each logarithm is computed only once.
    losses = {each: cross_entropy(each.said, right=each.right) for each in set(estimates)}
    for each in estimates:
        last.append(losses[each])
        averages.append(sum(last) / len(last))
    return averages


def calibration(estimates: Sequence[Estimate]) -> list[Bin]:
    """Mean confidence and accuracy for each range of confidence that has an answer."""
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
    """How many cards are due now and on the following days.

    Args:
        due: Cards due now.
        forecast: Cards that come due on each day from today on; the first number includes the cards due now.
        today: The first day of the forecast.
        cards: All cards.
    """

    due: int
    forecast: Sequence[int]
    today: date
    cards: int


def outlook(store: ProgressStore, moment: datetime) -> Outlook:
    """The cards due at ``moment`` and in the two weeks after it."""
    cards = store.cards
    return Outlook(cards.count_due(moment), cards.forecast(moment), study_day(moment), cards.count())


def next_due(ahead: Outlook) -> str:
    """A sentence that says when more cards are due."""
    later = next((days for days, count in enumerate(ahead.forecast) if count and days), None)
    if ahead.forecast and ahead.forecast[0] > ahead.due:
        return translate("review.next-today", count=ahead.forecast[0] - ahead.due)
    if later is None:
        return translate("review.next-later", days=len(ahead.forecast))
    if later == 1:
        return translate("review.next-tomorrow", count=ahead.forecast[1])
    return translate("review.next-in-days", days=later, count=ahead.forecast[later])
