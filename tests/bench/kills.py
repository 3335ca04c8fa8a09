"""Workers and sweeps killed at random moments: is what was told to a watcher still there, and does a sweep go on?

    python -m tests.bench.kills [--workers 200] [--sweeps 50] [--seed 1] [--folder FOLDER]

A worker is watched, steered now and then, and ends by ``kill -9`` at a random moment from before its first word to past
its last. Then:

- every byte that the watcher had read is there, at its place (lost);
- whoever opens the run afterwards sees that it died, or the end that it had come to, with every epoch that was told, in
  order, and every loss that of an undisturbed run, until something was turned (wrong);
- no process is left, and the lock is free (left behind).

A sweep's worker is killed at random moments, several times, and started again until all cells have a result. Then:

- every result that was told is there, and its cell was not run again (lost);
- all results are those of an undisturbed sweep (wrong);
- no process is left between two starts (left behind).

The exit code is 1 if anything was lost, wrong or left behind.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab
from tutor.ml.settings import DataSettings, OptimizerSettings, TrainSettings
from tutor.runs.control import Command, Note, Pace, Pause, Resume, Set, send
from tutor.runs.events import Changed, Event
from tutor.runs.follower import EVENTS_FILE, LOCK_FILE, RunFollower
from tutor.runs.in_process import run_to_end
from tutor.runs.processes import is_held
from tutor.runs.registry import Runs, entry_of
from tutor.runs.summary import RunSummary
from tutor.runs.sweep.plan import SweepPlan, plan_sweep
from tutor.runs.sweep.registry import Sweeps
from tutor.runs.sweep.results import CellResult, Opened, SweepFollower

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
DATA = LESSONS / "data"
PATIENCE = 120.0
_LABS: Sequence[tuple[str, dict[str, object]]] = (
    ("ball", {"train.epochs": 10_000_000, "train.pace": 0.0, "optimizer.learning_rate": 0.001}),
    ("ball", {"train.epochs": 10_000_000, "train.pace": 200.0, "optimizer.learning_rate": 0.001}),
    ("moons-net", {"train.epochs": 60, "train.pace": 0.0}),
    ("one-lag", {"train.epochs": 40, "train.pace": 60.0}),
)
_COMMANDS: Sequence[Command] = (
    Pause(), Resume(), Note(text="here"), Pace(pace=0.0), Pace(pace=100.0), Set(key="learning_rate", value=0.002),
)  # fmt: skip


@dataclass
class Tally:
    """What came of some kills."""

    kills: int = 0
    bytes_told: int = 0
    """What watchers had read before the kills; of sweeps, results."""
    states: Counter[str] = field(default_factory=Counter)
    """What the killed runs are called afterwards; of sweeps, how often each was killed."""
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def faults(self) -> int:
        """How much was lost, wrong or left behind."""
        return len(self.lost) + len(self.wrong) + len(self.left)

    def __str__(self) -> str:
        """A line of figures, and one for each fault."""
        states = ", ".join(f"{name} {count}" for name, count in sorted(self.states.items()))
        line = (
            f"{self.kills} kills, {self.bytes_told} told before: "
            f"lost {len(self.lost)}, wrong {len(self.wrong)}, left behind {len(self.left)}  ({states})"
        )
        return "\n".join([line, *self.lost, *self.wrong, *self.left])


def _until(ready: Callable[[], bool]) -> bool:
    """Whether ``ready`` came true before patience ended."""
    end = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


def _kill(pids: Sequence[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _processes_of(folder: Path) -> list[int]:
    """Every living process that has ``folder`` among its arguments, or was started in a session of such a one."""
    found = {}
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                words = (each / "cmdline").read_bytes().split(b"\0")
                fields = (each / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] not in {"Z", "X"}:
                found[int(each.name)] = (os.fsencode(folder) in words, int(fields[3]))
    own = {pid for pid, (named, _) in found.items() if named}
    return [pid for pid, (named, session) in found.items() if named or session in own]


def kill_workers(count: int, folder: Path, seed: int) -> Tally:
    """Kill ``count`` workers at random moments."""
    chance, tally, runs = random.Random(seed), Tally(), Runs(folder / "runs")
    undisturbed: dict[bytes, list[float]] = {}
    for number in range(count):
        lab, settings = chance.choice(_LABS)
        spec = load_lab(lab, LESSONS / "labs", settings)
        run = runs.folder_of(runs.start(spec, data_folder=DATA))
        watcher = RunFollower(run)
        told = b""
        log = run / EVENTS_FILE
        begun, moment = time.monotonic(), chance.choice((0.0, 0.6, 1.2)) + chance.random()
        while time.monotonic() - begun < moment:
            watcher.poll()
            told = _read(log)
            if chance.random() < 0.03:
                send(run, chance.choice(_COMMANDS))
            time.sleep(chance.random() * 0.01)
        (*_, told) = told, _read(log)
        _kill(_processes_of(run))
        tally.kills += 1
        tally.bytes_told += len(told)
        where = f"worker {number} ({lab}, {run.name})"
        if not _until(lambda: not _processes_of(run) and not is_held(run / LOCK_FILE)):  # noqa: B023
            tally.left.append(f"{where}: still alive")
            continue
        _check_run(run, told, spec, where, tally, undisturbed)
    return tally


def _read(log: Path) -> bytes:
    """What a watcher has been told: all whole lines of the log."""
    try:
        content = log.read_bytes()
    except FileNotFoundError:
        return b""
    return content[: content.rfind(b"\n") + 1]


def _check_run(
    run: Path, told: bytes, spec: LabConfig, where: str, tally: Tally, undisturbed: dict[bytes, list[float]]
) -> None:
    if not _read(run / EVENTS_FILE).startswith(told):
        tally.lost.append(f"{where}: bytes that were told are not there")
    after = RunFollower(run)
    events: list[Event] = []
    summary = after.catch_up(events.append)
    after.poll()
    tally.states[summary.state] += 1
    if summary.state not in {"died", "finished"} or entry_of(run).state != summary.state or after.skipped > 1:
        tally.wrong.append(f"{where}: is {summary.state}, in the list {entry_of(run).state}, skips {after.skipped}")
    losses = list(summary.train_losses)
    if len(losses) != summary.epoch:
        tally.wrong.append(f"{where}: {len(losses)} losses of {summary.epoch} epochs")
    turned = min((event.epoch for event in events if isinstance(event, Changed)), default=len(losses))
    same = min(turned, len(losses), 2000)
    key = msgspec.json.encode(spec)
    if key not in undisturbed:
        train = msgspec.structs.replace(spec.train, epochs=min(spec.train.epochs, 2000))
        undisturbed[key] = list(run_to_end(msgspec.structs.replace(spec, train=train), DATA).train_losses)
    if losses[:same] != undisturbed[key][:same]:
        tally.wrong.append(f"{where}: other losses than those of an undisturbed run")


def small_sweep(seed: int) -> SweepPlan:
    """Twelve cells of some tenths of a second each."""
    spec = LabConfig(
        id="small",
        data=DataSettings(name="quadratic", rows=60),
        optimizer=OptimizerSettings(name="sgd", learning_rate=0.1),
        train=TrainSettings(epochs=400, batch_size=4, seed=seed),
    )
    return plan_sweep(spec, ["learning_rate=0.001,0.01,0.1", "batch_size=1,4", "epochs=200,800"])


def kill_sweeps(count: int, folder: Path, seed: int) -> Tally:
    """Kill ``count`` sweeps at random moments, some several times, and let each go on to its end."""
    chance, tally, sweeps = random.Random(seed), Tally(), Sweeps(folder / "sweeps")
    plan = small_sweep(1)
    alone = {cell: run_to_end(plan.spec_of(cell), DATA) for cell in range(plan.count)}
    for number in range(count):
        sweep, where = sweeps.start(plan, data_folder=DATA, jobs=2, fresh=True), f"sweep {number}"
        times = chance.randint(1, 3)
        tally.states[f"killed {times}x"] += 1
        for _ in range(times):
            told = _kill_sweep(sweep, chance.random() * 6.0, where, tally)
            sweeps.start(plan, data_folder=DATA, jobs=2)
            again = SweepFollower(sweep)
            again.poll()
            for cell, result in told.items():
                if again.state.results.get(cell) != result:
                    tally.lost.append(f"{where}: cell {cell} was told and is {again.state.results.get(cell)}")
        end = SweepFollower(sweep)
        if _until(lambda: end.poll() is not None and not end.alive):  # noqa: B023
            _check_sweep(sweep, alone, times, where, tally)
        else:
            tally.wrong.append(f"{where}: does not end")
    return tally


def _kill_sweep(sweep: Path, moment: float, where: str, tally: Tally) -> dict[int, CellResult]:
    """Watch a sweep for some seconds, then kill its worker. Returns the results that had been told."""
    watcher, begun = SweepFollower(sweep), time.monotonic()
    while time.monotonic() - begun < moment:
        watcher.poll()
        time.sleep(0.005)
    watcher.poll()
    told = {cell: result for cell, result in watcher.state.results.items() if result.done}
    processes = _processes_of(sweep)
    # The worker alone is killed: what works for it has to end by itself.
    _kill([pid for pid in processes if _is_worker(pid, sweep)])
    tally.kills += 1
    tally.bytes_told += len(told)
    if not _until(lambda: not any(map(_alive, processes))):
        tally.left.append(f"{where}: processes still alive")
    return told


def _check_sweep(sweep: Path, alone: dict[int, RunSummary], times: int, where: str, tally: Tally) -> None:
    """Hold what a sweep found in the end against runs that nobody disturbed."""
    end = SweepFollower(sweep)
    events = end.poll()
    for cell, run in alone.items():
        result = end.state.results.get(cell)
        found = None if result is None else (result.state, result.train_loss, result.epochs, result.updates)
        if found != (run.state, run.train_losses[-1], run.epoch, run.updates):
            tally.wrong.append(f"{where}: cell {cell} found {found}")
    starts = sum(isinstance(event, Opened) for event in events)
    done = [event.cell for event in events if isinstance(event, CellResult) and event.done]
    if len(done) != len(set(done)) or starts > times + 1:
        tally.wrong.append(f"{where}: {len(done)} results of {len(set(done))} cells in {starts} starts")


def _is_worker(pid: int, sweep: Path) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(sweep) in words


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=200)
    parser.add_argument("--sweeps", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=None, help="where runs are made; a temporary one if not given")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        faults = 0
        for name, kill, count in (("workers", kill_workers, given.workers), ("sweeps", kill_sweeps, given.sweeps)):
            tally = kill(count, folder, given.seed)
            print(f"{name}: {tally}", flush=True)
            faults += tally.faults
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
