"""What goes over the line, beside Textual's own driver: bytes, their ratio to the least there could be, a slow line.

    python -m tests.bench.line [--seconds 10] [--stopped 10]

Each scene is played in a real pseudo-terminal at 80x24 with an emulator behind it that answers like a terminal. A
frame is what comes without a pause of 25 ms; the least is the smallest cell-by-cell difference between the screens
before and after it: moves of the cursor, changed cells, changes of the pen, found by a count of its own, beside a
floor that no order of them can go below (see `tests.bench.least`).

Aims: a live loss curve of two series at most 1,250 bytes a second and 1.3 times the least; a page of a lesson at most
3,000 bytes, the first screen 10,000; at 2,000 bytes a second a key is seen after 300 ms plus the line's own time.
"""

from __future__ import annotations

import argparse
import os
import re
import select
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from tests.bench.least import least_bytes
from tests.end_to_end.processes import workers_of
from tests.end_to_end.terminal import Terminal
from tests.tui.terminal.referee import Look, looks_of

LAB = """
id = "live"
[data]
name = "moons"
[model]
name = "mlp"
hidden = [8]
[loss]
name = "cross-entropy"
[optimizer]
name = "adam"
[train]
epochs = 2000
batch_size = 32
pace = 10.0
[show]
panels = ["loss"]
"""
DRIVERS = ("tutor", "textual")
_PAUSE = 0.025
_OPENING = 5.0
_AXES_SETTLE = 8.0
"""Seconds in which the first epochs of a run move the axes of its chart again and again."""
_MARK = re.compile(rb"\x1b\[\?2026[hl]|\x1b\[5n")


