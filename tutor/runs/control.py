"""Steering a run: any viewer appends a command to ``control.jsonl``, and the worker reads it between two epochs.

Each command names its author, so that everybody who watches the run sees who did what.
"""

from __future__ import annotations

import getpass
import os
from functools import cache
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import open_file
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.labs.lab_config import Value
from tutor.runs.log import LogReader, LogWriter, Tail

CONTROL_FILE = "control.jsonl"
MAX_AUTHOR = 80
_CHUNK_BYTES = 1 << 16
"""How many bytes of the control log are read at once, and the most bytes of a line in it."""


class _Command(Struct, frozen=True, kw_only=True, tag_field="do"):
    """One line of the control log."""

    by: str = ""
    """Its author; see `this_author`."""


class Pause(_Command, tag="pause", frozen=True):
    """Wait after the current epoch."""


class Resume(_Command, tag="resume", frozen=True):
    """Continue."""


class Step(_Command, tag="step", frozen=True):
    """Train for some epochs, then pause."""

    epochs: int = 1


class Stop(_Command, tag="stop", frozen=True):
    """End cleanly after the current epoch; the weights are kept."""


class Pace(_Command, tag="pace", frozen=True):
    """Set the pace in epochs a second; 0 is full speed."""

    pace: float


class Set(_Command, tag="set", frozen=True):
    """Change a setting. The key is the dotted or the short name of a live setting; see `tutor.ml.settings`."""

    key: str
    value: Value


class Note(_Command, tag="note", frozen=True):
    """Write a note into the run's log."""

    text: str


Command = Pause | Resume | Step | Stop | Pace | Set | Note
PACES = (1.0, 5.0, 20.0, 0.0)
"""The paces that a viewer offers, slowest first; the last is full speed."""


def send(run_folder: Path, command: Command) -> None:
    """Append ``command`` to the control log of ``run_folder``, signed with the author.

    Returns at once. When the worker has obeyed, the log of the run says so.

    Raises:
        TutorError: the control log cannot be written.
    """
    signed = command if command.by else replace(command, by=this_author())
    try:
        log: LogWriter[Command] = LogWriter(run_folder / CONTROL_FILE)
        try:
            log.write(signed)
        finally:
            log.close()
    except OSError as error:
        raise TutorError(
            translate("runs.cannot-control", reason=error.strerror or str(error)), exit_code=ExitCode.CANNOT_WRITE
        ) from error


@cache
def this_author() -> str:
    """The author of commands from this process: user, terminal and process id, such as ``anna pts/3 4711``."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):  # the account has no name
        user = "?"
    return clean_author(" ".join(filter(None, (user[:30], _terminal(), str(os.getpid())))))


def _terminal() -> str:
    for descriptor in (0, 1, 2):
        try:
            return os.ttyname(descriptor).removeprefix("/dev/")[:30]
        except OSError:
            continue
    return ""


def clean_author(author: str) -> str:
    """Make ``author`` safe to log: anybody can write into a control log."""
    return harmless_line(author)[:MAX_AUTHOR]


def other_author(author: str) -> str:
    """The name of ``author`` without the process id; empty if there is no author, or if it is this process."""
    return "" if author in {"", this_author()} else author.rpartition(" ")[0] or author


class Inbox:
    """Reads the commands in ``control.jsonl``, each once and in order. Other lines are skipped and counted.

    Args:
        path: The control log; it is created if it is missing.

    Raises:
        OSError: it cannot be created or read.
    """

    def __init__(self, path: Path) -> None:
        os.close(open_file(path, os.O_RDONLY | os.O_CREAT))
        self._tail = Tail(path, keep_open=True)
        self._reader: LogReader[Command] = LogReader(Command, max_bytes=_CHUNK_BYTES)

    @property
    def skipped(self) -> int:
        """Lines that could not be read."""
        return self._reader.skipped

    def poll(self) -> list[Command]:
        """Return the commands since the last poll. Costs half a microsecond if there are none."""
        chunk = self._tail.read(_CHUNK_BYTES)
        return list(self._reader.events(chunk)) if chunk else []

    def close(self) -> None:
        """Close the control log."""
        self._tail.close()
