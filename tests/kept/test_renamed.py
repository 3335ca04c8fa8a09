"""Progress of the first edition counts in a course that renames and splits its lessons, if that says ``was``."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.kept.test_first_edition import KEPT
from tutor.cli import run as run_command
from tutor.course.catalogue import Course
from tutor.course.lesson import Lesson
from tutor.foundation import clock
from tutor.foundation.errors import ExitCode
from tutor.progress.activity import LabAttempt
from tutor.progress.records import Position
from tutor.progress.store import ProgressStore
from tutor.study.course_store import open_course_store
from tutor.study.deck import Deck
from tutor.study.lesson_session import LessonSession
from tutor.study.quiz_session import QuizSession
from tutor.study.review_session import ReviewSession

SPLIT = """\
---
id: split
title: "The other half"
needs: []
minutes: 5
was: [kept/numeric]
---

"""


def renamed(folder: Path, *, says_so: bool = True) -> Course:
    """A second edition of the kept lessons: everything that has an id is renamed, and two questions have moved."""
    text = (KEPT / "lessons" / "en" / "01-kept.md").read_text(encoding="utf-8")
    before, fill_in, behind = (text[: text.index("## Names")], *_cut(text, "## Names", "## A slope"))
    numeric, behind = _cut(behind, "## A slope", "## What does this run do?")
    for old, new in (
        ("id: kept", "id: again\nwas: [kept]"), ("q: single", "q: single-again; was: single"),
        ("#loss-function", "#loss"), ('use = "small"', 'use = "tiny"'),
    ):  # fmt: skip
        before = before.replace(old, new)
    behind = behind.replace('use = "small"', 'use = "tiny"').replace(
        "term: loss-function; also: loss", "term: loss; also: the loss; was: loss-function"
    )
    fill_in = fill_in.replace("q: fill-in", "q: names; was: kept/fill-in")
    (folder / "en").mkdir(parents=True)
    (folder / "labs").mkdir()
    files = {
        "en/01-again.md": before + behind,
        "en/02-split.md": SPLIT + fill_in + numeric,
        "labs/tiny.toml": (KEPT / "lessons" / "labs" / "small.toml").read_text().replace(
            'id = "small"', 'id = "tiny"\nwas = ["small"]'
        ),
    }  # fmt: skip
    for name, content in files.items():
        kept = content if says_so else "\n".join(line for line in content.split("\n") if not line.startswith("was"))
        kept = kept if says_so else kept.replace("; was:", "; also:")
        (folder / name).write_text(kept, encoding="utf-8")
    return Course(folder)


def _cut(text: str, start: str, end: str) -> tuple[str, str]:
    return text[text.index(start) : text.index(end)], text[text.index(end) :]


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return renamed(tmp_path / "second")


@pytest.fixture
def store(own_home: Path, course: Course) -> Iterator[ProgressStore]:
    shutil.copy(KEPT / "home" / "progress.sqlite3", own_home)
    with closing(open_course_store(course, own_home / "progress.sqlite3").store) as store:
        yield store


def lesson(course: Course, name: str = "again") -> Lesson:
    found = course.lesson(name, "en")
    assert found is not None
    return found


def rows(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the file, as it is written there."""
    with closing(sqlite3.connect(home / "progress.sqlite3")) as connection:
        tables = ("answers", "lessons", "quizzes", "cards", "attempts", "reading")
        return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables}


def test_the_second_edition_has_no_faults(course: Course, own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["check", str(course.folder)]) == ExitCode.OK, capsys.readouterr().out


def test_without_was_nothing_of_it_would_count(own_home: Path, tmp_path: Path) -> None:
    shutil.copy(KEPT / "home" / "progress.sqlite3", own_home)
    silent = renamed(tmp_path / "silent", says_so=False)
    with closing(open_course_store(silent, own_home / "progress.sqlite3").store) as store:
        assert store.newest_answers("again") == {}
        assert store.position("again") is None
        assert store.attempts.best("tiny", "diverged") is None