class Bench(Terminal):
    """`tutor`, or another program, in a terminal that answers, counts, and can be slow."""

    def __init__(
        self, *arguments: str, driver: str = "tutor", home: str, command: str | None = None, **environment: str
    ) -> None:
        told = {"TUTOR_HOME": home, "TUTOR_DRIVER": driver, "COLORTERM": "truecolor", **environment}
        super().__init__(*arguments, columns=80, lines=24, command=command, **told)
        self.screen.write_process_input = self._reply  # type: ignore[method-assign]

    def _reply(self, data: str) -> None:
        os.write(self.master, data.encode())

    def frame(self, seconds: float) -> bytes:
        """What comes next without a pause; empty where nothing comes within ``seconds``."""
        data, wait = b"", seconds
        while select.select([self.master], [], [], wait)[0]:
            piece = os.read(self.master, 1 << 16)
            self.output += piece
            self._stream.feed(re.sub(rb"\x1b\[[<>=?][^a-zA-Z]*[a-zA-Z]", b"", piece))
            data, wait = data + piece, _PAUSE
        return data

    def rest(self, seconds: float = 0.7) -> int:
        """Everything until nothing comes for a while: how many bytes."""
        count = 0
        while data := self.frame(seconds):
            count += len(data)
        return count

    def slow_step(self, rate: float, seconds: float) -> None:
        """Read at ``rate`` bytes a second for a while."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(0.02)
            if select.select([self.master], [], [], 0)[0]:
                piece = os.read(self.master, max(1, int(rate * 0.02)))
                self.output += piece
                self._stream.feed(re.sub(rb"\x1b\[[<>=?][^a-zA-Z]*[a-zA-Z]", b"", piece))


@contextmanager
def bench(*arguments: str, driver: str) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as home:
        terminal = Bench(*arguments, driver=driver, home=home)
        try:
            yield terminal
        finally:
            terminal.close()
            for pid in workers_of(Path(home)):
                os.kill(pid, 9)


def scenes(driver: str) -> dict[str, int]:
    """Bytes of the things that a learner does most."""
    found = {}
    with bench(driver=driver) as screen:
        screen.wait("1 What learning means", "? help")
        screen.rest(1.5)
        found["first screen"] = len(screen.output)
        for name, key in (("one row down in a list", "down"), ("settings over the map", "S"), ("back", "escape")):
            os.write(screen.master, {"down": b"\x1b[B", "escape": b"\x1b"}.get(key, key.encode()))
            found[name] = screen.rest()
        os.write(screen.master, b"3\r")
        found["a lesson opened"] = screen.rest(1.5)
        os.write(screen.master, b"\x1b[6~")
        found["a page down in a lesson"] = screen.rest()
        os.write(screen.master, b"\t")
        found["to the next block"] = screen.rest()
    return found


class Live(NamedTuple):
    """A lab with a live loss curve, frame marks and questions left out of the ratios.

    Args:
        rate: Bytes a second once the axes stand.
        found: What was sent, as a ratio to the smallest difference found.
        floor: The same to what no difference can go below.
        frames: A second.
        opening: Bytes a second in the first seconds of the run.
    """

    rate: float
    found: float
    floor: float
    frames: float
    opening: float


def live(driver: str, lab: str, seconds: float) -> Live:
    """Watch a lab with a live loss curve of two series for ``seconds`` after its axes have settled."""
    with bench("lab", lab, driver=driver) as screen:
        screen.wait("space start")
        screen.rest()
        began, before_it = time.monotonic(), len(screen.output)
        screen.press("space")
        while time.monotonic() - began < _OPENING:
            screen.frame(0.1)
        opening = (len(screen.output) - before_it) / _OPENING
        while time.monotonic() - began < _AXES_SETTLE:
            screen.frame(0.2)
        seen = [(b"", *picture(screen))]
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if data := screen.frame(0.2):
                seen.append((data, *picture(screen)))
    sent = sum(len(data) for data, *_ in seen)
    marks = sum(len(mark) for data, *_ in seen for mark in _MARK.findall(data))
    least = [least_bytes(old[1], new[1], *old[2:]) for old, new in pairwise(seen)]
    found, floor = (max(1, sum(each[index] for each in least)) for index in (0, 1))
    return Live(sent / seconds, (sent - marks) / found, (sent - marks) / floor, (len(seen) - 1) / seconds, opening)


def picture(screen: Bench) -> tuple[list[list[Look]], tuple[int, int] | None, Look]:
    """What a terminal shows, where its cursor is (None at the edge, where terminals differ), and its pen."""
    cursor = screen.screen.cursor
    pen = cursor.attrs
    lines = (pen.underscore, pen.strikethrough, pen.reverse)
    at = (cursor.x, cursor.y) if cursor.x < screen.screen.columns else None
    return looks_of(screen.screen), at, (pen.bg, pen.fg, pen.bold, pen.italics, pen.blink, *lines)


def slow(driver: str, rate: float = 2000.0) -> list[float]:
    """Seconds from a key to its effect on a line of ``rate`` bytes a second, beside a live chart."""
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as lab:
        lab.write(LAB)
        lab.flush()
        with bench("lab", lab.name, driver=driver) as screen:
            screen.wait("space start")
            screen.press("space")
            screen.wait("running")
            screen.slow_step(rate, 4.0)
            took = []
            for _ in range(6):
                wanted = "paused" if "running" in screen.text else "running"
                asked = time.monotonic()
                os.write(screen.master, b" ")
                while wanted not in screen.text.partition("\n")[0] and time.monotonic() - asked < 20:
                    screen.slow_step(rate, 0.02)
                took.append(time.monotonic() - asked)
                screen.slow_step(rate, 1.5)
            return took


def memory_and_cpu(pid: int) -> tuple[float, float]:
    """Megabytes in use, and seconds of CPU so far."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    megabytes = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024
    return megabytes, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def stopped(driver: str, lab: str, seconds: float) -> tuple[float, float, float]:
    """A terminal that does not read: growth in MB, share of a core, seconds until a terminated app is gone."""
    with bench("lab", lab, driver=driver) as screen:
        screen.wait("space start")
        screen.press("space")
        screen.wait("running")
        screen.slow_step(1e6, 2.0)
        memory, cpu = memory_and_cpu(screen.process.pid)
        time.sleep(seconds)
        later, worked = memory_and_cpu(screen.process.pid)
        asked = time.monotonic()
        screen.process.terminate()
        screen.process.wait(20)
        return later - memory, (worked - cpu) / seconds, time.monotonic() - asked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--stopped", type=float, default=10.0)
    given = parser.parse_args()
    table = {driver: scenes(driver) for driver in DRIVERS}
    print(f"{'bytes':34} {DRIVERS[0]:>9} {DRIVERS[1]:>9}   ratio")
    for name, count in table["tutor"].items():
        other = table["textual"][name]
        print(f"{name:34} {count:9,} {other:9,} {other / max(1, count):7.1f}")
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as lab:
        lab.write(LAB)
        lab.flush()
        for driver in DRIVERS:
            seen = live(driver, lab.name, given.seconds)
            print(f"live loss curve, {driver}: {seen.rate:,.0f} B/s, {seen.frames:.1f} frames/s", end="; ")
            print(f"{seen.found:.2f} of the least difference found, {seen.floor:.2f} of the floor", end="; ")
            print(f"{seen.opening:,.0f} B/s in its first {_OPENING:.0f} s")
        for driver in DRIVERS:
            grown, share, left = stopped(driver, lab.name, given.stopped)
            print(f"nobody reads, {driver}: {grown:+.1f} MB, {share:.1%} of a core, gone {left:.2f} s after SIGTERM")
    for driver in DRIVERS:
        took = slow(driver)
        print(f"2,000 B/s, {driver}: a key is seen after {statistics.median(took):.2f} s (worst {max(took):.2f} s)")


if __name__ == "__main__":
    main()
