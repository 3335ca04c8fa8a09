"""Every lab as it ships, flat out, in a worker of its own: seconds until its end, and its memory at the peak.

    python -m tests.bench.labs [LAB ...]

Aims: under 3 s of training for a default lab, under 120 MB for its worker. Labs by hand are one look.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tutor.runs.follower import Follower
from tutor.runs.lab_files import list_labs, load_lab
from tutor.runs.processes import ONE_THREAD
from tutor.runs.spec_file import write_spec

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
MOST_SECONDS = 3.0
MOST_MEGABYTES = 120.0


def measure(name: str, folder: Path) -> tuple[float, float, float, str]:
    """Train a lab.

    Returns:
        Seconds of training, seconds from the start of the process to its end, megabytes, and how the run ended.
    """
    spec = load_lab(name, LESSONS / "labs", {"train.pace": 0.0})
    if spec.manual:
        spec = load_lab(name, LESSONS / "labs", {"train.pace": 0.0, "train.epochs": 1})
    folder.mkdir()
    write_spec(folder, spec)
    command = [sys.executable, "-m", "tutor.runs.worker", str(folder), "--data-folder", str(LESSONS / "data")]
    begun = time.perf_counter()
    process = subprocess.Popen(command, env={**os.environ, **ONE_THREAD})
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0  # it has been waited for
    wall = time.perf_counter() - begun
    summary = Follower(folder).catch_up()
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return summary.seconds, wall, used.ru_maxrss / unit, summary.state


def main() -> None:
    """Print a line for each lab, the slowest and the largest last."""
    names = sys.argv[1:] or list_labs(LESSONS / "labs")
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for number, name in enumerate(names):
            found.append((name, *measure(name, Path(folder) / str(number))))
            _, seconds, wall, megabytes, state = found[-1]
            over = [f"> {MOST_SECONDS:g} s"] * (seconds > MOST_SECONDS)
            over += [f"> {MOST_MEGABYTES:g} MB"] * (megabytes > MOST_MEGABYTES)
            print(
                f"{name:<24} {seconds:6.2f} s training {wall:6.2f} s in all {megabytes:6.0f} MB  {state}"
                f"  {' '.join(over)}".rstrip(),
                flush=True,
            )
    slowest, largest = max(found, key=lambda each: each[1]), max(found, key=lambda each: each[3])
    print(f"slowest: {slowest[0]} {slowest[1]:.2f} s   largest: {largest[0]} {largest[3]:.0f} MB")


if __name__ == "__main__":
    main()
