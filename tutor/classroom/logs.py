"""The logs of a class: appended to line by line, and followed while they grow."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Generic, TypeVar

from tutor.classroom.events import LearnerEvent, TeacherEvent
from tutor.foundation import private
from tutor.foundation.translate import translate
from tutor.runs.log import ATOMIC_LINE_BYTES, LogReader, LogWriter, Tail

MOST_BYTES = 32 << 20
"""How much of a log is read. A class that polls all day writes a hundredth of that."""
_CHUNK_BYTES = 1 << 17

E = TypeVar("E")


class ClassLog(Generic[E]):
    """Follows one log, in bounded pieces, and never waits.

    A log that another person may write to can be a link, a pipe or a device, or grow for ever. It is then not read any
    further, and `problem` says why.

    Args:
        path: The log. It need not exist yet.
        kind: The union of its events.
    """

    def __init__(self, path: Path, kind: Any) -> None:
        self._path = str(path)
        self._tail = Tail(path, flags=os.O_RDONLY | os.O_NOFOLLOW)
        self._reader: LogReader[E] = LogReader(kind, max_bytes=ATOMIC_LINE_BYTES)
        self._seen: tuple[int, int] | None = None
        self.problem = ""
        """Why the log is not read, in a sentence; empty if it is."""
        self.changed_at = 0.0
        """When the log was last changed or touched, in seconds since 1970; 0 if there is none."""

    @property
    def skipped(self) -> int:
        """How many lines were not events."""
        return self._reader.skipped

    @property
    def behind(self) -> bool:
        """Whether there is more to read than `events` has returned."""
        return self._seen is not None and not self.problem and self._tail.offset < self._seen[1]

    def events(self) -> Iterator[E]:
        """Yield the events since the last call, from a bounded piece of the log. Costs one ``stat`` if none is new."""
        try:
            found = os.lstat(self._path)
        except OSError:  # there is none yet
            return
        self.changed_at = found.st_mtime
        seen = (found.st_ino, found.st_size)
        if seen == self._seen and not self.behind:
            return
        self._seen = seen
        self.problem = _problem_of(found)
        if self.problem:
            return
        try:
            chunk = self._tail.read(_CHUNK_BYTES)
        except OSError as error:
            self.problem = error.strerror or str(error)
            return
        yield from self._reader.events(chunk)


def _sync_folder(folder: Path) -> None:
    """Make a new name in a folder last. Some file systems cannot; then nothing is lost but what a power loss takes."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _problem_of(found: os.stat_result) -> str:
    if not stat.S_ISREG(found.st_mode):
        return translate("class.log-not-a-file")
    return translate("class.log-too-large") if found.st_size > MOST_BYTES else ""


def teacher_log(path: Path) -> ClassLog[TeacherEvent]:
    """Return a follower of the log of a class."""
    return ClassLog(path, TeacherEvent)


def learner_log(path: Path) -> ClassLog[LearnerEvent]:
    """Return a follower of a learner's log."""
    return ClassLog(path, LearnerEvent)


class ClassWriter(Generic[E]):
    """Appends events to a log of a class. The log is created when the first event is written.

    Args:
        path: The log.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: LogWriter[E] | None = None

    def write(self, event: E, *, lasting: bool = False) -> None:
        """Append one event.

        Args:
            event: The event.
            lasting: Whether to return only when it is on the disk, so that not even a power loss takes it away.

        Raises:
            OSError: It could not be written.
        """
        if self._writer is None:
            private.make_folder(self._path.parent)
            self._writer = LogWriter(self._path)
            _sync_folder(self._path.parent)
        self._writer.write(event)
        if lasting:
            self._writer.sync()

    def touch(self) -> None:
        """Show that somebody is there, without a new line. Does nothing if nothing was written yet.

        Raises:
            OSError: The file is gone.
        """
        if self._writer is not None:
            os.utime(self._path, follow_symlinks=False)

    def close(self) -> None:
        """Close the log."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
