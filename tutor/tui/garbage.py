"""Full garbage collections happen while the learner thinks, not while a key waits for its effect.

A full collection of everything that belongs to an open course takes a tenth of a second, and Python does one whenever
enough objects were made, quite possibly while it handles a key. So the objects made at start-up are frozen, and full
collections are done in the pauses between keys. Collections of young objects, which take a millisecond, remain
Python's business.

A screen consists of tens of thousands of objects that refer to one another. It is collected soon after it was left, so
that the next screen can use its memory.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Final

_THRESHOLDS: Final = (1_000, 10, 500)
"""Thresholds of Python's own collections: full ones come only if no pause comes for hours, as with a key held down."""

QUIET: Final = 1.0
"""Seconds without a key after which a pause has begun."""

LOOK_EVERY: Final = 1.5
"""Seconds between two checks for a pause."""

AFTER_LEAVING: Final = 0.25
"""Seconds after a screen was left until it is collected, which takes 20 ms, unless a key came in between."""

_MOST_LEFT: Final = 4
"""So many screens left are collected even though keys keep coming."""

_WORTH_IT: Final = 5
"""Collections of the middle generation after which a pause is used for a full one."""


class GarbageCollection:
    """Does full garbage collections in the pauses between keys.

    Args:
        seconds: A clock in seconds that never runs backwards.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._last_key = seconds()
        self._begun = self._settled = self._kept_lessons = False
        self._left = 0
        self._froze_a_screen = False  # what was in front then would be kept for ever
        self._look_at_all = False  # that screen has been left: unfreeze and collect everything in a longer pause

    def begin(self) -> None:
        """Start. Does nothing if the collector was not switched off for the start, as in tests."""
        if gc.isenabled():
            return
        gc.collect()  # what dataclasses with slots leave behind, a class each: modules to come use the space
        gc.freeze()  # objects made at start-up stay
        gc.set_threshold(*_THRESHOLDS)
        gc.enable()
        self._begun = True

    def settle(self) -> None:
        """Freeze what the first lab imported too, which is as much again as start-up made.

        This is done once: later labs import nothing, and a screen that was just left would be frozen as well.
        """
        if self._begun and not self._settled:
            self._settled = self._froze_a_screen = True
            gc.freeze()

    def keep(self) -> None:
        """Freeze much that was loaded to stay, such as all lessons, so that no collection visits it.

        Old objects that are garbage at this moment are kept too, so call it seldom.
        """
        if self._begun:
            gc.collect(1)
            gc.freeze()
            self._froze_a_screen = True

    def keep_lessons(self) -> None:
        """Freeze what was read when all lessons were, for the glossary. Each collection visited it, for 20 ms or more.

        This is done once: after a lesson was changed, only that one is read again.
        """
        if not self._kept_lessons:
            self._kept_lessons = True
            self.keep()

    def leave(self) -> None:
        """A screen has been left. Call `look` after `AFTER_LEAVING` seconds."""
        self._left += 1
        self._look_at_all |= self._froze_a_screen

    def on_input(self) -> None:
        """A key or the mouse was used: wait with collections."""
        self._last_key = self._seconds()

    def look(self) -> bool:
        """Collect if there is a pause and a screen was left or enough was made. Returns whether it did."""
        rest = self._seconds() - self._last_key
        quiet = rest >= QUIET and (self._look_at_all or gc.get_count()[2] >= _WORTH_IT)
        left = self._left and (rest >= AFTER_LEAVING or self._left >= _MOST_LEFT)
        if not (self._begun and (quiet or left)):
            return False
        if quiet and self._look_at_all:
            self._froze_a_screen = self._look_at_all = False
            gc.unfreeze()
            gc.collect()
            gc.freeze()
        else:
            gc.collect()
        self._left = 0
        return True
