"""The words for what an exercise may not do: an audit hook of Python that raises before the system would refuse.

It is there to say *what* was not allowed, and at which line. What keeps the machine safe are the limits of the system.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from enum import StrEnum


class Forbidden(StrEnum):
    """What an exercise may not do."""

    PROCESS = "process"
    THREAD = "thread"
    FILE = "file"
    NETWORK = "network"
    LIBRARY = "library"


class ForbiddenError(RuntimeError):
    """The program tried what an exercise may not do."""

    def __init__(self, what: Forbidden) -> None:
        super().__init__(what)
        self.what = what


_EVENTS = {
    **dict.fromkeys(
        ("os.fork", "os.forkpty", "os.posix_spawn", "os.exec", "os.system", "os.spawn", "subprocess.Popen",
         "pty.spawn", "os.kill", "os.killpg", "signal.pthread_kill"), Forbidden.PROCESS,
    ),
    **dict.fromkeys(("_thread.start_new_thread", "_thread.start_joinable_thread"), Forbidden.THREAD),
    **dict.fromkeys(
        ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod",
         "os.chown", "os.utime", "os.setxattr", "shutil.rmtree", "shutil.move", "shutil.copyfile", "tempfile.mkstemp",
         "tempfile.mkdtemp", "sqlite3.connect"), Forbidden.FILE,
    ),
    **dict.fromkeys(("ctypes.dlopen", "ctypes.call_function", "ctypes.dlsym"), Forbidden.LIBRARY),
}  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def watch(noticed: Callable[[Forbidden], None]) -> None:
    """From now on and for ever, raise `ForbiddenError` at what an exercise may not do, and call ``noticed`` first."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        what = _EVENTS.get(event)
        if what is None and event.startswith("socket."):
            what = Forbidden.NETWORK
        elif event == "open" and _is_writing(arguments):
            what = Forbidden.FILE
        if what is not None:
            noticed(what)
            raise ForbiddenError(what)

    sys.addaudithook(hook)


def _is_writing(arguments: tuple[object, ...]) -> bool:
    _, mode, flags = (*arguments, None, None, None)[:3]
    if isinstance(mode, str):
        return any(each in mode for each in "wax+")
    return isinstance(flags, int) and bool(flags & _WRITING)
