"""Random bytes in bursts into the screens, and kills in the middle of answers, through a real pseudo-terminal.

    python -m tests.bench.keys_burst [--bytes 1000000] [--kills 200] [--seed 1] [--keep FOLDER]

Bursts: keys, escape sequences, halves of them, pastes, pieces of UTF-8, bytes that are no text, the mouse, and windows
of every size, as a slow line or a cat sends them. Counted: crashes, with the end of their tracebacks; hangs, where a
window that gets another size is not drawn anew within 2 s, less the time that the program waited for a processor (on a
busy machine the clock alone says little); terminals that were not given back as they were; keys left over for the
shell. When the keys make tutor leave, it is started again.

Kills: tutor answers a question again and again and is killed at a random moment. Every answer whose verdict was on
the screen must be in the progress file.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import random
import select
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.end_to_end.processes import workers_of
from tests.end_to_end.terminal import Terminal, program

_HANG = 2.0
"""Seconds without an answer that count as a hang."""
_LONGEST = 30.0
"""Seconds after which a program that does not answer is killed."""
_STARTS: tuple[tuple[str, ...], ...] = (
    (), (), ("3",), ("13",), ("lab", "moons-net"), ("lab", "curve-builder"), ("lab", "penguins"), ("review",),
    ("watch",),
)  # fmt: skip
_KEYS = b"\x10\r\t \x1b\x7f\x01\x0b\x04\x15\x1a\x0fabcdefghijklmnoprstuvwxyzGHLNSERPVWX0123456789?/.,[]{}+-<>=:;_!*()"
_LEAVING = b"q\x03\x11"
_SEQUENCES = (
    b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\x1b[H", b"\x1b[F", b"\x1b[5~", b"\x1b[6~", b"\x1b[3~", b"\x1b[Z",
    b"\x1bOA", b"\x1bOP", b"\x1b[1;5C", b"\x1b[1;2B", b"\x1b[I", b"\x1b[O", b"\x1b[0n", b"\x1b[?2026;2$y",
    b"\x1b[97;5u", b"\x1b[13u", b"\x1b[27;2u", b"\x1b[200~", b"\x1b[201~", b"\x1b[24;80R", b"\x1b[?1;2c",
    b"\x1b]11;?\x07",
    b"\x1b\x1b", b"\x1b[[", b"\x1b[1", b"\x1b[", b"\x1bO", b"\x1bP", b"\x1b_", b"\x1b[<", b"\x1b[999999999999A",
)  # fmt: skip
_TEXTS = ("quit", "训练", "é", "👩‍👩‍👧‍👦", "🇨🇳", "\u202e", "ﷺ", "a\u0301", "moons", "梯度下降", "\x00")


def burst(chance: random.Random, most: int = 400) -> bytes:
    """Up to ``most`` bytes of one burst."""
    wanted, made = chance.randint(1, most), b""
    while len(made) < wanted:
        kind = chance.random()
        if kind < 0.55:
            made += bytes(chance.choices(_KEYS, k=chance.randint(1, 12)))
        elif kind < 0.78:
            made += chance.choice(_SEQUENCES) * chance.choice((1, 1, 1, 2, 8))
        elif kind < 0.84:
            x, y, button = chance.randint(0, 90), chance.randint(0, 30), chance.choice((0, 0, 1, 2, 32, 35, 64, 65))
            made += f"\x1b[<{button};{x};{y}{chance.choice('Mm')}".encode()
        elif kind < 0.89:
            text = "".join(chance.choices(_TEXTS, k=chance.randint(1, 20)))
            made += b"\x1b[200~" + text.encode() + chance.choice((b"\x1b[201~", b"\x1b[201~", b""))
        elif kind < 0.95:
            whole = chance.choice(_TEXTS).encode()
            made += whole[: chance.randint(1, len(whole))]
        elif kind < 0.998:
            made += bytes(each for each in chance.randbytes(chance.randint(1, 8)) if each not in _LEAVING)
        else:
            made += chance.choice((b"q", b"\x03", b"\x11", b"\x10quit\r\r"))
    return made[:wanted]


@dataclass
class Found:
    """What the bursts have done so far."""

    sent: int = 0
    starts: int = 0
    left: int = 0
    crashes: Counter[str] = field(default_factory=Counter)
    hangs: list[float] = field(default_factory=list)
    """Seconds of each."""
    stacks: list[str] = field(default_factory=list)
    """Where those were that had to be killed."""
    slowest: float = 0.0
    modes: int = 0
    """Terminals that were not given back as they were."""
    leftover: int = 0
    """Bytes that were still to be read when tutor had gone."""

    def __str__(self) -> str:
        """One line, and one for each kind of crash."""
        hangs = ", ".join(f"{seconds:.1f} s" for seconds in self.hangs)
        starts = f"{self.sent:,} bytes, {self.starts} starts, {self.left} left by keys"
        faults = f"{self.crashes.total()} crashes; {len(self.hangs)} hangs over {_HANG:g} s{': ' * bool(hangs)}{hangs}"
        left = f"{self.modes} terminals not given back; {self.leftover} keys left for the shell"
        lines = [f"{starts}; {faults}; slowest answer {self.slowest:.2f} s; {left}"]
        return "\n".join([*lines, *self.stacks, *(f"{count} x {text}" for text, count in self.crashes.most_common())])


class Victim:
    """tutor in a pseudo-terminal whose other end stays open, so that its modes can be looked at afterwards."""

    def __init__(self, arguments: Iterable[str], home: Path) -> None:
        self.master, self.slave = os.openpty()
        self.size = (80, 24)
        self.tell_size(*self.size)
        self.before = termios.tcgetattr(self.slave)
        self.home = home
        self.leaves = False
        """Whether it has left its screen: whoever sees that types for the shell from now on."""

        def own_terminal() -> None:
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        environment = {**os.environ, "TUTOR_HOME": str(home), "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
        environment["PYTHONFAULTHANDLER"] = "1"  # so that `where_it_is` can ask
        self.process = subprocess.Popen(
            [program(), *arguments], stdin=self.slave, stdout=self.slave, stderr=self.slave, env=environment,
            preexec_fn=own_terminal,
        )  # fmt: skip
        os.set_blocking(self.master, False)

    def tell_size(self, columns: int, lines: int) -> None:
        self.size = columns, lines
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def is_alive(self) -> bool:
        """Whether tutor still listens."""
        if self.leaves:
            end = time.monotonic() + _LONGEST
            while self.process.poll() is None and time.monotonic() < end:
                self.read(0.02)
        return self.process.poll() is None

    def read(self, seconds: float) -> bytes:
        """What comes within ``seconds``; questions are answered, as a terminal does."""
        if not select.select([self.master], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:
            return b""
        self.leaves |= b"\x1b[?1049l" in data
        for _ in range(data.count(b"\x1b[5n")):
            self.write(b"\x1b[0n")
        return data

    def write(self, data: bytes) -> int:
        """Write what fits now; how much that was."""
        try:
            return os.write(self.master, data)
        except BlockingIOError:
            return 0

    def answer_time(self) -> float:
        """Seconds until a new size of the window has been drawn, but for those without a processor; 0 if it leaves."""
        while self.read(0.01):
            pass
        begin, starved = time.monotonic(), _starved(self.process.pid)
        self.tell_size(self.size[0] + (1 if self.size[0] % 2 else -1), self.size[1])
        seconds = 0.0
        while seconds < _LONGEST:
            answered = bool(self.read(0.05))
            if not self.is_alive():
                return 0.0
            seconds = max(0.0, time.monotonic() - begin - (_starved(self.process.pid) - starved))
            if answered:
                break
        return seconds

    def where_it_is(self) -> str:
        """End the program; the lines of its stack while it hung, the innermost first."""
        self.process.send_signal(signal.SIGABRT)
        told, end = b"", time.monotonic() + 5
        while time.monotonic() < end and (self.process.poll() is None or not told):
            told += self.read(0.2)
        told += self.read(0.2)
        lines = told.rpartition(b"Current thread")[2].decode("utf-8", "replace").splitlines()
        return "; ".join(line.strip() for line in lines[1:12])

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)
        for pid in workers_of(self.home):
            os.kill(pid, signal.SIGKILL)


def _starved(pid: int) -> float:
    """Seconds that the main thread was ready to run and had no processor; 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="utf-8").split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


