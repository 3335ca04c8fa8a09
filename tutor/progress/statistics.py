"""Statistics over all answers: by day, by lesson, what was missed, and how sure the learner was.

Each is one query. Where there can be many answers, it reads the totals that the database keeps up to date: see
`tutor.progress.schema`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from tutor.foundation import clock
from tutor.progress.records import CODE, from_milliseconds, parse_given
from tutor.progress.renames import TERM, GetRenames, nothing_renamed
from tutor.progress.scheduling import latest_day, study_day

if TYPE_CHECKING:
    from tutor.progress.database import Database

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Day:
    """One day of learning.

    Args:
        day: The day, as `study_day` counts days.
        answers: How many counted answers were given.
        right: How many of them were right.
        seconds: The time spent answering.
    """

    day: date
    answers: int
    right: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How many of some answers were right."""

    answers: int
    right: int

    @property
    def fraction(self) -> float:
        """The accuracy from 0 to 1; 0 if there are no answers."""
        return self.right / self.answers if self.answers else 0.0


@dataclass(frozen=True, slots=True)
class Miss:
    """A wrong answer, and how often it was given.

    Args:
        lesson_id: The lesson.
        question_id: The question.
        given: The answer: indices of options in the lesson file, or texts.
        count: How often it was given.
    """

    lesson_id: str
    question_id: str
    given: tuple[int, ...] | tuple[str, ...]
    count: int


class Estimate(NamedTuple):
    """How sure the learner was of an answer, from 0.5 to 1, and whether it was right. There may be very many."""

    said: float
    right: bool


@dataclass(frozen=True, slots=True)
class Item:
    """The statistics of one question.

    Args:
        lesson_id: The lesson.
        question_id: The question.
        accuracy: How many of its answers were right.
        seconds: The average time of an answer.
        chosen: Each answer, and how often it was given.
    """

    lesson_id: str
    question_id: str
    accuracy: Accuracy
    seconds: float
    chosen: tuple[tuple[tuple[int, ...] | tuple[str, ...], int], ...]


