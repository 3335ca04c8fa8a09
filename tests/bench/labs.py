"""Every lab flat out, in a worker of its own: seconds until its end, and its memory at the peak.

    python -m tests.bench.labs [LAB ...]                as it ships
    python -m tests.bench.labs --turned-up [LAB ...]    with each control at its dearest value

Aims: under 3 s of training for a default lab; under 120 MB for its worker, turned up too. Labs by hand are one look.

The dearest value of a control that is a number is its largest. Of words, switches, lists and batch sizes nobody can say
beforehand: all others turned up, each choice is tried, and the one that takes most memory is kept before the next
control is tried. Such a run may train for `TRIED_SECONDS`: its memory is all there after the first epochs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import NamedTuple

from tutor.foundation.errors import TutorError
from tutor.foundation.processes import ONE_THREAD
from tutor.labs.controls import setting_text
from tutor.labs.lab_config import ControlConfig, LabConfig, Value
from tutor.labs.lab_files import list_labs, load_lab, write_config
from tutor.labs.settings import SETTINGS
from tutor.runs.follower import RunFollower

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
MAX_SECONDS = 3.0
MAX_MEGABYTES = 120.0


TRIED_SECONDS = 3
_SMALL = ("optimizer.learning_rate", "train.seed", "data.seed")
"""Controls that no array grows with; a large learning rate would only end the run before its time."""
_numbers = count()


class Figures(NamedTuple):
    """What a run took: seconds of training, seconds of its process, megabytes, and how it ended."""

    seconds: float
    wall: float
    megabytes: float
    state: str


def measure(spec: LabConfig, folder: Path) -> Figures:
    """Train ``spec`` in a new folder in ``folder``."""
    folder = folder / str(next(_numbers))
    folder.mkdir()
    write_config(folder, spec)
    command = [sys.executable, "-m", "tutor.runs.worker", str(folder), "--data-folder", str(LESSONS / "data")]
    begun = time.perf_counter()
    process = subprocess.Popen(command, env={**os.environ, **ONE_THREAD})
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0  # it has been waited for
    wall = time.perf_counter() - begun
    summary = RunFollower(folder).catch_up()
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return Figures(summary.seconds, wall, used.ru_maxrss / unit, summary.state)


def load(name: str, overrides: Mapping[str, Value]) -> LabConfig:
    """A lab, flat out; one that the learner trains by hand is looked at once."""
    spec = load_lab(name, LESSONS / "labs", {"train.pace": 0.0, **overrides})
    return (
        load_lab(name, LESSONS / "labs", {"train.pace": 0.0, **overrides, "train.epochs": 1}) if spec.manual else spec
    )


def turned_up(name: str, folder: Path) -> tuple[Figures, dict[str, Value]]:
    """The figures of a lab with each control at its dearest value, and those values."""
    controls = [each for each in load(name, {}).controls.values() if each.key not in _SMALL]
    chosen: dict[str, Value] = {"train.max_seconds": TRIED_SECONDS}
    tried = []
    for control in controls:
        if SETTINGS[control.key].is_number and control.key != "train.batch_size":
            chosen[control.key] = _largest(control)
        else:
            tried.append(control)
    best = measure(load(name, chosen), folder)
    for control in tried:
        for value in control.choices or (_whole(control, control.low), _whole(control, control.high)):
            try:
                found = measure(load(name, {**chosen, control.key: value}), folder)
            except TutorError:
                continue  # this choice does not go with the others
            if found.megabytes > best.megabytes:
                best, chosen = found, {**chosen, control.key: value}
    del chosen["train.max_seconds"]
    return best, chosen


def _largest(control: ControlConfig) -> Value:
    numbers = [each for each in control.choices if isinstance(each, int | float)]
    return max(numbers) if numbers else _whole(control, control.high)


def _whole(control: ControlConfig, limit: float | None) -> Value:
    """A limit in the type of its key."""
    return int(limit or 0) if SETTINGS[control.key].is_integer else float(limit or 0)


def main() -> None:
    """Print a line for each lab, the slowest and the largest last."""
    up = "--turned-up" in sys.argv
    names = [each for each in sys.argv[1:] if not each.startswith("-")] or list_labs(LESSONS / "labs")
    found: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            chosen: dict[str, Value] = {}
            if up:
                found[name], chosen = turned_up(name, Path(folder))
            else:
                found[name] = measure(load(name, {}), Path(folder))
            seconds, wall, megabytes, state = found[name]
            over = [f"> {MAX_SECONDS:g} s"] * (seconds > MAX_SECONDS and not up)
            over += [f"> {MAX_MEGABYTES:g} MB"] * (megabytes > MAX_MEGABYTES)
            print(
                f"{name:<24} {seconds:6.2f} s training {wall:6.2f} s in all {megabytes:6.0f} MB  {state}"
                f"  {' '.join(over)}".rstrip(),
                *(f"{key}={setting_text(value)}" for key, value in chosen.items()),
                flush=True,
            )
    slowest, largest = (
        max(found, key=lambda each: found[each].seconds),
        max(found, key=lambda each: found[each].megabytes),
    )
    print(f"slowest: {slowest} {found[slowest].seconds:.2f} s   largest: {largest} {found[largest].megabytes:.0f} MB")


if __name__ == "__main__":
    main()
