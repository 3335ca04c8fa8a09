"""A timer for polling, cheaper than Textual's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.message_pump import MessagePump

_UNSEEN = 0.25
"""Seconds between two checks whether the terminal reads again."""


class PollTimer:
    """Calls ``look`` on the event loop, each time after as many seconds as its last call returned.

    A turn of Textual's own timer takes some hundred microseconds for its message and its task; thirty turns a second
    use one percent of a core for every open lab. ``look`` does not draw; it hands its findings to Textual, such as
    with `call_next`. While the terminal has stopped reading, ``look`` is not called.

    Args:
        owner: Where an exception of ``look`` is raised, so that Textual reports it. The timer stops then.
        look: Polls once. Returns the seconds until the next call; None if there is none.
    """

    def __init__(self, owner: MessagePump, look: Callable[[], float | None]) -> None:
        self._owner = owner
        self._look = look
        self._timer: asyncio.TimerHandle | None = None
        self.late = 0.0
        """By how many seconds the last call came later than planned: more than some milliseconds on a busy machine."""

    def start(self, seconds: float = 0.0) -> None:
        """Call ``look`` in ``seconds`` instead of at the planned time, and go on. Call it on the event loop."""
        self.stop()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._turn)

    def stop(self) -> None:
        """Stop polling."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _turn(self) -> None:
        if self._timer is not None:
            self.late = asyncio.get_running_loop().time() - self._timer.when()
        try:
            seconds = _UNSEEN if getattr(self._owner.app, "unseen", False) else self._look()
        except Exception as error:
            self._owner.call_next(_raise, error)
        else:
            if seconds is None:
                self.stop()
            else:
                self.start(seconds)


def _raise(error: Exception) -> None:
    raise error
