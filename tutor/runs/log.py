"""Logs: files of JSON lines that one process only appends to, and that any number follow while they grow.

A run's log, its control log and the results of a sweep are such files. Whatever a crash, a full disk or a stranger
does to one line, the lines around it are read, and the lost one is counted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from tutor.foundation.files import open_file
from tutor.foundation.safe_text import harmless_value

LONGEST_LINE = 1 << 20
"""Bytes; a longer line is not ours. It is skipped, and never held in memory whole."""
LINE_BYTES = 4096
"""Lines up to this length are never torn, not even by ``kill -9``."""
RESERVE_BYTES = 16 * 1024
"""What the log of a run keeps for its last word."""
PIECE = 1 << 18
"""Bytes of a file of another program that are read at once."""
_MARK = 64
"""Bytes before the place read up to that are looked at again: a file written anew has others there."""

_encode = msgspec.json.Encoder().encode

E = TypeVar("E")


class Lines:
    """Bytes in, whole lines out, without their ends: the same bytes in any pieces give the same lines.

    Args:
        longest: Bytes; a longer line is skipped and counted.
    """

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self._longest = longest
        self._half = b""
        self._skipping = False
        self.skipped = 0
        """Lines that were too long."""

    @property
    def waiting(self) -> int:
        """Bytes kept back because their line is not whole yet."""
        return len(self._half)

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The lines that ``piece`` completes, all of which must be taken before the next piece."""
        lines = piece.split(b"\n")
        lines[0] = self._half + lines[0]
        self._half = lines.pop()
        if self._skipping and lines:
            self._skipping = False
            del lines[0]
        if len(self._half) > self._longest or self._skipping:
            self.skipped += not self._skipping
            self._half, self._skipping = b"", True
        for line in lines:
            if len(line) > self._longest:
                self.skipped += 1
            else:
                yield line

    def rest(self) -> bytes:
        """The last line, which has no end, once nothing more is expected."""
        rest, self._half = self._half, b""
        return rest


