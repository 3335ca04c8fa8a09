"""An exam: no feedback until it is handed in, flags, time, and nothing lost when it is left."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.course.test_drawing import question as drawn_question
from tests.stores import open_store
from tests.study.samples import FILL_IN, LESSON, NUMERIC, PREDICT, SINGLE, Stopwatch, lesson
from tutor.course.lesson import Lesson
from tutor.foundation import clock
from tutor.progress.store import ProgressStore
from tutor.study.exam_session import ExamSession, exam_questions, to_look_at
from tutor.study.question_attempt import Mark, QuestionAttempt
from tutor.study.wording import verdict_sentence

FIVE = lesson(*(replace(SINGLE, id=f"q{number}") for number in range(5)), PREDICT)


def start(store: ProgressStore, of: Lesson = FIVE, **more: object) -> ExamSession:
    return ExamSession.start(of, store, **{"seed": 1, **more})  # type: ignore[arg-type]


def choose(exercise: QuestionAttempt | None, *, right: bool = True) -> None:
    assert exercise is not None
    exercise.attempt.choose(1 if right else 0)


def test_nothing_is_graded_or_recorded_before_it_is_handed_in(store: ProgressStore) -> None:
    exam = start(store)
    assert [each.id for each in exam_questions(FIVE)] == [f"q{number}" for number in range(5)]
    assert sorted(each.question.id for each in exam.exercises) == [f"q{number}" for number in range(5)]
    assert not any(each.attempt.hints_left for each in exam.exercises)
    for _ in range(4):
        choose(exam.current)
        exam.next()
    exam.back()
    choose(exam.current, right=False)
    assert (exam.score.counted, store.answers(), exam.handed_in) == (0, [], False)
    assert (exam.unanswered, exam.passed) == ((5,), False)
    exam.hand_in()
    assert (exam.score.right, exam.score.wrong, exam.current) == (3, 2, None)
    assert [each.correct for each in store.answers(quiz_id=exam.quiz_id)] == [True, True, True, False, False]
    assert to_look_at(exam) == (4, 5)
    assert verdict_sentence(exam.exercises[4].attempt) == "You did not answer this question, so it counts as wrong."
    exam.hand_in()
    assert len(store.answers()) == 5


def test_drawn_numbers_bring_no_hint_into_an_exam(store: ProgressStore) -> None:
    asked = lesson(drawn_question())
    assert drawn_question().hints
    exam = start(store, asked)
    exam.next()  # saves it
    exam.translate(asked)
    for each in (exam, start(store, asked)):
        attempt = each.exercises[0].attempt
        assert (attempt.hint(), attempt.hints_left, attempt.hints) == (False, 0, ())


@pytest.mark.parametrize(("wrong", "passed"), [(0, True), (1, True), (2, False)])
def test_four_of_five_test_out_of_the_lesson(store: ProgressStore, wrong: int, passed: bool) -> None:
    exam = start(store)
    for number in range(5):
        choose(exam.current, right=number >= wrong)
        exam.next()
    exam.hand_in()
    assert exam.passed is passed
    state = store.lesson_states()[LESSON]
    assert (state.tested_out, state.finished) == (passed, passed)
    assert store.cards.count() == wrong
    assert start(store).quiz_id != exam.quiz_id


def test_flags_and_unanswered_questions_are_to_be_looked_at(store: ProgressStore) -> None:
    exam = start(store)
    choose(exam.current)
    assert exam.flag()
    exam.go(3)
    choose(exam.current)
    assert to_look_at(exam) == (1, 2, 4, 5)
    exam.go(1)
    assert not exam.flag()
    assert to_look_at(exam) == (2, 4, 5)


def test_the_clock_stands_still_while_the_exam_is_left(store: ProgressStore) -> None:
    watch = Stopwatch()
    exam = start(store, minutes=10, seconds=watch)
    choose(exam.current)
    watch.now = 240
    exam.leave()
    watch.now = 100_000
    exam = start(store, seconds=watch)
    assert exam.resumed
    assert exam.seconds_left == pytest.approx(360)
    watch.now += 359
    assert not exam.time_is_up
    watch.now += 1
    assert exam.time_is_up


def test_an_exam_that_was_interrupted_while_handed_in_is_handed_in(store: ProgressStore) -> None:
    exam = start(store)
    choose(exam.current)
    assert exam.exercises[0].commit()
    again = start(store)
    assert (again.handed_in, again.score.right, again.score.wrong) == (True, 1, 4)
    assert len(store.answers()) == 5


def test_a_fresh_exam_asks_other_variants(store: ProgressStore) -> None:
    family = lesson(SINGLE)
    family = replace(family, variants=(replace(SINGLE, id="other", variant_of="single"),))
    exam = start(store, family)
    assert [each.question.id for each in exam.exercises] == ["other"]
    choose(exam.current)
    exam.hand_in()
    assert [each.question.id for each in start(store, family).exercises] == ["single"]


def test_a_passed_exam_schedules_the_terms_of_the_lesson(tmp_path: Path) -> None:
    from tests.tui.conftest import write_course
    from tutor.course.catalogue import Course

    read = Course(write_course(tmp_path / "lessons")).lesson("loss", "en")
    assert read is not None
    with closing(open_store(tmp_path / "terms.sqlite3").store) as store:
        exam = start(store, read)
        for exercise in exam.exercises:
            right = next(at for at, each in enumerate(exercise.question.options) if each.ticked)
            exercise.attempt.choose(right)
        exam.hand_in()
        assert [card.key for card in store.cards.all()] == [f"term:{term.id}:meaning" for term in read.terms]
        assert store.cards.count_due(clock.utc_now()) == 0


class LeavingAndResuming(RuleBasedStateMachine):
    """Whatever is done, an exam that is left and resumed is as it was."""

    @initialize()
    def begin(self) -> None:
        self.lesson = lesson(SINGLE, FILL_IN, NUMERIC)
        self.store = open_store(None).store
        self.store.forget()
        self.exam = start(self.store, self.lesson, fresh=True)

    @rule(option=st.integers(0, 3), text=st.text(max_size=5))
    def answer(self, option: int, text: str) -> None:
        if self.exam.current is not None:
            attempt = self.exam.current.attempt
            attempt.choose(option) if attempt.question.options else attempt.write(text)

    @rule(step=st.sampled_from(["next", "back", "flag", "overview"]))
    def step(self, step: str) -> None:
        getattr(self.exam, step)()

    @rule()
    def leave_and_resume(self) -> None:
        before = self.look()
        self.exam.leave()
        self.exam = start(self.store, self.lesson)
        assert not self.exam.begun or self.look() == before

    def look(self) -> tuple[object, ...]:
        drafts = [(each.question, each.attempt.draft, each.attempt.shown) for each in self.exam.exercises]
        return drafts, set(self.exam.flagged), self.exam.number, self.exam.current is None

    @invariant()
    def nothing_is_graded(self) -> None:
        assert all(each.mark is Mark.OPEN for each in self.exam.exercises)


TestLeavingAndResuming = LeavingAndResuming.TestCase
TestLeavingAndResuming.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)
