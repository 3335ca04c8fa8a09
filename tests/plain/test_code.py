"""``tutor code``: a script and its data beside it, and a check that holds scripts to their labs."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tutor.cli import run
from tutor.foundation.errors import ExitCode
from tutor.plain.script_proof import largest_difference, losses_of_scripts


def test_a_script_is_written_with_its_data_and_runs_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["code", "three-species", "--epochs", "2"]) == ExitCode.OK
    assert "python three-species.py" in capsys.readouterr().out
    assert {each.name for each in tmp_path.iterdir()} == {"three-species.py", "three-species.npz"}
    (losses,) = losses_of_scripts([tmp_path / "three-species.py"])
    assert [len(row) for row in losses] == [2, 2]
    # What the learner may have changed is not written over.
    assert run(["code", "three-species"]) == ExitCode.CANNOT_WRITE
    assert "-o" in capsys.readouterr().err


def test_a_lab_without_a_script_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["code", "spam-rule"]) != ExitCode.OK
    assert "no training to write down" in capsys.readouterr().err


def test_a_script_that_fails_or_differs_is_found(tmp_path: Path) -> None:
    (tmp_path / "fails.py").write_text("raise ValueError")
    assert losses_of_scripts([tmp_path / "fails.py"]) == [[]]
    assert largest_difference([], [[1.0]]) == math.inf
    assert largest_difference([[1.0, math.nan]], [[1.0, 2.0]]) == math.inf
    assert largest_difference([[1.0, 2.0]], [[1.0, 2.00001]]) == pytest.approx(5e-6, rel=1e-3)


def test_a_script_takes_no_place_and_its_hint_is_one_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["code", "ball", "-o", "./-my ball.py"]) == ExitCode.OK
    assert "python './-my ball.py'" in capsys.readouterr().out
    plain = tmp_path / "plain"
    plain.touch()
    assert (tmp_path / "-my ball.py").stat().st_mode == plain.stat().st_mode
    (tmp_path / "link.py").symlink_to(tmp_path / "nowhere.py")
    assert run(["code", "ball", "-o", "link.py"]) == ExitCode.CANNOT_WRITE
    assert run(["code", "ball", "-o", "numpy.py"]) == ExitCode.USAGE
    assert "the module numpy" in capsys.readouterr().err
    assert run(["code", "ball", "-o", "plain/x.py"]) == ExitCode.CANNOT_WRITE
    assert "plain/x.py cannot be written" in capsys.readouterr().err
    assert not (tmp_path / "nowhere.py").exists()
