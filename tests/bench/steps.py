"""How long each key keeps the event loop from everything else: the longest step of the loop, in CPU milliseconds.

    python -m tests.bench.steps [--rounds 2] [--sizes 80x24 140x40] [--scenes home lab ...] [--lessons FOLDER]
                                [--over] [--profile FOLDER]

tutor runs in a real pseudo-terminal, in a home of its own, with every step of its event loop timed by the thread's
own clock, so that neighbours on a busy machine count little. Each scene is walked through several times: what the
first round shows holds imports and first looks into files, the others what a key costs from then on (their median).
With ``--lessons`` the course is another one, such as `tests.bench.big_course` writes. Each home begins with the caches
of an earlier start. With ``--over`` only the keys over the aim are listed before the table. With ``--profile`` each
step runs under cProfile, which more than doubles it, and those over the aim are kept as text.

Aim: no step over 16 ms at 80x24 and 30 ms at 140x40 on the reference machine.
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
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from tests.bench.keys import computed_by
from tests.bench.painted import missed, recorded
from tests.end_to_end import terminal
from tests.end_to_end.terminal import Terminal

AIM, WIDE_AIM = 16.0, 30.0
"""Milliseconds for a step, and for one of a screen from 120 columns."""
_WORTH_TELLING = 1.0
"""Milliseconds from which a step is written down."""
_QUIET = 0.35
"""Seconds without a byte after which a key is done."""
_IDLE = 30.0
"""Milliseconds a second that tutor computes at most while nothing goes on in the background."""
_LONGEST_WORK = 300.0
"""Seconds that the reading of a large course may take at a start."""
_INSIDE, _PROFILE = "STEPS_INSIDE", "STEPS_PROFILE"


class Key(NamedTuple):
    """A key, and what the screen shows when it has worked; what it shows no more.

    A key that shows nothing of its own has worked when nothing is painted any more.
    """

    key: str
    shows: str = ""
    absent: str = ""


class Scene(NamedTuple):
    """Where a walk begins, by tutor's arguments, the keys that lead back to where they began, and how one leaves."""

    arguments: tuple[str, ...]
    begins: str
    walk: tuple[Key, ...]
    leave: tuple[Key, ...] = ()
    prepare: Callable[[Path], None] | None = None
    """Fills tutor's home first."""


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


def _keys(*keys: str) -> tuple[Key, ...]:
    """Keys that show nothing of their own."""
    return tuple(map(Key, keys))


_DOWN, _UP, _RIGHT, _LEFT = "down", "up", "\x1b[C", "\x1b[D"
_PAGE_DOWN, _PAGE_UP, _HOME, _END = "\x1b[6~", "\x1b[5~", "\x1b[H", "end"
_BACK_TAB, _BACKSPACE = "\x1b[Z", "\x7f"
_THERE_AND_BACK = (_DOWN, _UP, _PAGE_DOWN, _PAGE_UP, _END, _HOME)
_TO_MAP = Key("escape", "⇄", "tutor ›")

