"""Answers, reading positions and quizzes as values. Nothing here knows how they are saved."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from tutor.foundation import clock

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_T = TypeVar("_T")

EXAM_PREFIX: Final = "exam:"
"""The scope of an exam on a lesson begins with this; the id of the lesson follows."""

CODE: Final = "code"
"""The kind of an answer that is a program: an answer to an exercise."""
SOLUTION_SEEN: Final = "solution"
"""What such an answer stores if the learner asked for the solution, which counts as not known."""

Given = tuple[int, ...] | tuple[str, ...]
"""An answer: indices of options in the lesson file (chosen ones, or all in order), or texts (blanks, a number)."""


def new_key() -> str:
    """Return a unique key. Because of it, a write that is repeated after a failure is stored only once."""
    return os.urandom(8).hex()


def now() -> datetime:
    """Return the current time, to the millisecond in which it is saved."""
    moment = clock.utc_now()
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def to_milliseconds(moment: datetime) -> int:
    """Return milliseconds since 1970 in UTC."""
    return round(moment.timestamp() * 1000)


def from_milliseconds(milliseconds: int) -> datetime:
    """Return the moment in UTC."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def parse_json(text: str, kind: type[_T]) -> _T:
    """Return the value of JSON text; an empty ``kind`` if the text is damaged or its value is of another type.

    Half a surrogate pair, which JSON can express but UTF-8 cannot, becomes ``?``.
    """
    try:
        value = json.loads(text)
        if "\\u" in text:
            value = json.loads(json.dumps(value, ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError):
        return kind()
    return value if isinstance(value, kind) else kind()


def parse_given(text: str) -> Given:
    """Return an answer from the JSON that is saved; empty if it is neither all indices nor all texts."""
    value = parse_json(text, list)
    if all(type(each) is int for each in value) or all(type(each) is str for each in value):
        return tuple(value)
    return ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one question, as it was given.

    Args:
        lesson_id: The lesson of the question.
        question_id: The question.
        kind: The type that the question had when it was answered.
        given: The answer; its indices count the options in the order of the lesson file, not as shuffled.
        correct: Whether it was right; None for a prediction whose run has not decided it yet, which is not counted.
        score: Partial credit from 0 to 1.
        unsure: Whether the learner was unsure, or the answer was graded as unsure.
        confidence: How probable the learner thought it was to be right, from 0.5 to 1; None if not asked.
        hints: How many hints were shown before the answer.
        seconds: The time from seeing the question to answering it.
        language: The language of the question's text.
        seed: The seed that shuffled the options.
        quiz_id: The quiz that it belongs to; empty for a question inside a lesson.
        runs: The ids of the runs that it predicted.
        at: When it was given, in UTC.
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
        block: The index of the lesson's block at the top of the screen.
        within: How far into that block, from 0 to 1.
        anchor: The section it is in, which finds the place again in an edited text; may be empty.
    """

    block: int = 0
    within: float = 0.0
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class LessonState:
    """How far a learner is with one lesson.

    Args:
        read_fraction: The furthest place that was read, from 0 to 1.
        questions_right: How many questions were right in their last counted answer.
        questions_answered: How many questions have a counted answer.
        questions_total: How many questions the lesson had when it was last opened; 0 if it never was.
        wrong_ids: The questions whose last counted answer is wrong.
        unsure_ids: The questions whose last counted answer is right, but unsure.
        tested_out: Whether an exam on it was passed.
    """

    read_fraction: float = 0.0
    questions_right: int = 0
    questions_answered: int = 0
    questions_total: int = 0
    wrong_ids: frozenset[str] = frozenset()
    unsure_ids: frozenset[str] = frozenset()
    tested_out: bool = False

    @property
    def finished(self) -> bool:
        """Whether the lesson is read to its end and every question is answered, or an exam on it was passed."""
        read = self.read_fraction >= 0.999 and self.questions_answered >= self.questions_total
        return read or self.tested_out

    @property
    def begun(self) -> bool:
        """Whether anything was read or answered."""
        return self.read_fraction > 0 or self.questions_answered > 0

    @property
    def questions_counted(self) -> int:
        """How many questions a score is out of: a lesson that has lost questions keeps their answers."""
        return max(self.questions_total, self.questions_answered)

    @property
    def progress(self) -> float:
        """The progress from 0 to 1: half of it is reading, half answering."""
        if self.tested_out:
            return 1.0
        if not self.questions_total:
            return self.read_fraction
        return (self.read_fraction + min(1.0, self.questions_answered / self.questions_total)) / 2


@dataclass(frozen=True, slots=True)
class SavedQuiz:
    """An unfinished quiz, with all that is needed to go on with it tomorrow.

    Args:
        quiz_id: Its key, which its answers name.
        scope: What it asks, such as ``lesson:softmax``; the newest unfinished quiz of a scope is the one resumed.
        lesson_id: The lesson; empty if the quiz spans several.
        seed: The seed that shuffles everything in it.
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
