"""A real terminal that goes away: the process ends by itself, whatever the terminal did."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_START = "from tutor.tui import start; import sys; sys.exit(start())"
_IGNORING = f"import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); {_START}"
_LEAVES_WITHIN = 10.0
"""Seconds; it takes a tenth of one, an orphan would take for ever."""


class Terminal:
    """A terminal with tutor in it."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self.master = master
        self.output = b""

    def wait_for(self, words: bytes) -> None:
        deadline = time.monotonic() + 20
        while words not in self.output:
            assert time.monotonic() < deadline, self.output[-2000:]
            self.read()

    def read(self) -> bool:
        """Whether there was anything to read."""
        if not select.select([self.master], [], [], 0.1)[0]:
            return False
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:
            return False
        self.output += data
        return bool(data)

    def hang_up(self) -> None:
        os.close(self.master)
        self.master = -1

    def end(self) -> int:
        """The exit status; reads on, as a terminal does."""
        deadline = time.monotonic() + _LEAVES_WITHIN
        while self.process.poll() is None:
            assert time.monotonic() < deadline, "still there"
            if self.master >= 0:
                self.read()
            else:
                time.sleep(0.02)
        while self.master >= 0 and self.read():
            pass
        return self.process.returncode


@contextmanager
def terminal(code: str, lessons: Path, home: Path, **variables: str) -> Iterator[Terminal]:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    environment |= {"TUTOR_HOME": str(home), "TUTOR_LESSONS": str(lessons), "LC_ALL": "C.UTF-8", **variables}

    def own_terminal() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever runs the tests may ignore hang-ups, as nohup does
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=slave, stdout=slave, stderr=subprocess.DEVNULL, env=environment, preexec_fn=own_terminal,
    )  # fmt: skip
    os.close(slave)
    screen = Terminal(process, master)
    try:
        yield screen
    finally:
        process.kill()
        process.wait()
        if screen.master >= 0:
            os.close(screen.master)


@pytest.mark.parametrize("code", [_START, _IGNORING], ids=["default", "hang-ups ignored"])
def test_a_hang_up_ends_it(code: str, lessons: Path, tmp_path: Path) -> None:
    with terminal(code, lessons, tmp_path / "home") as screen:
        screen.wait_for(b"Gradient descent")
        screen.hang_up()
        screen.end()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_gives_the_terminal_back(number: int, lessons: Path, tmp_path: Path) -> None:
    with terminal(_START, lessons, tmp_path / "home") as screen:
        screen.wait_for(b"Gradient descent")
        screen.process.send_signal(number)
        assert screen.end() == 128 + number
        assert b"\x1b[?1049l" in screen.output
        assert b"\x1b[?25h" in screen.output


def test_q_leaves_with_zero_and_stderr_may_go_elsewhere(lessons: Path, tmp_path: Path) -> None:
    with terminal(_START, lessons, tmp_path / "home") as screen:
        screen.wait_for(b"Gradient descent")
        os.write(screen.master, b"q")
        assert screen.end() == 0
        assert b"\x1b[?1049l" in screen.output


def test_without_a_unicode_locale_only_ascii_signs_are_sent(lessons: Path, tmp_path: Path) -> None:
    with terminal(_START, lessons, tmp_path / "home", LC_ALL="C") as screen:
        screen.wait_for(b"Gradient descent")
        os.write(screen.master, b"q")
        screen.end()
        assert screen.output.decode("utf-8").replace("中", "").isascii()


def test_sizes_exported_by_a_shell_do_not_freeze_the_window(lessons: Path, tmp_path: Path) -> None:
    with terminal(_START, lessons, tmp_path / "home", COLUMNS="20", LINES="5") as screen:
        screen.wait_for(b"Gradient descent")
        os.write(screen.master, b"q")
        screen.end()
