"""Follows the log of one run while it grows, in bounded pieces, and folds its events into a summary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tutor.foundation.translate import translate
from tutor.runs.events import Event
from tutor.runs.log import Reader, Tail
from tutor.runs.processes import is_held
from tutor.runs.summary import RunSummary, fold

EVENTS_FILE = "events.jsonl"
WEIGHTS_FILE = "weights.npz"
LOCK_FILE = "worker.lock"
_PIECE = 1 << 18
"""Bytes that catching up reads at once: so many fit into the processor's cache."""


class RunFollower:
    """Follows one run. Any number of followers may do so; none of them disturbs the worker.

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
        """Bytes of the log read so far."""
        return self._tail.offset

    @property
    def alive(self) -> bool:
        """Whether the worker is alive, known from its lock and not from a timeout."""
        return is_held(self._lock)

    def poll(self, limit_bytes: int = 1 << 20) -> list[Event]:
        """Fold the events since the last poll into `summary`, from at most ``limit_bytes``, and return them.

        If nothing is new and the worker is dead without having said how the run ended, the state of `summary` becomes
        ``died``; everything up to then is kept.
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
        """Read to the present end of the log, and return the summary.

        Args:
            hear: Is called with each event before it is folded into the summary.
            stopped: Returns whether to stop reading; called before each piece.
        """
        while not (stopped is not None and stopped()) and (piece := self._next(_PIECE)):
            events = self._reader.each(piece)
            self._take(events if hear is None else _heard(events, hear))
        return self.summary

    def _take(self, events: Iterable[Event]) -> None:
        fold(self.summary, events)
        self.summary.lost = self._reader.skipped

    def _next(self, limit_bytes: int) -> bytes:
        """Return the next piece of the log; empty if there is nothing new."""
        piece = self._read(limit_bytes)
        if piece or self.summary.ended or self.alive:
            return piece
        # A worker that died after the log was read has written its last event by now.
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
                self.summary.worker_message = translate(
                    "runs.cannot-read", path=self.folder / EVENTS_FILE, reason=reason
                )
            return b""  # nothing new, if it could be read before: a network disk may fail for a moment


def _heard(events: Iterable[Event], hear: Callable[[Event], object]) -> Iterator[Event]:
    for event in events:
        hear(event)
        yield event
