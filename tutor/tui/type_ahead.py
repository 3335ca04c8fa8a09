"""Keys that are typed ahead are handed over one at a time, each after the one before has had its effect.

Textual gives a key to the widget that has the focus when the key arrives. If somebody types faster than screens open,
or a slow line delivers many keys at once, keys would go to a screen that is about to disappear instead of the next one.
So keys, pastes and mouse events wait here until everything that the last one caused is done.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final

from textual import events
from textual.screen import Screen

from tutor.tui.textual_private import is_idle, is_laid_out

if TYPE_CHECKING:
    from textual.app import App

_PATIENCE: Final = 400
"""Checks, a few milliseconds apart, after which a key is handed over to a screen that never comes to rest."""
_QUICK_LOOKS: Final = 20
"""Checks at every turn of the event loop, before they are spread in time."""
_BETWEEN: Final = 0.004
"""Seconds between two checks after those."""
_MOST_WAITING: Final = 10_000
"""Keys that may wait. Nobody types that far ahead, but a cat or a wrong paste does; the rest is dropped."""


class TypeAhead:
    """The keys, pastes and mouse events that wait for their turn.

    Args:
        app: Gets them through its own queue.
    """

    def __init__(self, app: App[int]) -> None:
        self._app = app
        self._waiting: deque[events.Event] = deque()
        self._released: events.Event | None = None
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def keeps(self, event: events.Event) -> bool:
        """Whether ``event`` waits or is dropped; if not, the app handles it now. Call it on the app's task."""
        if self._closed:
            return True
        if event is self._released:
            self._released = None
            return False
        if self._task is None and not self._app.message_queue_size and self._rests(with_app=False):
            return False
        self._add(event)
        if self._task is None:
            self._task = asyncio.create_task(self._hand_over(), name="type-ahead")
        return True

    def close(self) -> None:
        """Drop everything: the app is leaving."""
        self._closed = True
        self._waiting.clear()

    def _add(self, event: events.Event) -> None:
        last = self._waiting[-1] if self._waiting else None
        if isinstance(event, events.MouseMove) and isinstance(last, events.MouseMove):
            self._waiting[-1] = event
        elif len(self._waiting) < _MOST_WAITING:
            self._waiting.append(event)

    async def _hand_over(self) -> None:
        """Hand over everything that waits."""
        try:
            while self._waiting:
                await self._rest()
                if self._waiting:  # the app may have begun to leave
                    self._released = self._waiting.popleft()
                    self._app.post_message(self._released)
        finally:
            self._task = None

    async def _rest(self) -> None:
        looks = 0
        while not self._closed and not self._rests() and looks < _PATIENCE:
            looks += 1
            await asyncio.sleep(0 if looks < _QUICK_LOOKS else _BETWEEN)

    def _rests(self, *, with_app: bool = True) -> bool:
        """Whether everything that was caused is done: messages, layout, an opened screen."""
        if self._released is not None or not self._app.screen_stack:
            return False
        screen: Screen[object] = self._app.screen
        if not (screen.is_mounted and is_laid_out(screen)) or (with_app and not is_idle(self._app)):
            return False
        return all(is_idle(each) for each in screen.walk_children(with_self=True))
