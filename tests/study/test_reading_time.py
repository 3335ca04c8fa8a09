"""How long a lesson is read: honestly, and never lost by more than half a minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.study.samples import SINGLE, lesson, prose
from tutor.progress.store import ProgressStore
from tutor.study.lesson_session import LessonSession
from tutor.study.reading_time import THERE, ReadingTime

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that the test turns: both the one on the wall and the one that never runs backwards."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch | None = None) -> None:
        self.now = 0.0
        if monkeypatch is not None:
            monkeypatch.setattr("tutor.foundation.clock.utc_now", lambda: NOON + timedelta(seconds=self.now))

    def __call__(self) -> float:
        return self.now


def seconds_kept(store: ProgressStore) -> float:
    return sum(piece.seconds for piece in store.reading.pieces())


def test_time_between_keys_counts_and_a_cup_of_tea_does_not(store: ProgressStore) -> None:
    clock = Clock()
    reading = ReadingTime("one", store, seconds=clock)
    reading.on()
    for pause in (10.0, 100.0, 1000.0, 20.0):
        clock.now += pause
        reading.on_input()
    reading.off()
    reading.keep(last=True)
    assert seconds_kept(store) == 10 + 100 + THERE + 20


def test_nothing_counts_while_something_else_is_done(store: ProgressStore) -> None:
    clock = Clock()
    reading = ReadingTime("one", store, seconds=clock)
    clock.now += 50
    reading.on_input()
    reading.on()
    clock.now += 7
    reading.off()
    clock.now += 60
    reading.on_input()
    reading.on()
    clock.now += 5
    reading.off()
    reading.keep(last=True)
    assert [piece.seconds for piece in store.reading.pieces()] == [12.0]


def test_at_most_half_a_minute_is_lost_by_a_crash(store: ProgressStore) -> None:
    clock = Clock()
    reading = ReadingTime("one", store, seconds=clock)
    reading.on()
    for _ in range(100):
        clock.now += 7
        reading.on_input()
        assert clock.now - seconds_kept(store) < 30 + 7


def test_what_was_read_belongs_to_the_day_on_which_it_was(
    store: ProgressStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    reading = ReadingTime("one", store, seconds=clock)
    reading.on()
    clock.now += 60
    reading.on_input()
    clock.now += 86_400  # left open over night
    reading.on_input()
    clock.now += 60
    reading.off()
    reading.keep(last=True)
    assert list(store.statistics.reading().values()) == [60 + THERE, 60.0]


@given(gaps=st.lists(st.floats(0, 400), max_size=30))
def test_pieces_add_up_to_what_was_read(tmp_path_factory: pytest.TempPathFactory, gaps: list[float]) -> None:
    from tests.stores import open_store

    store = open_store(tmp_path_factory.mktemp("reading") / "progress.sqlite3").store
    clock = Clock()
    reading = ReadingTime("one", store, seconds=clock)
    reading.on()
    for gap in gaps:
        clock.now += gap
        reading.on_input()
    reading.keep(last=True)
    wanted = sum(min(gap, THERE) for gap in gaps)
    pieces = store.reading.pieces()
    # Each piece is rounded to the millisecond, and one of less than a second is not kept.
    assert abs(seconds_kept(store) - wanted) <= 1.0 + 0.001 * len(pieces)
    assert all(1.0 <= piece.seconds <= 900.0 + THERE for piece in pieces)
    store.close()


def test_a_question_in_the_text_has_its_own_time(store: ProgressStore) -> None:
    clock = Clock()
    session = LessonSession(lesson(prose(5), SINGLE, prose(5)), store, seconds=clock)
    session.on_input(in_front=True)
    clock.now += 40
    exercise = session.exercise(SINGLE.id)
    exercise.seen()
    session.on_input(in_front=True)
    clock.now += 25
    session.on_input(in_front=True)  # a key while answering
    exercise.attempt.choose(1)
    exercise.commit()
    session.on_input(in_front=True)
    clock.now += 15  # the why is read
    session.on_input(in_front=False)
    clock.now += 500
    session.on_input(in_front=False)
    assert seconds_kept(store) == 55.0
    assert store.answers()[0].seconds == 25.0
