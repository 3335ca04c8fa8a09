"""An exercise that was passed long ago is offered again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tutor.course.catalogue import Course
from tutor.foundation.paths import lessons_folder
from tutor.progress.records import CODE, Answer
from tutor.progress.store import ProgressStore
from tutor.study.rewriting import REWRITE_AFTER, exercise_to_rewrite

NOW = datetime(2026, 7, 10, 12, tzinfo=UTC)


def offered(store: ProgressStore) -> str:
    found = exercise_to_rewrite(Course(lessons_folder()), store, "en", NOW)
    return found.id if found is not None else ""


def answer(store: ProgressStore, exercise: str, ago: timedelta, *, correct: bool = True) -> None:
    given = "passed" if correct else "different"
    store.record_answer(Answer("a-lesson", exercise, CODE, (given,), correct, at=NOW - ago))


def test_the_last_pass_decides_and_the_oldest_is_offered(store: ProgressStore) -> None:
    assert offered(store) == ""
    answer(store, "mse-gradient", REWRITE_AFTER)
    answer(store, "no-such-exercise", 3 * REWRITE_AFTER)
    answer(store, "descent", REWRITE_AFTER - timedelta(days=1))
    answer(store, "softmax", 2 * REWRITE_AFTER, correct=False)
    assert offered(store) == "mse-gradient"
    answer(store, "softmax", 2 * REWRITE_AFTER)
    assert offered(store) == "softmax"
    answer(store, "softmax", timedelta(days=1))
    assert offered(store) == "mse-gradient", "it was written again"
