"""Real workers: processes that train, are paused, steered, killed and watched."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tutor.foundation.errors import ExitCode, TutorError
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab, with_overrides
from tutor.runs.control import Pace, Pause, Resume, Set, Step, Stop, send
from tutor.runs.events import Epochs
from tutor.runs.follower import EVENTS_FILE, RunFollower
from tutor.runs.in_process import run_to_end
from tutor.runs.registry import Runs
from tutor.runs.summary import RunSummary

BALL = with_overrides(
    LabConfig(),
    {
        "id": "ball",
        "data.name": "curve",
        "model.name": "function",
        "model.w": 2.0,
        "loss.name": "function",
        "optimizer.learning_rate": 0.01,
        "train.epochs": 200,
        "show.panels": ["curve", "loss"],
    },
)
ENDLESS = with_overrides(BALL, {"train.epochs": 10_000_000, "train.pace": 50.0})
PATIENCE = 40.0


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    yield from runs_that_end(tmp_path / "runs")


def runs_that_end(folder: Path) -> Iterator[Runs]:
    """Runs for a fixture: behind the test, each is stopped and waited for."""
    registry = Runs(folder)
    yield registry
    for entry in registry.running():
        send(entry.folder, Stop())
    for entry in registry.all():
        wait(RunFollower(entry.folder), lambda summary: summary.ended)
    # The log ends before its process does. On a busy machine that takes longer than a leak is waited for.
    for thread in threading.enumerate():
        if thread.name.startswith("end of "):
            thread.join(PATIENCE)


def wait(follower: RunFollower, ready: Callable[[RunSummary], bool]) -> RunSummary:
    """Follow until ``ready``; the test fails where that takes far too long."""
    end = time.monotonic() + PATIENCE
    while not ready(follower.catch_up()):
        assert time.monotonic() < end, follower.summary
        time.sleep(0.01)
    return follower.summary


def started(runs: Runs, spec: LabConfig) -> RunFollower:
    follower = runs.follow(runs.start(spec))
    wait(follower, lambda summary: summary.epoch >= 2 or summary.ended)
    return follower


def pid_of(follower: RunFollower) -> int:
    import msgspec

    with (follower.folder / EVENTS_FILE).open("rb") as log:
        return int(msgspec.json.decode(log.readline())["pid"])


def test_a_run_goes_to_its_end(runs: Runs) -> None:
    follower = runs.follow(runs.start(BALL))
    assert follower.alive
    summary = wait(follower, lambda summary: summary.ended)
    assert (summary.state, summary.reason, summary.epoch, summary.updates) == ("finished", "epochs", 200, 200)
    facts = summary.facts()
    assert facts["final.w"] == pytest.approx(1.1309, abs=1e-3)
    assert facts["final.f"] == pytest.approx(-1.0702, abs=1e-3)
    assert summary.views["curve"].epoch == 200
    assert (follower.folder / "weights.npz").stat().st_size > 0
    assert (follower.folder / "worker.log").read_text(encoding="utf-8") == ""
    assert sorted(path.name for path in follower.folder.iterdir()) == [
        "control.jsonl",
        "events.jsonl",
        "spec.toml",
        "weights.npz",
        "worker.lock",
        "worker.log",
    ]


def test_a_worker_gives_the_losses_that_a_run_in_process_gives(runs: Runs) -> None:
    summary = wait(runs.follow(runs.start(BALL)), lambda summary: summary.ended)
    assert summary.train_losses == run_to_end(BALL, None).train_losses


FAILING = """
import sys
from tutor.ml.models import drawn_function
from tutor.runs.worker.__main__ import main

epochs = drawn_function.FunctionDescent.epochs

def epochs_and_a_fault(training):
    for result in epochs(training):
        yield result
        if result.epoch == 137:
            raise {fault}

