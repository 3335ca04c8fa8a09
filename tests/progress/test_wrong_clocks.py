"""Clocks that were wrong once, flights and winter time: nothing is hidden for years, and no row of days breaks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stores import open_store
from tutor.progress.activity import ReadingPiece
from tutor.progress.cards import Side, term_key
from tutor.progress.records import Answer, Position
from tutor.progress.statistics import longest_streak, streak
from tutor.progress.store import ProgressStore

DAY = timedelta(days=1)
MAY = datetime(2026, 5, 1, 10, tzinfo=UTC)
WRONG = datetime(2030, 1, 1, 10, tzinfo=UTC)
TERM = term_key("bias", Side.MEANING)

SetClock = Callable[[datetime], None]
SetZone = Callable[[str], None]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch, late_clock: None) -> SetClock:
    return lambda moment: monkeypatch.setattr("tutor.foundation.clock.utc_now", lambda: moment)


@pytest.fixture
def set_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[SetZone]:
    def set_to(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_to
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def store(tmp_path: Path) -> ProgressStore:
    return open_store(tmp_path / "progress.sqlite3").store


def give(store: ProgressStore, moment: datetime, *, correct: bool, question: str = "q") -> None:
    store.record_answer(Answer("one", question, "single", (1,), correct=correct, seconds=20.0, at=moment))


# -- a clock that was wrong once ----------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["q", TERM])
@pytest.mark.parametrize("correct_then", [False, True])
@pytest.mark.parametrize("first", [True, False])
def test_an_answer_from_the_future_hides_its_card_not_for_a_day(
    store: ProgressStore, set_clock: SetClock, question: str, correct_then: bool, first: bool
) -> None:
    if not first:
        set_clock(MAY)
        give(store, MAY, correct=False, question=question)
    set_clock(WRONG)
    give(store, WRONG, correct=correct_then, question=question)
    for days in range(1, 5):
        moment = MAY + days * DAY
        set_clock(moment)
        if store.cards.get(question) is not None:
            assert [card.key for card in store.cards.due(moment)] == [question]
            assert store.cards.count_due(moment) == store.cards.forecast(moment)[0] == 1
        give(store, moment, correct=False, question=question)
        assert store.cards.count_due(moment + timedelta(minutes=9)) == 0, "asked just now"
        assert store.cards.count_due(moment + timedelta(minutes=11)) == 1, "missed, so soon again"
    for _ in range(3):
        card = store.cards.get(question)
        assert card is not None
        assert card.due < MAY + 60 * DAY
        moment = card.due
        set_clock(moment)
        give(store, moment, correct=True, question=question)
    card = store.cards.get(question)
    assert card is not None
    assert card.due > moment + DAY / 2, "learnt like any other"


def test_a_card_made_in_the_future_is_due(store: ProgressStore, set_clock: SetClock) -> None:
    set_clock(WRONG)
    store.cards.see([TERM], "one", WRONG, tomorrow=True)
    set_clock(MAY)
    assert [card.key for card in store.cards.due(MAY)] == [TERM]
    assert all(card.due <= MAY for card in store.cards.all())


@given(
    st.lists(st.tuples(st.integers(0, 20 * 24), st.booleans(), st.booleans()), min_size=1, max_size=6).map(
        lambda given: sorted(given, key=lambda each: each[0])
    )
)
def test_whatever_a_wrong_clock_did_the_card_is_due_within_the_time_of_the_others(
    tmp_path_factory: pytest.TempPathFactory, answers: list[tuple[int, bool, bool]]
) -> None:
    """Any answers may have come from the future: the card is as if each had been given with the one before it."""
    with pytest.MonkeyPatch.context() as patch:
        spoilt = open_store(tmp_path_factory.mktemp("clock") / "p.sqlite3").store
        plain = open_store(tmp_path_factory.mktemp("clock") / "p.sqlite3").store
        times = [MAY + timedelta(hours=hours) for hours, _, _ in answers]
        sound = [moment for moment, (_, _, wrong) in zip(times, answers, strict=True) if not wrong]
        last = sound[0] if sound else MAY + 30 * DAY
        for moment, (_, correct, wrong) in zip(times, answers, strict=True):
            last = last if wrong else moment
            now = WRONG if wrong else moment
            patch.setattr("tutor.foundation.clock.utc_now", lambda now=now: now)
            give(spoilt, now, correct=correct)
            give(plain, last, correct=correct)
        patch.setattr("tutor.foundation.clock.utc_now", lambda: MAY + 30 * DAY)
        for store in (spoilt, plain):  # an answer of today works the card out anew
            give(store, MAY + 30 * DAY, correct=False)
        cards = spoilt.cards.all(), plain.cards.all()
        assert cards[0] == cards[1]
        spoilt.close()
        plain.close()


def test_a_wrong_clock_makes_no_day_and_no_row_of_days(store: ProgressStore, set_clock: SetClock) -> None:
    for number, moment in enumerate((MAY, WRONG, WRONG + DAY, MAY + DAY)):
        set_clock(moment)
        give(store, moment, correct=True)
        store.reading.keep(ReadingPiece("one", 60.0, moment, f"r{number}"))
    days = store.statistics.days()
    assert [(day.day, day.answers) for day in days] == [(date(2026, 5, 1), 1), (date(2026, 5, 2), 3)]
    assert (streak(days, MAY + DAY), longest_streak(days)) == (2, 2)
    assert sum(store.statistics.reading().values()) == 240.0
    assert max(store.statistics.reading()) == date(2026, 5, 2)
    assert all(answer.at <= MAY + DAY for answer in store.answers())


def test_the_lesson_of_now_is_the_last_one(store: ProgressStore, set_clock: SetClock) -> None:
    set_clock(WRONG)
    store.set_position("then", Position(), fraction=0.1, questions=0)
    set_clock(MAY)
    store.set_position("now", Position(), fraction=0.1, questions=0)
    assert store.last_lesson() == "now"


# -- flights and clocks that change -------------------------------------------------------------------------


def evenings(zone: str, *days: int) -> list[datetime]:
    """Late in the evening, or early in the morning, of days of November 2026."""
    hours = (23, 6, 23, 6, 22)
    return [
        datetime(2026, 11, day, hours[place % 5], tzinfo=ZoneInfo(zone)).astimezone(UTC)
        for place, day in enumerate(days)
    ]


def test_a_flight_breaks_no_row_of_days(store: ProgressStore, set_zone: SetZone) -> None:
    set_zone("Asia/Tokyo")
    for moment in evenings("Asia/Tokyo", 1, 2, 3, 4, 5):
        give(store, moment, correct=True)
    for zone in ("Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati", "UTC"):
        set_zone(zone)
        days = store.statistics.days()
        assert (streak(days, evenings("Asia/Tokyo", 5)[0]), longest_streak(days)) == (5, 5)


def test_who_flies_west_has_learnt_on_what_is_tomorrow_there(store: ProgressStore, set_zone: SetZone) -> None:
    set_zone("Pacific/Kiritimati")
    morning = datetime(2026, 11, 5, 8, tzinfo=ZoneInfo("Pacific/Kiritimati")).astimezone(UTC)
    give(store, morning - DAY, correct=True)
    give(store, morning, correct=True)
    set_zone("America/Los_Angeles")  # where it is still the third
    assert streak(store.statistics.days(), morning + timedelta(hours=1)) == 2


def test_winter_time_breaks_no_row_of_days(store: ProgressStore, set_zone: SetZone) -> None:
    """An hour after the beginning of a day in summer is the day before it by the clock of winter."""
    set_zone("Europe/Berlin")
    for day in (22, 23, 24, 25):
        moment = datetime(2026, 10, day, 4, 30, tzinfo=ZoneInfo("Europe/Berlin"))
        give(store, moment.astimezone(UTC), correct=True)
    days = store.statistics.days()
    assert [day.day.day for day in days] == [22, 23, 24, 25]
    assert longest_streak(days) == 4
