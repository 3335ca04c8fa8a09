"""What a package for Anki holds: the cards as they stand, predictions with what decided them, days due."""

from __future__ import annotations

import io
import json
import sqlite3
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.stores import open_store
from tests.study.samples import MATCH
from tests.tui.quiz_lessons import make_lessons
from tutor.course.catalogue import Course
from tutor.foundation import clock, paths
from tutor.plain.anki import back, front, package
from tutor.progress.records import Answer
from tutor.progress.scheduling import study_day
from tutor.progress.store import ProgressStore
from tutor.runs.predictions import PredictionRuns
from tutor.runs.registry import Runs
from tutor.study.deck import Deck

ANKI_BEGINS = date(2014, 9, 19)
"""What genanki's collections count their days from. Anki itself imports such a package to the very day."""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProgressStore]:
    monkeypatch.setenv("TUTOR_LESSONS", str(make_lessons(tmp_path / "lessons")))
    store = open_store().store
    yield store
    store.close()


def cards_in(content: bytes, folder: Path) -> dict[str, tuple[object, ...]]:
    """By the front's first words: back, type, queue, due, interval, reviews, lapses, data."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert "media" in archive.namelist()
        file = archive.extract("collection.anki2", folder)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = connection.execute(
            "SELECT flds, c.type, queue, due, ivl, reps, lapses, c.data FROM cards c JOIN notes n ON n.id = c.nid"
        ).fetchall()
    return {row[0].partition("<br>")[0]: (row[0].partition("\x1f")[2], *row[1:]) for row in rows}


def answered(store: ProgressStore, question: str, *days: int, right: bool, runs: tuple[str, ...] = ()) -> None:
    for number in days:
        at = clock.utc_now() - timedelta(days=number)
        given, correct = ((1,), True) if right and number != max(days) else ((0,), False)
        store.record_answer(Answer("sample", question, "single", given, correct, seconds=20.0, at=at, runs=runs))


def test_a_card_is_due_in_anki_when_it_is_due_here(store: ProgressStore, tmp_path: Path) -> None:
    answered(store, "mae", 30, 28, 20, right=True)
    answered(store, "slope", 0, right=False)
    cards = cards_in(package(store), tmp_path)
    card = store.cards.get("mae")
    assert card is not None
    schedule = card.schedule
    assert schedule.stability is not None
    _, kind, queue, due, interval, reviews, lapses, data = cards["What is the MAE?"]
    assert (kind, queue, reviews, lapses) == (2, 2, 3, 1)
    assert isinstance(due, int)
    assert ANKI_BEGINS + timedelta(days=due) == study_day(schedule.due)
    assert interval == max(1, round(schedule.stability))
    assert json.loads(str(data))["s"] == pytest.approx(schedule.stability, abs=1e-3)
    assert cards["A slope"][1:3] == (0, 0), "what is learnt in minutes is new to Anki"


def test_a_prediction_tells_what_decided_it(store: ProgressStore, tmp_path: Path) -> None:
    course = Course(paths.lessons_folder())
    question = Deck(course).question("diverge", "sample", "en")
    assert question is not None
    runs = PredictionRuns.begin(Runs(paths.runs_folder()), course, question.labs, ())
    end = time.monotonic() + 60
    while not runs.ended:
        assert time.monotonic() < end
        runs.poll()
        time.sleep(0.02)
    answered(store, "diverge", 3, right=False, runs=tuple(runs.ids))
    shown = str(cards_in(package(store), tmp_path)["What does this run do?"][0])
    assert shown.startswith("It flies away")
    assert "diverged: yes" in shown
    for run in runs.ids:
        Runs(paths.runs_folder()).delete(run)
    shown = str(cards_in(package(store), tmp_path)["What does this run do?"][0])
    assert shown.startswith("It flies away"), "without the run, the author's answer stands"
    assert "yes" not in shown


def test_the_run_has_the_last_word_on_what_is_right(store: ProgressStore) -> None:
    question = Deck(Course(paths.lessons_folder())).question("diverge", "sample", "en")
    assert question is not None
    shown = back(question, {"diverged": False, "final.train_loss": 0.25})
    assert shown.startswith("The loss falls smoothly")
    assert "0.25" in shown
    assert "Predict" in front(question)


def test_pairs_are_apart_in_front_and_together_behind() -> None:
    shown = front(MATCH)
    assert shown.startswith("Title of match<br><br>Prompt of match.<br><br>a<br>b<br>c<br>d<br><br>")
    partners = shown.rpartition("<br><br>")[2].split("<br>")
    assert sorted(partners) == ["four", "one", "three", "two"]
    assert partners != ["one", "two", "three", "four"], "their order would be the answer"
    assert back(MATCH) == "a — one<br>b — two<br>c — three<br>d — four<br><br>Why of match."
