"""The bytes of a file that another program writes, as they come."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate

PIECE = 1 << 18
_MARK = 64
"""Bytes before the place read up to that are looked at again: a file written anew has others there."""


class RewrittenTail:
    """Follows ``path`` through whatever its writer does to it: half lines, a cut, another file in its place.

    A file that was moved aside is read to its end before the new one is begun.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._offset = 0
        self._mark = b""
        self.there = False
        """Whether the file is there now."""

    def read(self, limit: int = PIECE) -> bytes | None:
        """At most ``limit`` bytes that came since the last read; None if the file began anew, to be read from its top.

        Raises:
            OSError: it cannot be read.
            TutorError: it is no plain file.
        """
        now = self._open()
        if self._descriptor is None:
            self._descriptor = now
            return self._next(now, limit) if now is not None else b""
        if self._was_cut(self._descriptor):
            self._begin(now)
            return None
        piece = self._next(self._descriptor, limit)
        moved = now is not None and not os.path.samestat(os.fstat(now), os.fstat(self._descriptor))
        if moved and not piece:
            self._begin(now)
            return None
        if now is not None:
            os.close(now)
        return piece

    def _open(self) -> int | None:
        self.there = True
        try:
            # Opened anew each time: only so does a network's file system tell of what another machine has written.
            # A pipe or a device must not make the opening wait.
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            self.there = False
            return None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise TutorError(translate("follow.no-file", path=self._path))
        return descriptor

    def _begin(self, descriptor: int | None) -> None:
        self.close()
        self._descriptor, self._offset, self._mark = descriptor, 0, b""

    def _was_cut(self, descriptor: int) -> bool:
        if os.fstat(descriptor).st_size < self._offset:
            return True
        return os.pread(descriptor, len(self._mark), self._offset - len(self._mark)) != self._mark

    def _next(self, descriptor: int, limit: int) -> bytes:
        piece = os.pread(descriptor, limit, self._offset)
        self._offset += len(piece)
        self._mark = (self._mark + piece)[-_MARK:]
        return piece

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
