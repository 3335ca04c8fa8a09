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

MAX_LINE_BYTES = 1 << 20
"""The longest line in bytes. No writer of ours makes a longer one; it is skipped, and never held in memory whole."""
ATOMIC_LINE_BYTES = 4096
"""A line of at most this many bytes is written whole or not at all, even under ``kill -9``."""
RESERVE_BYTES = 16 * 1024
"""Disk space that the log of a run reserves for its last event."""
CHUNK_BYTES = 1 << 18
"""How many bytes of another program's file are read at once."""
_MARK_BYTES = 64
"""How many bytes before the offset are compared at each read: if they differ, the file was rewritten."""

_encode = msgspec.json.Encoder().encode

E = TypeVar("E")


class LineSplitter:
    """Splits a stream of bytes into lines, without their ends. How the stream is cut into chunks makes no difference.

    Args:
        max_bytes: A line of more bytes is skipped and counted.
    """

    def __init__(self, max_bytes: int = MAX_LINE_BYTES) -> None:
        self._max_bytes = max_bytes
        self._partial = b""
        self._skipping = False
        self.skipped = 0
        """How many lines were too long."""

    @property
    def pending(self) -> int:
        """How many bytes are held back because their line is not complete yet."""
        return len(self._partial)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the lines that ``chunk`` completes. Take all of them before feeding the next chunk."""
        lines = chunk.split(b"\n")
        lines[0] = self._partial + lines[0]
        self._partial = lines.pop()
        if self._skipping and lines:
            self._skipping = False
            del lines[0]
        if len(self._partial) > self._max_bytes or self._skipping:
            self.skipped += not self._skipping
            self._partial, self._skipping = b"", True
        for line in lines:
            if len(line) > self._max_bytes:
                self.skipped += 1
            else:
                yield line


class Tail:
    """Reads a growing file from where the last read stopped. A missing file counts as empty.

    Args:
        path: The file.
        keep_open: Keep the file open, which makes a read that finds nothing six times as cheap. Otherwise the file is
            opened for each read, because on a network file system only then does another machine's writing show.
        flags: How to open it; with ``O_NOFOLLOW``, a link is not read.
    """

    def __init__(self, path: Path, *, keep_open: bool = False, flags: int = os.O_RDONLY) -> None:
        self._path = str(path)  # a log is read thirty times a second, and a string opens faster than a `Path`
        self._keep_open = keep_open
        self._flags = flags
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
                self._descriptor = open_file(self._path, self._flags)
            except FileNotFoundError:
                return b""
        try:
            chunk = os.pread(self._descriptor, limit, self.offset)
        finally:
            if not self._keep_open:
                self.close()
        self.offset += len(chunk)
        return chunk

    def close(self) -> None:
        """Close the file; the next read opens it again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class RewritableTail:
    """Reads a growing file that another program may also truncate, rewrite, move away or remove.

    A file that was moved away is read to its end before the one in its place.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._last_bytes = b""
        self.offset = 0
        """Bytes read so far of the file as it is now."""
        self.exists = False
        """Whether the file existed at the last read."""

    def read(self, limit: int = CHUNK_BYTES) -> bytes | None:
        """Return what is new, at most ``limit`` bytes of it; None if the file was rewritten and is read from its top.

        Raises:
            OSError: it exists but cannot be read, or is not a file; see `tutor.foundation.files.open_file`.
        """
        current = self._open()
        if self._descriptor is None:
            self._descriptor = current
            return self._read(current, limit) if current is not None else b""
        if self._was_rewritten(self._descriptor):
            self._restart(current)
            return None
        chunk = self._read(self._descriptor, limit)
        moved = current is not None and not os.path.samestat(os.fstat(current), os.fstat(self._descriptor))
        if moved and not chunk:
            self._restart(current)
            return None
        if current is not None:
            os.close(current)
        return chunk

    def _open(self) -> int | None:
        self.exists = True
        try:
            return open_file(self._path)
        except FileNotFoundError:
            self.exists = False
            return None

    def _restart(self, descriptor: int | None) -> None:
        self.close()
        self._descriptor, self.offset, self._last_bytes = descriptor, 0, b""

    def _was_rewritten(self, descriptor: int) -> bool:
        if os.fstat(descriptor).st_size < self.offset:
            return True
        return os.pread(descriptor, len(self._last_bytes), self.offset - len(self._last_bytes)) != self._last_bytes

    def _read(self, descriptor: int, limit: int) -> bytes:
        chunk = os.pread(descriptor, limit, self.offset)
        self.offset += len(chunk)
        self._last_bytes = (self._last_bytes + chunk)[-_MARK_BYTES:]
        return chunk

    def close(self) -> None:
        """Close the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class LogReader(Generic[E]):
    """Decodes lines as events of one msgspec union. Texts are made harmless; lines that are not events are counted.

    Args:
        kind: The union of the events, `E`. It is ``Any`` because the type system has no type for unions.
        raw: Do not clean texts: for callers that print them as JSON, which escapes control characters itself.
        max_bytes: See `LineSplitter`.
    """

    def __init__(self, kind: Any, *, raw: bool = False, max_bytes: int = MAX_LINE_BYTES) -> None:
        self._decoder: msgspec.json.Decoder[E] = msgspec.json.Decoder(kind)
        self._lines = LineSplitter(max_bytes)
        self._raw = raw
        self._damaged = 0

    @property
    def skipped(self) -> int:
        """How many lines were damaged, unknown, too long or not events."""
        return self._lines.skipped + self._damaged

    @property
    def pending(self) -> int:
        """How many bytes are held back because their line is not complete yet."""
        return self._lines.pending

    def events(self, chunk: bytes) -> Iterator[E]:
        """Yield the events of the lines that ``chunk`` completes. Take all of them before the next chunk.

        It is a generator because using each event before the next is decoded is faster: the numbers of an event reuse
        the memory of the last, while a list of events would need new memory from the system.
        """
        for line in self._lines.feed(chunk):
            if line and (event := self.decode(line)) is not None:
                yield event

    def decode(self, line: bytes) -> E | None:
        """Return the event of one line; None, and count it, if it is not an event."""
        try:
            # In JSON a control character is either an escape or, from code 127 on, the character itself. A line of
            # plain ASCII without either, such as the numbers of epochs, needs no cleaning.
            if self._raw or (line.isascii() and b"\\" not in line and b"\x7f" not in line):
                return self._decoder.decode(line)
            return self._decoder.decode(msgspec.json.encode(harmless_value(msgspec.json.decode(line))))
        except (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError):
            self._damaged += 1
            return None


