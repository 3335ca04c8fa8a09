"""Logs: files of JSON lines that one process only appends to, and that any number of processes follow.

A run's log, its control log and the results of a sweep are such files. If a crash, a full disk or another program
damages a line, the lines around it are still read, and the lost one is counted.
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
"""Bytes; no writer of ours makes a longer line. It is skipped, and never held in memory whole."""
LINE_BYTES = 4096
"""Lines up to this length are never torn, not even by ``kill -9``."""
RESERVE_BYTES = 16 * 1024
"""Disk space that the log of a run reserves for its last event."""
PIECE = 1 << 18
"""Bytes of a file of another program that are read at once."""
_MARK = 64
"""Bytes before the offset that are compared at each look: in a file that was rewritten they differ."""

_encode = msgspec.json.Encoder().encode

E = TypeVar("E")


class Lines:
    """Turns bytes into whole lines, without their ends: the same bytes in any pieces give the same lines.

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
        """Bytes held back because their line is not complete yet."""
        return len(self._half)

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Yield the lines that ``piece`` completes. Take all of them before feeding the next piece."""
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
        """Return the last line, which has no end, once nothing more is expected."""
        rest, self._half = self._half, b""
        return rest


class Tail:
    """Reads a growing file from where the last read stopped. A missing file counts as empty.

    Args:
        path: The file.
        keep_open: Keep one descriptor, which makes reading a file without news six times as cheap. Otherwise the file
            is opened for each read, because a network file system shows what another machine has written only then.
    """

    def __init__(self, path: Path, *, keep_open: bool = False) -> None:
        self._path = str(path)  # a log is read thirty times a second, and a string opens faster than a `Path`
        self._keep_open = keep_open
        self._descriptor: int | None = None
        self.offset = 0
        """Bytes read so far."""

    def read(self, limit: int) -> bytes:
        """Return what is new, at most ``limit`` bytes of it.

        Raises:
            OSError: it exists but cannot be read, or is not a file; see `tutor.foundation.files.open_file`.
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
        """Close the file; the next read opens it again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class RewrittenTail:
    """Reads a growing file that another program may also truncate, rewrite, move away or remove.

    A file that was moved away is read to its end before the one in its place.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._mark = b""
        self.offset = 0
        """Bytes read so far of the file as it is now."""
        self.there = False
        """Whether the file existed at the last read."""

    def read(self, limit: int = PIECE) -> bytes | None:
        """Return what is new, at most ``limit`` bytes of it; None if the file was rewritten and is read from its top.

        Raises:
            OSError: it exists but cannot be read, or is not a file; see `tutor.foundation.files.open_file`.
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
        """Close the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class Reader(Generic[E]):
    """Decodes lines as events of one msgspec union. Every text in an event is harmless; other lines are counted.

    Args:
        kind: The union of the events, `E`. It is ``Any`` because the type system has no type for unions.
        raw: Leave texts as they were written, for callers that print them as JSON, which escapes them itself.
        longest: See `Lines`.
    """

    def __init__(self, kind: Any, *, raw: bool = False, longest: int = LONGEST_LINE) -> None:
        self._decoder: msgspec.json.Decoder[E] = msgspec.json.Decoder(kind)
        self._lines = Lines(longest)
        self._raw = raw
        self._torn = 0

    @property
    def skipped(self) -> int:
        """Lines that were damaged, unknown, too long or not events."""
        return self._lines.skipped + self._torn

    @property
    def waiting(self) -> int:
        """Bytes held back because their line is not complete yet."""
        return self._lines.waiting

    def each(self, piece: bytes) -> Iterator[E]:
        """Yield the events of the lines that ``piece`` completes. Take all of them before the next piece.

        They come one at a time because it is faster to use an event before the next is decoded: its numbers reuse the
        memory of the last ones, while those of many events need memory that the system has to provide first.
        """
        for line in self._lines.feed(piece):
            if line and (event := self.event(line)) is not None:
                yield event

    def event(self, line: bytes) -> E | None:
        """Return the event of one line; None, and count it, if it is not an event."""
        try:
            # JSON writes whatever controls a terminal as an escape or, if its code is 127 or more, as itself. A line
            # of plain ASCII without either, such as the numbers of epochs, needs no cleaning.
            if self._raw or (line.isascii() and b"\\" not in line and b"\x7f" not in line):
                return self._decoder.decode(line)
            return self._decoder.decode(msgspec.json.encode(harmless_value(msgspec.json.decode(line))))
        except (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError):
            self._torn += 1
            return None


class Writer(Generic[E]):
    """Appends events to a log, one ``os.write`` a line. A torn line never damages the next one.

    Args:
        path: The log; it is created, or appended to if it exists.
        reserve: Bytes of a second file next to the log. If the disk is full, that file is removed, so that the log can
            still say how the run ended.

    Raises:
        OSError: the log cannot be created, or is not a file.
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
            OSError: the line could not be written completely.
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
        """Remove the reserve, to make room for a last event."""
        if self._reserve is not None:
            self._reserve.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the log, and remove the reserve."""
        self.give_up_reserve()
        descriptor, self._descriptor = self._descriptor, -1  # its number may soon be that of another file
        if descriptor >= 0:
            os.close(descriptor)
