"""What is remembered, as values: nothing here knows how it is kept."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from tutor.foundation import clock

_T = TypeVar("_T")

Given = tuple[int, ...] | tuple[str, ...]
"""What was answered: original option indices (chosen or in order), or texts (blanks, a number)."""


def new_key() -> str:
    """A key that no other answer or quiz has: a write repeated after a fault is still one write."""
    return os.urandom(8).hex()


def now() -> datetime:
    """The present moment to the millisecond, which is what is kept."""
    moment = clock.utc_now()
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def to_milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970 in UTC."""
    return round(moment.timestamp() * 1000)


def from_milliseconds(milliseconds: int) -> datetime:
    """The moment, in UTC."""
    seconds, rest = divmod(milliseconds, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)


def value_in(text: str, kind: type[_T]) -> _T:
    """What JSON says; an empty ``kind`` if a hand or a bad disk has made something else of it.

    Half a pair of surrogates, which JSON can write and no file can hold, becomes ``?``.
    """
    try:
        value = json.loads(text)
        if "\\u" in text:
            value = json.loads(json.dumps(value, ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError):
        return kind()
    return value if isinstance(value, kind) else kind()


def given_in(text: str) -> Given:
    """What was answered, from the JSON that is kept; nothing if it is neither all indices nor all texts."""
    value = value_in(text, list)
    if all(type(each) is int for each in value) or all(type(each) is str for each in value):
        return tuple(value)
    return ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one question, as it was given.

    Args:
        lesson_id: The lesson of the question.
        question_id: The question.
        kind: The question's kind when it was answered.
        given: What was answered, in terms of the lesson file's order, not of the shuffled one.
        correct: Whether it was right; None while a prediction waits for its run, and for ever if the run
            could not be had. Such an answer is not counted.
        score: Partial credit from 0 to 1.
        unsure: The learner said so, or it was settled so.
        confidence: What the learner gave for being right, from 0.5 to 1; None where it was not asked.
        hints: How many hints were shown before the answer.
        seconds: From seeing the question to answering it.
        language: The language of the text that was answered.
        seed: What the options were shuffled by.
        quiz_id: The quiz it belongs to; empty in the text of a lesson.
        runs: Ids of the runs that were predicted.
        at: When, in UTC.
        key: Unique for ever.
    """

    lesson_id: str
    question_id: str
    kind: str
    given: Given
    correct: bool | None
    score: float = 0.0
    unsure: bool = False
    confidence: float | None = None
    hints: int = 0
    seconds: float = 0.0
    language: str = "en"
    seed: int = 0
    quiz_id: str = ""
    runs: tuple[str, ...] = ()
    at: datetime = field(default_factory=now)
    key: str = field(default_factory=new_key)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a reader is in a lesson.

    Args:
        block: Index of the lesson's block at the top of the screen.
        within: How far into that block, from 0 to 1.
        anchor: The section it lies in, to find the place again in an edited text; may be empty.
    """

    block: int = 0
    within: float = 0.0
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class LessonState:
    """How far a learner is with one lesson.

    Args:
        read_fraction: The furthest that was read, from 0 to 1.
        questions_right: Questions whose last counted answer was right.
        questions_answered: Questions with a counted answer.
        questions_total: Questions the lesson had when it was last opened; 0 if it never was.
        wrong_ids: Questions whose last counted answer was wrong.
        unsure_ids: Questions answered right, but unsurely.
    """

    read_fraction: float = 0.0
    questions_right: int = 0
    questions_answered: int = 0
    questions_total: int = 0
    wrong_ids: frozenset[str] = frozenset()
    unsure_ids: frozenset[str] = frozenset()

    @property
    def finished(self) -> bool:
        """Read to the end, every question answered."""
        return self.read_fraction >= 0.999 and self.questions_answered >= self.questions_total

    @property
    def begun(self) -> bool:
        """Whether anything was read or answered."""
        return self.read_fraction > 0 or self.questions_answered > 0


@dataclass(frozen=True, slots=True)
class SavedQuiz:
    """A quiz under way, enough to go on with it tomorrow.

    Args:
        quiz_id: Its key; answers name it.
        scope: What is asked, such as ``lesson:softmax``: the quiz resumed is the newest open one of its scope.
        lesson_id: The lesson, or empty where the quiz spans several.
        seed: What everything in it is shuffled by.
        state: What `tutor.study` needs to go on, as JSON values.
        started: When it began, in UTC.
        finished: Whether its summary was reached.
    """

    quiz_id: str
    scope: str
    lesson_id: str
    seed: int
    state: dict[str, object]
    started: datetime = field(default_factory=now)
    finished: bool = False