drawn_function.FunctionDescent.epochs = epochs_and_a_fault
sys.exit(main([sys.argv[1]]))
"""
"""A worker whose training breaks down in the middle."""


@pytest.mark.parametrize(
    ("fault", "says"), [("ZeroDivisionError('by nought')", "by nought"), ("MemoryError()", "memory")]
)
def test_epochs_that_were_done_before_a_fault_are_kept(runs: Runs, fault: str, says: str) -> None:
    folder = runs.make(BALL)
    worker = [sys.executable, "-c", FAILING.format(fault=fault), str(folder)]
    assert subprocess.run(worker, capture_output=True, check=False).returncode == ExitCode.RUN_FAILED
    summary = RunFollower(folder).catch_up()
    assert (summary.state, summary.epoch, len(summary.train_losses)) == ("failed", 137, 137)
    assert says in summary.message
    assert summary.train_losses == run_to_end(BALL, None).train_losses[:137]


def test_a_worker_whose_folder_was_removed_ends_quietly(runs: Runs) -> None:
    paused = started(runs, ENDLESS)
    send(paused.folder, Pause())
    going = started(runs, ENDLESS)
    wait(paused, lambda summary: summary.state == "paused")
    pids = [pid_of(each) for each in (paused, going)]
    descriptor = os.open(going.folder / "worker.log", os.O_RDONLY)
    for each in (paused, going):
        shutil.rmtree(each.folder)
    end = time.monotonic() + PATIENCE
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < end
        time.sleep(0.02)
    assert os.read(descriptor, 1000) == b""
    os.close(descriptor)
    assert not going.folder.exists()


def test_a_log_that_has_grown_too_large_ends_its_run_and_says_what_to_do(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUTOR_MAX_LOG_MB", "0.1")
    follower = runs.follow(runs.start(with_overrides(ENDLESS, {"train.pace": 0.0})))
    summary = wait(follower, lambda summary: summary.ended)
    assert (summary.state, summary.reason) == ("stopped", "log-size")
    assert "TUTOR_MAX_LOG_MB" in summary.message
    assert len(summary.train_losses) == summary.epoch
    assert 1e5 < (follower.folder / EVENTS_FILE).stat().st_size < 3e6


def test_the_time_that_the_environment_allows_is_the_most_that_a_run_takes(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUTOR_MAX_SECONDS", "1")
    flat_out = with_overrides(ENDLESS, {"train.pace": 0.0})
    summary = wait(runs.follow(runs.start(flat_out)), lambda summary: summary.ended)
    assert (summary.state, summary.reason) == ("stopped", "seconds")
    assert "it may train for 1 s at most" in summary.message
    assert "TUTOR_MAX_SECONDS" in summary.message


def test_only_so_many_runs_go_on_at_once(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_MAX_RUNS", "1")
    first = started(runs, ENDLESS)
    with pytest.raises(TutorError, match="1 runs are running or paused") as told:
        runs.start(BALL)
    assert "TUTOR_MAX_RUNS" in told.value.hint
    assert len(runs.all()) == 1
    send(first.folder, Stop())
    wait(first, lambda summary: summary.ended)
    while first.alive:
        time.sleep(0.01)
    wait(runs.follow(runs.start(BALL)), lambda summary: summary.ended)


@pytest.mark.parametrize("value", ["abc", "0", "-3", "nan", "inf", "1e999"])
def test_a_limit_that_is_no_number_is_told(runs: Runs, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("TUTOR_MAX_RUNS", value)
    with pytest.raises(TutorError, match="TUTOR_MAX_RUNS"):
        runs.start(BALL)


def test_a_second_watcher_sees_the_same_numbers(runs: Runs) -> None:
    first = runs.follow(runs.start(BALL))
    wait(first, lambda summary: summary.ended)
    second = RunFollower(first.folder)
    second.catch_up()
    assert second.summary.train_losses == first.summary.train_losses
    assert second.summary.facts() == first.summary.facts()


def test_pause_step_resume_and_stop(runs: Runs) -> None:
    follower = started(runs, ENDLESS)
    send(follower.folder, Pause())
    at = wait(follower, lambda summary: summary.state == "paused").epoch
    send(follower.folder, Step(3))
    wait(follower, lambda summary: summary.epoch == at + 3)
    time.sleep(0.1)
    assert follower.catch_up().epoch == at + 3
    send(follower.folder, Resume())
    wait(follower, lambda summary: summary.epoch > at + 5)
    send(follower.folder, Stop())
    assert wait(follower, lambda summary: summary.ended).state == "stopped"
    wait(follower, lambda _summary: not follower.alive)


def test_a_setting_is_applied_and_recorded_and_a_replay_gives_the_same_bits(runs: Runs) -> None:
    spec = with_overrides(BALL, {"train.pace": 100.0, "train.epochs": 120})
    follower = started(runs, spec)
    send(follower.folder, Set("learning_rate", 0.002))
    wait(follower, lambda summary: len(summary.changes) == 1)
    send(follower.folder, Pace(0.0))
    summary = wait(follower, lambda summary: summary.ended)
    assert summary.changes[0].value == 0.002
    again = run_to_end(spec, None, changes=summary.changes)
    assert again.train_losses == summary.train_losses
    assert again.train_losses != run_to_end(spec, None).train_losses


def test_by_hand_every_setting_is_shown(runs: Runs) -> None:
    lessons = Path(__file__).resolve().parents[2] / "lessons"
    follower = runs.follow(runs.start(load_lab("two-sliders", lessons / "labs"), data_folder=lessons / "data"))
    wait(follower, lambda summary: "surface" in summary.views and summary.epoch == 1)
    levels = follower.summary.views["surface"].scene["levels"]
    for command in (Set("w", 0.73), Set("b", 1.22)):
        send(follower.folder, command)
    summary = wait(follower, lambda summary: len(summary.changes) == 2 and summary.epoch >= 2)
    summary = wait(follower, lambda summary: summary.train_losses[-1] < 0.821)
    assert summary.state == "running"
    send(follower.folder, Set("loss", "mse"))
    summary = wait(follower, lambda summary: summary.train_losses[-1] > 1.0)
    wait(follower, lambda summary: summary.views["surface"].scene["levels"] != levels)

    def path(summary: RunSummary) -> list[list[float]]:
        walked = summary.views["surface"].frame["path"]
        assert isinstance(walked, list)
        return walked

    # What is drawn comes at most ten times a second, so behind the losses.
    wait(follower, lambda summary: path(summary)[-1] == [0.73, 1.22])
    send(follower.folder, Stop())
    facts = wait(follower, lambda summary: summary.ended).facts()
    assert facts["final.w"] == pytest.approx(0.73)
    assert facts["final.b"] == pytest.approx(1.22)


def test_kill_9_shows_as_died_with_everything_kept(runs: Runs) -> None:
    follower = started(runs, ENDLESS)
    os.kill(pid_of(follower), signal.SIGKILL)
    summary = wait(follower, lambda summary: summary.ended)
    assert summary.state == "died"
    assert len(summary.train_losses) == summary.epoch >= 2
    assert "stopped unexpectedly" in summary.message
    assert [entry.state for entry in runs.all()] == ["died"]


def test_a_hang_up_changes_nothing_and_a_termination_stops_cleanly(runs: Runs) -> None:
    follower = started(runs, ENDLESS)
    pid = pid_of(follower)
    os.kill(pid, signal.SIGHUP)
    at = follower.catch_up().epoch
    wait(follower, lambda summary: summary.epoch > at + 3)
    os.kill(pid, signal.SIGTERM)
    summary = wait(follower, lambda summary: summary.ended)
    assert (summary.state, summary.reason) == ("stopped", "signal")
    assert (follower.folder / "weights.npz").exists()


STARTER = """
import os, sys
from pathlib import Path
from tutor.runs.registry import Runs
from tutor.labs.lab_files import load_lab

