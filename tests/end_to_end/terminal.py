"""A real pseudo-terminal with a terminal emulator behind it, for driving the installed program like a person."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyte

PATIENCE_SECONDS = 40.0
"""How long a step may take on a busy machine before the test gives up."""
_GLANCE_SECONDS = 0.5
"""How long a key that is pressed again and again has for its effect each time."""
_PRIVATE = re.compile(rb"\x1b\[[<>=][^a-zA-Z]*[a-zA-Z]")
"""Private sequences, which pyte would print instead of ignoring them."""
_KEYS = {"enter": "\r", "escape": "\x1b", "tab": "\t", "down": "\x1b[B", "up": "\x1b[A", "space": " ", "end": "\x1b[F"}
_TAKE_THE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""The child, in a session of its own, makes the terminal its own, so that a hang-up reaches it; then it is tutor."""


def program() -> str:
    """The installed ``tutor`` beside this Python."""
    return str(Path(sys.executable).with_name("tutor"))


class Terminal:
    """``tutor`` in a terminal of ``columns`` by ``lines``; ``environment`` is put into the test's own.

    Another program than ``tutor`` is named by ``command``.
    """

    def __init__(
        self, *arguments: str, columns: int = 80, lines: int = 24, command: str | None = None, **environment: str
    ) -> None:
        self.screen = pyte.Screen(columns, lines)
        self.output = b""
        self._stream = pyte.ByteStream(self.screen)
        self.master, slave = os.openpty()
        self._tell_size(columns, lines)
        self.process = subprocess.Popen(
            [sys.executable, "-c", _TAKE_THE_TERMINAL, command or program(), *arguments],
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
        )  # fmt: skip
        os.close(slave)

    # -- what it shows -----------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """What the screen shows, one line a row."""
        # Not `screen.display`: it stumbles over half of a wide character that something else was written over.
        buffer, columns = self.screen.buffer, range(self.screen.columns)
        rows = ("".join(buffer[row][column].data for column in columns) for row in range(self.screen.lines))
        return "\n".join(row.rstrip() for row in rows)

    @property
    def sentence(self) -> str:
        """What was printed, on one line: for what is said without screens."""
        return " ".join(self.output.decode().split())

    def read(self, seconds: float = 0.05) -> bool:
        """Take in what the program wrote; False when it is gone."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:
            return False
        self.output += data
        self._stream.feed(_PRIVATE.sub(b"", data))
        return bool(data)

    def wait(self, *texts: str, absent: str = "") -> str:
        """Wait until the screen shows every one of ``texts`` and not ``absent``."""
        return self.wait_until(
            lambda: all(text in self.text for text in texts) and not (absent and absent in self.text)
        )

    def wait_until(self, holds: Callable[[], bool]) -> str:
        """Wait until ``holds``; the screen is the failure's message."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert time.monotonic() < end, f"waited in vain; the screen shows:\n{self.text}"
            if not self.read():
                assert holds(), f"the program is gone; the screen showed:\n{self.text}"
        return self.text

    # -- what a person does ------------------------------------------------------------------------------

    def press(self, *keys: str) -> None:
        """Press keys, named or as they are, reading what comes back in between."""
        for key in keys:
            os.write(self.master, _KEYS.get(key, key).encode())
            self.read(0.1)

    def look_for(self, text: str, key: str, most: int = 60) -> str:
        """Press ``key`` until the screen shows ``text``. Only for keys that do no harm when pressed once too often."""
        for _ in range(most):
            if self._comes(text):
                return self.text
            self.press(key)
        return self.wait(text)

    def _comes(self, text: str) -> bool:
        end = time.monotonic() + _GLANCE_SECONDS
        while text not in self.text and time.monotonic() < end:
            self.read()
        return text in self.text

    def start_the_run(self) -> None:
        """In a lab, as soon as it is there."""
        self.wait("space start", absent="Opening the lab")
        self.press("space")
        self.wait("▶ ", "space pause")

    def resize(self, columns: int, lines: int) -> None:
        """Make the window another size."""
        self.screen.resize(lines, columns)
        self._tell_size(columns, lines)

    def _tell_size(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def leave(self) -> int:
        """Press the key that leaves until the program is gone. Returns its exit code.

        Once may be too little: right behind an escape, a slow program reads both as one key.
        """
        end = time.monotonic() + PATIENCE_SECONDS
        while self.process.poll() is None and time.monotonic() < end:
            with contextlib.suppress(OSError):
                self.press("q")
            again = time.monotonic() + _GLANCE_SECONDS
            while self.process.poll() is None and time.monotonic() < again:
                if not self.read(0.02):
                    time.sleep(0.02)
        return self.ended()

    def hang_up(self) -> None:
        """Close the line, as a lost connection does."""
        os.close(self.master)
        self.master = -1

    def ended(self) -> int:
        """Wait for the program to leave. Returns its exit code, negative for a signal."""
        end = time.monotonic() + PATIENCE_SECONDS
        while self.process.poll() is None:
            assert time.monotonic() < end, f"still there:\n{self.text}"
            if self.master < 0 or not self.read(0.02):
                time.sleep(0.02)
        while self.master >= 0 and select.select([self.master], [], [], 0)[0] and self.read():
            pass
        return self.process.returncode

    def close(self) -> None:
        """Leave nothing behind."""
        self.process.kill()
        self.process.wait()
        if self.master >= 0:
            os.close(self.master)


@contextlib.contextmanager
def terminal(*arguments: str, columns: int = 80, lines: int = 24, **environment: str) -> Iterator[Terminal]:
    """Run ``tutor`` with ``arguments`` in a terminal that is cleaned up at the end."""
    running = Terminal(*arguments, columns=columns, lines=lines, **environment)
    try:
        yield running
    finally:
        running.close()