class Statistics:
    """The statistics over all answers in a database.

    Args:
        database: The database of the answers.
        renames: What was renamed.
    """

    def __init__(self, database: Database, renames: GetRenames = nothing_renamed) -> None:
        self._database = database
        self._renames = renames

    def days(self) -> list[Day]:
        """Return every day with a counted answer, the oldest first, by the learner's time zone at that time."""
        rows = self._database.read(
            "SELECT day, answers, min(correct, answers) AS right_ones, milliseconds FROM day_totals ORDER BY day"
        )
        days: dict[date, Day] = {}
        for day, (answers, right, milliseconds) in _in_the_past((day, tuple(totals)) for day, *totals in rows):
            before = days.get(day, Day(day, 0, 0, 0.0))
            days[day] = Day(day, before.answers + answers, before.right + right, before.seconds + milliseconds / 1000)
        return list(days.values())

    def reading(self) -> dict[date, float]:
        """Return the seconds spent reading lessons, by the day on which the reading began."""
        rows = self._database.read(
            "SELECT day, total(max(0, min(CAST(seconds AS REAL), 86400))) AS seconds FROM reading"
            " GROUP BY day ORDER BY day"
        )
        days: dict[date, float] = {}
        seconds: float
        for day, seconds in _in_the_past(rows):
            days[day] = days.get(day, 0.0) + seconds
        return days

    def lessons(self) -> dict[str, Accuracy]:
        """Return the accuracy of the answers to the questions of each lesson, by lesson id."""
        rows = self._database.read(
            "SELECT lesson, question, total(answers) AS answers, total(min(correct, answers)) AS right_ones"
            " FROM answer_totals WHERE question NOT GLOB ? GROUP BY lesson, question",
            (f"{TERM}*",),
        )
        place, found = self._renames().place, dict[str, Accuracy]()
        for kept_lesson, question, count, right in rows:
            lesson = place(kept_lesson, question)[0]
            before = found.get(lesson, Accuracy(0, 0))
            found[lesson] = Accuracy(before.answers + count, before.right + right)
        return found

    def terms(self) -> Accuracy:
        """Return the accuracy of the answers about terms."""
        rows = self._database.read(
            "SELECT total(answers) AS answers, total(min(correct, answers)) AS right_ones FROM answer_totals"
            " WHERE question GLOB ?",
            (f"{TERM}*",),
        )
        return Accuracy(*rows[0])

    def misses(self) -> list[Miss]:
        """Return every wrong answer to a question, the most frequent first."""
        rows = self._database.read(
            "SELECT lesson, question, given, answers - correct AS missed FROM answer_totals"
            " WHERE missed > 0 AND question NOT GLOB ? ORDER BY missed DESC, lesson, question, given",
            (f"{TERM}*",),
        )
        place, counts = self._renames().place, Counter[tuple[str, str, str]]()
        for lesson, question, given, count in rows:
            counts[*place(lesson, question), given] += count
        found = (
            Miss(lesson, question, parse_given(given), count) for (lesson, question, given), count in counts.items()
        )
        return sorted(found, key=lambda miss: -miss.count)

    def passes(self) -> dict[str, datetime]:
        """Return when each exercise in code was passed last, in UTC, by its id."""
        rows = self._database.read(
            "SELECT question, max(at) FROM answers WHERE kind = ? AND correct = 1 GROUP BY question", (CODE,)
        )
        return {question: from_milliseconds(at) for question, at in rows}

    def estimates(self) -> list[Estimate]:
        """Return how sure the learner was of every counted answer with a stated confidence, the oldest first."""
        rows = self._database.read(
            "SELECT confidence, correct = 1 FROM answers WHERE confidence IS NOT NULL AND correct NOTNULL ORDER BY at"
        )
        return [Estimate._make(row) for row in rows if row[0] is not None]

    def items(self) -> list[Item]:
        """Return the statistics of every question that was answered."""
        rows = self._database.read(
            "SELECT lesson, question, given, answers, min(correct, answers) AS right_ones, milliseconds"
            " FROM answer_totals WHERE answers > 0 AND question NOT GLOB ?",
            (f"{TERM}*",),
        )
        grouped: dict[tuple[str, str], list[tuple[str, int, int, int]]] = {}
        place = self._renames().place
        for lesson, question, given, *totals in rows:
            grouped.setdefault(place(lesson, question), []).append((given, *totals))
        return [_item(lesson, question, found) for (lesson, question), found in grouped.items()]


def _in_the_past(days: Iterable[tuple[str, _T]]) -> Iterator[tuple[date, _T]]:
    """Turn the names of days into dates; days that a wrong clock put in the future come last in ``days``.

    What was learnt on such a day counts for the last day before it, or for today if there is none, because it must not
    make a streak longer.
    """
    latest, last = latest_day(), None
    for name, value in days:
        if not name:
            continue
        day = date.fromisoformat(name)
        last = day if day <= latest else last or study_day(clock.utc_now())
        yield last, value


def _item(lesson: str, question: str, found: Sequence[tuple[str, int, int, int]]) -> Item:
    answers = sum(count for _, count, _, _ in found)
    accuracy = Accuracy(answers, sum(right for _, _, right, _ in found))
    chosen = tuple((parse_given(given), count) for given, count, _, _ in found)
    return Item(lesson, question, accuracy, sum(milliseconds for *_, milliseconds in found) / 1000 / answers, chosen)


def streak(days: Sequence[Day], moment: datetime) -> int:
    """Return the number of days in a row with an answer, up to today, or up to yesterday if today has none yet."""
    learnt = {day.day for day in days}
    # A learner who has just flown west may have learnt on a day that is tomorrow here.
    day = max((each for each in learnt if each > study_day(moment)), default=study_day(moment))
    if day not in learnt:
        day -= timedelta(days=1)
    count = 0
    while day in learnt:
        count += 1
        day -= timedelta(days=1)
    return count


def longest_streak(days: Sequence[Day]) -> int:
    """Return the largest number of days in a row with an answer that there ever was."""
    best = run = 0
    before: date | None = None
    for day in days:
        run = run + 1 if before is not None and day.day - before == timedelta(days=1) else 1
        before, best = day.day, max(best, run)
    return best