class LogWriter(Generic[E]):
    """Appends events to a log, one ``os.write`` a line. A line that was cut short never damages the next one.

    Args:
        path: The log; it is created, or appended to if it exists.
        reserve: The size in bytes of a second file next to the log. When the disk is full, that file is removed, which
            makes room to log how the run ended.

    Raises:
        OSError: the log cannot be created, or is not a file.
    """

    def __init__(self, path: Path, *, reserve: int = 0) -> None:
        self._descriptor = open_file(path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        self._reserve = path.with_suffix(".reserve") if reserve else None
        size = os.fstat(self._descriptor).st_size
        self._cut_short = size > 0 and os.pread(self._descriptor, 1, size - 1) != b"\n"
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
        if self._cut_short:
            line = b"\n" + line
        written = 0
        try:
            while written < len(line):
                written += os.write(self._descriptor, line[written:])
            self._cut_short = False
        except OSError:
            self._cut_short = self._cut_short or written > 0
            raise

    def sync(self) -> None:
        """Return when everything written is on the disk.

        Raises:
            OSError: the disk failed.
        """
        os.fsync(self._descriptor)

    def release_reserve(self) -> None:
        """Delete the reserve file, to make room for a last event."""
        if self._reserve is not None:
            self._reserve.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the log, and delete the reserve file."""
        self.release_reserve()
        descriptor, self._descriptor = self._descriptor, -1  # its number may soon be that of another file
        if descriptor >= 0:
            os.close(descriptor)
