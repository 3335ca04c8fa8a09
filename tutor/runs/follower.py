"""Reading a run's log while it grows: from a byte offset, in bounded pieces, half a line kept back."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from tutor.runs.events import Event
from tutor.runs.locks import is_held
from tutor.runs.summary import RunSummary, fold

EVENTS_FILE = "events.jsonl"
LOCK_FILE = "worker.lock"
LONGEST_LINE = 1 << 20
"""A line longer than this is not ours; it is skipped, and never held in memory whole."""

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
        return [event for line in lines if (event := self._event(line)) is not None]

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
        return self._advance(limit_bytes) or []

    def catch_up(self) -> RunSummary:
        """Read all that is there now, and return the summary."""
        while self._advance(4 << 20) is not None:
            pass
        return self.summary

    def _advance(self, limit_bytes: int) -> list[Event] | None:
        """The events of one piece of the log; None where there is nothing new."""
        # Alive is asked before reading: a worker that ends in between has written its last event by then.
        alive = self.summary.ended or self.alive
        piece = self._read(limit_bytes)
        if not piece:
            if not alive:
                self.summary.state = "died"
                self.summary.version += 1
            return None
        events = self._reader.feed(piece)
        fold(self.summary, events)
        self.summary.lost = self._reader.skipped
        return events

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
