"""What watching costs: ``python -m tests.bench.runs``. Ratios, each from one run of this file.

- a worker against the bare training loop, flat out, with all of the lab's panels;
- joining a run of a million epochs;
- from a command to its event in the log.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import statistics
import tempfile
import time
from pathlib import Path

import msgspec

from tutor.runs.control import Note, Stop, send
from tutor.runs.events import Epochs
from tutor.runs.follower import EVENTS_FILE, Follower
from tutor.runs.lab_files import load_lab, with_overrides
from tutor.runs.registry import Runs
from tutor.runs.spec import RunSpec
from tutor.runs.trainee import MlTrainee

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
LABS = (("moons-net", 2000), ("one-lag", 30_000), ("digits-net", 200), ("week-lags", 1000), ("ball", 50_000))
ROUNDS = 3


def bare(spec: RunSpec) -> float:
    """Seconds that the training takes where nobody watches."""
    trainee = MlTrainee(with_overrides(spec, {"show.panels": []}), LESSONS / "data")
    begun = time.perf_counter()
    for _ in trainee.epochs():
        pass
    return time.perf_counter() - begun


def watched(runs: Runs, spec: RunSpec) -> float:
    """Seconds that the same takes in a worker, by its own account."""
    follower = runs.follow(runs.start(spec, data_folder=LESSONS / "data"))
    while not follower.catch_up().ended:
        time.sleep(1 / 30)
    return follower.summary.seconds


def join(folder: Path, count: int = 1_000_000, piece: int = 110) -> float:
    """Seconds to read ``count`` epochs with two losses each."""
    with (folder / EVENTS_FILE).open("wb") as log:
        for first in range(1, count + 1, piece):
            losses: list[float | None] = [
                float(f"{1 / (first + each):.9g}") for each in range(min(piece, count + 1 - first))
            ]
            event = Epochs(first=first, train=losses, valid=losses, updates=first, seconds=1.0)
            log.write(msgspec.json.encode(event) + b"\n")
    begun = time.perf_counter()
    summary = Follower(folder).catch_up()
    assert summary.epoch == count
    return time.perf_counter() - begun


def latency(runs: Runs, spec: RunSpec) -> float:
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
    with tempfile.TemporaryDirectory() as folder:
        runs = Runs(Path(folder) / "runs")
        for name, epochs in LABS:
            spec = with_overrides(
                load_lab(name, LESSONS / "labs"), {"train.epochs": epochs, "train.pace": 0.0, "train.stop": ""}
            )
            pairs = [(bare(spec), watched(runs, spec)) for _ in range(ROUNDS)]
            ratio = statistics.median(there / here for here, there in pairs)
            print(f"{name:12} worker / bare loop: {ratio:.2f}   ({pairs[0][0] / epochs * 1e6:.0f} us an epoch)")
        print(f"join a run of a million epochs: {min(join(Path(folder)) for _ in range(ROUNDS)) * 1e3:.0f} ms")
        endless = with_overrides(load_lab("moons-net", LESSONS / "labs"), {"train.epochs": 10**6, "train.pace": 0.0})
        print(f"from a command to its event, flat out: {latency(runs, endless) * 1e3:.1f} ms")


if __name__ == "__main__":
    main()
