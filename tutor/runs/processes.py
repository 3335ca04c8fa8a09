"""Processes: workers that outlive whoever started them, and the locks that say which of them are alive.

A lock needs no timeout: the kernel releases it when its process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from tutor.foundation.files import open_file
from tutor.foundation.processes import ONE_THREAD, started
from tutor.foundation.translate import language

LOCK_FILE = "worker.lock"
"""In a run's folder; its worker holds it while it lives."""
_PACKAGES = str(Path(__file__).resolve().parents[2])


def start_worker(module: str, folder: Path, arguments: Sequence[str], lock: int) -> None:
    """Start ``python -m MODULE FOLDER`` and return at once; its output goes to ``worker.log`` in its folder.

    Args:
        module: What to run.
        folder: The folder it works in.
        arguments: Further arguments for it.
        lock: The descriptor of its lock, held from before it starts; the caller may close it afterwards.

    Raises:
        OSError: no process can be started.
    """
    # -P: files in the folder that tutor was called from must never be imported.
    command = [sys.executable, "-P", "-m", module, str(folder), "--language", language(), "--lock", str(lock)]
    paths = [_PACKAGES, *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(paths)}
    with (folder / "worker.log").open("ab") as output:
        process = started([*command, *arguments], environment, (lock,), output=output)
    # Whoever starts a process has to wait for its end, or it stays in the process table.
    threading.Thread(target=process.wait, name=f"end of {folder.name}", daemon=True).start()


def read_command_line(words: Sequence[str]) -> tuple[Path, dict[str, str]]:
    """Return the folder and the options of a command line that `start_worker` has written.

    argparse would load the words of its messages too, which costs every run a megabyte and 10 ms.

    Raises:
        SystemExit: It was written by somebody else, perhaps to ask for help.
    """
    usage = "usage: python -m MODULE FOLDER [--NAME VALUE] ..."
    if "--help" in words:
        print(usage)
        sys.exit(0)
    folder, rest = words[:1], words[1:]
    names, values = rest[::2], rest[1::2]
    named = len(names) == len(values) and all(name.startswith("--") for name in names)
    if not named or not folder or folder[0].startswith("--"):
        sys.exit(usage)
    return Path(folder[0]), {name.removeprefix("--"): value for name, value in zip(names, values, strict=True)}


_TRIES = 10
_PAUSE_SECONDS = 0.002


def hold(path: Path) -> int | None:
    """Lock ``path`` until this process ends.

    Returns:
        A descriptor to keep open; None if another process holds the lock.

    Raises:
        OSError: the file cannot be created.
    """
    descriptor = open_file(path, os.O_RDWR | os.O_CREAT)
    for _ in range(_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # `is_held` holds the lock too, for some microseconds.
            time.sleep(_PAUSE_SECONDS)
        else:
            return descriptor
    os.close(descriptor)
    return None


def is_held(path: Path | str) -> bool:
    """Whether a living process holds the lock ``path``."""
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


def any_alive(runs: Path) -> bool:
    """Whether any run in the folder ``runs`` has a living worker. This imports nothing that reads a run."""
    try:
        return any(is_held(each / LOCK_FILE) for each in runs.iterdir())
    except OSError:
        return False


def release(descriptor: int) -> None:
    """Release the lock of `hold`, even if child processes have inherited the descriptor."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)
