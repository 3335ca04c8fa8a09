"""What all answers together say: by day, by lesson, what was missed, how sure one was.

Each is one query, over the totals that the database keeps where there can be many answers: see `tutor.progress.schema`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from tutor.foundation import clock
from tutor.progress.cards import TERM
from tutor.progress.records import given_in
from tutor.progress.scheduling import latest_day, study_day

if TYPE_CHECKING:
    from tutor.progress.database import Database

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Day:
    """One day of learning.

    Args:
        day: Which, as `study_day` counts.
        answers: Counted answers.
        right: Those that were right.
        seconds: Spent on answering.
    """

    day: date
    answers: int
    right: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some answers were right."""

    answers: int
    right: int

    @property
    def fraction(self) -> float:
        """From 0 to 1; 0 where there are none."""
        return self.right / self.answers if self.answers else 0.0


@dataclass(frozen=True, slots=True)
class Miss:
    """An answer that was wrong, and how often it was given.

    Args:
        lesson_id: The lesson.
        question_id: The question.
        given: The options, by their index in the file; or texts.
        count: How often.
    """

    lesson_id: str
    question_id: str
    given: tuple[int, ...] | tuple[str, ...]
    count: int


class Estimate(NamedTuple):
    """How sure a learner was of an answer, from 0.5 to 1, and whether it was right. There may be very many."""

    said: float
    right: bool


@dataclass(frozen=True, slots=True)
class Item:
    """What happened to a question.

    Args:
        lesson_id: The lesson.
        question_id: The question.
        share: Its answers.
        seconds: How long one took on average.
        chosen: How often each answer was given.
    """

    lesson_id: str
    question_id: str
    share: Share
    seconds: float
    chosen: tuple[tuple[tuple[int, ...] | tuple[str, ...], int], ...]


class Statistics:
    """See the module.

    Args:
        database: Where the answers are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def days(self) -> list[Day]:
        """Every day with a counted answer, the oldest first, as it was called where the answer was given."""
        rows = self._database.read(
            "SELECT day, answers, min(correct, answers) AS right_ones, milliseconds FROM day_totals ORDER BY day"
        )
        days: dict[date, Day] = {}
        for day, (answers, right, milliseconds) in _in_the_past((day, tuple(totals)) for day, *totals in rows):
            before = days.get(day, Day(day, 0, 0, 0.0))
            days[day] = Day(day, before.answers + answers, before.right + right, before.seconds + milliseconds / 1000)
        return list(days.values())

    def reading(self) -> dict[date, float]:
        """Seconds spent on reading lessons, by the day on which one began to."""
        rows = self._database.read(
            "SELECT day, total(max(0, min(CAST(seconds AS REAL), 86400))) AS seconds FROM reading"
            " GROUP BY day ORDER BY day"
        )
        days: dict[date, float] = {}
        seconds: float
        for day, seconds in _in_the_past(rows):
            days[day] = days.get(day, 0.0) + seconds
        return days

    def lessons(self) -> dict[str, Share]:
        """How many answers to the questions of each lesson were right."""
        rows = self._database.read(
            "SELECT lesson, total(answers) AS answers, total(min(correct, answers)) AS right_ones FROM answer_totals"
            " WHERE question NOT GLOB ? GROUP BY lesson",
            (f"{TERM}*",),
        )
        return {lesson: Share(count, right) for lesson, count, right in rows}

    def terms(self) -> Share:
        """How many answers about terms were right."""
        rows = self._database.read(
            "SELECT total(answers) AS answers, total(min(correct, answers)) AS right_ones FROM answer_totals"
            " WHERE question GLOB ?",
            (f"{TERM}*",),
        )
        return Share(*rows[0])

    def misses(self) -> list[Miss]:
        """Every wrong answer to a question, the one given most often first."""
        rows = self._database.read(
            "SELECT lesson, question, given, answers - correct AS missed FROM answer_totals"
            " WHERE missed > 0 AND question NOT GLOB ? ORDER BY missed DESC, lesson, question, given",
            (f"{TERM}*",),
        )
        return [Miss(lesson, question, given_in(given), count) for lesson, question, given, count in rows]

    def estimates(self) -> list[Estimate]:
        """Every counted answer of which the learner said how sure it was, the oldest first."""
        rows = self._database.read(
            "SELECT confidence, correct = 1 FROM answers WHERE confidence IS NOT NULL AND correct NOTNULL ORDER BY at"
        )
        return [Estimate._make(row) for row in rows if row[0] is not None]

    def items(self) -> list[Item]:
        """Every question that was answered, with what was answered how often."""
        rows = self._database.read(
            "SELECT lesson, question, given, answers, min(correct, answers) AS right_ones, milliseconds"
            " FROM answer_totals WHERE answers > 0 AND question NOT GLOB ?",
            (f"{TERM}*",),
        )
        grouped: dict[tuple[str, str], list[tuple[str, int, int, int]]] = {}
        for lesson, question, given, *totals in rows:
            grouped.setdefault((lesson, question), []).append((given, *totals))
        return [_item(lesson, question, found) for (lesson, question), found in grouped.items()]


def _in_the_past(days: Iterable[tuple[str, _T]]) -> Iterator[tuple[date, _T]]:
    """Pairs of a day's name and something, the day as a date; days that a wrong clock put in the future come last.

    What was learnt on such a day counts for the last one before it, or for today if there is none: it was learnt on
    some day, and must not make a row of days longer.
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
    share = Share(answers, sum(right for _, _, right, _ in found))
    chosen = tuple((given_in(given), count) for given, count, _, _ in found)
    return Item(lesson, question, share, sum(milliseconds for *_, milliseconds in found) / 1000 / answers, chosen)


def streak(days: Sequence[Day], moment: datetime) -> int:
    """Days in a row with an answer up to today, or up to yesterday while today has none yet."""
    learnt = {day.day for day in days}
    # Who has just flown west has learnt on what is tomorrow here.
    day = max((each for each in learnt if each > study_day(moment)), default=study_day(moment))
    if day not in learnt:
        day -= timedelta(days=1)
    count = 0
    while day in learnt:
        count += 1
        day -= timedelta(days=1)
    return count


def longest_streak(days: Sequence[Day]) -> int:
    """The most days in a row with an answer there ever were."""
    best = run = 0
    before: date | None = None
    for day in days:
        run = run + 1 if before is not None and day.day - before == timedelta(days=1) else 1
        before, best = day.day, max(best, run)
    return best