def _crash_of(home: Path) -> str:
    """The end of the traceback that tutor has kept, or nothing. It is taken away."""
    path = home / "crash.txt"
    if not path.exists():
        return ""
    lines = path.read_text(encoding="utf-8").splitlines()
    path.unlink()
    places = [line.strip() for line in lines if line.lstrip().startswith("File ")]
    return f"{lines[-1][:200]} at {places[-1] if places else '?'}"


def _look_after(victim: Victim, found: Found) -> None:
    """Take down how a program that has gone has left."""
    code = victim.process.wait()
    if crash := _crash_of(victim.home):
        found.crashes[crash] += 1
    elif code not in {0, 1, 2, 3, 5}:
        found.crashes[f"exit code {code}"] += 1
    else:
        found.left += 1
    modes = termios.tcgetattr(victim.slave)
    found.modes += modes[:4] != victim.before[:4]
    modes[3] &= ~termios.ICANON  # else only whole lines are counted
    termios.tcsetattr(victim.slave, termios.TCSANOW, modes)
    waiting = struct.unpack("i", fcntl.ioctl(victim.slave, termios.FIONREAD, b"\0\0\0\0"))[0]
    found.leftover += waiting


def fuzz(total: int, chance: random.Random, found: Found | None = None, tell: Callable[[str], object] = print) -> Found:
    """Send ``total`` random bytes; what came of it."""
    found = found or Found()
    told = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        while found.sent < total:
            home = Path(folder) / f"home-{found.starts // 20}"
            victim = Victim(_STARTS[found.starts % len(_STARTS)], home)
            found.starts += 1
            try:
                seconds = 0.0
                until = found.sent + 12_000  # training that was begun by chance must not add up
                victim.read(10.0)
                while found.sent < min(until, total) and victim.is_alive():
                    victim.read(0)  # whoever sees that tutor has left its screen types no more
                    found.sent += 0 if victim.leaves else victim.write(burst(chance))
                    if chance.random() < 0.1:
                        victim.tell_size(
                            chance.choice((1, 2, 4, 39, 80, 140, 200)), chance.choice((1, 2, 4, 11, 24, 60))
                        )
                        victim.read(0.02)
                        victim.tell_size(80, 24)
                    seconds = victim.answer_time() if victim.is_alive() else 0.0
                    found.slowest = max(found.slowest, seconds)
                    if seconds > _HANG:
                        found.hangs.append(seconds)
                    if seconds >= _LONGEST:
                        found.stacks.append(victim.where_it_is())
                        break
                    if time.monotonic() - told > 60:
                        told = time.monotonic()
                        tell(str(found))
                if not victim.is_alive() and seconds < _LONGEST:
                    _look_after(victim, found)
            finally:
                victim.close()
            if found.starts % 20 == 0:
                shutil.rmtree(home, ignore_errors=True)
    return found


