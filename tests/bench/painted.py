"""From a key to the first bytes that it changes on the screen, in a real pseudo-terminal.

    python -m tests.bench.painted [--rounds 20] [--sizes 80x24 140x40] [--screens map lesson ...]

On each screen a pair of keys that undo one another is pressed again and again, each time once nothing is painted any
more. Measured is the time until the first bytes come, which is what a learner feels. On a busy machine the clock shows
what the neighbours do, so what the program computed meanwhile stands beside it. Aim: 16 ms of computing for 95 of 100.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import select
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from tests.bench.keys import Taken, computed_by
from tests.end_to_end.terminal import Terminal, terminal
from tutor.foundation import clock
from tutor.progress.records import Answer
from tutor.runs.recording import Recording
from tutor.runs.registry import Runs
from tutor.workspace import Workspace

_AIM = 16.0
_QUIET = 0.3
"""Seconds without a byte after which a key is done."""
_LONGEST = 5.0
"""Seconds to wait for bytes; a key that paints nothing in that time counts as if it had taken so long."""
_DOWN, _UP = b"\x1b[B", b"\x1b[A"
_RIGHT, _LEFT = b"\x1b[C", b"\x1b[D"


def missed(home: Path) -> None:
    """Questions of lesson 3 missed a month ago, so that they are due."""
    workspace = Workspace(home=home)
    header = workspace.headers()[2]
    lesson = workspace.lesson(header.id)
    at = clock.utc_now().replace(microsecond=0) - timedelta(days=30)
    for question in lesson.questions[:4] if lesson is not None else ():
        workspace.store.record_answer(Answer(header.id, question.id, "single", (1,), correct=False, at=at))
    workspace.close()


def recorded(home: Path) -> None:
    """A run of another program, which goes on no more."""
    with Recording("bench", runs=Runs(home / "runs")) as run:
        for number in range(200):
            run.epoch(train_loss=1 / (1 + number), valid_loss=1.1 / (1 + number))


class Screen(NamedTuple):
    """A screen: tutor's arguments, what it shows when it is there, the keys that lead to it, and the pair to press.

    ``prepare`` fills tutor's home first.
    """

    arguments: tuple[str, ...]
    shows: str
    keys: tuple[str, ...]
    pair: tuple[bytes, bytes]
    prepare: Callable[[Path], None] | None = None


SCREENS = {
    "map": Screen((), "? help", (), (_DOWN, _UP)),
    "lesson": Screen(("3",), "You are on a hillside", (), (b" ", b"b")),
    "question": Screen(("3",), "You are on a hillside", ("tab",), (_DOWN, _UP)),
    "quiz": Screen((), "? help", ("t",), (_DOWN, _UP)),
    "glossary": Screen((), "? help", ("g", "tab"), (_DOWN, _UP)),
    "card": Screen((), "? help", ("g", "tab", "enter"), (b"\t", b"\x1b[Z")),
    "palette": Screen((), "? help", ("\x10",), (_DOWN, _UP)),
    "progress": Screen((), "? help", ("p",), (_RIGHT, _LEFT)),
    "settings": Screen((), "? help", ("S",), (_DOWN, _UP)),
    "lab by hand": Screen(("lab", "two-sliders"), "? help", (), (_RIGHT, _LEFT)),
    "lab, a knob": Screen(("lab", "moons-net"), "? help", (), (_RIGHT, _LEFT)),
    "sweep": Screen(("lab", "moons-net"), "? help", ("G",), (_DOWN, _UP)),
    "run": Screen(("watch",), "bench", (), (b"[", b"]"), recorded),
    "review": Screen((), "? help", ("r",), (_DOWN, _UP), missed),
    "exercise": Screen((), "? help", ("\x10", "mse-gradient", "enter", "enter"), (b"x", b"\x7f")),
    "opening a lesson": Screen((), "? help", (), (b"\r", b"\x1b")),
}


def settle(screen: Terminal) -> None:
    """Wait until nothing is painted any more."""
    end = time.monotonic() + _LONGEST
    while time.monotonic() < end and select.select([screen.master], [], [], _QUIET)[0]:
        screen.read()


def press(screen: Terminal, key: bytes) -> Taken:
    """What ``key`` took until its first bytes came."""
    before = computed_by(screen.process.pid)
    begin = time.perf_counter()
    os.write(screen.master, key)
    select.select([screen.master], [], [], _LONGEST)
    taken = Taken(1000 * (time.perf_counter() - begin), computed_by(screen.process.pid) - before)
    settle(screen)
    return taken


def measure(screen: Screen, size: tuple[int, int], rounds: int) -> list[Taken]:
    """What both keys of the screen's pair took, ``rounds`` times each."""
    columns, lines = size
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory())
        if screen.prepare is not None:
            screen.prepare(Path(home))
        shown = stack.enter_context(terminal(*screen.arguments, columns=columns, lines=lines, TUTOR_HOME=home))
        shown.wait(screen.shows)
        settle(shown)
        time.sleep(2.0)  # modules and lessons are read in the background
        settle(shown)
        for key in screen.keys:
            shown.press(key)
            time.sleep(1.0)
            settle(shown)
        for sent in screen.pair:  # the first time holds imports
            press(shown, sent)
        return [press(shown, sent) for _ in range(rounds) for sent in screen.pair]


def tell(name: str, size: str, taken: list[Taken]) -> None:
    """One line a screen."""
    walls, computing = [each.wall for each in taken], [each.computing for each in taken]
    p95 = quantiles(computing, n=20)[-1]
    slow = quantiles(walls, n=20)[-1]
    sign = "  over" if p95 > _AIM else ""
    print(
        f"{name:<18}{size:>7}  key to first bytes: median {median(walls):6.1f} ms, p95 {slow:6.1f} ms; "
        f"computing {median(computing):5.1f} ms, p95 {p95:5.1f} ms{sign}",
        flush=True,
    )


def main(arguments: Iterable[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--sizes", nargs="+", default=["80x24", "140x40"])
    parser.add_argument("--screens", nargs="+", default=list(SCREENS), choices=list(SCREENS))
    given = parser.parse_args(list(arguments) if arguments is not None else None)
    for name in given.screens:
        for size in given.sizes:
            columns, lines = map(int, size.split("x"))
            tell(name, size, measure(SCREENS[name], (columns, lines), given.rounds))


if __name__ == "__main__":
    main()