class Tail:
    """Reads a growing file from where it stopped. A file that is not there yet is empty.

    Args:
        path: The file.
        keep_open: Keep one descriptor, which makes a look at a file without news six times as cheap. Otherwise the
            file is opened for each look: only so does a network's file system tell of what another machine has written.
    """

    def __init__(self, path: Path, *, keep_open: bool = False) -> None:
        self._path = str(path)  # a log is looked at thirty times a second, and text is opened sooner than a `Path`
        self._keep_open = keep_open
        self._descriptor: int | None = None
        self.offset = 0
        """Bytes that were read."""

    def read(self, limit: int) -> bytes:
        """What is new, at most ``limit`` bytes of it.

        Raises:
            OSError: the file is there and cannot be read, or is none; see `tutor.foundation.files.open_file`.
        """
        if self._descriptor is None:
            try:
                self._descriptor = open_file(self._path)
            except FileNotFoundError:
                return b""
        try:
            piece = os.pread(self._descriptor, limit, self.offset)
        finally:
            if not self._keep_open:
                self.close()
        self.offset += len(piece)
        return piece

    def close(self) -> None:
        """Let go of the file; the next look opens it again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class RewrittenTail:
    """Reads a growing file that another program may also cut, write anew, move aside or remove.

    A file that was moved aside is read to its end before the one in its place is begun.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._mark = b""
        self.offset = 0
        """Bytes that were read of the file as it is now."""
        self.there = False
        """Whether there was a file at the last look."""

    def read(self, limit: int = PIECE) -> bytes | None:
        """What is new, at most ``limit`` bytes of it; None if the file began anew, to be read from its top.

        Raises:
            OSError: the file is there and cannot be read, or is none; see `tutor.foundation.files.open_file`.
        """
        now = self._open()
        if self._descriptor is None:
            self._descriptor = now
            return self._read(now, limit) if now is not None else b""
        if self._was_cut(self._descriptor):
            self._begin(now)
            return None
        piece = self._read(self._descriptor, limit)
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
            return open_file(self._path)
        except FileNotFoundError:
            self.there = False
            return None

    def _begin(self, descriptor: int | None) -> None:
        self.close()
        self._descriptor, self.offset, self._mark = descriptor, 0, b""

    def _was_cut(self, descriptor: int) -> bool:
        if os.fstat(descriptor).st_size < self.offset:
            return True
        return os.pread(descriptor, len(self._mark), self.offset - len(self._mark)) != self._mark

    def _read(self, descriptor: int, limit: int) -> bytes:
        piece = os.pread(descriptor, limit, self.offset)
        self.offset += len(piece)
        self._mark = (self._mark + piece)[-_MARK:]
        return piece

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class Reader(Generic[E]):
    """Lines as events of one msgspec union. Every text in an event is harmless; lines that are none are counted.

    Args:
        kind: The union of the events, `E`: a type checker knows no type of unions.
        raw: Leave texts as they were written; for those who write them out as JSON, which has escapes of its own.
        longest: See `Lines`.
    """

    def __init__(self, kind: Any, *, raw: bool = False, longest: int = LONGEST_LINE) -> None:
        self._decoder: msgspec.json.Decoder[E] = msgspec.json.Decoder(kind)
        self._lines = Lines(longest)
        self._raw = raw
        self._torn = 0

    @property
    def skipped(self) -> int:
        """Lines that were torn, unknown, too long or not ours."""
        return self._lines.skipped + self._torn

    @property
    def waiting(self) -> int:
        """Bytes kept back because their line is not whole yet."""
        return self._lines.waiting

    def each(self, piece: bytes) -> Iterator[E]:
        """The events of the lines that ``piece`` completes, one by one; all of them must be taken.

        What is done with an event before the next one is read is cheap: the numbers of many events fill memory that
        the system has first to give, those of one are where the last were.
        """
        for line in self._lines.feed(piece):
            if line and (event := self.event(line)) is not None:
                yield event

    def event(self, line: bytes) -> E | None:
        """The event of one line; None, and counted, if it is none."""
        try:
            # JSON writes whatever steers a terminal as an escape or, if its code is 127 or more, as itself: a line
            # of plain ASCII without either, as the numbers of epochs are, needs no second look.
            if self._raw or (line.isascii() and b"\\" not in line and b"\x7f" not in line):
                return self._decoder.decode(line)
            return self._decoder.decode(msgspec.json.encode(harmless_value(msgspec.json.decode(line))))
        except (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError):
            self._torn += 1
            return None


class Writer(Generic[E]):
    """Appends events to a log, one ``os.write`` a line. A line that was torn never spoils the next one.

    Args:
        path: The log; it is made, or appended to, whoever wrote it before.
        reserve: Bytes that are kept beside the log, in a file of their own. If the disk is full, they are given up, so
            that the log can still say how it all ended.

    Raises:
        OSError: the log cannot be made, or is no file.
    """

    def __init__(self, path: Path, *, reserve: int = 0) -> None:
        self._descriptor = open_file(path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        self._reserve = path.with_suffix(".reserve") if reserve else None
        size = os.fstat(self._descriptor).st_size
        self._torn = size > 0 and os.pread(self._descriptor, 1, size - 1) != b"\n"
        if self._reserve is not None:
            try:
                self._reserve.write_bytes(b"\0" * reserve)
            except OSError:
                self.close()
                raise

    def write(self, event: E) -> None:
        """Append one event.

        Raises:
            OSError: the log could not take it whole.
        """
        line = _encode(event) + b"\n"
        if self._torn:
            line = b"\n" + line
        written = 0
        try:
            while written < len(line):
                written += os.write(self._descriptor, line[written:])
            self._torn = False
        except OSError:
            self._torn = self._torn or written > 0
            raise

    def give_up_reserve(self) -> None:
        """Make room for a last word."""
        if self._reserve is not None:
            self._reserve.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the log, and remove the reserve."""
        self.give_up_reserve()
        descriptor, self._descriptor = self._descriptor, -1  # its number may soon be that of another file
        if descriptor >= 0:
            os.close(descriptor)
