"""Who lives is known from a lock, without timeouts: the kernel lets go of it when a process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from tutor.foundation.files import open_file

_TRIES = 10
_PAUSE_SECONDS = 0.002


def hold(path: Path) -> int | None:
    """Hold ``path`` until this process ends; None where another process holds it.

    Returns:
        A descriptor to keep open.

    Raises:
        OSError: the file cannot be made.
    """
    descriptor = open_file(path, os.O_RDWR | os.O_CREAT)
    for _ in range(_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # Whoever asks `is_held` holds it too, for some microseconds.
            time.sleep(_PAUSE_SECONDS)
        else:
            return descriptor
    os.close(descriptor)
    return None


def is_held(path: Path | str) -> bool:
    """Whether a living process holds ``path``."""
    try:
        descriptor = open_file(path)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def release(descriptor: int) -> None:
    """Let go of what `hold` holds, also where child processes have inherited the descriptor."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)
