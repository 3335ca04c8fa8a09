"""One learner, from the first start to the next day: the installed program in a real terminal."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.terminal import terminal
from tutor.foundation import paths
from tutor.progress.store import open_store
from tutor.runs.registry import Runs
from tutor.runs.summary import RunSummary


@pytest.fixture(autouse=True)
def no_run_is_left_behind(own_home: Path) -> Iterator[None]:
    yield
    # Only workers that hold their lock: the number of one that has ended may be another process's by now.
    for entry in Runs(own_home / "runs").running():
        log = own_home / "runs" / entry.id / "events.jsonl"
        with contextlib.suppress(OSError, ValueError, KeyError):
            os.kill(json.loads(log.read_text(encoding="utf-8").partition("\n")[0])["pid"], signal.SIGKILL)


def only_run() -> RunSummary:
    (entry,) = Runs(paths.runs_folder()).all()
    follower = Runs(paths.runs_folder()).follow(entry.id)
    follower.catch_up()
    return follower.summary


def test_a_learner_reads_answers_trains_leaves_and_comes_back() -> None:
    with terminal() as screen:
        screen.wait("1  What learning means", "3  Gradient descent", "? help")
        screen.press("3", "enter")
        screen.wait("tutor › 3 Gradient descent", "You are on a hillside")
        screen.press("tab")
        screen.wait("Question 1")
        screen.look_for("enter commit", "tab", most=3)
        screen.press("7")
        screen.look_for("Not quite", "enter", most=5)
        screen.press("r")
        screen.wait("enter commit", absent="Not quite")
        answer = question_one()
        screen.press(*answer)
        screen.look_for("Right", "enter", most=5)
        screen.look_for("Lab · A ball on a curve", "tab")
        screen.press("space")
        screen.wait("running")
        screen.press("enter")
        screen.wait("Lab: A ball on a curve")
        screen.press(".", ".", ".")
        screen.wait("finished")
        screen.press("escape")
        screen.wait("tutor › 3 Gradient descent")
        screen.look_for("2  Model and loss", "escape", most=3)
        screen.press("q")
        assert screen.ended() == 0
    assert only_run().state == "finished"
    opened = open_store(paths.progress_file())
    answers = opened.store.answers(lesson_id="gradient-descent")
    assert [answer.correct for answer in answers] == [False, True]
    opened.store.close()
    with terminal() as screen:
        screen.wait("Continue  3 Gradient descent")
        screen.press("enter")
        screen.wait("tutor › 3 Gradient descent", absent="You are on a hillside")


def question_one() -> str:
    """The right answer to the first question of lesson 3, read from the lesson itself."""
    from tutor.course.catalogue import Course

    lesson = Course(paths.lessons_folder()).lesson("gradient-descent", "en")
    assert lesson is not None
    answer = lesson.questions[0].answer
    assert answer is not None
    return f"{(answer.low + answer.high) / 2:.4f}"


def test_a_chinese_learner_reads_and_answers(own_home: Path) -> None:
    (own_home / "settings.json").write_text('{"language": "zh"}', encoding="utf-8")
    with terminal("3") as screen:
        screen.wait("梯度下降")
        screen.press("tab")
        screen.wait("第 1 题")
        screen.press(*question_one())
        screen.look_for("对", "enter", most=5)
        screen.press("escape", "q")
    opened = open_store(paths.progress_file())
    (answer,) = opened.store.answers(lesson_id="gradient-descent")
    assert answer.correct
    assert answer.language == "zh"
    opened.store.close()


def test_a_killed_screen_leaves_the_run_going_and_the_next_one_joins_it() -> None:
    with terminal("lab", "moons-net") as screen:
        screen.wait("space start")
        screen.press("space")
        screen.wait("running")
        os.kill(screen.pid, signal.SIGKILL)
    before = only_run()
    assert before.state == "running"
    with terminal("lab", "moons-net") as screen:
        screen.wait("finished", "100 / 100")
    after = only_run()
    assert after.state == "finished"
    assert after.run == before.run


def test_a_killed_worker_shows_as_stopped_unexpectedly_with_everything_kept() -> None:
    with terminal("lab", "digits-net") as screen:
        screen.wait("space start")
        screen.press("space")
        screen.wait("running")
        screen.wait_until(lambda: only_run().epoch >= 2)
        (log,) = paths.runs_folder().glob("*/events.jsonl")
        os.kill(json.loads(log.read_text(encoding="utf-8").partition("\n")[0])["pid"], signal.SIGKILL)
        screen.wait("topped unexpectedly")
    summary = only_run()
    assert summary.state == "died"
    assert summary.epoch >= 2


def test_a_lost_line_ends_the_screen_and_not_the_run() -> None:
    with terminal("lab", "moons-net") as screen:
        screen.wait("space start")
        screen.press("space")
        screen.wait("running")
        screen.hang_up()
        end = time.monotonic() + 20
        pid = 0
        while not pid and time.monotonic() < end:
            pid, _ = os.waitpid(screen.pid, os.WNOHANG)
            time.sleep(0.02)
        assert pid, "the screen outlived its terminal"
        screen.pid = 0
    assert only_run().state == "running"


def test_a_window_too_small_says_so_and_recovers() -> None:
    with terminal(columns=20, lines=5) as screen:
        screen.wait_until(lambda: len(screen.text.strip()) > 10)
        assert "Traceback" not in screen.text
        assert "What learning" not in screen.text


def test_a_corrupt_progress_file_is_kept_aside_and_said(own_home: Path) -> None:
    (own_home / "progress.sqlite3").write_bytes(b"this is no database" * 500)
    with terminal() as screen:
        screen.wait("1  What learning means")
        screen.wait("progress.sqlite3.corrupt-")
        screen.press("q")
    assert list(own_home.glob("progress.sqlite3.corrupt-*"))


@pytest.mark.parametrize("environment", [{"TERM": "linux"}, {"NO_COLOR": "1"}, {"TERM": "vt100"}])
def test_a_plain_terminal_shows_the_course(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with terminal(TERM=environment.get("TERM", "xterm-256color")) as screen:
        screen.wait("1  What learning means", "? help")


def test_a_locale_without_unicode_gets_ascii() -> None:
    with terminal(LANG="C", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0") as screen:
        text = screen.wait("1  What learning means")
        assert not set("─━▸│") & set(text)
