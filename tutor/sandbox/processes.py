"""A process that runs one job, whichever way it was started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import tutor
from tutor.foundation.processes import ONE_THREAD, started

ROOT = str(Path(tutor.__file__).resolve().parent.parent)


class JobProcess(Protocol):
    """A running process; it leads a process group of its own."""

    @property
    def pid(self) -> int:
        """Its number."""

    def wait(self) -> int:
        """Wait until it has ended, and return its exit code: negative for the number of a signal.

        Raises:
            OSError: Nobody knows any more how it ended.
        """


class Starter(Protocol):
    """A way to start processes for jobs."""

    def start(self, request: int, results: int, traces: int) -> JobProcess:
        """Start a process with three file descriptors: see `tutor.sandbox.child.run_request`.

        Raises:
            OSError: No process could be started.
        """

    def close(self) -> None:
        """End what was started for later processes. Starting another one after that is allowed."""


def started_python(module: str, *descriptors: int) -> subprocess.Popen[bytes]:
    """Start a Python that calls ``main`` of a module with file descriptors; negative ones stand for none.

    Raises:
        OSError: No process can be started.
    """
    inherited = [each for each in descriptors if each >= 0]
    return started(_command(module, *descriptors), _environment(), inherited, folder="/")


def _command(module: str, *arguments: int) -> list[str]:
    """Return the command line of a Python that calls ``main`` of a module with file descriptors.

    It is isolated: no site-packages of the user, no variables of Python, and not the current folder.
    """
    call = f"main({', '.join(map(str, arguments))})"
    program = f"import sys; sys.path.insert(0, {ROOT!r}); from {module} import main; {call}"
    return [sys.executable, "-I", "-c", program]


def _environment() -> dict[str, str]:
    """Return the environment of the process: nothing of the learner's, and one thread for NumPy."""
    return {"PATH": os.defpath, "LANG": "C.UTF-8", **ONE_THREAD}


def signal_group(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process and all that it started; nothing happens if they are gone."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