SCENES = {
    "home": Scene((), "? help", (
        *_keys(*_THERE_AND_BACK, "3"),
        *_shared("⇄"),
        Key("w", "tutor › Runs"), _TO_MAP,
        Key("p", "tutor › Progress"), _TO_MAP,
        Key("r", "tutor › Review"), _TO_MAP,
        Key("t", "› Quiz"), _TO_MAP,
        Key("b", "tutor › Labs"), *_keys(*_THERE_AND_BACK), _TO_MAP,
        Key("N", "tutor › Notes"), _TO_MAP,
        Key("/", "Find a command"), Key("escape", "⇄", "Find a command"),
        *_keys(_HOME, "3"),
        Key("enter", "tutor › 3 Gradient descent"), _TO_MAP,
    )),
    "lesson": Scene(("3",), "You are on a hillside", (
        *_keys("space", "b", _DOWN, _UP, "]", "]", "[", "*", "*"),
        Key("tab", "enter commit"), *_keys(_DOWN, _UP, "1"), Key("escape", "§", "enter commit"),
        Key("c", "One step"), Key("escape", "§"),
        *_keys("n", "n", "N"),
        *_shared("§"),
        Key("t", "› Quiz"), Key("escape", "§", "› Quiz"),
        Key("A"), Key("escape", "§"),
        Key("/"), Key("slope"), Key("enter"), Key("escape", "§"),
        Key("end", "§"), *_keys("o", "o"),
        Key(_HOME, "You are on a hillside"),
    )),
    "next": Scene((), "? help", (
        *_keys("3"), Key("enter", "tutor › 3 Gradient descent"), *_keys(_END),
        Key(_RIGHT, "tutor › 4 "), *_keys(_END), Key(_RIGHT, "tutor › 5 "), _TO_MAP,
    )),
    "quiz": Scene((), "? help", (
        Key("t", "1 of"),
        *_keys(_DOWN, _UP, "1", "i"),
        *_shared("1 of"),
        Key("n", "2 of"),
        Key("b", "1 of"),
        _TO_MAP,
    )),
    "review": Scene((), "? help", (
        Key("r", "tutor › Review"), *_keys("a", _DOWN, _UP, "n", "b"), *_shared("tutor › Review"), _TO_MAP,
    ), prepare=missed),
    "glossary": Scene((), "? help", (
        Key("g", " terms"),
        *(Key(key, " term") for key in ("l", "e", "a", "r", "n", "q", *(_BACKSPACE,) * 6)),
        Key("slope of", " term"), Key("escape", " terms"),
        *_keys("tab", *_THERE_AND_BACK, _DOWN, "enter", "tab", "1", _BACKSPACE, _DOWN, "escape"),
        Key("?", "› Help"), Key("escape", "› Glossary", "› Help"),
        Key("L", "术语表"), Key("L", "› Glossary"),
        _TO_MAP,
    )),
    "palette": Scene((), "? help", (
        Key("\x10", "Find a command"),
        *_keys("l", "e", "a", "r", "n", "z", "q", *(_BACKSPACE,) * 7, *(_DOWN, _DOWN, _UP)),
        *_keys("learning rate", *(_BACKSPACE,) * 13, "学习"),
        Key("escape", "⇄", "Find a command"),
    )),
    "progress": Scene((), "? help", (
        Key("p", "tutor › Progress"),
        *_keys(_RIGHT, *_THERE_AND_BACK, _RIGHT, *_THERE_AND_BACK, _RIGHT, _RIGHT, _LEFT, "1", "2", "3", "4", "5", "1"),
        _TO_MAP,
    ), prepare=missed),
    "settings": Scene((), "? help", (
        Key("S", "› Settings"), *_keys(*_THERE_AND_BACK, _RIGHT, _LEFT, _DOWN, _RIGHT, _LEFT), _TO_MAP,
    )),
    "lab": Scene(("lab", "moons-net"), "? help", (
        Key(",", "/s"),
        Key("space", "▶ "),
        Key("space", "paused"),
        *_keys("s", "v", "v", "l", "l", "a", "a", "f", "f", "+", "-", "z", "[", "]", "{", "}", "i", "i"),
        *_keys("tab", _BACK_TAB, "p", "P", "c", "c"),
        Key(_RIGHT, "paused"),
        Key(_LEFT, "paused"),
        *_shared("paused"),
        Key("G", "tutor"), *_keys(_DOWN, "space", "space", _UP), Key("escape", "paused"),
        *_keys("C", _DOWN, "n", "p", "escape", "E", _RIGHT, "tab", _LEFT, "escape"),
        Key("r", "▶ "),
        Key("space", "paused"),
    ), (_TO_MAP,)),
    "by hand": Scene(("lab", "two-sliders"), "? help", (
        *_keys(_RIGHT, _LEFT, _UP, _DOWN, "tab", _RIGHT, _LEFT, _BACK_TAB, "v", "v"),
    ), (_TO_MAP,)),
    "opening": Scene((), "? help", (
        Key("\x10", "Find a command"),
        Key("two moons", "A net for two moons"),
        Key("enter", "seed 1"),
        _TO_MAP,
    )),
    "runs": Scene((), "? help", (
        Key("w", "tutor › Runs"),
        *_keys(_DOWN, _UP, "m", "m"),
        *_shared("tutor › Runs"),
        Key("enter", "tutor › "), *_keys("[", "]", "v", "l", "l"),
        Key("escape", "tutor › Runs"),
        _TO_MAP,
    ), prepare=recorded),
    "exercise": Scene((), "? help", (
        Key("\x10", "Find a command"), Key("mse-gradient", "mse-gradient"), Key("enter", "tutor ›"),
        *_keys(_DOWN, _UP, "d", "d", "t", "t", "h", "enter", "x", _BACKSPACE, "enter", _BACKSPACE, _DOWN, _UP),
        Key("escape"),
        _TO_MAP,
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


def _rest(screen: Terminal) -> None:
    """Wait until nothing goes on in the background: modules, lessons and terms have been read."""
    end = time.monotonic() + _LONGEST_WORK
    idle = 0
    while idle < 2 and time.monotonic() < end:
        before = computed_by(screen.process.pid)
        time.sleep(1.0)
        _settle(screen)
        idle = idle + 1 if computed_by(screen.process.pid) - before < _IDLE else 0


def _press(screen: Terminal, key: Key) -> float:
    """Press ``key`` and wait until it has worked; when it was pressed."""
    at = time.monotonic()
    screen.press(key.key)
    screen.wait(key.shows, absent=key.absent)
    end = time.monotonic() + 3.0
    while time.monotonic() < end and select.select([screen.master], [], [], _QUIET)[0]:
        screen.read()  # a run that goes on is never quiet
    return at


def start_once(home: Path) -> None:
    """Start tutor and leave it once it rests, so that its caches are in ``home``."""
    screen = Terminal(TUTOR_HOME=str(home))
    try:
        screen.wait("? help")
        _rest(screen)
        _press(screen, Key("g", " terms"))
        _rest(screen)
    finally:
        screen.close()


class Walked(NamedTuple):
    """The longest step of each key of a scene, for each round; at last of the keys that leave."""

    scene: str
    size: str
    rounds: list[list[Step]]

    @property
    def aim(self) -> float:
        """The aim for its size."""
        return WIDE_AIM if _size(self.size)[0] >= 120 else AIM

    def per_key(self) -> list[tuple[Key, float, float, Step]]:
        """For each key what the first round took and the median of the others; and whose the longest of all was."""
        scene = SCENES[self.scene]
        columns = [*zip(*self.rounds[:-1], strict=True), *([step] for step in self.rounds[-1])]
        return [
            (
                key,
                taken[0].took,
                statistics.median(step.took for step in taken[1:] or taken),
                max(taken, key=lambda step: step.took),
            )
            for key, taken in zip((*scene.walk, *scene.leave), columns, strict=True)
        ]


def walk(name: str, size: str, rounds: int, caches: Path, profiles: Path | None) -> Walked:
    """Walk through a scene."""
    scene = SCENES[name]
    columns, lines = _size(size)
    with tempfile.TemporaryDirectory() as home:
        if (caches / "cache").is_dir():
            shutil.copytree(caches / "cache", Path(home) / "cache")
        if scene.prepare is not None:
            scene.prepare(Path(home))
        log = Path(home) / "steps.log"
        more = {_PROFILE: str(profiles)} if profiles is not None else {}
        begin = ("-m", "tests.bench.steps")
        screen = Terminal(
            *begin, *scene.arguments, columns=columns, lines=lines, command=sys.executable,
            TUTOR_HOME=home, **{_INSIDE: str(log)}, **more,
        )  # fmt: skip
        try:
            screen.wait(scene.begins)
            _settle(screen)
            time.sleep(2.0)  # a learner who knows the way looks at the screen for a moment
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
    return Walked(name, size, [longest[begin:end] for begin, end in itertools.pairwise(bounds)])


_NAMES = {
    "\x10": "ctrl+p", _RIGHT: "right", _LEFT: "left", _HOME: "home", _PAGE_DOWN: "page down", _PAGE_UP: "page up",
    _BACK_TAB: "shift+tab", _BACKSPACE: "backspace",
}  # fmt: skip


def tell(walked: Walked, *, only_over: bool) -> None:
    """One line a key, the first round beside the median of the others."""
    print(f"\n{walked.scene} at {walked.size}: longest step of the event loop, CPU ms (first time, then), and whose")
    for key, first, later, step in walked.per_key():
        over = max(first, later) > walked.aim
        if over or not only_over:
            label = f"{_NAMES.get(key.key, key.key)} → {key.shows}"
            print(f"  {label:<34} {first:6.1f} {later:6.1f}  {step.what}{'  over' if over else ''}", flush=True)


def summary(walks: Iterable[Walked]) -> None:
    """One line a scene: its longest step the first time and from then on, each with its key."""
    print(f"\n{'scene':<12}{'size':<8}{'first':>7} {'key':<22}{'then':>7} {'key':<22}")
    for each in walks:
        keys = each.per_key()
        first, later = max(keys, key=lambda key: key[1]), max(keys, key=lambda key: key[2])
        names = [f"{_NAMES.get(key.key, key.key)} → {key.shows}"[:20] for key in (first[0], later[0])]
        print(f"{each.scene:<12}{each.size:<8}{first[1]:7.1f} {names[0]:<22}{later[2]:7.1f} {names[1]:<22}")


def _size(text: str) -> tuple[int, int]:
    columns, lines = text.split("x")
    return int(columns), int(lines)


def main(arguments: Iterable[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--sizes", nargs="+", default=["80x24", "140x40"])
    parser.add_argument("--scenes", nargs="+", default=list(SCENES), choices=list(SCENES))
    parser.add_argument("--lessons", type=Path)
    parser.add_argument(
        "--caches", type=Path, help="a home whose caches every scene begins with; made if it is not there"
    )
    parser.add_argument("--over", action="store_true")
    parser.add_argument("--profile", type=Path)
    given = parser.parse_args(list(arguments) if arguments is not None else None)
    if given.profile is not None:
        given.profile.mkdir(parents=True, exist_ok=True)
    if given.lessons is not None:
        os.environ["TUTOR_LESSONS"] = str(given.lessons.resolve())
        terminal.PATIENCE_SECONDS = _LONGEST_WORK
    with tempfile.TemporaryDirectory() as folder:
        caches = given.caches or Path(folder)
        if not (caches / "cache").is_dir():
            start_once(caches)
        walks = []
        for name in given.scenes:
            for size in given.sizes:
                walks.append(walk(name, size, given.rounds, caches, given.profile))
                tell(walks[-1], only_over=given.over)
    summary(walks)


if __name__ == "__main__":
    _inside() if _INSIDE in os.environ else main()
