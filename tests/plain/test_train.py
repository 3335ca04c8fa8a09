"""``tutor train`` with real workers: lines, JSON, exit codes."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tutor.cli.lab_options import overrides
from tutor.foundation import paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.translate import use_language
from tutor.plain.exercise import check_exercise
from tutor.plain.reporters import JsonReporter, LineReporter, figure
from tutor.plain.train import train
from tutor.runs.events import Changed, Epochs, Finished
from tutor.runs.summary import RunSummary, fold


def last_json(text: str) -> dict[str, object]:
    summary = json.loads(text.splitlines()[-1])
    assert isinstance(summary, dict)
    return summary


def test_a_pipe_gets_one_line_per_epoch_and_the_outcome(capsys: pytest.CaptureFixture[str]) -> None:
    assert train("ball", {"train.epochs": 5}, "plain") == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[:5]] == [["epoch", str(number)] for number in range(1, 6)]
    assert lines[5].startswith("Finished after 5 epochs and 5 updates")


def test_json_ends_with_the_summary_and_its_figures_are_the_labs(capsys: pytest.CaptureFixture[str]) -> None:
    assert train("ball", {}, "json") == ExitCode.OK
    out = capsys.readouterr().out
    events = [json.loads(line) for line in out.splitlines()]
    assert events[0]["type"] == "started"
    summary = last_json(out)
    assert summary["type"] == "summary"
    assert summary["state"] == "finished"
    assert summary["epochs"] == 200
    assert summary["updates"] == 200
    assert summary["final.train_loss"] == pytest.approx(-1.0702, abs=1e-4)
    assert summary["final.valid_loss"] is None
    assert isinstance(summary["seconds"], float)


def test_of_an_own_table_it_is_told_first_what_was_decided(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "my.csv"
    table.write_text("x,y\n" + "".join(f"{n},{2 * n + 1}.5\n" for n in range(40)))
    assert train(None, {"data.target": "y", "epochs": 3}, "plain", data=str(table)) == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    assert "“y” has 40 different numbers: regression." in lines[0]
    assert lines[1].startswith("epoch 1")
    assert train(None, {"data.target": "y", "epochs": 3}, "json", data=str(table)) == ExitCode.OK
    started = json.loads(capsys.readouterr().out.splitlines()[0])
    assert "regression" in started["data"]["notes"][0]


def test_a_setting_changes_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert train("ball", {"optimizer.learning_rate": 0.2}, "json") == ExitCode.OK
    summary = last_json(capsys.readouterr().out)
    assert summary["state"] == "diverged"
    assert summary["diverged"] is True


def test_a_lab_without_an_optimiser_looks_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert train("two-sliders", {"w": 0.74, "b": 1.2}, "json") == ExitCode.OK
    assert last_json(capsys.readouterr().out)["final.train_loss"] == pytest.approx(0.82, abs=0.005)


def test_an_unknown_lab_is_told_with_the_nearest_name() -> None:
    with pytest.raises(TutorError, match="bal") as told:
        train("bal", {}, "plain")
    assert "ball" in str(told.value)


@pytest.mark.parametrize("setting", ["optimizer.learning_rate=abc", "optimizer.lr=1", "train.epochs=-1", "nonsense"])
def test_an_impossible_setting_is_refused(setting: str) -> None:
    with pytest.raises(TutorError) as told:
        train("ball", overrides((setting,), {}), "plain")
    assert told.value.exit_code == ExitCode.USAGE


def test_ctrl_c_stops_the_run_and_keeps_what_it_learnt(own_home: Path) -> None:
    command = [sys.executable, "-m", "tutor", "train", "moons-net", "--json", "--set", "train.pace=20"]

    # A background job starts with SIGINT ignored, and these tests may run in one.
    def listen() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=listen) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if '"epochs"' in line and '"type":"epochs"' in line:
                os.kill(process.pid, signal.SIGINT)
                break
        lines += process.stdout.readlines()
        assert process.wait(20) == ExitCode.INTERRUPTED
    summary = json.loads(lines[-1])
    assert summary["state"] == "stopped"
    assert 0 < summary["epochs"] < 100


def test_a_reader_that_leaves_is_no_failure(own_home: Path) -> None:
    command = f"{sys.executable} -m tutor train moons-net --plain --set train.pace=50 | head -n 2"
    started = time.monotonic()
    result = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60, check=False)
    assert result.stderr == ""
    assert len(result.stdout.splitlines()) == 2
    assert time.monotonic() - started < 60


def summary_of(*events: Epochs | Changed | Finished) -> RunSummary:
    summary = RunSummary()
    for event in events:
        fold(summary, [event])
    return summary


def test_lines_name_a_changed_control_and_a_loss_that_is_no_number() -> None:
    epochs = Epochs(first=1, train=[0.5, None], valid=[0.75, 0.25], updates=2, seconds=0.1)
    changed = Changed(epoch=2, updates=2, key="optimizer.learning_rate", value=0.5)
    out = io.StringIO()
    LineReporter(out).events([epochs, changed], summary_of(epochs, changed))
    first, second, third = out.getvalue().splitlines()
    assert "0.5000" in first
    assert "0.7500" in first
    assert "–" in second
    assert third == "optimizer.learning_rate is now 0.5, from epoch 2 on"


def test_lines_speak_chinese() -> None:
    use_language("zh")
    epochs = Epochs(first=1, train=[0.5], updates=1, seconds=0.1)
    out = io.StringIO()
    LineReporter(out).events([epochs], summary_of(epochs))
    assert out.getvalue().startswith("回合 1  训练损失")


def test_json_never_writes_nan() -> None:
    epochs = Epochs(first=1, train=[None], updates=1, seconds=0.1)
    out = io.StringIO()
    reporter = JsonReporter(out)
    summary = summary_of(epochs)
    reporter.events([epochs], summary)
    reporter.end(summary)
    for line in out.getvalue().splitlines():
        json.loads(line, parse_constant=pytest.fail)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "–"), (float("nan"), "nan"), (float("inf"), "inf"),
     (0.0, "0.0000"), (0.12345, "0.1235"), (1e-6, "1.000e-06"),
     (3.2e17, "3.200e+17"), (-1.07, "-1.0700")],
)  # fmt: skip
def test_figures_keep_their_width(value: float | None, shown: str) -> None:
    assert figure(value) == shown
    assert len(shown) <= 10


@pytest.mark.parametrize(
    ("lab", "settings", "reason"),
    [
        ("digits-net", {"loss": "mae"}, "classes"),
        ("one-lag", {"loss": "cross-entropy"}, "Cross-entropy"),
        ("two-sliders", {"hidden": [16]}, "model.hidden changes nothing"),
        ("ball", {"optimizer": "adam", "momentum": 0.5}, "optimizer.momentum changes nothing"),
        ("three-species", {"features": ["petal widht (cm)"]}, "petal widht"),
        ("spam-rule", {"keyword": "bingo"}, "bingo"),
        ("three-species", {"split": "grouped"}, "group"),
        ("bicycles", {"data.target": "riders"}, "riders"),
    ],
)
def test_what_cannot_work_or_changes_nothing_starts_no_run(
    own_home: Path, lab: str, settings: dict[str, object], reason: str
) -> None:
    with pytest.raises(TutorError, match=reason) as told:
        train(lab, settings, "plain")
    assert told.value.exit_code == ExitCode.USAGE
    assert not list(own_home.rglob("spec.toml"))


ADAM = """\
import numpy as np


