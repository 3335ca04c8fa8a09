"""Sweeps with a worker and processes of its own: started, stopped, killed, taken up again."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.runs.sweeping import DATA, SPEC, small_plan
from tutor.foundation.errors import ExitCode, TutorError
from tutor.runs.control import Stop, send
from tutor.runs.follower import LOCK_FILE
from tutor.runs.processes import hold
from tutor.runs.sweep.plan import SweepPlan
from tutor.runs.sweep.registry import KEEP_SWEEPS, Sweeps
from tutor.runs.sweep.results import RESULTS_FILE, RUNS_FOLDER, Opened, SweepFollower

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def sweeps(tmp_path: Path) -> Sweeps:
    return Sweeps(tmp_path / "sweeps")


def follow(folder: Path, until: Callable[[SweepFollower], bool]) -> SweepFollower:
    """Watch a sweep until something holds; the time limit of the test is the only one."""
    follower = SweepFollower(folder)
    while not until(follower):
        time.sleep(0.02)
        follower.poll()
    return follower


def at_its_end(follower: SweepFollower) -> bool:
    alive = follower.alive
    follower.poll()
    return not alive


def openings(folder: Path) -> list[int]:
    lines = (folder / RESULTS_FILE).read_bytes().splitlines()
    opened = [msgspec.json.decode(line) for line in lines]
    return [line["pid"] for line in opened if line["type"] == "opened"]


def begun(folder: Path) -> list[int]:
    lines = (folder / RESULTS_FILE).read_bytes().splitlines()
    return [line["cell"] for line in map(msgspec.json.decode, lines) if line["type"] == "begun"]


def test_a_sweep_runs_to_its_end_in_processes_of_its_own_and_is_then_done(sweeps: Sweeps) -> None:
    plan = small_plan()
    folder = sweeps.start(plan, data_folder=DATA, jobs=2)
    follower = follow(folder, at_its_end)
    assert follower.state.trouble is None
    assert sorted(follower.state.results) == list(range(6))
    assert sweeps.start(plan, data_folder=DATA) == folder
    assert not SweepFollower(folder).alive
    assert len(openings(folder)) == 1
    (entry,) = sweeps.all()
    assert (entry.plan, entry.ended, entry.alive) == (plan, 6, False)


def slow_plan() -> SweepPlan:
    """Two short cells, then long ones."""
    return small_plan("epochs=3,4,10000000", "seed=1,2")


def test_a_killed_sweep_goes_on_and_repeats_no_cell_that_ended(sweeps: Sweeps) -> None:
    plan = slow_plan()
    folder = sweeps.start(plan, data_folder=DATA, jobs=2)
    follower = follow(folder, lambda each: len(each.state.results) == 4 and len(each.state.going) == 2)
    assert follower.alive
    os.kill(openings(folder)[0], signal.SIGKILL)
    follow(folder, at_its_end)
    sweeps.start(plan, data_folder=DATA, jobs=2)
    again = follow(folder, lambda each: len(openings(folder)) == 2 and len(each.state.going) == 2)
    assert sorted(again.state.going) == [4, 5]
    assert sorted(begun(folder)) == [0, 1, 2, 3, 4, 4, 5, 5]
    send(folder, Stop())
    ended = follow(folder, at_its_end)
    assert {cell: result.state for cell, result in ended.state.results.items()} == {
        **dict.fromkeys(range(4), "finished"),
        4: "stopped",
        5: "stopped",
    }


@pytest.mark.skipif(sys.platform != "linux", reason="asks the system for its processes by /proc")
def test_nothing_is_left_of_a_killed_sweep(sweeps: Sweeps) -> None:
    folder = sweeps.start(small_plan("epochs=10000000", "seed=1,2"), data_folder=DATA, jobs=2)
    follow(folder, lambda each: len(each.state.going) == 2 and len(list(folder.glob("runs/*/events.jsonl"))) == 2)
    (worker,) = openings(folder)
    session = os.getsid(worker)
    os.kill(worker, signal.SIGKILL)

    def living() -> list[int]:
        found = []
        for each in Path("/proc").iterdir():
            try:
                fields = (each / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if each.name.isdigit() and int(fields[3]) == session and fields[0] not in {"Z", "X"}:
                found.append(int(each.name))
        return found

    while living():
        time.sleep(0.02)


def test_one_worker_is_enough_for_a_sweep(sweeps: Sweeps) -> None:
    plan = small_plan("epochs=10000000", "seed=1,2")
    folder = sweeps.start(plan, data_folder=DATA, jobs=1)
    follow(folder, lambda each: bool(each.state.going))
    assert sweeps.start(plan, data_folder=DATA, jobs=1) == folder
    with pytest.raises(TutorError, match="still running"):
        sweeps.delete(folder)
    send(folder, Stop())
    follow(folder, at_its_end)
    assert len(openings(folder)) == 1
    sweeps.delete(folder)
    assert sweeps.all() == []


def test_a_fresh_sweep_forgets_what_was_found(sweeps: Sweeps) -> None:
    plan = small_plan("seed=1")
    folder = sweeps.start(plan, data_folder=DATA, jobs=1)
    follow(folder, at_its_end)
    sweeps.start(plan, data_folder=DATA, jobs=1, fresh=True)
    follow(folder, at_its_end)
    assert begun(folder) == [0]
    assert len(list((folder / RUNS_FOLDER).iterdir())) == 1


def test_what_stopped_an_earlier_sweep_does_not_stop_the_next_one(sweeps: Sweeps) -> None:
    plan = small_plan("seed=1")
    folder = sweeps.folder_of(plan)
    folder.mkdir(parents=True)
    send(folder, Stop())
    sweeps.start(plan, data_folder=DATA, jobs=1)
    assert follow(folder, at_its_end).state.results[0].state == "finished"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TutorError, match="cannot be started") as told:
        Sweeps(tmp_path / "file").start(small_plan(), data_folder=DATA)
    assert told.value.exit_code == ExitCode.CANNOT_WRITE


def test_the_oldest_sweeps_make_room(sweeps: Sweeps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.runs.sweep.registry.start_worker", lambda *_: None)
    folders = []
    for seed in range(KEEP_SWEEPS + 3):
        train = msgspec.structs.replace(SPEC.train, seed=seed)
        plan = small_plan(spec=msgspec.structs.replace(SPEC, train=train))
        folders.append(sweeps.start(plan, data_folder=DATA))
        os.utime(folders[-1] / "plan.json", (seed, seed))
        if seed == 0:
            lock = hold(folders[0] / LOCK_FILE)
    assert [entry.folder for entry in sweeps.all()] == [*reversed(folders[3:]), folders[0]]
    assert lock is not None
    os.close(lock)


def test_a_plan_that_cannot_be_read_ends_the_worker_with_a_word(tmp_path: Path) -> None:
    from tutor.runs.sweep import worker as sweep_worker

    (tmp_path / "plan.json").write_text("{}")
    handlers = {number: signal.getsignal(number) for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)}
    lock = hold(tmp_path / LOCK_FILE)
    assert lock is not None
    words = [str(tmp_path), "--data-folder", str(DATA), "--lock", str(lock)]
    try:
        assert sweep_worker.main(words) == ExitCode.RUN_FAILED
    finally:
        os.close(lock)  # a worker of its own holds it until it ends
        for number, handler in handlers.items():
            signal.signal(number, handler)
    follower = SweepFollower(tmp_path)
    events = follower.poll()
    assert isinstance(events[0], Opened)
    assert follower.state.trouble is not None
    assert "plan.json" in follower.state.trouble.message
