"""One learner, from the first start to the next day: the installed program in a real terminal."""

from __future__ import annotations

import json
import os
import re
import signal
from functools import partial
from pathlib import Path

import pytest

from tests.end_to_end.memory import answers, number_wanted, only_run
from tests.end_to_end.terminal import Terminal, terminal
from tutor.foundation import paths


def go_on_to_section(screen: Terminal, wanted: int) -> None:
    """From an earlier section of a lesson, one section after the other."""

    def here() -> int:
        found = re.search(r"§ (\d+) of \d+", screen.text)
        return int(found[1]) if found else 0

    def is_beyond(section: int) -> bool:
        return here() > section

    screen.wait_until(lambda: here() > 0)
    while (before := here()) < wanted:
        screen.press("]")
        screen.wait_until(partial(is_beyond, before))
    assert here() == wanted, screen.text


def test_a_learner_reads_answers_trains_leaves_and_comes_back() -> None:
    with terminal() as screen:
        screen.wait("1 What learning means", "3 Gradient descent", "? help")
        screen.press("3", "enter")
        screen.wait("tutor › 3 Gradient descent", "You are on a hillside", "§ 1 of")  # it is laid out
        screen.press("tab")
        screen.wait("Question 1 · Guess first", "enter commit")
        screen.press("tab")
        screen.wait("Question 2")
        screen.look_for("enter commit", "tab", most=3)
        screen.press("7", "enter")
        screen.wait("Not yet. One more try.")
        screen.press("7", "enter")
        screen.wait("✗   Incorrect.")
        screen.press("r")
        screen.wait("enter commit", absent="✗   Incorrect.")
        screen.press(*number_wanted("gradient-descent"), "enter")
        screen.wait("Correct")
        screen.press("escape")
        go_on_to_section(screen, 5)
        screen.wait("Lab · A ball on a curve")
        screen.press("tab")
        screen.wait("space run")
        screen.press("space")
        screen.wait("▶ ", "space pause")
        screen.press("enter")
        screen.wait("tutor › A ball on a curve", absent="Opening the lab")
        screen.press(".", ".", ".")
        screen.wait("✓ finished")
        screen.press("escape")
        screen.wait("tutor › 3 Gradient descent")
        screen.look_for("2 Model and loss", "escape", most=3)
        assert screen.leave() == 0
    assert only_run().state == "finished"
    assert [answer.correct for answer in answers("gradient-descent")] == [False, False, True]
    with terminal() as screen:
        screen.wait("3 Gradient descent", "continue  enter")
        screen.press("enter")
        screen.wait("tutor › 3 Gradient descent", absent="You are on a hillside")


def test_a_chinese_learner_reads_and_answers(own_home: Path) -> None:
    (own_home / "settings.json").write_text('{"language": "zh"}', encoding="utf-8")
    with terminal("3") as screen:
        screen.wait("梯度下降")
        screen.press("tab")
        screen.wait("第 1 题 · 先猜一猜")
        screen.press("tab")
        screen.wait("第 2 题")
        screen.press(*number_wanted("gradient-descent"), "enter")
        screen.wait("✓   答对了")
        screen.press("escape")
        screen.leave()
    (answer,) = answers("gradient-descent")
    assert answer.correct
    assert answer.language == "zh"


def test_a_killed_screen_leaves_the_run_going_and_the_next_one_joins_it() -> None:
    with terminal("lab", "moons-net") as screen:
        screen.start_the_run()
        screen.process.kill()
    before = only_run()
    assert before.state == "running"
    with terminal("lab", "moons-net") as screen:
        screen.wait("finished", "100 / 100")
    after = only_run()
    assert after.state == "finished"
    assert after.run == before.run


def test_a_killed_worker_shows_as_stopped_unexpectedly_with_everything_kept() -> None:
    with terminal("lab", "digits-net") as screen:
        screen.start_the_run()
        screen.wait_until(lambda: only_run().epoch >= 2)
        (log,) = paths.runs_folder().glob("*/events.jsonl")
        os.kill(json.loads(log.read_text(encoding="utf-8").partition("\n")[0])["pid"], signal.SIGKILL)
        screen.wait("topped unexpectedly")
    summary = only_run()
    assert summary.state == "died"
    assert summary.epoch >= 2


def test_a_lost_line_ends_the_screen_and_not_the_run() -> None:
    with terminal("lab", "moons-net") as screen:
        screen.start_the_run()
        screen.hang_up()
        screen.ended()
    assert only_run().state == "running"


def test_a_window_too_small_says_so_and_recovers() -> None:
    with terminal(columns=20, lines=5) as screen:
        screen.wait_until(lambda: len(screen.text.strip()) > 10)
        assert "Traceback" not in screen.text
        assert "What learning" not in screen.text


def test_a_corrupt_progress_file_is_kept_aside_and_said(own_home: Path) -> None:
    (own_home / "progress.sqlite3").write_bytes(b"this is no database" * 500)
    with terminal() as screen:
        screen.wait("1 What learning means")
        screen.wait("progress.sqlite3.corrupt-")
        screen.press("q")
    assert list(own_home.glob("progress.sqlite3.corrupt-*"))


@pytest.mark.parametrize("environment", [{"TERM": "linux"}, {"NO_COLOR": "1"}, {"TERM": "vt100"}])
def test_a_plain_terminal_shows_the_course(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with terminal(TERM=environment.get("TERM", "xterm-256color")) as screen:
        screen.wait("1 What learning means", "? help")


def test_a_locale_without_unicode_gets_ascii() -> None:
    with terminal(LANG="C", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0") as screen:
        text = screen.wait("1 What learning means")
        assert not set("─━▸│") & set(text)
