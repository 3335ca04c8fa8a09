"""No row in the progress file, whatever stands in it, stops a command, a lesson, a quiz or an export."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from tests.progress.impossible import VALUES, spoil
from tests.stores import open_store
from tests.tui.conftest import write_course
from tutor.cli import run
from tutor.course.catalogue import Course
from tutor.foundation import clock, paths
from tutor.progress import store as program_store
from tutor.progress.activity import LabAttempt, ReadingPiece
from tutor.progress.cards import Side, term_key
from tutor.progress.records import Answer, Position, SavedQuiz
from tutor.progress.store import ProgressStore
from tutor.progress.transfer import read_csv, read_json, to_csv, to_json
from tutor.study.deck import Deck
from tutor.study.lesson_session import LessonSession
from tutor.study.quiz_session import QuizSession
from tutor.study.report import confidence, frequent_misconceptions, mean_loss, overview, topics
from tutor.study.review_session import ReviewSession

COMMANDS = (["progress"], ["progress", "items"], ["list"], ["review", "--due"], ["progress", "export"])


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    folder = write_course(tmp_path / "course")
    monkeypatch.setenv("TUTOR_LESSONS", str(folder))
    return Course(folder)


def fill(store: ProgressStore) -> None:
    """Enough rows of every table that each column is spoilt once, in lessons and questions of the course."""
    now = clock.utc_now()
    lessons = ("loss", "learning", "descent", "softmax")
    for number in range(40):
        lesson = lessons[number % 4]
        store.record_answer(
            Answer(
                lesson, f"{lesson}-first", "single", (number % 2,), correct=number % 2 == 0, seconds=20.0,
                confidence=0.8, at=now - timedelta(hours=50 - number),
            )
        )  # fmt: skip
    for number in range(15):
        store.set_position(lessons[number] if number < 4 else f"l{number}", Position(1, 0.5), fraction=0.4, questions=1)
        store.save_quiz(SavedQuiz(f"quiz-{number}", f"lesson:{lessons[number % 4]}", "loss", 7, {"round": 1}))
        store.cards.see([term_key(f"t{number}", side) for side in Side], "loss", now - timedelta(days=2))
        store.attempts.keep(LabAttempt(f"lab-{number}", "epochs < 9", True, 1, 8.0, {"a": 0.1}, "7f3a"))
        store.reading.keep(ReadingPiece("loss", 60.0, now - timedelta(hours=number)))


def ask(store: ProgressStore, course: Course) -> None:
    now = clock.utc_now()
    for lesson_id in ("loss", "learning", "descent", "softmax"):
        lesson = course.lesson(lesson_id, "en")
        assert lesson is not None
        session = LessonSession(lesson, store)
        for question in lesson.questions:
            exercise = session.exercise(question.id)
            session.mark(question.id)
            if not exercise.attempt.locked:
                exercise.attempt.choose(1)
                assert exercise.commit()
        session.move(0, 0.5)
        session.save()
        quiz = QuizSession.start(lesson.questions, store, scope=f"lesson:{lesson_id}", lesson_id=lesson_id)
        quiz.skip()
        quiz.leave()
    report = overview(store, course, "en", now)
    assert report.streak <= report.longest_streak
    assert 0.0 <= report.accuracy.fraction <= 1.0
    assert report.seconds >= 0
    assert len(report.last_days(14)) == 14
    topics(store, course, "en")
    frequent_misconceptions(store, course, "en")
    said = store.statistics.estimates()
    confidence(said)
    mean_loss(said)
    for number in range(15):
        store.attempts.best(f"lab-{number}", "epochs < 9")
    ReviewSession(store, Deck(course)).leave()
    assert store.last_lesson() is not None


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("full") / "progress.sqlite3"
    opened = program_store.open_store(path)
    fill(opened.store)
    assert opened.store.close()
    return path


@pytest.fixture
def spoilt(request: pytest.FixtureRequest, course: Course, full: Path) -> ProgressStore:
    shutil.copyfile(full, paths.progress_file())
    spoil(paths.progress_file(), VALUES[request.param])
    opened = open_store()
    assert opened.notices == ()
    return opened.store


@pytest.mark.parametrize("spoilt", VALUES, indirect=True)
def test_everything_can_be_asked_and_brought_elsewhere(
    spoilt: ProgressStore, course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in COMMANDS:
        assert run(command) == 0
    out = capsys.readouterr().out
    assert "nan" not in out.replace("NaN", "")
    assert "\x1b" not in out
    ask(spoilt, course)
    tables = spoilt.dump()
    assert read_json(to_json(tables)).left_out == 0, "what was read as something that can be is exported so"
    assert read_csv(to_csv(tables)).left_out == 0
    other = open_store(tmp_path / "other.sqlite3").store
    other.merge(read_json(to_json(tables)).tables)
    assert len(other.dump()["answers"]) == len(tables["answers"])
