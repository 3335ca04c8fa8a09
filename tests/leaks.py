"""What a test leaves open: SQLite connections, file descriptors and child processes.

Python 3.13 warns of a connection that was never closed, 3.11 and 3.12 do not; so on every Python we count.
"""

from __future__ import annotations

import gc
import itertools
import os
import re
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

GRACE = 10.0
"""Seconds that a thread or a child has to end in after its test; only a test that would fail waits."""

_KEPT_BY_PYTHON = ("/dev/null", "/dev/urandom", "/dev/random")
"""Opened once and never closed, by Python itself."""

_LIBRARY = re.compile(r"\.so[.0-9]*$")
"""A library may keep its own file open, as libffi does."""

_FOLDER = Path("/proc/self/fd")
"""Where Linux lists open files; elsewhere only connections and children are counted."""

_numbers = itertools.count()
_never_closed: dict[int, str] = {}
"""Where each connection that is open was opened, by its number."""


class CountedConnection(sqlite3.Connection):
    """A connection that is counted until somebody closes it. Garbage collection does not count as closing."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        frame = sys._getframe(2)  # past `connect` below
        self.number = next(_numbers)
        _never_closed[self.number] = f"{args[0]} in {frame.f_code.co_filename}:{frame.f_lineno}"

    def close(self) -> None:
        super().close()
        _never_closed.pop(self.number, None)


def forget() -> None:
    """Count as closed what is open now."""
    _never_closed.clear()


class LeakCheck:
    """What is open now; `left` says what has been opened since then and is open still."""

    def __init__(self) -> None:
        self._connections = set(_never_closed)
        self._descriptors = _descriptors()
        self._children = _children()

    def left(self) -> list[str]:
        """A line for each thing that was opened since and not closed. Waits for what is just ending."""
        give_up = time.monotonic() + GRACE
        while found := self._look():
            if time.monotonic() > give_up:
                break
            gc.collect()
            time.sleep(0.02)
        return found

    def _look(self) -> list[str]:
        opened_here = [where for number, where in list(_never_closed.items()) if number not in self._connections]
        found = [f"SQLite connection {where}" for where in opened_here]
        tracker_pipe, tracker = _resource_tracker()
        for descriptor in _descriptors() - self._descriptors - {tracker_pipe}:
            try:
                target = str((_FOLDER / str(descriptor)).readlink())
            except OSError:
                continue
            if target not in _KEPT_BY_PYTHON and not _LIBRARY.search(target):
                found.append(f"file descriptor {descriptor}: {target}")
        children = _children() - self._children - {tracker}
        return found + [f"child process {child}: {_command(child)}" for child in children]


def _descriptors() -> set[int]:
    if not _FOLDER.is_dir():
        return set()
    # The listing needs a descriptor of its own, which is closed again by now.
    return {number for each in _FOLDER.iterdir() if _is_open(number := int(each.name))}


def _is_open(descriptor: int) -> bool:
    try:
        os.get_inheritable(descriptor)
    except OSError:
        return False
    return True


def _children() -> set[int]:
    """Children that run, or have ended and were never waited for."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:  # there are none, as in most tests: the rest takes longer
        return set()
    lists = Path("/proc/self/task").glob("*/children")
    return {int(child) for each in lists for child in _text(each).split()}


def _resource_tracker() -> tuple[int | None, int | None]:
    """Pipe and process that `multiprocessing` starts once and keeps until Python ends."""
    module = sys.modules.get("multiprocessing.resource_tracker")
    tracker = getattr(module, "_resource_tracker", None)
    return getattr(tracker, "_fd", None), getattr(tracker, "_pid", None)


def _command(child: int) -> str:
    return _text(Path(f"/proc/{child}/cmdline")).replace("\0", " ").strip() or "ended, but nobody waited for it"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def count_connections() -> None:
    """From now on every connection that `sqlite3.connect` opens in this process is counted."""
    plain = sqlite3.connect

    def connect(*args: Any, **options: Any) -> Any:
        return plain(*args, **{"factory": CountedConnection, **options})

    sqlite3.connect = connect
