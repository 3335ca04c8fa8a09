"""``tutor read`` without screens: a lesson as text, and its faults at every save."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest

from tutor.foundation import paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.text import cell_width
from tutor.foundation.translate import translate, use_language
from tutor.plain.read import read
from tutor.progress.store import open_store

LESSON = """\
---
id: sample
title: "A sample"
minutes: 5
---

Prose with $w^2$ and **weight**.

```toml lab
use = "ball"
```

## Which?

<!-- q: sample-which -->

1. [ ] The first one
   > This says why not.
2. [x] The second one

<details><summary>Why</summary>

The secret explanation.

</details>

## In which order?

<!-- q: sample-order -->

1. zebra
2. ant

## What belongs together?

<!-- q: sample-pairs; match -->

| animal | food |
|---|---|
| zebra | grass |
| ant | sugar |
"""


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    path = tmp_path / "01-sample.md"
    path.write_text(LESSON, encoding="utf-8")
    return path


def test_a_lesson_is_read_as_text_and_answers_stay_hidden(lesson: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert read(str(lesson)) == ExitCode.OK
    out = capsys.readouterr().out
    assert out.startswith("A sample\n========")
    assert "w²" in out
    assert "[Lab: tutor train ball]" in out
    assert " 1.  The first one" in out
    assert " 2.  The second one" in out
    assert 0 < out.index("• ant") < out.index("• zebra")  # not in the order that is asked for
    assert "animal:\n a.  zebra\n b.  ant\n\nfood:\n 1.  sugar\n 2.  grass\n" in out
    for hidden in ("[x]", "secret explanation", "why not", "<!--"):
        assert hidden not in out


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_lesson_that_ships_fits_76_cells_by_id_and_by_number(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    use_language(language)
    for path in sorted((paths.lessons_folder() / language).glob("[0-9]*.md")):
        assert read(str(path)) == ExitCode.OK
        by_file = capsys.readouterr().out
        wide = [line for line in by_file.splitlines() if cell_width(line) > 76 and "http" not in line]
        assert not wide
        assert "\x1b" not in by_file
        assert read(str(int(path.name[:2]))) == ExitCode.OK
        assert capsys.readouterr().out == by_file


def test_what_is_no_lesson_is_told() -> None:
    with pytest.raises(TutorError, match="gradient-decent") as told:
        read("gradient-decent")
    assert "gradient-descent" in told.value.hint
    assert told.value.exit_code == ExitCode.USAGE


def test_a_file_that_is_no_lesson_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "01-bad.md"
    path.write_text("---\nid: bad\n")
    with pytest.raises(TutorError, match=r"01-bad\.md:1") as told:
        read(str(path))
    assert told.value.exit_code == ExitCode.CANNOT_READ


def test_watching_tells_the_faults_at_every_save_until_ctrl_c(lesson: Path) -> None:
    command = [sys.executable, "-m", "tutor", "read", "--watch", "--plain", str(lesson)]

    # A background job starts with SIGINT ignored, and these tests may run in one.
    def listen() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    sound = lesson.read_text()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=listen
    ) as process:
        assert process.stdout is not None
        assert "No faults" in process.stdout.readline()
        lesson.write_text(sound.replace('use = "ball"', 'use = "bal"'))
        fault = process.stdout.readline()
        assert "01-sample.md:" in fault
        assert "bal" in fault
        assert process.stdout.readline() == "Faults: 1.\n"
        # Some editors write a new file and put it in the place of the old one.
        aside = lesson.with_suffix(".tmp")
        aside.write_text(sound)
        Path(aside).replace(lesson)
        assert "No faults" in process.stdout.readline()
        os.kill(process.pid, signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode == ExitCode.INTERRUPTED
    assert "Traceback" not in said


OPENED = """\
---
id: opened
title: "Opened"
minutes: 5
---

Two forecasts.

### Which is better?

<!-- q: guess; opening -->

1. [x] As many as today
2. [ ] And 500 more
   > Only on two days.

<details><summary>Why</summary>

Views fall as often as they rise.

</details>

## The lesson

The middle.

<!-- opening: answer -->

## Summary

The end.
"""


@pytest.fixture
def opened(tmp_path: Path) -> Path:
    path = tmp_path / "01-opened.md"
    path.write_text(OPENED, encoding="utf-8")
    return path


def test_in_a_pipe_the_end_answers_the_opening_question(opened: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert read(str(opened)) == ExitCode.OK
    out = capsys.readouterr().out
    places = [
        out.index(each)
        for each in ("Which is better?", translate("read.answered-at-end"), "The middle", "Views fall as", "The end.")
    ]
    assert places == sorted(places)
    assert out.rindex("As many as today") > out.index("The middle")


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def answered_on_a_terminal(opened: Path, typed: str, monkeypatch: pytest.MonkeyPatch) -> str:
    out = Terminal()
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    monkeypatch.setattr(sys, "stdout", out)
    assert read(str(opened)) == ExitCode.OK
    return out.getvalue()


@pytest.mark.parametrize("choice", ["1", "2"])
def test_on_a_terminal_the_guess_is_asked_and_judged_at_the_end(
    choice: str, opened: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = answered_on_a_terminal(opened, f"{choice}\n", monkeypatch)
    beginning, end = out.split("The middle.")
    assert translate("quiz.end-decides") in beginning
    assert "Views fall as" not in beginning
    assert translate("quiz.your-answer") in end
    assert "Views fall as" in end
    with closing(open_store(own_home / "progress.sqlite3").store) as store:
        (answer,) = store.answers()
        right = answer.given == (0,)
        assert answer.correct is right
        assert (translate("quiz.right") in end) is right
    again = answered_on_a_terminal(opened, "", monkeypatch)
    assert translate("quiz.guess-first") not in again, "it is not asked twice"


def test_whoever_skips_the_guess_reads_on(opened: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = answered_on_a_terminal(opened, "/skip\n", monkeypatch)
    assert "Views fall as" in out.split("The middle.")[1]
    assert translate("quiz.your-answer") not in out
    with closing(open_store(own_home / "progress.sqlite3").store) as store:
        assert store.answers() == []
