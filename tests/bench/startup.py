"""From exec to the first full frame, tutor against a Textual app of two Statics, alternating, through a pty.

    python -m tests.bench.startup [--rounds 15] [--lesson gradient-descent]

Prints medians in milliseconds and the ratios that matter: home / bare, lesson text / bare, and what
``tutor --help`` takes beyond ``python -c pass``.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import pyte

COLUMNS, LINES = 80, 24
BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("one")
        yield Static("two")
Bare().run()
"""

Rows = list[str]


def environment(home: str) -> dict[str, str]:
    """A terminal like most, a home of its own, and compiled modules allowed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TUTOR_HOME": home}


def first_frame(
    command: Sequence[str], ready: Callable[[Rows], bool], env: dict[str, str], quiet: float = 1.0
) -> float:
    """Seconds from exec until ``ready`` holds of the screen. Output is timed as it comes and replayed later.

    It is over once nothing has come for ``quiet`` seconds.
    """
    started = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(command[0], list(command), env)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    chunks: list[tuple[float, bytes]] = []
    try:
        while select.select([terminal], [], [], quiet if chunks else 10.0)[0]:
            data = os.read(terminal, 1 << 16)
            if not data:
                break
            chunks.append((time.perf_counter() - started, data))
            if b"\x1b[5n" in data:  # terminals say that they are well when asked, and tutor waits for it once
                os.write(terminal, b"\x1b[0n")
    except OSError:
        pass
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)
    return _when_ready(chunks, ready)


def _when_ready(chunks: list[tuple[float, bytes]], ready: Callable[[Rows], bool]) -> float:
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.ByteStream(screen)
    for seconds, data in chunks:
        stream.feed(re.sub(rb"\x1b\[[<>=][^a-zA-Z]*[a-zA-Z]", b"", data))  # pyte prints private sequences
        if ready(screen.display):
            return seconds
    sys.exit("never ready:\n" + "\n".join(screen.display))


def command_seconds(command: Sequence[str], env: dict[str, str]) -> float:
    """Seconds that a command takes from start to end."""
    started = time.perf_counter()
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def shows(*texts: str) -> Callable[[Rows], bool]:
    """Whether every one of ``texts`` stands somewhere on the screen."""
    return lambda rows: all(any(text in row for row in rows) for text in texts)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--lesson", default="gradient-descent")
    parser.add_argument("--lesson-text", default="hillside at night", help="words of the lesson's first page")
    parser.add_argument("--tutor", nargs="+", default=[sys.executable, "-m", "tutor"])
    arguments = parser.parse_args()
    tutor: list[str] = arguments.tutor
    with tempfile.TemporaryDirectory() as folder:
        env = environment(folder)
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE, encoding="utf-8")
        measures: dict[str, Callable[[], float]] = {
            "bare": lambda: first_frame([sys.executable, str(bare)], shows("one", "two"), env),
            "home": lambda: first_frame(tutor, shows(" 1  ", " 2  ", "? help"), env),
            "lesson": lambda: first_frame([*tutor, arguments.lesson], shows(arguments.lesson_text, "? help"), env),
            "pass": lambda: command_seconds([sys.executable, "-c", "pass"], env),
            "help": lambda: command_seconds([*tutor, "--help"], env),
        }
        times: dict[str, list[float]] = {name: [] for name in measures}
        for turn in range(arguments.rounds + 1):
            for name, measure in measures.items():
                seconds = measure()
                if turn:  # the first turn compiles modules and fills caches
                    times[name].append(seconds)
    middle = {name: 1000 * median(seconds) for name, seconds in times.items()}
    print("  ".join(f"{name} {value:.0f} ms" for name, value in middle.items()))
    print(f"home / bare    {middle['home'] / middle['bare']:.2f}  (aim 1.2)")
    print(f"lesson / bare  {middle['lesson'] / middle['bare']:.2f}  (aim 2.2)")
    print(f"--help beyond python -c pass  {middle['help'] - middle['pass']:.0f} ms  (aim 60)")


if __name__ == "__main__":
    main()
