"""Whole lines of a text file that another program writes, as they come."""

from __future__ import annotations

import os
from pathlib import Path

_PIECE = 1 << 18
_LONGEST_LINE = 1 << 16
_MARK = 64
"""Bytes before the place read up to that are looked at again: a file written anew has others there."""


class CsvTail:
    """Follows ``path`` through whatever its writer does to it: half lines, a cut, another file in its place.

    A file that was moved aside is read to its end before the new one is begun.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._offset = 0
        self._mark = b""
        self._half = b""
        self.there = False
        """Whether the file is there now."""

    def poll(self) -> list[str] | None:
        """The lines that are whole since the last poll; None where the file began anew, to be read from its top.

        Raises:
            OSError: it cannot be read.
        """
        now = self._open()
        if self._descriptor is None:
            self._descriptor = now
            return self._read(now) if now is not None else []
        if self._was_cut(self._descriptor):
            self._begin(now)
            return None
        lines = self._read(self._descriptor)
        moved = now is not None and not os.path.samestat(os.fstat(now), os.fstat(self._descriptor))
        if moved and not lines:
            self._begin(now)
            return None
        if now is not None:
            os.close(now)
        return lines

    def _open(self) -> int | None:
        self.there = True
        try:
            # Opened anew each time: only so does a network's file system tell of what another machine has written.
            return os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            self.there = False
            return None

    def _begin(self, descriptor: int | None) -> None:
        self.close()
        self._descriptor, self._offset, self._mark, self._half = descriptor, 0, b"", b""

    def _was_cut(self, descriptor: int) -> bool:
        if os.fstat(descriptor).st_size < self._offset:
            return True
        return os.pread(descriptor, len(self._mark), self._offset - len(self._mark)) != self._mark

    def _read(self, descriptor: int) -> list[str]:
        piece = os.pread(descriptor, _PIECE, self._offset)
        self._offset += len(piece)
        self._mark = (self._mark + piece)[-_MARK:]
        *lines, self._half = (self._half + piece).split(b"\n")
        self._half = self._half[-_LONGEST_LINE:]
        return [self._text(line) for line in lines]

    @staticmethod
    def _text(line: bytes) -> str:
        return line.decode("utf-8-sig", "replace").rstrip("\r")

    def rest(self) -> str:
        """The last line, which has no end, once nothing more is expected."""
        rest, self._half = self._text(self._half), b""
        return rest

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
