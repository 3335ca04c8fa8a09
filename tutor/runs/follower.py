"""Follows the log of one run while it grows, in bounded pieces, and folds its events into a summary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from math import inf
from pathlib import Path
from time import monotonic, time

from tutor.foundation.translate import translate
from tutor.runs.events import Event
from tutor.runs.log import LogReader, Tail
from tutor.runs.processes import LOCK_FILE as LOCK_FILE  # noqa: PLC0414 - one of a run's files, like those below
from tutor.runs.processes import is_held
from tutor.runs.summary import RunSummary, fold

EVENTS_FILE = "events.jsonl"
WEIGHTS_FILE = "weights.npz"
BEST_FILE = "best.npz"
"""The parameters after the epoch with the lowest validation loss, if that was not the last one."""
WATCHED_FILE = "watched"
"""Touched by whoever follows a run that its learner moves by hand, so that the worker knows that somebody is there."""
_WATCH_EVERY = 10.0
_CHUNK_BYTES = 1 << 18
"""How many bytes `catch_up` reads at once: few enough for the processor's cache."""


class RunFollower:
    """Follows one run. Any number of followers may do so; none of them disturbs the worker.

    Args:
        folder: The run's folder. The log need not exist yet.
        raw: See `LogReader`.
    """

    def __init__(self, folder: Path, *, raw: bool = False) -> None:
        self.folder = folder
        self.summary = RunSummary()
        self._reader: LogReader[Event] = LogReader(Event, raw=raw)
        self._tail = Tail(folder / EVENTS_FILE)
        self._lock = str(folder / LOCK_FILE)
        self._watched_at = -_WATCH_EVERY

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
        chunk = self._next_chunk(limit_bytes)
        events = []
        if chunk:
            events = list(self._reader.events(chunk))
            self._fold(events)
        self._tell_watched()
        return events

    def _tell_watched(self) -> None:
        """Touch the file that says that somebody watches, if the worker cares and a touch is due."""
        spec, now = self.summary.spec, monotonic()
        if spec is None or not spec.manual or self.summary.ended or now - self._watched_at < _WATCH_EVERY:
            return
        self._watched_at = now
        with suppress(OSError):  # a folder of somebody else, or one that was removed
            (self.folder / WATCHED_FILE).touch()

    def catch_up(
        self, on_event: Callable[[Event], object] | None = None, stopped: Callable[[], bool] | None = None
    ) -> RunSummary:
        """Read to the present end of the log, and return the summary.

        Args:
            on_event: Called with each event before it is folded into the summary.
            stopped: Returns whether to stop reading; called before each piece.
        """
        while not (stopped is not None and stopped()) and (chunk := self._next_chunk(_CHUNK_BYTES)):
            events = self._reader.events(chunk)
            self._fold(events if on_event is None else _passed_on(events, on_event))
        return self.summary

    def _fold(self, events: Iterable[Event]) -> None:
        fold(self.summary, events)
        self.summary.lost = self._reader.skipped

    def _next_chunk(self, limit_bytes: int) -> bytes:
        """Return the next piece of the log; empty if there is nothing new."""
        chunk = self._read(limit_bytes)
        if chunk or self.summary.ended or self.alive:
            return chunk
        # A worker that died after the log was read has written its last event by now.
        chunk = self._read(limit_bytes)
        if not chunk:
            self.summary.state = "died"
            self.summary.version += 1
        return chunk

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


def _passed_on(events: Iterable[Event], on_event: Callable[[Event], object]) -> Iterator[Event]:
    for event in events:
        on_event(event)
        yield event


def unwatched_seconds(folder: Path) -> float:
    """Return for how many seconds nobody has followed the run of ``folder``; infinite if nobody ever has."""
    try:
        return max(0.0, time() - (folder / WATCHED_FILE).stat().st_mtime)
    except OSError:
        return inf
