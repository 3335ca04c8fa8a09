"""How long each key keeps the event loop from everything else: the longest step of the loop, in CPU milliseconds.

    python -m tests.bench.steps [--rounds 3] [--sizes 80x24 140x40] [--scenes home lab ...] [--profile FOLDER]

tutor runs in a real pseudo-terminal, in a home of its own, with every step of its event loop timed by the thread's
own clock, so that neighbours on a busy machine count little. Each scene is walked through several times: what the
first round shows holds imports and first looks into files, the others what a key costs from then on (their median).
With ``--profile`` each step runs under cProfile, which more than doubles it, and those over the aim are kept as text.

Aim: no step over 16 ms on the reference machine.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import io
import itertools
import os
import pstats
import select
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from tests.end_to_end.terminal import Terminal

AIM = 16.0
_WORTH_TELLING = 1.0
"""Milliseconds from which a step is written down."""
_QUIET = 0.35
"""Seconds without a byte after which a key is done."""
_INSIDE, _PROFILE = "STEPS_INSIDE", "STEPS_PROFILE"


class Key(NamedTuple):
    """A key, and what the screen shows when it has worked; what it shows no more."""

    key: str
    shows: str
    absent: str = ""


class Scene(NamedTuple):
    """Where a walk begins, by tutor's arguments, the keys that lead back to where they began, and how one leaves."""

    arguments: tuple[str, ...]
    begins: str
    walk: tuple[Key, ...]
    leave: tuple[Key, ...] = ()


_SHARED = (
    Key("g", "› Glossary"),
    Key("escape", "{here}", "› Glossary"),
    Key("\x10", "Find a command"),
    Key("escape", "{here}", "Find a command"),
    Key("?", "› Help"),
    Key("escape", "{here}", "› Help"),
    Key("S", "› Settings"),
    Key("escape", "{here}", "› Settings"),
    Key("L", "帮助"),
    Key("L", "{here}"),
)


def _shared(here: str) -> tuple[Key, ...]:
    """What can be opened from everywhere, and the way back to a screen that shows ``here``."""
    return tuple(each._replace(shows=each.shows.format(here=here)) for each in _SHARED)


SCENES = {
    "home": Scene((), "? help", (
        Key("down", "⇄"),
        Key("3", "⇄"),
        *_shared("⇄"),
        Key("w", "tutor › Runs"),
        Key("escape", "⇄", "tutor ›"),
        Key("p", "tutor › Progress"),
        Key("\x1b[C", "tutor › Progress"),
        Key("escape", "⇄", "tutor ›"),
        Key("r", "tutor › Review"),
        Key("escape", "⇄", "tutor ›"),
        Key("t", "› Quiz"),
        Key("escape", "⇄", "tutor ›"),
        Key("enter", "tutor › 3 Gradient descent"),
        Key("escape", "⇄", "tutor ›"),
    )),
    "lesson": Scene(("3",), "You are on a hillside", (
        Key("space", "§"),
        Key("tab", "enter commit"),
        Key("escape", "§", "enter commit"),
        Key("c", "One step"),
        Key("escape", "§"),
        Key("n", "§"),
        *_shared("§"),
        Key("t", "› Quiz"),
        Key("escape", "§"),
        Key("end", "§"),
        Key("\x1b[H", "You are on a hillside"),
    )),
    "quiz": Scene((), "? help", (
        Key("t", "1 of"),
        Key("1", "1 of"),
        *_shared("1 of"),
        Key("n", "2 of"),
        Key("b", "1 of"),
        Key("escape", "⇄", "tutor ›"),
    )),
    "lab": Scene(("lab", "moons-net"), "? help", (
        Key(",", "/s  seed"),
        Key("space", "running"),
        Key("space", "paused"),
        Key("v", "loss"),
        Key("l", "loss"),
        Key("\x1b[C", "paused"),
        Key("\x1b[D", "paused"),
        *_shared("paused"),
        Key("G", "tutor"),
        Key("escape", "paused"),
        Key("r", "running"),
        Key("space", "paused"),
    ), (Key("escape", "⇄", "tutor ›"),)),
    "opening": Scene((), "? help", (
        Key("\x10", "Find a command"),
        Key("two moons", "A net for two moons"),
        Key("enter", "seed 1"),
        Key("escape", "⇄", "tutor ›"),
    )),
    "runs": Scene((), "? help", (
        Key("w", "tutor › Runs"),
        Key("down", "tutor › Runs"),
        *_shared("tutor › Runs"),
        Key("enter", "tutor › "),
        Key("escape", "tutor › Runs"),
        Key("escape", "⇄", "tutor ›"),
    )),
}  # fmt: skip


# -- inside tutor's own process ------------------------------------------------------------------------------


def _what(handle: asyncio.Handle) -> str:
    """Whose step it was: the message pump's, else the callback's name."""
    callback = getattr(handle, "_callback", None)
    task = getattr(callback, "__self__", None)
    if not isinstance(task, asyncio.Task):
        return getattr(callback, "__qualname__", str(callback))
    coroutine = task.get_coro()
    frame = getattr(coroutine, "cr_frame", None)
    pump = frame.f_locals.get("self") if frame is not None else None
    if (called := getattr(pump, "_callback", None)) is not None:  # a timer is known by what it calls
        return getattr(called, "__qualname__", str(called))
    return f"{type(pump).__name__}:{getattr(coroutine, '__name__', '')}"


