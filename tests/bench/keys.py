"""How long a key takes to show, through a real pseudo-terminal; and how long the program computed for it.

On a busy machine the clock tells what the neighbours do; the processor's time tells what the program does.
"""

from __future__ import annotations

import os
import select
import time
from dataclasses import dataclass
from pathlib import Path

from tests.end_to_end.terminal import Terminal


@dataclass(frozen=True, slots=True)
class Taken:
    """What a key took.

    Args:
        wall: Milliseconds by the clock until the bytes came that show what was waited for.
        computing: Milliseconds that all threads of the program computed meanwhile, to the hundredth of a second.
    """

    wall: float
    computing: float


def press_until(screen: Terminal, key: bytes, *texts: str) -> list[Taken]:
    """Write ``key``; what it took until each of ``texts`` was on the screen, in this order."""
    before = computed_by(screen.process.pid)
    begin = time.perf_counter()
    os.write(screen.master, key)
    taken: list[Taken] = []
    while len(taken) < len(texts):
        if not select.select([screen.master], [], [], 30)[0]:
            raise SystemExit(f"{texts[len(taken)]!r} never came; the screen shows:\n{screen.text}")
        came, computed = time.perf_counter(), computed_by(screen.process.pid)
        screen.read()
        while len(taken) < len(texts) and texts[len(taken)] in screen.text:
            taken.append(Taken(1000 * (came - begin), computed - before))
    return taken


def computed_by(pid: int) -> float:
    """Milliseconds that the process has computed so far, to the nanosecond the kernel counts in where it tells."""
    tasks = Path(f"/proc/{pid}/task")
    try:
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e6
    except OSError:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
