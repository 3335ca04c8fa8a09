"""``tutor explain``: an update as lines for a pipe or a screen reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.cli import run
from tutor.foundation.errors import ExitCode
from tutor.foundation.paths import lessons_folder
from tutor.foundation.text import cell_width
from tutor.labs.lab_files import load_lab
from tutor.labs.mine import MineProgram, write_programs
from tutor.runs.registry import Runs


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(list(arguments)) == ExitCode.OK
    return capsys.readouterr().out


def test_all_stages_are_printed_each_below_its_title(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "explain", "one-step").splitlines()
    assert lines[0] == "One step at a time  (before training)"
    assert [line for line in lines if line.startswith("Stage ")] == [
        "Stage 1 of 8: The batch", "Stage 2 of 8: Forward: layer 1 of 2 (hidden)",
        "Stage 3 of 8: Forward: layer 2 of 2 (output)", "Stage 4 of 8: The loss",
        "Stage 5 of 8: Backward: layer 2 of 2 (output)", "Stage 6 of 8: Backward: layer 1 of 2 (hidden)",
        "Stage 7 of 8: The update", "Stage 8 of 8: After the update",
    ]  # fmt: skip
    assert "    W₁[1,1] ← 0.2444 − 0.1 · (−0.5038) = 0.2947" in lines
    assert max(map(cell_width, lines)) <= 76
    assert lines[-1]


def test_the_epoch_the_example_and_settings_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "explain", "one-step", "--after", "3", "--example", "2", "--optimizer", "momentum")
    assert "(after epoch 3)" in out
    assert "Update 4 looks at all 4 training examples." in out
    assert "Example 2 of 4:" in out
    assert "v ← β v − η g" in out


def test_it_speaks_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "--lang", "zh", "explain", "one-step")
    assert "第 2 步，共 8 步：前向传播：第 1 层，共 2 层（隐藏层）" in out
    assert max(map(cell_width, out.splitlines())) <= 76


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["one-step", "--example", "5"], "The batch has 4 examples."),
        (["ball"], "another kind of model"),
        (["very-deep"], "at most 60"),
        ([], "--data"),
    ],
)
def test_what_cannot_be_explained_is_said_in_a_sentence(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", *arguments]) != ExitCode.OK
    assert message in capsys.readouterr().err


def test_a_run_of_the_learners_functions_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Runs(tmp_path).make(load_lab("one-lag", lessons_folder() / "labs", {"mine.gradient": "mse-gradient"}))
    write_programs(folder, {"gradient": MineProgram("mse-gradient", "gradient", ("w", "b", "x", "y"), "")})
    assert run(["explain", str(folder / "spec.toml")]) != ExitCode.OK
    assert "Your own functions train here (gradient)" in capsys.readouterr().err