def adam_step(theta, g, m, s, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    return theta - lr * m / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), m, s
"""
MINE = {"optimizer": "adam", "train.epochs": 50, "mine.optimizer": "adam-step"}


def test_ones_own_function_trains_once_it_has_passed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(TutorError, match="has not passed in its present version") as error:
        train("long-valley", MINE, "json")
    assert error.value.exit_code == ExitCode.USAGE
    own = paths.exercises_folder() / "adam-step.py"
    own.parent.mkdir(parents=True)
    own.write_text(ADAM, encoding="utf-8")
    assert check_exercise("adam-step") == ExitCode.OK
    capsys.readouterr()
    losses = []
    for changes in (MINE, {"optimizer": "adam", "train.epochs": 50}):
        assert train("long-valley", changes, "json") == ExitCode.OK
        losses.append(last_json(capsys.readouterr().out)["final.train_loss"])
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)
    run = next(folder for folder in paths.runs_folder().iterdir() if (folder / "mine").is_dir())
    assert (run / "mine" / "optimizer.py").read_text(encoding="utf-8") == ADAM
    own.write_text("# another version\n", encoding="utf-8")
    assert train(str(run / "spec.toml"), {}, "json") == ExitCode.OK
    assert last_json(capsys.readouterr().out)["final.train_loss"] == losses[0]


def test_a_part_or_an_exercise_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TutorError, match="No exercise called “nope”"):
        train("long-valley", {"mine.optimizer": "nope"}, "json")
    with pytest.raises(TutorError, match="no part called “optimiser”"):
        train("long-valley", {"mine.optimiser": "adam-step"}, "json")


def test_a_lab_that_offers_a_part_trains_with_the_built_in_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab = tmp_path / "a-lab.toml"
    text = (paths.lessons_folder() / "labs" / "ball.toml").read_text(encoding="utf-8")
    lab.write_text(f'{text}\n[mine]\noptimizer = "adam-step"\n', encoding="utf-8")
    assert train(str(lab), {"train.epochs": 2}, "plain") == ExitCode.OK
    assert "optimizer: built-in, until adam-step passes" in capsys.readouterr().err
