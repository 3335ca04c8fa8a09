"""Memory at rest: a bare Textual app, the course map, a lesson, a lab and `tutor train`, each with its worker.

    python -m tests.bench.footprint [--rounds 3] [bare] [home] [lesson] [lab] [train]

PSS in MB, the median of some starts, each in a real pseudo-terminal and left alone until nothing more is imported.
What several processes share is divided among them, so `own`, which no other process has, is the figure to compare. The
first start of a home is apart, because it fills caches.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.bench.startup import BARE
from tests.end_to_end.terminal import Terminal

_REST_SECONDS = 5.0
"""Until everything that is imported or read in the background is there."""


class Memory(NamedTuple):
    """What a process takes, in megabytes."""

    pss: float
    own: float


class Start(NamedTuple):
    """A command, what its first screen shows, and a key to press then."""

    arguments: Sequence[str]
    shows: str
    key: str = ""


_ENDLESS = ("--set", "train.epochs=100000", "--set", "train.pace=20")
STARTS = {
    "home": Start((), "? help"),
    "lesson": Start(("gradient-descent",), "? help"),
    "lab": Start(("lab", "ball"), "space start", " "),
    "train": Start(("train", "ball", *_ENDLESS), "train"),
}


def memory_of(pid: int) -> Memory:
    """What a process takes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()[1:]
    sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines}
    return Memory(sizes["Pss"], sizes["Private_Clean"] + sizes["Private_Dirty"])


def workers_of(home: str) -> list[int]:
    """The workers of the runs of a home. They are in sessions of their own."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if "tutor.runs.worker" in command and any(word.startswith(home) for word in command):
            found.append(int(process.name))
    return found


def measure(screen: Terminal, start: Start, home: str) -> tuple[Memory, Memory | None]:
    """The memory of a tutor at rest, and that of its worker if it has one."""
    try:
        screen.wait(start.shows)
        _read_on(screen, 1.0)
        if start.key:
            screen.press(start.key)
        _read_on(screen, _REST_SECONDS)
        workers = workers_of(home)
        return memory_of(screen.process.pid), memory_of(workers[0]) if workers else None
    finally:
        screen.close()
        for worker in workers_of(home):
            os.kill(worker, 15)


def _read_on(screen: Terminal, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        screen.read(0.1)


def tell(name: str, found: list[Memory]) -> None:
    """One line for the starts of one process."""
    pss, own = (median(each) for each in zip(*found, strict=True))
    print(f"{name:<16} PSS {pss:5.1f} MB   own {own:5.1f} MB", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=["bare", *STARTS, []], default=[])
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    names = given.names or ["bare", *STARTS]
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a module that is compiled anew takes more
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE, encoding="utf-8")
        for name in names:
            viewers: list[Memory] = []
            workers: list[Memory] = []
            home = str(Path(folder) / name)
            for turn in range(given.rounds + 1):
                if name == "bare":
                    found = measure(Terminal(str(bare), command=sys.executable), Start((), "two"), home)
                else:
                    found = measure(Terminal(*STARTS[name].arguments, TUTOR_HOME=home), STARTS[name], home)
                if not turn:
                    tell(f"{name}, first", [found[0]])
                    continue
                viewers.append(found[0])
                workers += [found[1]] if found[1] is not None else []
            tell(name, viewers)
            if workers:
                tell("  its worker", workers)


if __name__ == "__main__":
    main()
