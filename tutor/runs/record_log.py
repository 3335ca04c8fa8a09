"""The log of a run that another program trains: what fails here must never end the training it tells of."""

from __future__ import annotations

import os
import warnings
import weakref
from collections.abc import Callable
from pathlib import Path

from tutor.foundation.translate import translate
from tutor.runs.control import CONTROL_FILE, Command, Inbox
from tutor.runs.events import Event, Failed
from tutor.runs.follower import EVENTS_FILE
from tutor.runs.log import RESERVE_BYTES, Writer
from tutor.runs.processes import release

_RETRY_SECONDS = 1.0
_MOST_WAITING = 5000
"""Events of some kilobytes that wait in memory while the disk is full; then the oldest are given up."""
_open: weakref.WeakSet[RecordLog] = weakref.WeakSet()


class RecordLog:
    """The only writer of the log, in the process that opened it.

    Where the disk is full, events wait in memory and are written as soon as there is room again. A process forked
    off the training writes nothing, and its lock is not the run's: else a run would go on for as long as its children.

    Args:
        folder: The run's folder.
        lock: The descriptor of its lock, which is let go of by `close`, and where the log cannot be made or begun.
        clock: Seconds that never run backwards.

    Raises:
        OSError: the log cannot be made.
    """

    def __init__(self, folder: Path, lock: int, clock: Callable[[], float]) -> None:
        try:
            self._log: Writer[Event] = Writer(folder / EVENTS_FILE, reserve=RESERVE_BYTES)
            self._inbox = Inbox(folder / CONTROL_FILE)
        except OSError:
            release(lock)
            raise
        self._lock = lock
        self._clock = clock
        self._owner = os.getpid()
        self._waiting: list[Event] = []
        self._tried = 0.0
        self._trouble = ""
        _open.add(self)

    @property
    def ours(self) -> bool:
        """Whether this process is the one that opened the log, and no fork of it."""
        return self._owner == os.getpid()

    def begin(self, event: Event) -> None:
        """Write the first event.

        Raises:
            OSError: there is no room for it; the log is closed then, so that nobody takes the run for a living one.
        """
        try:
            self._log.write(event)
        except OSError:
            self.close(0)
            raise

    def write(self, event: Event) -> None:
        """Write an event, now or as soon as there is room."""
        if not self.ours:
            return
        self._waiting.append(event)
        if not self._trouble or self._clock() - self._tried >= _RETRY_SECONDS:
            self._flush()

    def _flush(self) -> None:
        self._tried = self._clock()
        while self._waiting:
            try:
                self._log.write(self._waiting[0])
            except OSError as error:
                self._complain(error.strerror or str(error))
                return
            except (TypeError, ValueError, OverflowError) as error:
                # What cannot be written as JSON is lost alone: it must not hold up what comes after it.
                self._complain(str(error))
            del self._waiting[0]
        self._trouble = ""

    def _complain(self, reason: str) -> None:
        del self._waiting[:-_MOST_WAITING]
        if not self._trouble:
            warnings.warn(translate("record.cannot-write", reason=reason), RuntimeWarning, stacklevel=2)
        self._trouble = reason

    def poll(self) -> list[Command]:
        """What was asked of the run since the last poll."""
        return self._inbox.poll() if self.ours else []

    def close(self, epoch: int) -> None:
        """End the log. Where it never found room, its last word says so: the place for that was kept."""
        if not self.ours:
            return
        self._flush()
        self._log.give_up_reserve()
        self._flush()
        if self._waiting:
            self._waiting = [Failed(epoch=epoch, message=translate("runs.failed-disk", reason=self._trouble))]
            self._flush()
        self._log.close()
        self._inbox.close()
        _open.discard(self)
        release(self._lock)

    def _leave_to_parent(self) -> None:
        os.close(self._lock)


def _after_fork() -> None:
    for log in list(_open):
        log._leave_to_parent()  # noqa: SLF001 - of this module
    _open.clear()


os.register_at_fork(after_in_child=_after_fork)