def test_answers_count_for_the_questions_of_today(store: ProgressStore) -> None:
    assert {name: answer.correct for name, answer in store.newest_answers("again").items()} == {
        "multiple": False, "single-again": True,
    }  # fmt: skip
    moved = store.newest_answers("split")
    assert {name: answer.given for name, answer in moved.items()} == {"names": ("偏置", "wait"), "numeric": ("",)}
    assert {answer.lesson_id for answer in store.answers()} == {"again", "split"}
    states = store.lesson_states()
    assert set(states) == {"again", "split"}
    assert (states["again"].read_fraction, states["again"].questions_right) == (1.0, 1)
    assert (states["again"].wrong_ids, states["again"].unsure_ids) == (
        frozenset({"multiple"}),
        frozenset({"single-again"}),
    )
    assert (states["split"].read_fraction, states["split"].wrong_ids) == (0.0, frozenset({"names", "numeric"}))
    assert store.last_lesson() == "again"


def test_a_lesson_and_its_quiz_go_on_where_they_were_left(store: ProgressStore, course: Course) -> None:
    session = LessonSession(lesson(course), store)
    assert (session.position.block, session.fraction_read) == (6, 1.0)
    assert session.exercise("single-again").attempt.given() == (1,)
    quiz = QuizSession.start(lesson(course).questions, store, scope="lesson:again", lesson_id="again")
    assert (quiz.quiz_id, quiz.count) == ("458956b65734753f", 5)
    assert quiz.current is not None
    assert quiz.current.question.id == "ordering"
    assert {each.question.id: quiz.mark(each.question.id).value for each in quiz.exercises} == {
        "single-again": "right", "multiple": "wrong", "ordering": "open", "predicted": "waiting", "measured": "skipped",
    }  # fmt: skip
    quiz.leave()
    again = QuizSession.start(lesson(course).questions, store, scope="lesson:again", lesson_id="again")
    assert again.quiz_id == quiz.quiz_id


def test_a_note_of_how_many_questions_there_are_does_not_move_the_reader(store: ProgressStore) -> None:
    store.set_question_count("again", 5)
    assert store.position("again") == Position(6, 0.25, "")
    store.set_position("again", Position(1, 0.5, "x"), fraction=0.2, questions=5)
    assert store.position("again") == Position(1, 0.5, "x")
    assert store.lesson_states()["again"].read_fraction == 1.0


def test_cards_are_asked_as_the_questions_of_today(store: ProgressStore, course: Course) -> None:
    keys = ["multiple", "names", "numeric", "single-again", "term:loss:meaning"]
    assert sorted(card.key for card in store.cards.all()) == keys
    later = clock.utc_now() + timedelta(days=3650)
    assert (store.cards.count(), store.cards.count_due(later), sum(store.cards.forecast(later))) == (5, 5, 5)
    review = ReviewSession(store, Deck(course), moment=later)
    assert review.due == 4, "there is no other term to contrast the fifth with, so it cannot be asked"
    assert not any(card.retired for card in store.cards.all())


def test_an_answer_of_today_goes_on_with_the_card_of_then(store: ProgressStore, course: Course, own_home: Path) -> None:
    before, old = rows(own_home), store.cards.get("names")
    assert old is not None
    assert (old.lesson_id, old.schedule.reviews, old.schedule.lapses) == ("split", 1, 1)
    exercise = LessonSession(lesson(course, "split"), store).again("names")
    for blank, word in enumerate(["bias", "weight"]):
        exercise.attempt.write(word, blank)
    assert exercise.commit()
    new = store.cards.get("names")
    assert new is not None
    assert (new.schedule.reviews, new.schedule.lapses, new.made) == (2, 1, old.schedule.reviewed)
    assert [card.key for card in store.cards.all()].count("names") == 1
    assert store.cards.count() == 5
    assert store.newest_answers("split")["names"].correct
    after = rows(own_home)
    assert {table: [row for row in after[table] if row in found] for table, found in before.items()} == before


