"""A question put to the learner: an `Attempt`, recorded in the progress file the moment the answer is locked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from tutor.course.conditions import Facts
from tutor.course.lesson import Question
from tutor.foundation import clock
from tutor.foundation.translate import language
from tutor.progress.records import Answer
from tutor.study.attempt import Attempt, Stage

if TYPE_CHECKING:
    from tutor.progress.records import SavedQuiz
    from tutor.progress.store import ProgressStore

Clock = Callable[[], float]
"""A clock that never runs backwards."""


class Mark(StrEnum):
    """The state of a question in a list of questions."""

    OPEN = "open"
    SKIPPED = "skipped"
    WAITING = "waiting"
    RIGHT = "right"
    WRONG = "wrong"
    UNCOUNTED = "uncounted"


@dataclass(frozen=True, slots=True)
class AttemptContext:
    """Where and how the attempts of a session are recorded.

    Args:
        store: The learner's progress.
        quiz_id: The quiz that they belong to; empty in the text of a lesson.
        quiz: Returns the state of the quiz, which is saved with each answer; None if there is no quiz.
        seconds: Measures how long an answer takes.
    """

    store: ProgressStore
    quiz_id: str = ""
    quiz: Callable[[], SavedQuiz] | None = None
    seconds: Clock = clock.monotonic_seconds


class QuestionAttempt:
    """One recorded attempt at a question.

    Change the draft through `attempt`. Lock and settle it through the methods here, so that it is recorded.

    Args:
        attempt: The attempt.
        context: Where and how it is recorded.
        key: The key of its answer in the store, if it was committed before.
        spent: Seconds spent on it before.
        runs: Ids of the runs that were started for it before.
        retry: Makes a new attempt at the same question; None if the learner cannot try again at once.
    """

    def __init__(
        self,
        attempt: Attempt,
        context: AttemptContext,
        *,
        key: str = "",
        spent: float = 0.0,
        runs: Iterable[str] = (),
        retry: Callable[[], QuestionAttempt] | None = None,
    ) -> None:
        self.attempt = attempt
        self.key = key
        self.runs = tuple(runs)
        self.retry = retry
        self._context = context
        self._spent = spent
        self._seen_at: float | None = None

    @property
    def question(self) -> Question:
        """The question."""
        return self.attempt.question

    @property
    def mark(self) -> Mark:
        """Its state in a list of questions."""
        if self.attempt.stage is Stage.SETTLED:
            verdict = self.attempt.verdict
            return Mark.RIGHT if verdict is not None and verdict.correct else Mark.WRONG
        return {
            Stage.WAITING: Mark.WAITING,
            Stage.DEFERRED: Mark.WAITING,
            Stage.UNCOUNTED: Mark.UNCOUNTED,
        }.get(self.attempt.stage, Mark.OPEN)

    @property
    def seconds(self) -> float:
        """Seconds for which the learner saw the question before the answer was locked."""
        running = 0.0 if self._seen_at is None else self._context.seconds() - self._seen_at
        return self._spent + running

    @property
    def worked_on(self) -> bool:
        """Whether its time is running."""
        return self._seen_at is not None

    def seen(self) -> None:
        """Start its time: the learner sees the question from now on."""
        if self._seen_at is None and not self.attempt.locked:
            self._seen_at = self._context.seconds()

    def left(self) -> None:
        """Stop its time: the learner looks elsewhere."""
        self._spent, self._seen_at = self.seconds, None

    def commit(self) -> bool:
        """Submit the answer and record it at once. Returns whether that was possible.

        A miss with another try is an answer of its own, with its own time. So statistics, review and misconceptions
        count it, and the second answer too.
        """
        hints = self.attempt.hints_shown
        if not self.attempt.commit():
            return False
        return self._remember() if self.attempt.locked else self._remember_miss(hints)

    def give_up(self) -> bool:
        """Ask for the answer, which counts as not known. Returns whether that was possible."""
        return self.attempt.give_up() and self._remember()

    def _remember(self) -> bool:
        self.left()
        answer = self._as_answer()
        self.key = answer.key
        quiz = self._context.quiz
        self._context.store.record_answer(answer, quiz() if quiz is not None else None)
        return True

    def _remember_miss(self, hints: int) -> bool:
        """Record a miss; ``hints`` were shown before it. The hint that follows it helps with the next answer."""
        going, missed = self.worked_on, self.attempt.missed
        self.left()
        if missed is not None:
            answer = replace(self._as_answer(), correct=False, score=missed.verdict.score, hints=hints)
            quiz = self._context.quiz
            self._context.store.record_answer(answer, quiz() if quiz is not None else None)
        self._spent = 0.0
        if going:
            self.seen()
        return True

    def follow(self, runs: Iterable[str]) -> None:
        """Save which runs will decide the prediction, so that a later session joins them."""
        self.runs = tuple(runs)
        self._save_quiz()

    def settle(self, facts: Facts) -> bool:
        """Let the finished runs decide, and record the verdict. Returns whether the attempt waited for them.

        If they do not report a fact that the question depends on, the prediction is not counted.

        Args:
            facts: What the runs report; see `tutor.study.predictions.facts_of_runs`.
        """
        if not self.attempt.settle(facts):
            return False
        verdict = self.attempt.verdict
        if verdict is not None:
            store = self._context.store
            store.settle_answer(self.key, correct=verdict.correct, score=verdict.score, runs=self.runs)
        self._save_quiz()
        return True

    def reveal(self) -> bool:
        """Give the verdict that waited for the end of the lesson, and record it. Returns whether one waited."""
        if self.attempt.stage is not Stage.DEFERRED or not self.attempt.settle(None):
            return False
        verdict = self.attempt.verdict
        if verdict is not None:
            self._context.store.settle_answer(self.key, correct=verdict.correct, score=verdict.score)
        return True

    def cannot_run(self, reason: str) -> bool:
        """Do not count the prediction, because its run is not available. Returns whether the attempt waited for it."""
        if not self.attempt.cannot_run(reason):
            return False
        self._save_quiz()
        return True

    def set_unsure(self, unsure: bool) -> None:
        """Note whether the learner was unsure; this is possible before and after the answer is locked."""
        self.attempt.unsure = unsure
        if self.key:
            self._context.store.mark_unsure(self.key, unsure)
            self._save_quiz()

    def _save_quiz(self) -> None:
        if self._context.quiz is not None:
            self._context.store.save_quiz(self._context.quiz())

    def _as_answer(self) -> Answer:
        attempt = self.attempt
        verdict = attempt.verdict
        again = attempt.missed is not None and attempt.locked
        return Answer(
            lesson_id=self.question.lesson_id,
            question_id=self.question.id,
            kind=self.question.kind,
            given=attempt.given(),
            correct=None if verdict is None else verdict.correct,
            score=0.0 if verdict is None else verdict.score,
            unsure=attempt.unsure,
            confidence=None if attempt.given_up or again else attempt.confidence,
            hints=max(attempt.hints_shown, int(again)),  # what a miss tells helps as a hint does
            seconds=round(self.seconds, 3),
            language=language(),
            seed=attempt.seed,
            quiz_id=self._context.quiz_id,
        )


@dataclass(frozen=True, slots=True)
class Score:
    """How many questions there are, by their marks.

    Args:
        total: All questions.
        right: Answered correctly.
        wrong: Answered, but not correctly.
        skipped: Put off.
        uncounted: Predictions whose run was not available.
        open: Not answered yet, or waiting for a run.
    """

    total: int = 0
    right: int = 0
    wrong: int = 0
    skipped: int = 0
    uncounted: int = 0
    open: int = 0

    @property
    def counted(self) -> int:
        """Questions with a verdict."""
        return self.right + self.wrong

    @property
    def fraction(self) -> float:
        """The fraction of correct answers among questions with a verdict, from 0 to 1; 0 if there are none."""
        return self.right / self.counted if self.counted else 0.0


def score_of(marks: Iterable[Mark]) -> Score:
    """Count ``marks``."""
    each = list(marks)
    return Score(
        total=len(each),
        right=each.count(Mark.RIGHT),
        wrong=each.count(Mark.WRONG),
        skipped=each.count(Mark.SKIPPED),
        uncounted=each.count(Mark.UNCOUNTED),
        open=each.count(Mark.OPEN) + each.count(Mark.WAITING),
    )