runs = Runs(Path(sys.argv[1]))
print(runs.start(load_lab(sys.argv[2], Path())), flush=True)
os.kill(os.getpid(), 9)
"""


def test_the_run_outlives_whoever_started_it(runs: Runs, tmp_path: Path) -> None:
    from tutor.labs.lab_files import to_toml

    lab = tmp_path / "endless.toml"
    lab.write_text(to_toml(ENDLESS), encoding="utf-8")
    command = [sys.executable, "-c", STARTER, str(runs.folder), str(lab)]
    run_id = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout.strip()
    follower = runs.follow(run_id)
    wait(follower, lambda summary: summary.epoch >= 3)
    assert [entry.id for entry in runs.running()] == [run_id]


def test_no_epoch_is_lost_flat_out(runs: Runs) -> None:
    spec = with_overrides(BALL, {"train.epochs": 20_000})
    follower = runs.follow(runs.start(spec))
    following, events = 1, 0
    end = time.monotonic() + PATIENCE
    while not follower.summary.ended:
        assert time.monotonic() < end
        for event in follower.poll(limit_bytes=5000):
            if isinstance(event, Epochs):
                assert event.first == following
                following += len(event.train)
                events += 1
    assert following == 20_001
    assert follower.skipped == 0


def test_a_failure_is_told_in_words(runs: Runs) -> None:
    spec = with_overrides(
        BALL,
        {
            "data.name": "csv",
            "data.path": "/nowhere.csv",
            "data.target": "y",
            "model.name": "linear",
            "loss.name": "mse",
            "show.panels": ["loss"],
        },
    )
    follower = runs.follow(runs.start(spec))
    summary = wait(follower, lambda summary: summary.ended)
    assert summary.state == "failed"
    assert "/nowhere.csv" in summary.message
    assert "Traceback" not in summary.message


def test_a_spec_that_was_broken_by_hand_is_told(runs: Runs, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "spec.toml").write_text("[train]\nepochs = 0\n", encoding="utf-8")
    result = subprocess.run([sys.executable, "-m", "tutor.runs.worker", str(folder)], timeout=60)
    assert result.returncode == 5
    assert "train.epochs must be" in RunFollower(folder).catch_up().message


def test_two_workers_never_share_a_folder(runs: Runs) -> None:
    follower = started(runs, ENDLESS)
    command = [sys.executable, "-m", "tutor.runs.worker", str(follower.folder)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode == 2
    assert "Another worker" in result.stderr


def test_a_worker_is_not_left_in_the_process_table(runs: Runs) -> None:
    follower = started(runs, ENDLESS)
    pid = pid_of(follower)
    send(follower.folder, Stop())
    wait(follower, lambda summary: summary.ended)
    end = time.monotonic() + PATIENCE
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file, where a folder should be", encoding="utf-8")
    with pytest.raises(TutorError, match="cannot be started"):
        Runs(tmp_path / "runs").start(BALL)


def by_hand(folder: Path, spec: LabConfig, *, largest_file: int | None = None) -> subprocess.CompletedProcess[str]:
    """A worker started from a shell, with a limit on the size of its files where one is given.

    It keeps no bytecode, which the limit would cut off.
    """
    from tutor.labs.lab_files import write_config

    folder.mkdir()
    write_config(folder, spec)
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({largest_file},) * 2)" if largest_file else ""
    code = f"{limit}\nimport sys; from tutor.runs.worker.__main__ import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.run([sys.executable, "-B", "-c", code, str(folder)], capture_output=True, text=True, timeout=60)


def test_a_log_that_takes_no_more_ends_the_run_and_keeps_what_it_has(tmp_path: Path) -> None:
    result = by_hand(tmp_path / "full", with_overrides(BALL, {"train.epochs": 100_000}), largest_file=30_000)
    assert result.returncode == 4
    assert "Traceback" not in result.stderr
    assert "cannot be written: File too large" in result.stderr
    summary = RunFollower(tmp_path / "full").catch_up()
    assert summary.state == "died"
    assert 0 < summary.epoch == len(summary.train_losses) < 100_000


def test_a_model_too_large_for_the_memory_is_told(tmp_path: Path) -> None:
    spec = {"data.name": "moons", "model.name": "mlp", "model.hidden": [4096] * 16, "loss.name": "cross-entropy"}
    result = by_hand(tmp_path / "large", with_overrides(LabConfig(), {**spec, "train.max_memory_mb": 256}))
    assert result.returncode == 5
    summary = RunFollower(tmp_path / "large").catch_up()
    assert (summary.state, summary.message) == ("failed", "The run needs more memory than this machine has.")