def test_a_term_that_is_met_again_keeps_its_card(store: ProgressStore, course: Course) -> None:
    before = store.cards.get("term:loss:meaning")
    store.cards.see(["term:loss:meaning"], "again", datetime.now(tz=clock.utc_now().tzinfo))
    assert store.cards.get("term:loss:meaning") == before
    assert store.cards.count() == 5


def test_cards_that_are_retired_or_forgotten_are_those_of_then(store: ProgressStore) -> None:
    store.cards.retire(["names"])
    assert store.cards.count() == 4
    store.cards.retire(["names"], retired=False)
    store.cards.forget(["term:loss:meaning"])
    assert [card.key for card in store.cards.all()] == ["names", "multiple", "numeric", "single-again"]


def test_attempts_at_a_lab_count_for_its_new_name(store: ProgressStore) -> None:
    goal = "final.train_loss < 0.5"
    best = store.attempts.best("tiny", goal)
    assert best is not None
    assert (best.met, best.value) == (True, 0.25)
    store.attempts.keep(LabAttempt("tiny", goal, False, 0, 0.75))
    assert store.attempts.best("tiny", goal) == best
    assert store.attempts.met() == {"tiny": True}


def test_statistics_name_the_questions_of_today(store: ProgressStore) -> None:
    answers = {name: accuracy.answers for name, accuracy in store.statistics.lessons().items()}
    assert answers == {"again": 3, "split": 2}
    assert {(each.lesson_id, each.question_id) for each in store.statistics.misses()} == {
        ("again", "multiple"), ("split", "names"), ("split", "numeric"),
    }  # fmt: skip
    assert {each.question_id for each in store.statistics.items()} == {"multiple", "single-again", "names", "numeric"}
    assert [piece.lesson_id for piece in store.reading.pieces()] == ["again"]


@pytest.mark.parametrize("name", ["export.json", "export.csv"])
def test_an_old_export_is_brought_in_and_counts(
    name: str, course: Course, own_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TUTOR_LESSONS", str(course.folder))
    for _ in range(2):
        assert run_command(["progress", "import", str(KEPT / name)]) == ExitCode.OK
    with closing(open_course_store(course, own_home / "progress.sqlite3").store) as store:
        assert set(store.newest_answers("split")) == {"names", "numeric"}
        assert len(store.answers()) == 6
        assert store.cards.get("names") is not None
    exported = tmp_path / "now.json"
    assert run_command(["progress", "export", "-o", str(exported)]) == ExitCode.OK
    questions = {row["question"] for row in json.loads(exported.read_text())["answers"]}
    assert {"single", "fill-in"} <= questions  # what was written then is there to be read


def test_an_old_export_joins_answers_of_today(store: ProgressStore, course: Course, own_home: Path) -> None:
    with closing(open_course_store(course, own_home / "other.sqlite3").store) as other:
        exercise = LessonSession(lesson(course, "split"), other).exercise("names")
        assert exercise.give_up()
        other.merge(store.dump())
        card = other.cards.get("names")
        assert card is not None
        assert (card.schedule.reviews, other.cards.count()) == (2, 5)


@pytest.mark.parametrize(
    ("asked", "gone"),
    [
        (["--lesson", "split"], {"fill-in", "numeric"}), (["--lesson", "again"], {"single", "multiple", "predicted"}),
        (["names"], {"fill-in"}),
    ],
)  # fmt: skip
def test_a_reset_forgets_what_was_kept_under_the_former_ids(
    asked: list[str], gone: set[str], store: ProgressStore, course: Course, own_home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("TUTOR_LESSONS", str(course.folder))
    before = {row[4] for row in rows(own_home)["answers"]}
    words = ["progress", "reset", *(["--item", *asked] if len(asked) == 1 else asked), "--yes"]
    assert run_command(words) == ExitCode.OK
    assert before - {row[4] for row in rows(own_home)["answers"]} == gone


def test_a_lesson_is_found_by_its_former_name(course: Course) -> None:
    header = course.header("kept", "en")
    assert header is not None
    assert header.id == "again"
