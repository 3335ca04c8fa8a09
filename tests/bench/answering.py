"""From the key that commits an answer to its feedback on the screen, in a real pseudo-terminal.

    python -m tests.bench.answering [ANSWERS]

A wrong number is committed to the first question in the text of lesson 3, over and over: each time the
answer is written to the disk and synced, its card worked out, and the feedback painted. What is measured is the time
until the bytes that show it have come; emulating the terminal is not counted. Aim: 50 ms for 95 of 100.
"""

from __future__ import annotations

import os
import select
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from tests.end_to_end.terminal import Terminal, terminal

_AIM = 50.0


def milliseconds_until(screen: Terminal, key: bytes, text: str) -> float:
    """How long after ``key`` the piece of output came that made the screen show ``text``."""
    begin = time.perf_counter()
    os.write(screen.master, key)
    while True:
        if not select.select([screen.master], [], [], 20)[0]:
            raise SystemExit(f"{text!r} never came; the screen shows:\n{screen.text}")
        came = time.perf_counter()
        screen.read()
        if text in screen.text:
            return 1000 * (came - begin)


def processor_milliseconds(pid: int) -> float:
    """What the program has computed so far: on a busy machine it says more than the clock does."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def answers_to_feedback(count: int) -> tuple[list[float], float]:
    """One wrong number committed ``count`` times, each time taken up again by ``r``; and its computing on average."""
    taken, worked = [], 0.0
    with tempfile.TemporaryDirectory() as home, terminal("3", TUTOR_HOME=home) as screen:
        screen.wait("You are on a hillside")
        screen.press("tab")
        screen.look_for("enter commit", "tab", most=3)
        for _ in range(count):
            screen.press("7")
            screen.wait("7")
            before = processor_milliseconds(screen.process.pid)
            taken.append(milliseconds_until(screen, b"\r", "✗   No."))
            worked += processor_milliseconds(screen.process.pid) - before
            screen.press("r")
            screen.wait("enter commit", absent="✗   No.")
    return taken, worked / count


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    taken, worked = answers_to_feedback(count)
    p95 = quantiles(taken, n=20)[-1]
    print(
        f"{count} answers to feedback painted: median {median(taken):.1f} ms, p95 {p95:.1f} ms, "
        f"slowest {max(taken):.1f} ms; aim {_AIM:g} ms at p95 ({p95 / _AIM:.2f} of it); computing {worked:.1f} ms each"
    )


if __name__ == "__main__":
    main()
