"""What watching costs. Ratios, each from one run of this file.

    python -m tests.bench.runs                  all of it, for some labs
    python -m tests.bench.runs recorded [LAB ...]   only what recording costs, for every lab or these
    python -m tests.bench.runs join             only joining a run of a million epochs

- "recorded / unrecorded" is the speed of a training whose epochs go into the log against that of the same training
  without a log, in seconds of the processor, flat out: 1 is no cost. Then the same with all that the lab's panels
  show, which no loop without a log has, and for a program of one's own that tells of its epochs;
- joining a run of a million epochs: reading it, and `tutor watch` in a terminal of its own, from the command to the
  frame with the last epoch and the chart, and to the text of `tutor watch --plain`;
- from a command to its event in the log.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import contextlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.startup import environment, first_frame
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import list_labs, load_lab, with_overrides
from tutor.runs.control import CONTROL_FILE, Inbox, Note, Stop, send
from tutor.runs.events import Event
from tutor.runs.follower import EVENTS_FILE
from tutor.runs.log import RESERVE_BYTES, LogWriter
from tutor.runs.recording import Recording
from tutor.runs.registry import Runs
from tutor.runs.worker.adapter import TrainingAdapter
from tutor.runs.worker.loop import TrainingLoop

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
LABS = ("one-lag", "ball", "moons-net", "digits-net", "week-lags")
SECONDS = 0.2
"""Of training, each time."""
ROUNDS, JOINS = 15, 3


def unrecorded(spec: LabConfig) -> float:
    """Seconds of the processor that the training takes where nobody watches and nothing is written."""
    adapter = TrainingAdapter(with_overrides(spec, {"show.panels": []}), LESSONS / "data")
    begun = time.process_time()
    for _ in adapter.epochs():
        pass
    return time.process_time() - begun


def recorded(spec: LabConfig, *, panels: bool) -> float:
    """Seconds of the processor that the same takes as a worker does it, from its first epoch to its last event."""
    adapter = TrainingAdapter(spec if panels else with_overrides(spec, {"show.panels": []}), LESSONS / "data")
    with tempfile.TemporaryDirectory() as folder:
        log: LogWriter[Event] = LogWriter(Path(folder) / EVENTS_FILE, reserve=RESERVE_BYTES)
        inbox = Inbox(Path(folder) / CONTROL_FILE)
        with contextlib.closing(log), contextlib.closing(inbox):
            loop = TrainingLoop(spec, adapter, emit=log.write, commands=lambda _epoch: inbox.poll())
            begun = time.process_time()
            loop.run()
            return time.process_time() - begun


def told(spec: LabConfig) -> float:
    """Seconds of the processor that the same takes in a program that tells of it by `tutor.runs.record`."""
    adapter = TrainingAdapter(with_overrides(spec, {"show.panels": []}), LESSONS / "data")
    with tempfile.TemporaryDirectory() as folder, Recording("bench", runs=Runs(Path(folder))) as run:
        begun = time.process_time()
        for each in adapter.epochs():
            run.epoch(train_loss=each.train_loss, valid_loss=each.valid_loss, updates=each.updates)
        return time.process_time() - begun


def recording(name: str) -> str:
    """What recording costs a lab: all ways in turn, the quickest of each, for a busy neighbour only ever adds."""
    spec = with_overrides(
        load_lab(name, LESSONS / "labs"), {"train.pace": 0.0, "train.stop": "", "train.epochs": 50, "train.updates": 0}
    )
    epochs = max(50, min(200_000, round(SECONDS / unrecorded(spec) * 50)))
    spec = with_overrides(spec, {"train.epochs": epochs})
    ways: tuple[Callable[[], float], ...] = (
        lambda: unrecorded(spec),
        lambda: recorded(spec, panels=False),
        lambda: recorded(spec, panels=True),
        lambda: told(spec),
    )
    seconds = [min(each) for each in zip(*([way() for way in ways] for _ in range(ROUNDS)), strict=True)]
    bare = seconds[0]
    return (
        f"{name:20} recorded / unrecorded: {bare / seconds[1]:.3f}   with its panels: {bare / seconds[2]:.3f}   "
        f"by tutor.runs.record: {bare / seconds[3]:.3f}   ({bare / epochs * 1e6:.1f} us an epoch)"
    )


def finished(runs: Runs, epochs: int) -> str:
    """The id of a new run of so many epochs with two losses each, written by the recorder that people use."""
    with Recording("bench", epochs=epochs, runs=runs) as run:
        for epoch in range(1, epochs + 1):
            run.epoch(train_loss=1 / epoch + 0.1, valid_loss=1.1 / epoch + 0.2)
    return run.id


def join(count: int = 1_000_000, short: int = 100) -> None:
    """Print how long it takes to join a run of ``count`` epochs: to read it, and to see it."""
    with tempfile.TemporaryDirectory() as home:
        runs = Runs(Path(home) / "runs")
        env = environment(home)
        ids = {epochs: finished(runs, epochs) for epochs in (count, short)}
        read: list[float] = []
        seen: dict[int, list[float]] = {count: [], short: []}
        lines: dict[int, list[float]] = {count: [], short: []}
        for turn in range(JOINS + 1):
            follower = runs.follow(ids[count])
            begun = time.process_time()
            assert follower.catch_up().epoch == count
            read.append(time.process_time() - begun)
            for epochs, run in ids.items():
                command = [sys.executable, "-m", "tutor", "watch", run]
                shown = first_frame(command, _shows_all(epochs), env, quiet=4.0)
                begun = time.perf_counter()
                subprocess.run([*command, "--json"], env=env, check=True, stdout=subprocess.DEVNULL)
                written = time.perf_counter() - begun
                if turn:  # the first turn compiles modules and fills caches
                    seen[epochs].append(shown)
                    lines[epochs].append(written)
    print(f"a run of {count:,} epochs: read in {1e3 * statistics.median(read):.0f} ms of the processor (aim 300)")
    for what, seconds in (("seen with its chart", seen), ("told by --json", lines)):
        long, brief = (1e3 * statistics.median(seconds[epochs]) for epochs in (count, short))
        print(
            f"  {what}: {long:.0f} ms after the command, one of {short} epochs {brief:.0f} ms: {long - brief:.0f} more"
        )


def _shows_all(epochs: int) -> Callable[[list[str]], bool]:
    """Whether the last epoch and the dots of a chart are on the screen."""
    number = re.compile(rf"\b({epochs}|{epochs:,})\b")
    return lambda rows: (
        any(number.search(row) for row in rows) and any("\u2800" < each < "\u28ff" for each in "".join(rows))
    )


def latency(runs: Runs, spec: LabConfig) -> float:
    """Seconds from a command to its event, at the median of 50, while the worker trains flat out."""
    follower = runs.follow(runs.start(spec, data_folder=LESSONS / "data"))
    while not follower.catch_up().epoch:
        time.sleep(0.01)
    times = []
    for number in range(50):
        begun = time.perf_counter()
        send(follower.folder, Note(str(number)))
        while len(follower.summary.notes) <= number:
            follower.poll()
        times.append(time.perf_counter() - begun)
    send(follower.folder, Stop())
    return statistics.median(times)


def main() -> None:
    """Print one line for each figure."""
    if sys.argv[1:] == ["join"]:
        join()
        return
    only = sys.argv[1:2] == ["recorded"]
    for name in sys.argv[2:] or (list_labs(LESSONS / "labs") if only else LABS):
        print(recording(name), flush=True)
    if only:
        return
    join()
    with tempfile.TemporaryDirectory() as folder:
        endless = with_overrides(load_lab("moons-net", LESSONS / "labs"), {"train.epochs": 10**6, "train.pace": 0.0})
        seconds = latency(Runs(Path(folder) / "runs"), endless)
        print(f"from a command to its event, flat out: {seconds * 1e3:.1f} ms")


if __name__ == "__main__":
    main()
