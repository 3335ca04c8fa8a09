"""``tutor exercise`` without screens: the list, a verdict in lines or JSON, and one verdict a save."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest

from tutor.cli import run
from tutor.course.catalogue import Course
from tutor.course.exercises.finding import find_exercises
from tutor.course.exercises.line_order import line_order_question
from tutor.exercises.verdict import CaseVerdict, Reason, Verdict
from tutor.foundation import paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.text import cell_width
from tutor.foundation.translate import use_language
from tutor.plain.exercise import Wish, check_exercise, exercise_ids, list_exercises
from tutor.plain.progress import closing_progress
from tutor.study.attempt import Attempt
from tutor.study.course_store import open_course_store

SUM = """\
import numpy as np


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum()
"""
RIGHT = SUM.replace("e.sum()", "e.sum(axis=1, keepdims=True)")


def own_file() -> Path:
    return paths.exercises_folder() / "softmax.py"


def test_the_list_names_every_exercise_and_its_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert list_exercises() == ExitCode.OK
    exercises, _, project = capsys.readouterr().out.partition("\n\n")
    lines = exercises.splitlines()
    assert "tutor exercise phones-project" in project
    assert [line.split()[0] for line in lines] == exercise_ids()
    assert {"mse-gradient", "batches", "adam-step", "softmax"} <= set(exercise_ids())
    assert all(str(paths.exercises_folder()) in line for line in lines)


def test_the_first_check_makes_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_exercise("softmax") == ExitCode.FAULTS_FOUND
    assert own_file().read_text().startswith("# Turn a table of logits")
    said = capsys.readouterr().out
    assert "softmax: 0 of 5 cases." in said
    assert all(cell_width(line) <= 100 for line in said.splitlines() if str(own_file()) not in line)


def test_a_verdict_is_short_and_as_wide_as_the_task(capsys: pytest.CaptureFixture[str]) -> None:
    own_file().parent.mkdir(parents=True)
    own_file().write_text(SUM)
    assert check_exercise("softmax") == ExitCode.FAULTS_FOUND
    verdict = capsys.readouterr().out.partition("\n\n")[2].partition("softmax.py\n\n")[2] or ""
    lines = verdict.strip().splitlines()
    assert len(lines) <= 14
    assert all(cell_width(line) <= 76 for line in lines)
    assert " ".join(lines).startswith("softmax: 2 of 5 cases. One sum for the whole table")


def test_json_holds_everything_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    own_file().parent.mkdir(parents=True)
    own_file().write_text(RIGHT)
    assert check_exercise("softmax", as_json=True) == ExitCode.OK
    (line,) = capsys.readouterr().out.splitlines()
    found = json.loads(line)
    assert (found["exercise"], found["passed"], found["reason"], len(found["cases"])) == ("softmax", True, "passed", 5)
    list_exercises(as_json=True)
    states = {each["exercise"]: each["state"] for each in json.loads(capsys.readouterr().out)}
    assert states["softmax"] == "passed"
    assert states["adam-step"] == "open"


def test_another_file_is_checked_and_nothing_recorded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "my.py").write_text(RIGHT)
    assert check_exercise("softmax", file=str(tmp_path / "my.py")) == ExitCode.OK
    assert not own_file().exists()
    with pytest.raises(TutorError, match="cannot be read"):
        check_exercise("softmax", file=str(tmp_path))


def test_hints_come_one_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    for begins in ("Hint 1 of 2:", "Hint 2 of 2:", "There are no more hints."):
        assert check_exercise("softmax", Wish.HINT) == ExitCode.OK
        assert capsys.readouterr().out.startswith(begins)


def test_the_solution_waits_for_attempts(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_exercise("softmax", Wish.SOLUTION) == ExitCode.FAULTS_FOUND
    assert "3 more" in capsys.readouterr().out
    own_file().parent.mkdir(parents=True, exist_ok=True)
    own_file().write_text(RIGHT)
    check_exercise("softmax")
    capsys.readouterr()
    assert check_exercise("softmax", Wish.SOLUTION) == ExitCode.OK
    assert "def softmax(z):" in capsys.readouterr().out


def test_resetting_says_where_the_old_text_is(capsys: pytest.CaptureFixture[str]) -> None:
    own_file().parent.mkdir(parents=True)
    own_file().write_text("# mine\n")
    assert check_exercise("softmax", Wish.RESET) == ExitCode.OK
    kept = Path(capsys.readouterr().out.strip().partition(": ")[2])
    assert kept.read_text() == "# mine\n"
    assert "def softmax" in own_file().read_text()


def test_the_editor_is_opened_on_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    editor = tmp_path / "editor"
    editor.write_text(f"#!{sys.executable}\nimport sys\nopen(sys.argv[1], 'w').write({RIGHT!r})\n")
    editor.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(editor))
    assert check_exercise("softmax", Wish.EDIT) == ExitCode.OK
    monkeypatch.setenv("VISUAL", "/no/such/editor")
    with pytest.raises(TutorError):
        check_exercise("softmax", Wish.EDIT)


def test_a_name_that_nearly_fits_is_suggested() -> None:
    with pytest.raises(TutorError, match="softmax") as caught:
        check_exercise("sofmax")
    assert caught.value.exit_code == ExitCode.USAGE


def test_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    use_language("zh")
    own_file().parent.mkdir(parents=True)
    own_file().write_text(SUM)
    check_exercise("softmax")
    assert "softmax：5 个用例对了 2 个。整张表只有一个和" in capsys.readouterr().out


def test_watching_gives_one_verdict_a_save(own_home: Path) -> None:
    own_file().parent.mkdir(parents=True)
    own_file().write_text(SUM)
    # A background job starts with SIGINT ignored, and these tests may run in one.
    process = subprocess.Popen(
        [sys.executable, "-m", "tutor", "exercise", "softmax", "--watch", "--json"],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "TUTOR_HOME": str(own_home)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["passed"] is False
        saved = own_file().with_suffix(".new")  # as editors do that rename
        saved.write_text(RIGHT)
        saved.replace(own_file())
        assert json.loads(process.stdout.readline())["passed"] is True
        own_file().write_text(RIGHT)  # the same text is not checked again
        time.sleep(0.8)
        own_file().write_text(SUM)
        assert json.loads(process.stdout.readline())["passed"] is False
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == ExitCode.INTERRUPTED


@pytest.mark.parametrize(("is_right", "code"), [(True, ExitCode.OK), (False, ExitCode.FAULTS_FOUND)])
def test_the_lines_can_be_put_in_order_and_come_back_as_a_card_if_wrong(
    is_right: bool, code: ExitCode, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    course = Course(paths.lessons_folder())
    found = next(find_exercises(course, "en", "softmax"))
    question = line_order_question(found.exercise)
    shown = Attempt(question, 5).shown
    wanted = (0, 1, 2) if is_right else (0, 1, 4)
    typed = " ".join(str(shown.index(index) + 1) for index in wanted)
    monkeypatch.setattr("tutor.plain.exercise.new_seed", lambda: 5)
    monkeypatch.setattr("sys.stdin", StringIO(f"{typed}\n/show\n"))
    assert check_exercise("softmax", Wish.ORDER) == code
    said = capsys.readouterr().out
    assert ("Correct." in said) == is_right
    assert ("One sum for the whole table" in said or "overflows" in said) != is_right
    store = open_course_store(course).store
    with closing_progress(store):
        assert ("softmax:lines" in {card.key for card in store.cards.all()}) != is_right


def test_the_project_does_one_thing_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["exercise", "phones-project", "--hand-in", "--board"]) == ExitCode.USAGE
    assert "one of --file, --hand-in and --board" in capsys.readouterr().err


def test_what_is_wanted_is_not_said_twice() -> None:
    case = CaseVerdict("by hand", passed=False, inputs="n = 1", wanted="Too large.", got="2")
    lines = Verdict("softmax", Reason.DIFFERENT, (case,), "Too large.").lines()
    assert "\n".join(lines).count("Too large.") == 1
    assert any("by hand" in line for line in lines)
