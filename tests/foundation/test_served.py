"""What is left out for a learner who is served by somebody else's account."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tutor.exercises.judge import Judge
from tutor.exercises.verdict import Reason
from tutor.foundation.editor import editor_command
from tutor.foundation.errors import TutorError
from tutor.foundation.served import may_open
from tutor.labs.lab_files import load_lab


def test_no_editor_is_started_and_no_file_outside_is_named(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert editor_command({"EDITOR": "ed"}) == ["ed"]
    assert may_open(tmp_path)
    monkeypatch.setenv("TUTOR_SERVED", "1")
    with pytest.raises(TutorError, match="No other program"):
        editor_command({"EDITOR": "ed"})
    (own_home / "link").symlink_to(tmp_path)
    named = (own_home / "labs" / "mine.toml", own_home / "link" / "x.toml", own_home / ".." / "x.toml")
    assert [may_open(each) for each in named] == [True, False, False]
    with pytest.raises(TutorError, match="your own folder"):
        load_lab(str(tmp_path / "x.toml"), tmp_path)


def test_programs_of_learners_are_not_run_if_exercises_are_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_EXERCISES", "off")
    nothing: Any = None
    verdict = Judge(nothing).check(_Exercise(), "x = 1")  # type: ignore[arg-type]
    assert verdict.reason is Reason.OFF
    assert "not run" in verdict.headline


class _Exercise:
    id = "adam-step"
