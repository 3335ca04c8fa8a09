"""An exam on a lesson: every question, no feedback until the learner hands in, then a score and each question again.

Answers stay drafts until then, so the learner can go back and forth, change them, and flag questions to look at again.
Leaving the exam saves the drafts, the flags and the time used; the clock stands still until it is resumed. Questions
whose answer a run decides are left out, because the run would be feedback.

Whoever passes has tested out of the lesson: the course map shows it, and the lesson's terms come up in reviews.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from tutor.foundation import clock
from tutor.progress.cards import Side, term_key
from tutor.progress.records import EXAM_PREFIX, SavedQuiz, new_key, now
from tutor.study.attempt import Attempt, attempt_state, restore_attempt
from tutor.study.question_attempt import AttemptContext, Clock, Mark, QuestionAttempt, Score, score_of
from tutor.study.question_series import QuestionSeries, left_in_the_middle
from tutor.study.quiz_session import LONGEST, SEEDS, entries_in, new_seed, with_ids_of_today
from tutor.study.siblings import longest_ago

if TYPE_CHECKING:
    from tutor.course.lesson import Lesson, Question
    from tutor.progress.store import ProgressStore

PASS: Final = 0.8
"""The fraction of correct answers that is needed to test out of the lesson."""


def exam_questions(lesson: Lesson) -> tuple[Question, ...]:
    """The questions of a lesson that an exam can ask: all but predictions."""
    return tuple(question for question in lesson.questions if not question.predicts)


class ExamSession(QuestionSeries):
    """One exam. Make it with `ExamSession.start`, which resumes one that was left.

    Args:
        lesson: The lesson.
        store: The learner's progress.
        minutes: The time limit; None for none.
        seed: Decides the order of questions and options, and drawn numbers.
        seconds: Measures how long the exam and each answer take.
        saved: The exam to resume.
    """

    def __init__(
        self,
        lesson: Lesson,
        store: ProgressStore,
        *,
        minutes: float | None = None,
        seed: int | None = None,
        seconds: Clock = clock.monotonic_seconds,
        saved: SavedQuiz | None = None,
    ) -> None:
        super().__init__()
        self.lesson_id = lesson.id
        self.quiz_id = saved.quiz_id if saved is not None else new_key()
        self.seed = saved.seed if saved is not None else new_seed() if seed is None else seed
        self.limit = None if minutes is None else 60 * minutes
        """Seconds until the exam hands itself in; None for no limit."""
        self.handed_in = False
        self.flagged: set[str] = set()
        """The ids of questions that the learner wants to look at again."""
        self.resumed = saved is not None
        self._store = store
        self._terms = tuple(term.id for term in lesson.terms)
        self._started: datetime = saved.started if saved is not None else now()
        self._seconds = seconds
        self._spent = 0.0
        self._running_since: float | None = seconds()
        self._context = AttemptContext(store, self.quiz_id, self.saved, seconds)
        if saved is not None:
            self._restore(lesson, saved)
        else:
            family = (*lesson.questions, *lesson.variants)
            chosen = [longest_ago(each, family, store) for each in exam_questions(lesson)]
            random.Random(self.seed).shuffle(chosen)  # noqa: S311 - a shuffle
            self._asked = [self._fresh(question) for question in chosen]
            self._at = 0 if self._asked else None
        self._see()

    @classmethod
    def start(
        cls,
        lesson: Lesson,
        store: ProgressStore,
        *,
        minutes: float | None = None,
        seed: int | None = None,
        fresh: bool = False,
        seconds: Clock = clock.monotonic_seconds,
    ) -> ExamSession:
        """The exam on ``lesson`` that was left in the middle, else a new one; always a new one if ``fresh``.

        An exam that is resumed keeps the time limit that it was begun with.
        """
        saved = left_in_the_middle(store, f"{EXAM_PREFIX}{lesson.id}", fresh=fresh)
        session = cls(lesson, store, minutes=minutes, seed=seed, seconds=seconds, saved=saved)
        store.set_question_count(lesson.id, lesson.task_count)
        if any(exercise.attempt.locked for exercise in session._asked):
            session.hand_in()  # it was interrupted while it was handed in
        return session

    # -- where one is ------------------------------------------------------------------------------------

    @property
    def unanswered(self) -> tuple[int, ...]:
        """The numbers, from 1, of the questions without an answer."""
        return tuple(number for number, each in enumerate(self._asked, 1) if not each.attempt.answered)

    @property
    def begun(self) -> bool:
        """Whether the learner has done anything yet."""
        drafts = (each.attempt for each in self._asked)
        return self.handed_in or bool(self.flagged) or any(each.answered or each.can_undo for each in drafts)

    # -- time --------------------------------------------------------------------------------------------

    @property
    def seconds(self) -> float:
        """Seconds used, without those while the exam was left."""
        running = 0.0 if self._running_since is None else self._seconds() - self._running_since
        return self._spent + running

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the time is up, at least 0; None without a limit."""
        return None if self.limit is None else max(0.0, self.limit - self.seconds)

    @property
    def time_is_up(self) -> bool:
        """Whether the limit has passed."""
        return self.seconds_left == 0.0

    # -- how it stands -----------------------------------------------------------------------------------

    @property
    def score(self) -> Score:
        """The score; nothing counts before the exam is handed in."""
        return score_of(each.mark for each in self._asked)

    @property
    def passed(self) -> bool:
        """Whether it was handed in with at least `PASS` of the answers correct."""
        return self.handed_in and self.count > 0 and self.score.right >= PASS * self.count

    # -- moving ------------------------------------------------------------------------------------------

    def next(self) -> QuestionAttempt | None:
        """On to the next question; after the last one, to the overview."""
        return self._go(None if self._at is None or self._at + 1 >= self.count else self._at + 1)

    def back(self) -> QuestionAttempt | None:
        """To the question before; from the overview to the last one."""
        return self._go(max(0, self.number - 2) if self._at is not None else self.count - 1)

    def go(self, number: int) -> QuestionAttempt | None:
        """To a question by its number from 1, if there is such a one."""
        return self._go(number - 1) if 1 <= number <= self.count else self.current

    def overview(self) -> None:
        """Show all questions."""
        self._go(None)

    def flag(self) -> bool:
        """Flag the current question, or take the flag away. Returns whether it is flagged now."""
        if self.current is None or self.handed_in:
            return False
        self.flagged ^= {self.current.question.id}
        self._save()
        return self.current.question.id in self.flagged

    def hand_in(self) -> None:
        """Grade and record every answer. What was not answered counts as wrong."""
        if self.handed_in:
            return
        self._go(None)
        for exercise in self._asked:
            attempt = exercise.attempt
            if not attempt.locked and not (attempt.answered and exercise.commit()):
                attempt.unanswered = True
                exercise.give_up()
        self.handed_in = True
        self._stop()
        if self.passed:
            keys = [term_key(term, Side.MEANING) for term in self._terms]
            self._store.cards.see(keys, self.lesson_id, now(), tomorrow=True)
        self._save()

    def translate(self, lesson: Lesson) -> None:
        """Go on in another language; a question that is missing there stays as it is."""
        questions = {question.id: question for question in lesson.every_question}
        for exercise in self._asked:
            if (question := questions.get(exercise.question.id)) is not None:
                exercise.attempt.translate(question)

    def leave(self) -> None:
        """The learner goes away: everything is saved, and the clock stops."""
        if self.current is not None:
            self.current.left()
        self._stop()
        if self.begun and not self.handed_in:
            self._save()

    # -- inside ------------------------------------------------------------------------------------------

    def _fresh(self, question: Question) -> QuestionAttempt:
        seed = random.Random(f"{self.seed} {question.id}").randrange(SEEDS)  # noqa: S311 - a shuffle
        return QuestionAttempt(Attempt(question, seed, hints=False), self._context)

    def _go(self, at: int | None) -> QuestionAttempt | None:
        if self.current is not None:
            self.current.left()
        self._at = at
        self._see()
        if not self.handed_in:
            self._save()
        return self.current

    def _see(self) -> None:
        if self.current is not None:
            self.current.seen()

    def _stop(self) -> None:
        self._spent, self._running_since = self.seconds, None

    def _save(self) -> None:
        self._store.save_quiz(self.saved())

    def saved(self) -> SavedQuiz:
        """The exam as it is now, as it is remembered."""
        state: dict[str, object] = {
            "at": self.current.question.id if self.current is not None else None,
            "limit": self.limit,
            "spent": round(self.seconds, 3),
            "flags": sorted(self.flagged),
            "asked": [
                {
                    "id": each.question.id, "key": each.key, "spent": round(each.seconds, 3),
                    "attempt": attempt_state(each.attempt),
                }
                for each in self._asked
            ],
        }  # fmt: skip
        if self.handed_in:
            score = self.score
            state |= {"right": score.right, "count": self.count, "passed": self.passed}
        scope = f"{EXAM_PREFIX}{self.lesson_id}"
        return SavedQuiz(self.quiz_id, scope, self.lesson_id, self.seed, state, self._started, self.handed_in)

    def _restore(self, lesson: Lesson, saved: SavedQuiz) -> None:
        state = with_ids_of_today(saved.state, partial(self._store.renames().key, saved.lesson_id))
        questions = {question.id: question for question in lesson.every_question if not question.predicts}
        entries = entries_in(state.get("asked"))
        self._asked = [self._remembered(questions[each], entry) for each, entry in entries.items() if each in questions]
        flags = state.get("flags")
        self.flagged = {each for each in flags if each in questions} if isinstance(flags, list) else set()
        self.limit = _seconds_in(state.get("limit"))
        self._spent = _seconds_in(state.get("spent")) or 0.0
        self._return_to(state.get("at"))

    def _remembered(self, question: Question, entry: Mapping[str, object]) -> QuestionAttempt:
        state, key = entry.get("attempt"), entry.get("key")
        attempt = restore_attempt(question, state, hints=False) if isinstance(state, dict) else None
        if attempt is None:
            return self._fresh(question)
        attempt.unanswered = attempt.given_up
        spent = _seconds_in(entry.get("spent")) or 0.0
        return QuestionAttempt(attempt, self._context, key=key if isinstance(key, str) else "", spent=spent)


def _seconds_in(value: object) -> float | None:
    """A time of a saved exam, or None if it is impossible."""
    return float(value) if isinstance(value, int | float) and 0 <= value < LONGEST else None


def to_look_at(session: ExamSession) -> Sequence[int]:
    """The numbers, from 1, of the questions that are flagged or not answered, or after handing in those not right."""
    wrong = (number for number, each in enumerate(session.exercises, 1) if each.mark is not Mark.RIGHT)
    if session.handed_in:
        return tuple(wrong)
    flagged = (n for n, each in enumerate(session.exercises, 1) if each.question.id in session.flagged)
    return tuple(sorted({*flagged, *session.unanswered}))
