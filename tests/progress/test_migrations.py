"""Files as earlier versions of tutor left them, opened by this one. They are never made anew."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.stores import open_store
from tutor.progress.notes import Note
from tutor.progress.records import Answer, Position
from tutor.progress.schema import SCHEMA
from tutor.progress.store import ProgressStore

KEPT = Path(__file__).parent / "kept"
LATER = datetime(2026, 11, 1, tzinfo=UTC)


def opened(version: int, folder: Path) -> tuple[Path, ProgressStore]:
    path = folder / "progress.sqlite3"
    shutil.copy(KEPT / f"version-{version}.sqlite3", path)
    found = open_store(path)
    assert found.notices == ()
    assert not found.store.in_memory
    return path, found.store


def test_a_file_of_every_earlier_version_is_kept() -> None:
    versions = range(1, len(SCHEMA.migrations) + 1)
    assert sorted(path.stem for path in KEPT.glob("*.sqlite3")) == [f"version-{version}" for version in versions]
    for version in versions:
        with closing(sqlite3.connect(KEPT / f"version-{version}.sqlite3")) as connection, connection:
            assert connection.execute("PRAGMA user_version").fetchone() == (version,)


@pytest.mark.parametrize("version", range(1, len(SCHEMA.migrations) + 1))
def test_everything_in_a_file_of_an_earlier_version_is_there(version: int, tmp_path: Path) -> None:
    path, store = opened(version, tmp_path)
    answers = {answer.question_id: answer for answer in store.answers()}
    assert len(store.answers()) == 7
    assert answers["names"] == Answer(
        "gradient-descent", "names", "fill-in", ("偏置", "weight"), correct=False, score=0.5, hints=1, seconds=12.5,
        seed=7, at=datetime(2026, 10, 1, 13, 30, 0, 123_000, UTC), key="key-04",
    )  # fmt: skip
    assert answers["diverge"].correct is None
    assert answers["diverge"].runs == ("7f3a",)
    assert answers["mae"].confidence == 0.8
    assert store.position("gradient-descent") == Position(12, 0.25, "one-step")
    state = store.lesson_states()["gradient-descent"]
    assert (state.read_fraction, state.questions_total, state.wrong_ids) == (0.8, 6, frozenset({"names"}))
    quiz = store.open_quiz("lesson:model-and-loss")
    assert quiz is not None
    assert quiz.state == {"round": 1, "at": "mae", "文": ["字"]}
    store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(SCHEMA.migrations),)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_best_attempt_at_a_lab_is_there(tmp_path: Path) -> None:
    _, store = opened(3, tmp_path)
    best = store.attempts.best("week-lags", "best.valid_loss < 0.41")
    assert best is not None
    assert (best.met, best.value, best.settings) == (True, 0.4098, {"optimizer.learning_rate": 0.002, "data.lags": 7})


def test_what_was_read_is_there(tmp_path: Path) -> None:
    _, store = opened(5, tmp_path)
    assert [(piece.lesson_id, piece.seconds) for piece in store.reading.pieces()] == [("gradient-descent", 412.5)]


def test_notes_are_there_and_an_earlier_file_has_none(tmp_path: Path) -> None:
    at = datetime(2026, 10, 3, 9, 0, 0, 5000, UTC)
    _, store = opened(7, tmp_path)
    assert store.notes.all("gradient-descent") == [
        Note("gradient-descent", "one-step", "The slope says which way is down", "Like a ball 球", "en", at, "note-1"),
        Note("gradient-descent", "一步", "斜率指出下坡的方向", "", "zh", at, "note-2"),
    ]
    (tmp_path / "earlier").mkdir()
    _, earlier = opened(6, tmp_path / "earlier")
    assert earlier.notes.all() == []
    note = Note("gradient-descent", "", "A quote", "New")
    earlier.notes.keep(note)
    assert earlier.notes.all() == [note]


@pytest.mark.parametrize("version", range(1, len(SCHEMA.migrations) + 1))
def test_what_was_missed_or_unsure_before_is_due(version: int, tmp_path: Path) -> None:
    _, store = opened(version, tmp_path)
    assert {card.key for card in store.cards.due(LATER)} == {"one-step", "what-eta", "names"}
    store.record_answer(
        Answer("gradient-descent", "one-step", "single", (1,), correct=True, score=1.0, seconds=12.0, at=LATER)
    )
    card = store.cards.get("one-step")
    assert card is not None
    assert (card.schedule.reviews, card.schedule.lapses) == (3, 1)
    assert card.due > LATER


@pytest.mark.parametrize("version", range(1, len(SCHEMA.migrations) + 1))
def test_the_totals_are_those_of_the_answers_that_were_there(version: int, tmp_path: Path) -> None:
    _, store = opened(version, tmp_path)
    counted = [answer for answer in store.answers() if answer.correct is not None]
    days = store.statistics.days()
    assert (sum(day.answers for day in days), sum(day.right for day in days)) == (
        len(counted),
        sum(answer.correct is True for answer in counted),
    )
    assert round(sum(day.seconds for day in days), 6) == round(sum(answer.seconds for answer in counted), 6)
    asked = {(item.lesson_id, item.question_id): item.accuracy.answers for item in store.statistics.items()}
    assert asked == Counter((answer.lesson_id, answer.question_id) for answer in counted)


@pytest.mark.parametrize("version", range(1, len(SCHEMA.migrations) + 1))
def test_answers_get_the_day_of_the_zone_and_the_summer_time_of_then(
    version: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those answers were given from 9.30 to 15.30 UTC on the first of October 2026."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")  # where 4 in the morning is 19.00 UTC
    time.tzset()
    try:
        path = tmp_path / "progress.sqlite3"
        shutil.copy(KEPT / f"version-{version}.sqlite3", path)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE answers SET at = at + 4 * 3600 * 1000 WHERE key = 'key-06'")  # past 19.00
        days = [(day.day, day.answers) for day in open_store(path).store.statistics.days()]
    finally:
        monkeypatch.undo()
        time.tzset()
    # The file of version 6 says that one answer was given on the second wherever that was, and keeps to it.
    assert days == [(date(2026, 10, 1), 5), (date(2026, 10, 2), 1)]


def test_the_clocks_of_winter_do_not_move_the_days_of_summer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    path = tmp_path / "progress.sqlite3"
    shutil.copy(KEPT / "version-5.sqlite3", path)
    mornings = [datetime(2026, 10, day, 4, 30, tzinfo=ZoneInfo("Europe/Berlin")) for day in (22, 23, 24, 25, 26)]
    try:
        with closing(sqlite3.connect(path)) as connection, connection:
            for number, moment in enumerate(mornings):
                at = int(moment.timestamp() * 1000)
                connection.execute("UPDATE answers SET at = ? WHERE key = ?", (at, f"key-0{number}"))
            connection.execute("DELETE FROM answers WHERE key IN ('key-05', 'key-06')")
        days = [day.day.day for day in open_store(path).store.statistics.days()]
    finally:
        monkeypatch.undo()
        time.tzset()
    assert days == [22, 23, 24, 25, 26]
