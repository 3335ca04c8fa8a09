from __future__ import annotations

from tests.study.samples import PREDICT, SINGLE, Stopwatch
from tutor.foundation.translate import use_language
from tutor.progress.store import ProgressStore
from tutor.study.attempt import Attempt
from tutor.study.question_attempt import AttemptContext, Mark, QuestionAttempt


def test_an_answer_is_in_the_memory_the_moment_it_is_locked(store: ProgressStore) -> None:
    watch = Stopwatch()
    exercise = QuestionAttempt(Attempt(SINGLE, 7), AttemptContext(store, seconds=watch))
    use_language("zh")
    exercise.seen()
    exercise.attempt.hint()
    exercise.attempt.choose(0)
    watch.now = 12.5
    assert store.answers() == []
    assert exercise.commit()
    (answer,) = store.answers()
    assert answer.given == (0,)
    assert (answer.correct, answer.score, answer.hints, answer.seconds) == (False, 0.0, 1, 12.5)
    assert (answer.lesson_id, answer.question_id, answer.kind) == ("sample-lesson", "single", "single")
    assert (answer.language, answer.seed, answer.key, answer.quiz_id) == ("zh", 7, exercise.key, "")
    assert exercise.mark is Mark.WRONG


def test_nothing_is_remembered_where_nothing_was_answered(store: ProgressStore) -> None:
    exercise = QuestionAttempt(Attempt(SINGLE), AttemptContext(store))
    assert not exercise.commit()
    assert store.answers() == []
    assert exercise.mark is Mark.OPEN


def test_only_the_time_of_looking_counts(store: ProgressStore) -> None:
    watch = Stopwatch()
    exercise = QuestionAttempt(Attempt(SINGLE), AttemptContext(store, seconds=watch), spent=2.0)
    exercise.seen()
    exercise.seen()
    watch.now = 3.0
    exercise.left()
    watch.now = 60.0
    exercise.seen()
    watch.now = 61.5
    exercise.attempt.choose(1)
    exercise.commit()
    watch.now = 100.0
    assert exercise.seconds == 6.5
    assert store.answers()[0].seconds == 6.5


def test_a_prediction_is_remembered_before_its_run_and_settled_after(store: ProgressStore) -> None:
    exercise = QuestionAttempt(Attempt(PREDICT), AttemptContext(store))
    exercise.attempt.choose(0)
    exercise.commit()
    assert exercise.mark.value == "waiting"
    assert [answer.correct for answer in store.answers()] == [None]
    exercise.follow(["20260701-7f3a"])
    assert exercise.settle({"diverged": True, "final.train_loss": 1e30})
    (answer,) = store.answers()
    assert (answer.correct, answer.runs) == (False, ("20260701-7f3a",))
    assert exercise.mark is Mark.WRONG


def test_a_prediction_without_a_run_stays_uncounted_in_the_memory(store: ProgressStore) -> None:
    exercise = QuestionAttempt(Attempt(PREDICT), AttemptContext(store))
    exercise.attempt.choose(0)
    exercise.commit()
    assert exercise.cannot_run("The disk is full.")
    assert not exercise.settle({"diverged": True})
    assert [answer.correct for answer in store.answers()] == [None]
    assert store.lesson_states() == {}
    assert exercise.mark is Mark.UNCOUNTED


def test_being_unsure_can_be_said_before_and_after_the_lock(store: ProgressStore) -> None:
    before, after = (QuestionAttempt(Attempt(SINGLE), AttemptContext(store)) for _ in range(2))
    before.set_unsure(True)
    for exercise in (before, after):
        exercise.attempt.choose(1)
        exercise.commit()
    assert [answer.unsure for answer in store.answers()] == [True, False]
    after.set_unsure(True)
    before.set_unsure(False)
    assert [answer.unsure for answer in store.answers()] == [False, True]
