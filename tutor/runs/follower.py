"""Reading a run's log while it grows: from a byte offset, in bounded pieces, half a line kept back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from tutor.runs.events import Event
from tutor.runs.locks import is_held
from tutor.runs.summary import RunSummary, fold

EVENTS_FILE = "events.jsonl"
LOCK_FILE = "worker.lock"
LONGEST_LINE = 1 << 20
"""A line longer than this is not ours; it is skipped, and never held in memory whole."""

_PIECE = 1 << 18
"""Bytes that catching up reads at once: the lines of so many stay near the processor."""

_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


class LogReader:
    """Bytes in, events out. Feeding the same bytes in any pieces gives the same events."""

    def __init__(self) -> None:
        self._half = b""
        self._skipping = False
        self.skipped = 0
        """Lines that were torn, unknown or not ours."""

    @property
    def waiting(self) -> int:
        """Bytes kept back because their line is not whole yet."""
        return len(self._half)

    def feed(self, piece: bytes) -> list[Event]:
        """The events of all lines that ``piece`` completes."""
        return list(self.each(piece))

    def each(self, piece: bytes) -> Iterator[Event]:
        """The same one by one, all of which must be taken: what is done with an event before the next is read is cheap.

        The numbers of many events fill memory that the system has first to give; those of one are where the last were.
        """
        lines = piece.split(b"\n")
        lines[0] = self._half + lines[0]
        self._half = lines.pop()
        if self._skipping and lines:
            self._skipping = False
            lines.pop(0)
        if len(self._half) > LONGEST_LINE:
            if not self._skipping:
                self.skipped += 1
            self._half, self._skipping = b"", True
        for line in lines:
            if (event := self._event(line)) is not None:
                yield event

    def _event(self, line: bytes) -> Event | None:
        if not line:
            return None
        if len(line) > LONGEST_LINE:
            self.skipped += 1
            return None
        try:
            return _decoder.decode(line)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            self.skipped += 1
            return None


class Follower:
    """One viewer of one run. Any number may follow; none of them disturbs the worker.

    Args:
        folder: The run's folder. The log need not exist yet.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.summary = RunSummary()
        self._reader = LogReader()
        self._offset = 0
        # Text, and calls of the system alone: a log is looked at thirty times a second, and has mostly nothing new.
        self._log, self._lock = str(folder / EVENTS_FILE), str(folder / LOCK_FILE)

    @property
    def skipped(self) -> int:
        """Lines that could not be read."""
        return self._reader.skipped

    @property
    def position(self) -> int:
        """How many bytes of the log were read."""
        return self._offset

    @property
    def alive(self) -> bool:
        """Whether the worker lives, known from its lock and not from a timeout."""
        return is_held(self._lock)

    def poll(self, limit_bytes: int = 1 << 20) -> list[Event]:
        """The events since the last poll, from at most ``limit_bytes``; `summary` has taken them in.

        Where nothing is new and the worker lives no more without having said how it ended, the state of
        `summary` becomes ``died``; everything up to then is kept.
        """
        piece = self._next(limit_bytes)
        if not piece:
            return []
        events = self._reader.feed(piece)
        self._take(events)
        return events

    def catch_up(
        self, hear: Callable[[Event], object] | None = None, stopped: Callable[[], bool] | None = None
    ) -> RunSummary:
        """Read all that is there now, and return the summary.

        Args:
            hear: Is told each event, before the summary takes it in.
            stopped: Whether nobody wants it any more; asked now and then.
        """
        while not (stopped is not None and stopped()) and (piece := self._next(_PIECE)):
            events = self._reader.each(piece)
            self._take(events if hear is None else _heard(events, hear))
        return self.summary

    def _take(self, events: Iterable[Event]) -> None:
        fold(self.summary, events)
        self.summary.lost = self._reader.skipped

    def _next(self, limit_bytes: int) -> bytes:
        """The next piece of the log; empty where there is nothing new."""
        piece = self._read(limit_bytes)
        if piece or self.summary.ended or self.alive:
            return piece
        # A worker that ended since the log was read has written its last event by now.
        piece = self._read(limit_bytes)
        if not piece:
            self.summary.state = "died"
            self.summary.version += 1
        return piece

    def _read(self, limit_bytes: int) -> bytes:
        try:
            # Opened anew each time: only so does a network's file system tell of what another machine has written.
            log = os.open(self._log, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return b""
        try:
            piece = os.pread(log, limit_bytes, self._offset)
        finally:
            os.close(log)
        self._offset += len(piece)
        return piece


def _heard(events: Iterable[Event], hear: Callable[[Event], object]) -> Iterator[Event]:
    for event in events:
        hear(event)
        yield event
