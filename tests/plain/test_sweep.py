"""``tutor sweep`` with real workers: lines, JSON, the map, exit codes, taking up what was begun."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.runs.sweeping import SPEC, small_plan
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.translate import use_language
from tutor.plain.sweep import LineSweepReporter, MapSweepReporter, choose_sweep_reporter, last_lines, sweep
from tutor.runs.sweep.plan import MOST_CELLS_ON_CLUSTER, plan_sweep
from tutor.runs.sweep.results import (
    Begun,
    CellResult,
    CellState,
    Opened,
    SweepEvent,
    SweepFollower,
    Troubled,
    fold_sweep,
)

pytestmark = pytest.mark.timeout(120)
GRID = ("learning_rate=0.01,0.1", "batch_size=8,400")
SHORT = {"epochs": 2}


def run(capsys: pytest.CaptureFixture[str], style: str, **options: Any) -> tuple[int, list[str]]:
    code = sweep("moons-net", GRID, SHORT, style, **options)
    return code, capsys.readouterr().out.splitlines()


def test_a_pipe_gets_a_line_a_cell_and_the_best_one_and_nothing_is_run_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, lines = run(capsys, "plain", jobs=2)
    assert code == ExitCode.OK
    assert sorted(line.split("/")[0] for line in lines[:4]) == ["1", "2", "3", "4"]
    losses = {line.split("  ")[1]: float(line.split()[-1]) for line in lines[:4]}
    assert lines[4] == "All 4 combinations are done."
    assert lines[5].startswith(f"Lowest: {min(losses, key=lambda name: losses[name])}, with")
    code, again = run(capsys, "json")
    events = [json.loads(line) for line in again]
    assert sum(event["type"] == "begun" for event in events) == 4
    cells = [event for event in events if event["type"] == "cell"]
    assert [cell["values"] for cell in sorted(cells, key=lambda cell: cell["cell"])] == [
        {"optimizer.learning_rate": rate, "train.batch_size": size} for rate in (0.01, 0.1) for size in (8, 400)
    ]
    assert (events[-1]["type"], events[-1]["done"]) == ("summary", 4)
    assert events[-1]["loss"] == min(cell["valid_loss"] for cell in cells)
    code, fresh = run(capsys, "json", fresh=True)
    assert {json.loads(line)["run"] for line in fresh if '"type":"cell"' in line}.isdisjoint(
        cell["run"] for cell in cells
    )


def test_a_cell_that_fails_makes_the_exit_code_of_a_failed_run(capsys: pytest.CaptureFixture[str]) -> None:
    code = sweep("three-species", ["data.rows=1,60"], SHORT, "plain")
    out = capsys.readouterr().out
    assert code == ExitCode.RUN_FAILED
    assert "failed: " in out
    assert "1 of 2 combinations are done" in out


def test_an_own_table_can_be_swept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "my.csv"
    table.write_text("x,y\n" + "".join(f"{n},{2 * n}.5\n" for n in range(40)))
    overrides = {"data.target": "y", "epochs": 3}
    assert sweep(None, ["learning_rate=0.01,0.1"], overrides, "plain", data=str(table)) == ExitCode.OK
    assert "All 2 combinations" in capsys.readouterr().out
    # Hidden layers on the grid mean a net: a line would give every cell the same loss.
    assert sweep(None, ["hidden=[1],[8]"], overrides, "json", data=str(table)) == ExitCode.OK
    cells = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"type":"cell"' in line]
    assert len({cell["valid_loss"] for cell in cells}) == 2


@pytest.mark.parametrize(
    ("grid", "said"), [([], "needs a grid"), (["seed=1..1000000"], "1,000,000 combinations"), (["epochs=1,2"], "twice")]
)
def test_what_cannot_be_swept_is_refused_before_anything_starts(grid: list[str], said: str, own_home: Path) -> None:
    with pytest.raises(TutorError, match=said) as told:
        sweep("moons-net", grid, SHORT, "plain")
    assert told.value.exit_code == ExitCode.USAGE
    assert not (own_home / "sweeps").exists()


def test_dask_that_is_not_installed_is_told_before_anything_starts(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(TutorError, match="Dask"):
        sweep("moons-net", GRID, SHORT, "plain", dask="tcp://localhost:1")
    assert not (own_home / "sweeps").exists()


def test_ctrl_c_stops_the_sweep_and_the_same_command_goes_on() -> None:
    command = [sys.executable, "-m", "tutor", "sweep", "moons-net", "--json", "--jobs", "1"]
    command += ["--grid", "epochs=2,10000000", "--grid", "seed=1"]

    # A background job starts with SIGINT ignored, and these tests may run in one.
    def listen() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=listen) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(json.loads(line))
            if lines[-1]["type"] == "begun" and lines[-1]["cell"] == 1:
                os.kill(process.pid, signal.SIGINT)
    assert process.returncode == ExitCode.INTERRUPTED
    assert [line["state"] for line in lines if line["type"] == "cell"] == ["finished", "stopped"]
    assert lines[-1]["done"] == 1


# -- reporters, without workers ---------------------------------------------------------------------------------

PLAN = small_plan()


def result(cell: int, loss: float | None, state: CellState = "finished") -> CellResult:
    return CellResult(cell=cell, run=f"r{cell}", state=state, train_loss=loss, valid_loss=loss, message="no room")


def follower_of(folder: Path, events: list[SweepEvent]) -> SweepFollower:
    follower = SweepFollower(folder)
    fold_sweep(follower.state, events)
    return follower


def test_what_was_there_before_is_said_once(tmp_path: Path) -> None:
    events: list[SweepEvent] = [Opened(pid=1), result(0, 0.5), result(1, 0.25, "failed"), Opened(pid=2)]
    follower = follower_of(tmp_path, events)
    out = io.StringIO()
    reporter = LineSweepReporter(out, PLAN)
    reporter.events([], follower)
    reporter.events(events, follower)
    reporter.events([result(2, None, "diverged")], follower)
    lines = out.getvalue().splitlines()
    assert lines[0] == "1 of 6 combinations already have a result; --fresh would delete them."
    assert "validation loss 0.5000" in lines[1]
    assert "failed: no room" in lines[2]
    assert lines[3].endswith("diverged")
    assert len(lines) == 4


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_map_is_drawn_in_place(language: str, tmp_path: Path) -> None:
    use_language(language)
    follower = SweepFollower(tmp_path)
    out = io.StringIO()
    reporter = MapSweepReporter(out, PLAN, colour=False, ascii=False)
    for event in (Begun(cell=0, run="r0"), result(0, 0.5), result(1, 0.25)):
        fold_sweep(follower.state, [event])
        reporter.events([event], follower)
    reporter.events([], follower)
    reporter.end(follower)
    drawings = re.split(r"\x1b\[\d+A\r", out.getvalue())
    assert len(drawings) == 4
    assert "▶" in drawings[0]
    assert "0.2500★" in drawings[-1]
    height = len(drawings[0].splitlines())
    assert out.getvalue().count(f"\x1b[{height}A\r") == 3
    assert "{" not in out.getvalue()


def test_a_sweep_of_thousands_is_a_small_map_and_a_name_for_its_best(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_sweep(SPEC, ["learning_rate=0.1,0.01", "seed=1..5000"], most=MOST_CELLS_ON_CLUSTER)
    monkeypatch.setattr(sys, "stdout", terminal := io.StringIO())
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    reporter = choose_sweep_reporter(None, plan)
    follower = follower_of(tmp_path, [result(cell, 1.0 + cell) for cell in range(10_000)])
    reporter.events([], follower)
    reporter.end(follower)
    lines = terminal.getvalue().splitlines()
    assert max(map(len, lines[:-2])) <= 110
    assert "★" in terminal.getvalue()
    assert "All 10,000" in lines[-2] or "All 10000" in lines[-2]
    assert "seed 1," in lines[-1]


def test_colour_is_only_where_it_is_wanted(tmp_path: Path) -> None:
    follower = follower_of(tmp_path, [result(0, 0.5)])
    for colour in (True, False):
        out = io.StringIO()
        MapSweepReporter(out, PLAN, colour=colour, ascii=True).events([], follower)
        assert ("\x1b[32m" in out.getvalue()) == colour
        assert out.getvalue().isascii()


def test_losses_of_other_kinds_are_not_ranked_and_trouble_is_told(tmp_path: Path) -> None:
    plan = small_plan("loss=mse,mae")
    lines = last_lines(plan, follower_of(tmp_path, [result(0, 0.5), result(1, 0.25)]))
    assert lines == ["All 2 combinations are done.", "The losses measure different things, so no run is the best."]
    lines = last_lines(PLAN, follower_of(tmp_path, [Troubled(message="No disk.", hint="Make room.")]))
    assert lines[0] == "No disk. Make room."
    assert "0 of 6" in lines[1]
    lines = last_lines(PLAN, follower_of(tmp_path, [result(cell, None, "diverged") for cell in range(6)]))
    assert lines[-1] == "No run finished with a finite loss."


@pytest.mark.parametrize(
    ("lab", "grid", "reason"),
    [
        ("two-sliders", "hidden=[4],[8]", "model.hidden changes nothing in this sweep"),
        ("digits-net", "loss=mae,mse", "mae"),
    ],
)
def test_a_grid_that_compares_nothing_or_cannot_run_starts_no_sweep(lab: str, grid: str, reason: str) -> None:
    with pytest.raises(TutorError, match=reason) as told:
        sweep(lab, [grid], SHORT, "plain")
    assert told.value.exit_code == ExitCode.USAGE
