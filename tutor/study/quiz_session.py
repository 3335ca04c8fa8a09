"""A quiz: one question at a time, in rounds. It can be left at any moment and is there again tomorrow.

The first round asks what `tutor.study.quiz_choice` chooses; each further one only what is still wrong, in the form of
another variant if there is one. A question that is skipped comes back once the others are done.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING

from tutor.course.lesson import Question
from tutor.foundation import clock
from tutor.progress.records import SavedQuiz, new_key, now
from tutor.study.attempt import TRIES, Attempt, attempt_state, restore_attempt
from tutor.study.question_attempt import AttemptContext, Clock, Mark, QuestionAttempt, Score, score_of
from tutor.study.question_series import QuestionSeries, left_in_the_middle
from tutor.study.quiz_choice import QuizChoice, choose
from tutor.study.siblings import longest_ago

if TYPE_CHECKING:
    from tutor.progress.store import ProgressStore

SEEDS = 2**31
LONGEST = 1e6
"""Seconds that a question can have taken, eleven days; a kept quiz that says more was damaged."""


def new_seed() -> int:
    """A seed that no one chose."""
    return random.SystemRandom().randrange(SEEDS)


class QuizSession(QuestionSeries):
    """See the module. Use `QuizSession.start`, which resumes where there is something to resume.

    Args:
        questions: What is asked, in order.
        store: The learner's memory.
        scope: What is asked, such as ``lesson:softmax``; the same scope resumes.
        lesson_id: The lesson, where it is one.
        seed: Decides every shuffle of the quiz.
        seconds: Measures how long answers take.
        quiz_id: Its key in the memory; a new one where empty.
        siblings: The questions that may be asked in place of those, when they are asked again.
        known: The ids of the questions of the lesson that are not asked, because they are known.
    """

    def __init__(
        self,
        questions: Sequence[Question],
        store: ProgressStore,
        *,
        scope: str,
        lesson_id: str = "",
        seed: int,
        seconds: Clock = clock.monotonic_seconds,
        quiz_id: str = "",
        siblings: Sequence[Question] = (),
        known: Iterable[str] = (),
    ) -> None:
        super().__init__()
        self.scope = scope
        self.lesson_id = lesson_id
        self.seed = seed
        self.quiz_id = quiz_id or new_key()
        self.round = 1
        self.known = frozenset(known)
        """The questions of the lesson that are not asked, because they are known."""
        self._questions = {question.id: question for question in questions}
        self._siblings = {question.id: question for question in (*siblings, *questions)}
        self._started: datetime = now()
        self._first_marks: dict[str, Mark] = {}
        self._marks: dict[str, Mark] = {}
        self._keeping = AttemptContext(store, self.quiz_id, self.saved, seconds)
        self._store = store
        self._skipped: set[str] = set()
        self._ask(list(self._questions))

    @classmethod
    def start(
        cls,
        questions: Sequence[Question],
        store: ProgressStore,
        *,
        variants: Sequence[Question] = (),
        scope: str,
        lesson_id: str = "",
        seed: int | None = None,
        fresh: bool = False,
        task_count: int = 0,
        seconds: Clock = clock.monotonic_seconds,
    ) -> QuizSession:
        """The quiz of ``scope`` that was left in the middle, else a new one; a new one of everything if ``fresh``.

        Of a question with variants, one that was answered longest ago is asked; a quiz that was left goes on with the
        one that it asked. Questions that are known are skipped if the quiz is one of a lesson. ``task_count`` says how
        many questions and exercises that lesson has, for the course map.
        """
        saved = left_in_the_middle(store, scope, fresh=fresh)
        if saved is not None:
            known = _known_in(saved, store)
            chosen = QuizChoice(tuple(each for each in questions if each.id not in known), known)
        elif fresh or not lesson_id:
            chosen = QuizChoice(tuple(questions))
        else:
            chosen = choose(questions, variants, store.newest_answers(lesson_id))
        begun = _ids_in(saved, store) if saved is not None else ()
        asked = [_begun(each, variants, begun) or longest_ago(each, variants, store) for each in chosen.asked]
        session = cls(
            asked, store, scope=scope, lesson_id=lesson_id, seconds=seconds,
            seed=saved.seed if saved else new_seed() if seed is None else seed,
            quiz_id=saved.quiz_id if saved else "", siblings=(*questions, *variants), known=chosen.known,
        )  # fmt: skip
        if saved is not None:
            session._restore(saved)
        elif lesson_id:
            store.set_question_count(lesson_id, task_count or len(questions))
        return session

    # -- where one is ------------------------------------------------------------------------------------

    @property
    def over(self) -> bool:
        """Whether this round has nothing more to ask, but for what was skipped."""
        return self._at is None

    @property
    def begun(self) -> bool:
        """Whether anything was answered."""
        return self.round > 1 or any(each.attempt.locked or each.attempt.missed is not None for each in self._asked)

    # -- how it stands -----------------------------------------------------------------------------------

    def mark(self, question_id: str) -> Mark:
        """How a question stands: in this round, or in the last one that asked it."""
        for exercise in self._asked:
            if exercise.question.id == question_id:
                skipped = question_id in self._skipped and exercise.mark is Mark.OPEN
                return Mark.SKIPPED if skipped else exercise.mark
        return self._marks.get(question_id, Mark.OPEN)

    @property
    def score(self) -> Score:
        """Of this round."""
        return score_of(self.mark(exercise.question.id) for exercise in self._asked)

    @property
    def first_score(self) -> Score:
        """Of the first round: what was known in the end of it."""
        return self.score if self.round == 1 else score_of(self._first_marks.values())

    @property
    def first_tries(self) -> int:
        """Questions of this round that were right at once, without a miss before."""
        return sum(each.mark is Mark.RIGHT and each.attempt.missed is None for each in self._asked)

    @property
    def whole_score(self) -> Score:
        """Of all questions as they stand now, whatever round it took."""
        return score_of(self.mark(each) for each in self._questions)

    @cached_property
    def last_score(self) -> Score | None:
        """Of the first round of the quiz before this one; None if there is none, or nothing was answered in it."""
        saved = self._store.finished_quiz(self.scope, self.quiz_id)
        if saved is None:
            return None
        first = saved.state.get("first")
        if not isinstance(first, dict) or not first:  # it had one round alone
            answers = self._store.answers(quiz_id=saved.quiz_id)
            counted = {each.question_id: each.correct for each in answers if each.correct is not None}
            if len(counted) < len(entries_in(saved.state.get("asked"))):
                return None  # it was given up for a new one
            return score_of(Mark.RIGHT if right else Mark.WRONG for right in counted.values()) if counted else None
        names = {mark.value: mark for mark in Mark}
        return score_of(names.get(str(mark), Mark.OPEN) for mark in first.values())

    @property
    def wrong_ids(self) -> tuple[str, ...]:
        """Questions of this round that were answered wrong."""
        return tuple(each.question.id for each in self._asked if each.mark is Mark.WRONG)

    @property
    def unsure_ids(self) -> tuple[str, ...]:
        """Questions of this round answered right, but unsurely."""
        return tuple(each.question.id for each in self._asked if each.attempt.unsure and each.mark is Mark.RIGHT)

    def ids_to_retry(self, *, unsure: bool = False) -> tuple[str, ...]:
        """Questions of this round that are not right yet: wrong, skipped, or not counted for want of a run.

        Args:
            unsure: Take those along that were right but unsure.
        """
        again = {Mark.WRONG, Mark.SKIPPED, Mark.UNCOUNTED}
        marks = {each.question.id: self.mark(each.question.id) for each in self._asked}
        also = self.unsure_ids if unsure else ()
        return tuple(each for each, mark in marks.items() if mark in again or each in also)

    # -- moving ------------------------------------------------------------------------------------------

    def next(self) -> QuestionAttempt | None:
        """On to the next question that is neither answered nor skipped; None when there is none left."""
        start = 0 if self._at is None else self._at + 1
        ahead = [*range(start, len(self._asked)), *range(start)]
        return self._go(next((at for at in ahead if self._is_open(at)), None))

    def skip(self) -> QuestionAttempt | None:
        """Put the current question off until the others are done."""
        if self._at is not None and self._is_open(self._at):
            self._skipped.add(self._asked[self._at].question.id)
        return self.next()

    def back(self) -> QuestionAttempt | None:
        """To the question before, answered or not; from the summary to the last one."""
        before = len(self._asked) - 1 if self._at is None else self._at - 1
        return self._go(max(0, before)) if self._asked else None

    def go(self, number: int) -> QuestionAttempt | None:
        """To a question of this round by its number from 1, if there is such a one."""
        return self._go(number - 1) if 1 <= number <= len(self._asked) else self.current

    def return_to_skipped(self) -> QuestionAttempt | None:
        """Ask what was skipped after all."""
        self._skipped.clear()
        return self.next()

    def retry_wrong(self, *, unsure: bool = False) -> QuestionAttempt | None:
        """A new round with `ids_to_retry`, newly shuffled; nothing happens where there is nothing.

        A question that has variants is asked as the one that was answered longest ago, so not as it was just asked.

        Args:
            unsure: Ask again, too, what was right but unsure.
        """
        again = self.ids_to_retry(unsure=unsure)
        if not again:
            return self.current
        marks = {each.question.id: self.mark(each.question.id) for each in self._asked}
        self._first_marks = self._first_marks or marks
        self._marks |= marks
        self.round += 1
        self._put_siblings_in_place_of(again)
        originals = {self._siblings[each].original for each in again}
        self._ask([each for each, question in self._questions.items() if question.original in originals])
        self._save()
        return self.current

    def _put_siblings_in_place_of(self, ids: Iterable[str]) -> None:
        """Let another variant, or the question itself, take the place of each of ``ids``, with its mark."""
        family = tuple(self._siblings.values())
        taken: dict[str, Question] = {}
        for each in ids:
            original = self._siblings.get(self._questions[each].original)
            taken[each] = self._questions[each] if original is None else longest_ago(original, family, self._store)
        for marks in (self._first_marks, self._marks):
            for old, question in taken.items():
                if old in marks:
                    marks[question.id] = marks.pop(old)
        renamed = ((taken.get(each, question)) for each, question in self._questions.items())
        self._questions = {question.id: question for question in renamed}

    def translate(self, questions: Sequence[Question]) -> None:
        """Go on with the same questions in another language; one that is missing there stays as it is."""
        for question in questions:
            if question.id in self._siblings:
                self._siblings[question.id] = question
            if question.id in self._questions:
                self._questions[question.id] = question
                for exercise in self._asked:
                    exercise.attempt.translate(question)

    def leave(self) -> None:
        """The learner goes away: everything is kept, half-made answers too."""
        if self.current is not None:
            self.current.left()
        if self.begun or self._skipped or any(each.attempt.can_undo for each in self._asked):
            self._save()

    # -- inside ------------------------------------------------------------------------------------------

    def _ask(self, ids: Sequence[str]) -> None:
        self._asked = [self._fresh(question_id) for question_id in ids]
        self._skipped = set()
        self._at = 0 if self._asked else None
        if self.current is not None:
            self.current.seen()

    def _fresh(self, question_id: str) -> QuestionAttempt:
        seed = random.Random(f"{self.seed} {self.round} {question_id}").randrange(SEEDS)  # noqa: S311 - a shuffle
        return QuestionAttempt(Attempt(self._questions[question_id], seed, tries=TRIES), self._keeping)

    def _is_open(self, at: int) -> bool:
        exercise = self._asked[at]
        return exercise.mark in {Mark.OPEN, Mark.WAITING} and exercise.question.id not in self._skipped

    def _go(self, at: int | None) -> QuestionAttempt | None:
        if self.current is not None:
            self.current.left()
        self._at = at
        if self.current is not None:
            self.current.seen()
        self._save()
        return self.current

    def _save(self) -> None:
        self._store.save_quiz(self.saved())

    def saved(self) -> SavedQuiz:
        """The quiz as it is now, as it is remembered."""
        state: dict[str, object] = {
            "round": self.round,
            "at": self.current.question.id if self.current is not None else None,
            "skipped": sorted(self._skipped),
            "known": sorted(self.known),
            "first": {question_id: mark.value for question_id, mark in self._first_marks.items()},
            "marks": {question_id: mark.value for question_id, mark in self._marks.items()},
            "asked": [
                {
                    "id": each.question.id, "key": each.key, "spent": round(each.seconds, 3),
                    "runs": list(each.runs), "attempt": attempt_state(each.attempt),
                }
                for each in self._asked
            ],
        }  # fmt: skip
        finished = self.over and not self.ids_to_retry()
        return SavedQuiz(self.quiz_id, self.scope, self.lesson_id, self.seed, state, self._started, finished)

    def _restore(self, saved: SavedQuiz) -> None:
        """Go on where ``saved`` was left. Questions removed since are dropped, new ones asked at the end."""
        state = with_ids_of_today(saved.state, partial(self._store.renames().key, saved.lesson_id))
        self._started = saved.started
        self.round = round_ if isinstance(round_ := state.get("round"), int) and round_ > 0 else 1
        self._first_marks = self._marks_in(state.get("first"))
        self._marks = self._marks_in(state.get("marks"))
        entries = entries_in(state.get("asked"))
        asked = [each for each in self._questions if each in entries]
        added = [each for each in self._questions if each not in entries and each not in self._marks]
        self._asked = [self._remembered(each, entries.get(each, {})) for each in [*asked, *added]]
        skipped = state.get("skipped")
        self._skipped = {each for each in self._questions if each in skipped} if isinstance(skipped, list) else set()
        self._return_to(state.get("at"))
        if self._at is None:
            self.next()
        elif self.current is not None:
            self.current.seen()

    def _marks_in(self, state: object) -> dict[str, Mark]:
        marks = state if isinstance(state, dict) else {}
        names = {mark.value: mark for mark in Mark}
        return {
            name: names[str(mark)] for name, mark in marks.items() if name in self._questions and str(mark) in names
        }

    def _remembered(self, question_id: str, entry: Mapping[str, object]) -> QuestionAttempt:
        state, key, spent, runs = (entry.get(name) for name in ("attempt", "key", "spent", "runs"))
        attempt = restore_attempt(self._questions[question_id], state) if isinstance(state, dict) else None
        if attempt is None:
            return self._fresh(question_id)
        return QuestionAttempt(
            attempt,
            self._keeping,
            key=key if isinstance(key, str) else "",
            spent=float(spent) if isinstance(spent, int | float) and 0 <= spent < LONGEST else 0.0,
            runs=[run for run in runs if isinstance(run, str)] if isinstance(runs, list) else (),
        )


def _known_in(saved: SavedQuiz, store: ProgressStore) -> frozenset[str]:
    """The questions that a quiz left out because they were known."""
    known = with_ids_of_today(saved.state, partial(store.renames().key, saved.lesson_id)).get("known")
    return frozenset(each for each in known if isinstance(each, str)) if isinstance(known, list) else frozenset()


def _ids_in(saved: SavedQuiz, store: ProgressStore) -> tuple[str, ...]:
    """The questions that a quiz asked, those of its present round first."""
    state = with_ids_of_today(saved.state, partial(store.renames().key, saved.lesson_id))
    marks = state.get("marks")
    return (*entries_in(state.get("asked")), *(marks if isinstance(marks, dict) else ()))


def _begun(question: Question, variants: Sequence[Question], begun: Sequence[str]) -> Question | None:
    """The first of ``begun`` that is a question or one of its variants."""
    family = {each.id: each for each in (question, *variants) if each.original == question.id}
    return next((family[each] for each in begun if each in family), None)


def with_ids_of_today(state: Mapping[str, object], today: Callable[[str], str]) -> dict[str, object]:
    """The state of a quiz in which every question is named by its id of today."""

    def named(value: object) -> object:
        return today(value) if isinstance(value, str) else value

    changed = dict(state)
    changed["at"] = named(state.get("at"))
    for name in ("first", "marks"):
        if isinstance(marks := state.get(name), dict):
            changed[name] = {named(each): mark for each, mark in marks.items()}
    for name in ("skipped", "known"):
        if isinstance(ids := state.get(name), list):
            changed[name] = [named(each) for each in ids]
    if isinstance(asked := state.get("asked"), list):
        changed["asked"] = [{**each, "id": named(each.get("id"))} for each in asked if isinstance(each, dict)]
    return changed


def entries_in(asked: object) -> dict[str, Mapping[str, object]]:
    """What is remembered of each question, by its id."""
    entries = [each for each in asked if isinstance(each, dict)] if isinstance(asked, list) else []
    return {each["id"]: each for each in entries if isinstance(each.get("id"), str)}
