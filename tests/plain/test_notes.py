"""``tutor notes`` and ``tutor digest``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stores import open_store
from tests.tui.quiz_lessons import make_lessons
from tutor.cli import run
from tutor.foundation.errors import ExitCode
from tutor.progress.notes import Note


@pytest.fixture(autouse=True)
def course(tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_lessons(tmp_path / "lessons")
    monkeypatch.setenv("TUTOR_LESSONS", str(tmp_path / "lessons"))


def test_notes_are_listed_and_written_as_markdown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["notes"]) == ExitCode.OK
    assert "You have no notes yet." in capsys.readouterr().out
    store = open_store().store
    store.notes.keep(Note("sample", "", "Two errors are 0.4 and 2.1.", "A pair"))
    store.notes.keep(Note("sample", "", "Nothing like this stands there any more"))
    store.close()
    assert run(["notes", "sample"]) == ExitCode.OK
    said = capsys.readouterr().out
    assert "“Two errors are 0.4 and 2.1.”" in said
    assert "  A pair" in said
    assert said.count("This passage is no longer in the lesson.") == 1
    assert "  starred" in said
    file = tmp_path / "notes.md"
    assert run(["notes", "-o", str(file)]) == ExitCode.OK
    assert "> Two errors are 0.4 and 2.1.\n\nA pair" in file.read_text(encoding="utf-8")
    assert run(["notes", "-o", str(file)]) == ExitCode.CANNOT_WRITE
    assert run(["notes", "-o", str(file), "--force"]) == ExitCode.OK


def test_a_digest_is_printed_or_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["digest", "sample"]) == ExitCode.OK
    assert capsys.readouterr().out.startswith("# Model and loss\n")
    file = tmp_path / "digest.md"
    assert run(["digest", "sample", "-o", str(file)]) == ExitCode.OK
    assert file.read_text(encoding="utf-8").startswith("# Model and loss\n")
