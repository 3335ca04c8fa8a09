"""Reading a run's log while it grows: from a byte offset, in bounded pieces, half a line kept back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tutor.foundation.translate import translate
from tutor.runs.events import Event
from tutor.runs.locks import is_held
from tutor.runs.log import Reader, Tail
from tutor.runs.summary import RunSummary, fold

EVENTS_FILE = "events.jsonl"
WEIGHTS_FILE = "weights.npz"
LOCK_FILE = "worker.lock"
_PIECE = 1 << 18
"""Bytes that catching up reads at once: the lines of so many stay near the processor."""


class Follower:
    """One viewer of one run. Any number may follow; none of them disturbs the worker.

    Args:
        folder: The run's folder. The log need not exist yet.
        raw: See `Reader`.
    """

    def __init__(self, folder: Path, *, raw: bool = False) -> None:
        self.folder = folder
        self.summary = RunSummary()
        self._reader: Reader[Event] = Reader(Event, raw=raw)
        self._tail = Tail(folder / EVENTS_FILE)
        self._lock = str(folder / LOCK_FILE)

    @property
    def skipped(self) -> int:
        """Lines that could not be read."""
        return self._reader.skipped

    @property
    def position(self) -> int:
        """How many bytes of the log were read."""
        return self._tail.offset

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
        events = list(self._reader.each(piece))
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
            return self._tail.read(limit_bytes)
        except OSError as error:
            if not self._tail.offset:
                self.summary.state = "unreadable"
                reason = error.strerror or str(error)
                self.summary.told = translate("runs.cannot-read", path=self.folder / EVENTS_FILE, reason=reason)
            return b""  # nothing new, if it could be read before: networks have moments


def _heard(events: Iterable[Event], hear: Callable[[Event], object]) -> Iterator[Event]:
    for event in events:
        hear(event)
        yield event
