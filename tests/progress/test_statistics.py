"""What all answers together say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.stores import open_store
from tutor.progress.cards import Side, term_key
from tutor.progress.records import Answer
from tutor.progress.statistics import Accuracy, Day, Miss, longest_streak, streak
from tutor.progress.store import ProgressStore

NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)
TERM = term_key("bias", Side.MEANING)


@pytest.fixture
def store(tmp_path: Path) -> ProgressStore:
    return open_store(tmp_path / "progress.sqlite3").store


def record(store: ProgressStore, question: str, *, correct: bool | None, days: float = 0.0, **more: object) -> None:
    parts: dict[str, object] = {"lesson_id": "one", "kind": "single", "given": (0,), "seconds": 30.0} | more
    store.record_answer(
        Answer(question_id=question, correct=correct, at=NOON + timedelta(days=days), **parts)  # type: ignore[arg-type]
    )


def test_days_count_answers_and_time_but_not_the_time_away(store: ProgressStore) -> None:
    record(store, "a", correct=True)
    record(store, "b", correct=False, seconds=50_000.0)
    record(store, "c", correct=None)
    record(store, "a", correct=True, days=-1)
    found = store.statistics.days()
    assert found == [Day(date(2026, 7, 9), 1, 1, 30.0), Day(date(2026, 7, 10), 2, 1, 930.0)]


def test_one_in_the_morning_is_still_the_evening(store: ProgressStore) -> None:
    record(store, "a", correct=True, days=13 / 24)
    assert [day.day for day in store.statistics.days()] == [date(2026, 7, 10)]


def test_lessons_and_terms_are_counted_apart(store: ProgressStore) -> None:
    record(store, "a", correct=True)
    record(store, "a", correct=False)
    record(store, "b", correct=True, lesson_id="two")
    record(store, TERM, correct=True)
    assert store.statistics.lessons() == {"one": Accuracy(2, 1), "two": Accuracy(1, 1)}
    assert store.statistics.terms() == Accuracy(1, 1)


def test_misses_are_counted_by_what_was_given(store: ProgressStore) -> None:
    for given in ((2,), (2,), (1,)):
        record(store, "a", correct=False, given=given)
    record(store, "a", correct=True, given=(0,))
    record(store, TERM, correct=False)
    assert store.statistics.misses() == [Miss("one", "a", (2,), 2), Miss("one", "a", (1,), 1)]


def test_estimates_are_those_with_a_verdict(store: ProgressStore) -> None:
    record(store, "a", correct=True, confidence=0.8)
    record(store, "b", correct=None, confidence=0.9)
    record(store, "c", correct=False)
    assert [(each.said, each.right) for each in store.statistics.estimates()] == [(0.8, True)]


def test_items_tell_what_was_chosen_how_often(store: ProgressStore) -> None:
    for given, right in (((0,), True), ((0,), True), ((1,), False)):
        record(store, "a", correct=right, given=given)
    (item,) = store.statistics.items()
    assert item.accuracy == Accuracy(3, 2)
    assert item.seconds == 30.0
    assert sorted(item.chosen) == [((0,), 2), ((1,), 1)]


def test_a_streak_lasts_while_no_day_is_missed_and_today_may_still_come() -> None:
    def days(*back: int) -> list[Day]:
        return [Day(date(2026, 7, 10) - timedelta(days=each), 1, 1, 1.0) for each in sorted(back, reverse=True)]

    assert streak(days(0, 1, 2), NOON) == 3
    assert streak(days(1, 2), NOON) == 2
    assert streak(days(2, 3), NOON) == 0
    assert streak([], NOON) == 0
    assert longest_streak(days(0, 1, 5, 6, 7, 9)) == 3
    assert longest_streak([]) == 0
