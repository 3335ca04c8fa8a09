"""A real pseudo-terminal with a terminal emulator behind it, for driving the installed program like a person."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyte

PATIENCE_SECONDS = 40.0
"""How long a step may take on a busy machine before the test gives up."""

# pyte prints private sequences with these markers instead of ignoring them.
_PRIVATE = re.compile(rb"\x1b\[[<>=][^a-zA-Z]*[a-zA-Z]")
_KEYS = {"enter": "\r", "escape": "\x1b", "tab": "\t", "down": "\x1b[B", "up": "\x1b[A", "space": " ", "end": "\x1b[F"}


class Terminal:
    """A program in a terminal of ``columns`` by ``lines``."""

    def __init__(self, *arguments: str, columns: int = 80, lines: int = 24, **environment: str) -> None:
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.pid, self.master = pty.fork()
        if self.pid == 0:  # pragma: no cover - the child becomes tutor
            os.environ.update({"TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", **environment})
            program = str(Path(sys.executable).with_name("tutor"))
            os.execv(program, [program, *arguments])
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def read(self, seconds: float = 0.05) -> bool:
        """Take in what the program wrote; False when it is gone."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:
            return False
        self._stream.feed(_PRIVATE.sub(b"", data))
        return bool(data)

    @property
    def text(self) -> str:
        """What the screen shows, one line a row."""
        # Not `screen.display`: it stumbles over half of a wide character that something else was written over.
        buffer, columns = self.screen.buffer, range(self.screen.columns)
        rows = ("".join(buffer[row][column].data for column in columns) for row in range(self.screen.lines))
        return "\n".join(row.rstrip() for row in rows)

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

    def press(self, *keys: str) -> None:
        """Press keys, named or as they are, reading what comes back in between."""
        for key in keys:
            os.write(self.master, _KEYS.get(key, key).encode())
            self.read(0.1)

    def look_for(self, text: str, key: str, most: int = 60) -> str:
        """Press ``key`` until the screen shows ``text``."""
        for _ in range(most):
            quiet_at = time.monotonic() + 0.4
            while time.monotonic() < quiet_at:
                self.read(0.05)
            if text in self.text:
                return self.text
            self.press(key)
        return self.wait(text)

    def ended(self) -> int:
        """Wait for the program to leave. Returns its exit code."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            self.read(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
        raise AssertionError(f"still there:\n{self.text}")

    def hang_up(self) -> None:
        """Close the line, as a lost connection does."""
        os.close(self.master)
        self.master = -1

    def close(self) -> None:
        """Leave nothing behind."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
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
