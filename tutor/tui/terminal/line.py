"""The line to the terminal. It sends one frame at a time, no faster than the terminal shows them, and never blocks.

Writing to a terminal that does not read blocks, so a thread writes. But a slow line has buffers, of the system and of
ssh, in which hundreds of kilobytes of outdated frames would wait. So the terminal is queried now and then (CSI 5 n);
its answer (CSI 0 n) means that everything before has been shown. While an answer is due, no frame is sent; when it
arrives, the newest frame is. A terminal that never answers is written to as fast as it reads.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from time import monotonic

QUESTION = b"\x1b[5n"
ANSWER = b"\x1b[0n"
_ASK_EVERY = 2048
"""Bytes after which a quick terminal is queried."""
_QUICK = 0.15
"""Seconds within which a quick terminal answers."""
_SLOW_SPEED = 20_000.0
"""A line with fewer bytes a second is slow, even if it answers a few bytes quickly."""
_MEASURABLE = 1024
"""Only with so many bytes does their time measure the line's speed and not just its latency."""
_FIRST_ANSWER = 0.5
"""Seconds after which a terminal that has not answered yet is taken for one that never does."""
_OVERDUE = 5.0
"""Seconds after which a frame is sent although an answer is due, because the answer may be lost."""
_STALL = 1.0
"""Seconds without an answer after which drawing is useless."""
_PIECE = 4096


class Line:
    """Sends to a terminal.

    Args:
        descriptor: Where to write.
        on_free: Called, from any thread, when the line can take the next frame.
        on_gone: Called, from any thread, when the terminal is gone.
        clock: A clock in seconds that never runs backwards.
    """

    def __init__(
        self,
        descriptor: int,
        on_free: Callable[[], None],
        on_gone: Callable[[], None],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._descriptor = descriptor
        self._on_free, self._on_gone = on_free, on_gone
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting = b""
        self._writing = False
        self._ended = False
        self._thread: threading.Thread | None = None
        self._due = 0
        self._asked_at = 0.0
        self._unasked = 0
        self._asked_for = 0
        self._unheard_since: float | None = None
        self._took: float | None = None
        self._speed = 0.0
        self.gone = False
        """Whether the terminal is gone; then everything is discarded."""
        self.answers: bool | None = None
        """Whether the terminal answers queries; None while that is unknown."""
        self.sent = 0
        """Bytes sent so far."""

    # -- what the app's thread asks ----------------------------------------------------------------------

    @property
    def slow(self) -> bool:
        """Whether the last answer or a long frame took long."""
        return self._took is not None and (self._took > _QUICK or self._speed < _SLOW_SPEED)

    @property
    def budget(self) -> int | None:
        """The bytes that a slow line carries in a fifth of a second, at least 256; None for a quick line."""
        return max(256, int(self._speed * 0.2)) if self.slow else None

    @property
    def free(self) -> bool:
        with self._changed:
            return self.gone or (not self._writing and not self._waiting and self.patience <= 0)

    @property
    def stalled(self) -> bool:
        """Whether drawing is useless now because the terminal has stopped reading."""
        since = self._unheard_since
        return since is not None and self._clock() - since > _STALL and not self.free

    @property
    def patience(self) -> float:
        """Seconds to wait for the answer that is due; 0 if none is."""
        if not self._due:
            return 0.0
        allowed = _FIRST_ANSWER if self.answers is None else _OVERDUE if self.answers else 0.0
        return max(0.0, self._asked_at + allowed - self._clock())

    def send(self, data: bytes) -> None:
        """Send a frame without blocking. Call it only if the line is `free`, or for what cannot wait."""
        if self.gone or self._ended or not data:
            return
        with self._changed:
            if self._due and self.answers is None and self.patience <= 0:
                self.answers, self._due = False, 0
                self._hear()
            if self._unheard_since is None:
                self._unheard_since = self._clock()
            self._unasked += len(data)
            wants = self.slow or self._unasked >= _ASK_EVERY or self._due > 0
            if wants and self.answers is not False:
                data += QUESTION
                self._due += 1
                self._asked_at, self._asked_for, self._unasked = self._clock(), self._unasked, 0
            self._waiting += data
            self.sent += len(data)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="tutor-line", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def finish(self, data: bytes, seconds: float) -> None:
        """Send the last bytes and end. Waits at most ``seconds`` until they have been written."""
        if not self.gone and not self._ended:
            with self._changed:
                self._waiting += data
                self.sent += len(data)
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="tutor-line", daemon=True)
                    self._thread.start()
                self._ended = True
                self._changed.notify_all()
            self._thread.join(seconds)
        self._ended = True

    def settle(self, seconds: float) -> None:
        """Wait at most ``seconds`` for an answer that is due, so that it does not reach the shell."""
        with self._changed:
            self._changed.wait_for(lambda: not self._due or self.gone, seconds if self.answers else min(seconds, 0.3))

    # -- called by other threads -------------------------------------------------------------------------

    def answered(self, count: int = 1) -> None:
        """The terminal has answered ``count`` times."""
        with self._changed:
            self.answers = True
            self._took = max(0.001, self._clock() - self._asked_at)
            self._learn_speed(self._asked_for / self._took)
            self._due = max(0, self._due - count)
            self._hear()
            self._changed.notify_all()
            free = not self._due
        if free:
            self._on_free()

    def _hear(self) -> None:
        """Note that nothing is on its way any more, if that is so."""
        if not (self._due or self._writing or self._waiting):
            self._unheard_since = None

    def _learn_speed(self, speed: float) -> None:
        """The line carries at least what it just did; only a long frame shows that it carries less than assumed."""
        if speed > self._speed:
            self._speed = speed
        elif self._asked_for >= _MEASURABLE:
            self._speed = (self._speed + speed) / 2

    def hang_up(self) -> None:
        with self._changed:
            self.gone = True
            self._waiting = b""
            self._changed.notify_all()

    # -- the thread --------------------------------------------------------------------------------------

    def _run(self) -> None:
        while data := self._next():
            try:
                while data and not self.gone:
                    data = data[os.write(self._descriptor, data[:_PIECE]) :]
            except OSError:
                self.hang_up()
                self._on_gone()
                return

    def _next(self) -> bytes:
        """The bytes to write next; empty at the end."""
        with self._changed:
            was_writing, self._writing = self._writing, False
            self._hear()
            free = was_writing and not self._waiting and not self._ended
        if free:
            self._on_free()
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ended or self.gone)
            data, self._waiting = self._waiting, b""
            self._writing = bool(data)
            return b"" if self.gone else data


class Answers:
    """Takes the terminal's answers out of the input, even if they arrive in pieces."""

    def __init__(self) -> None:
        self.expected = False
        """Whether an answer may come. If not, no input is held back."""
        self._held = b""

    def strip(self, data: bytes) -> tuple[bytes, int]:
        """``data`` without the answers in it, and their number.

        If ``data`` ends with the beginning of an answer, that is held back until the next call shows whether it was
        one. A call without data returns what is held back: it was a key.
        """
        if not data:
            held, self._held = self._held, b""
            return held, 0
        whole = self._held + data
        count = whole.count(ANSWER)
        keys = whole.replace(ANSWER, b"")
        self._held = b""
        if self.expected:
            for length in range(len(ANSWER) - 1, 0, -1):
                if keys.endswith(ANSWER[:length]):
                    keys, self._held = keys[:-length], ANSWER[:length]
                    break
        return keys, count