def time_steps(log: int, profiles: Path | None) -> None:
    """From now on, write each step of the event loop to the file ``log``: when it began, how long it took, whose."""
    run: Callable[[asyncio.Handle], None] = asyncio.Handle._run
    numbers = itertools.count()

    def timed(handle: asyncio.Handle) -> None:
        profile = cProfile.Profile() if profiles is not None else None
        what = _what(handle)
        at, begin = time.monotonic(), time.thread_time()
        if profile is None:
            run(handle)
        else:
            profile.runcall(run, handle)
        took = 1000 * (time.thread_time() - begin)
        if took >= _WORTH_TELLING:
            os.write(log, f"{at} {took} {what}\n".encode())
        if profile is not None and profiles is not None and took >= AIM:
            text = io.StringIO()
            pstats.Stats(profile, stream=text).sort_stats("cumulative").print_stats(70)
            (profiles / f"{at:.3f}-{took:.0f}ms-{next(numbers)}.txt").write_text(f"{what}\n{text.getvalue()}")

    asyncio.Handle._run = timed  # type: ignore[method-assign,assignment]


def _inside() -> None:
    """Be tutor, with its steps timed."""
    log = os.open(os.environ.pop(_INSIDE), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    profiles = os.environ.pop(_PROFILE, "")
    time_steps(log, Path(profiles) if profiles else None)
    from tutor.cli import run

    sys.exit(run(sys.argv[1:]))


# -- outside, at the keys ------------------------------------------------------------------------------------


class Step(NamedTuple):
    """A step of the loop: when it began, by the monotonic clock, its CPU milliseconds, and whose it was."""

    at: float
    took: float
    what: str


def _steps(log: Path) -> list[Step]:
    lines = [line.split(" ", 2) for line in log.read_text().splitlines()]
    return [Step(float(at), float(took), what) for at, took, what in lines]


def _settle(screen: Terminal) -> None:
    while select.select([screen.master], [], [], _QUIET)[0]:
        screen.read()


def _press(screen: Terminal, key: Key) -> float:
    """Press ``key`` and wait until it has worked; when it was pressed."""
    at = time.monotonic()
    screen.press(key.key)
    screen.wait(key.shows, absent=key.absent)
    end = time.monotonic() + 3.0
    while time.monotonic() < end and select.select([screen.master], [], [], _QUIET)[0]:
        screen.read()  # a run that goes on is never quiet
    return at


def walk(scene: Scene, size: tuple[int, int], rounds: int, profiles: Path | None) -> list[list[Step]]:
    """The longest step of each key of the scene, for each round; at last of the keys that leave."""
    with tempfile.TemporaryDirectory() as home:
        log = Path(home) / "steps.log"
        more = {_PROFILE: str(profiles)} if profiles is not None else {}
        begin = ("-m", "tests.bench.steps")
        screen = Terminal(
            *begin, *scene.arguments, columns=size[0], lines=size[1], command=sys.executable,
            TUTOR_HOME=home, **{_INSIDE: str(log)}, **more,
        )  # fmt: skip
        try:
            screen.wait(scene.begins)
            time.sleep(3.0)  # the lessons are read in the background
            _settle(screen)
            pressed = [[_press(screen, key) for key in scene.walk] for _ in range(rounds)]
            pressed.append([_press(screen, key) for key in scene.leave])
        finally:
            screen.close()
        times = [at for each in pressed for at in each]
        steps = _steps(log)
    longest = [
        max((step for step in steps if at <= step.at < until), key=lambda step: step.took, default=Step(at, 0.0, ""))
        for at, until in itertools.pairwise([*times, time.monotonic()])
    ]
    bounds = itertools.accumulate((len(each) for each in pressed), initial=0)
    return [longest[begin:end] for begin, end in itertools.pairwise(bounds)]


_NAMES = {"\x10": "ctrl+p", "\x1b[H": "home", "\x1b[C": "right", "\x1b[D": "left"}


def tell(name: str, size: str, scene: Scene, rounds: list[list[Step]]) -> None:
    """One line a key, the first round beside the median of the others."""
    print(f"\n{name} at {size}: longest step of the event loop, CPU ms (first time, then), and whose")
    columns = [*zip(*rounds[:-1], strict=True), *([step] for step in rounds[-1])]
    for key, taken in zip((*scene.walk, *scene.leave), columns, strict=True):
        later = statistics.median(step.took for step in taken[1:]) if len(taken) > 1 else taken[0].took
        sign = "  over" if max(taken[0].took, later) > AIM else ""
        label = f"{_NAMES.get(key.key, key.key)} → {key.shows}"
        print(f"  {label:<34} {taken[0].took:6.1f} {later:6.1f}  {taken[0].what} {taken[-1].what}{sign}")


def _size(text: str) -> tuple[int, int]:
    columns, lines = text.split("x")
    return int(columns), int(lines)


def main(arguments: Iterable[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", nargs="+", default=["80x24", "140x40"])
    parser.add_argument("--scenes", nargs="+", default=list(SCENES), choices=list(SCENES))
    parser.add_argument("--profile", type=Path)
    given = parser.parse_args(list(arguments) if arguments is not None else None)
    if given.profile is not None:
        given.profile.mkdir(parents=True, exist_ok=True)
    for name in given.scenes:
        for size in given.sizes:
            tell(name, size, SCENES[name], walk(SCENES[name], _size(size), given.rounds, given.profile))


if __name__ == "__main__":
    _inside() if _INSIDE in os.environ else main()
