"""Looking for something again and again: cheaply, since it is mostly not there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.message_pump import MessagePump

_UNSEEN = 0.25
"""Seconds until it is asked again whether anybody can see what would be drawn."""


class PollTimer:
    """Calls ``look`` on the event loop, each time after as many seconds as it answered.

    Textual's own timer takes some hundred microseconds a turn: its messages and its task. Thirty turns a second of it
    are a percent of a core, in every lab that is open. What ``look`` finds is for it to hand over to Textual, such as
    by `call_next`; it draws nothing by itself. While the terminal takes nothing, nothing is looked for either.

    Args:
        owner: Where an exception of ``look`` is raised, so that Textual tells of it. The pulse is over then.
        look: Looks once. Returns the seconds until the next look.
    """

    def __init__(self, owner: MessagePump, look: Callable[[], float]) -> None:
        self._owner = owner
        self._look = look
        self._timer: asyncio.TimerHandle | None = None

    def start(self, seconds: float = 0.0) -> None:
        """Look in ``seconds``, and from then on; a look that was ahead is forgotten. Call it on the event loop."""
        self.stop()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._turn)

    def stop(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _turn(self) -> None:
        try:
            self.start(_UNSEEN if getattr(self._owner.app, "unseen", False) else self._look())
        except Exception as error:
            self._owner.call_next(_raise, error)


def _raise(error: Exception) -> None:
    raise error