_LESSON = """\
---
id: kills
title: "Kills"
minutes: 5
---

## A question

<!-- q: kills-first -->

1. [x] This one is right
   > It is.
2. [ ] This one is not
   > It is not.
"""


def kill_while_answering(chance: random.Random, folder: Path, longest: float) -> tuple[int, int]:
    """Answer again and again until a kill at a random moment; the answers acknowledged, and those kept.

    Args:
        chance: Picks the moment and the answers.
        folder: Gets the lessons and the home.
        longest: Seconds after the first answer within which the kill comes.
    """
    lessons, home = folder / "lessons", folder / "home"
    for name in ("en", "zh", "labs", "data"):
        (lessons / name).mkdir(parents=True, exist_ok=True)
    for name in ("en", "zh"):
        (lessons / name / "01-kills.md").write_text(_LESSON, encoding="utf-8")
    screen = Terminal("1", TUTOR_HOME=str(home), TUTOR_LESSONS=str(lessons))
    seen = 0
    try:
        screen.wait("A question")
        screen.look_for("enter commit", "tab", most=3)
        end = time.monotonic() + chance.uniform(0.02, longest)
        commits = True
        os.write(screen.master, b"1\r" if chance.random() < 0.5 else b"2\r")
        while time.monotonic() < end:
            screen.read(min(0.02, max(0.0, end - time.monotonic())))
            verdict = "✓   " in screen.text or "✗   " in screen.text
            if commits and verdict:
                seen, commits = seen + 1, False
                os.write(screen.master, b"r")
            elif not commits and not verdict:
                commits = True
                os.write(screen.master, b"1\r" if chance.random() < 0.5 else b"2\r")
        screen.process.kill()
        screen.process.wait()
        while select.select([screen.master], [], [], 0)[0] and screen.read(0):
            pass  # what it had written is on the screen
        seen += commits and ("✓   " in screen.text or "✗   " in screen.text)
    finally:
        screen.close()
    return seen, _answers(home)


def _answers(home: Path) -> int:
    """How many answers the progress file holds, as another program reads it."""
    path = home / "progress.sqlite3"
    if not path.exists():
        return 0
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("SELECT count(*) FROM answers").fetchone()[0])
    finally:
        connection.close()


def main() -> None:
    """Send, kill, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bytes", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    if given.bytes:
        print(fuzz(given.bytes, chance, tell=lambda text: print(text, file=sys.stderr)))
    acknowledged = lost = unseen = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(given.kills):
            seen, kept = kill_while_answering(chance, Path(folder) / str(number), 1.5)
            acknowledged += seen
            lost += max(0, seen - kept)
            unseen += max(0, kept - seen)
    if given.kills:
        print(
            f"{given.kills} kills: {acknowledged} answers acknowledged, {lost} of them lost; {unseen} kept before shown"
        )


if __name__ == "__main__":
    main()
