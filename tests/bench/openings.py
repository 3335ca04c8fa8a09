"""Memory after 10, 100, 200 lessons and as many labs were opened and left, in one tutor in a real pseudo-terminal.

    python -m tests.bench.openings [--times 200] [--pause 3]

Each is found in the palette, opened, looked at until it is all there, and left with escape. RSS and PSS are those of
the whole process, in MB, with a pause before they are read, as a learner makes one now and then.

Aim: 200 lessons and 200 labs end within 1.3 times what the first 10 of each took.
"""

from __future__ import annotations

import argparse
import select
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

from tests.end_to_end.terminal import Terminal
from tutor.course.catalogue import Course
from tutor.foundation import paths
from tutor.labs.lab_files import list_labs, load_lab

_AT = (10, 25, 50, 100, 150, 200, 300, 400)
"""The openings after which it is measured."""
_QUIET = 0.25
"""Seconds without output after which a screen is all there."""


def memory_of(pid: int) -> tuple[float, float]:
    """RSS and PSS of a process, in megabytes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return sizes["Rss"] / 1024, sizes["Pss"] / 1024


def _rest(screen: Terminal, seconds: float = _QUIET) -> None:
    while select.select([screen.master], [], [], seconds)[0]:
        screen.read()


def open_and_leave(screen: Terminal, name: str) -> None:
    """Open the lesson or lab that the palette finds by ``name``, and go back to the map."""
    screen.press("\x10")
    screen.wait("Find a command")
    screen.press(name)
    _rest(screen, 0.15)
    screen.press("enter")
    screen.wait("tutor ›", absent="Find a command")
    _rest(screen)
    screen.press("escape")
    screen.wait("Looking for a function", absent="tutor ›")


def measure(names: list[str], times: int, pause: float) -> dict[int, tuple[float, float]]:
    """RSS and PSS after so many openings, the names in turn."""
    found = {}
    with tempfile.TemporaryDirectory() as home:
        screen = Terminal(TUTOR_HOME=home)
        try:
            screen.wait("Looking for a function", "? help")
            time.sleep(2.0)
            _rest(screen)
            for number, name in enumerate(islice(cycle(names), times), 1):
                open_and_leave(screen, name)
                if number in _AT or number == times:
                    time.sleep(pause)
                    _rest(screen)
                    found[number] = memory_of(screen.process.pid)
        finally:
            screen.close()
    return found


def tell(kind: str, found: dict[int, tuple[float, float]]) -> None:
    """One line for each measurement, the last beside the first."""
    first = found[min(found)]
    for number, (rss, pss) in found.items():
        ratio = f"{rss / first[0]:.2f} times the first {min(found)}"
        print(f"{kind} opened {number:4} times: RSS {rss:6.1f} MB, PSS {pss:6.1f} MB, {ratio}", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--pause", type=float, default=3.0)
    given = parser.parse_args()
    course = Course(paths.lessons_folder())
    lessons = [header.title for header in course.headers("en")]
    labs = [load_lab(name, course.labs).title_in("en") for name in list_labs(course.labs)]
    tell("lessons", measure(lessons, given.times, given.pause))
    tell("labs   ", measure(labs, given.times, given.pause))


if __name__ == "__main__":
    main()
