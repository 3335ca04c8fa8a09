"""Garbage is collected while the learner thinks, not while a key waits for its effect.

A full collection visits every object that is not frozen. For everything that belongs to an open course, that takes two
tenths of a second or more, and Python does one whenever enough objects were made, quite possibly while it handles a
key. So full collections are done in the pauses between keys, and what is alive after one is frozen: the next one visits
only what was made since then, which takes some milliseconds. Collections of young objects, which take a millisecond,
remain Python's business.

A screen consists of thousands of objects that refer to one another. It is collected soon after it was left, so that the
next screen can use its memory. A screen that another one covered meanwhile was frozen, so it stays. When many screens
have been left, a long pause is used to visit everything once.
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

LONG_QUIET: Final = 5.0
"""Seconds without a key after which a long pause has begun: the learner reads, or has left."""

LOOK_EVERY: Final = 1.5
"""Seconds between two checks for a pause."""

AFTER_LEAVING: Final = 0.25
"""Seconds after a screen was left until it is collected, unless a key came in between."""

_MOST_LEFT: Final = 4
"""So many screens left are collected even though keys keep coming."""

_WORTH_IT: Final = 5
"""Collections of the middle generation after which a pause is used for a full one."""

MANY_LEFT: Final = 20
"""Screens left, any of which may have been frozen, after which a long pause is used to visit everything.

If none comes until ten times as many have been left, the learner hurries from screen to screen: a short one has to do.
"""


class GarbageCollection:
    """Does full garbage collections in the pauses between keys.

    Args:
        seconds: A clock in seconds that never runs backwards.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._last_key = seconds()
        self._begun = False
        self._kept: set[str] = set()
        self._left = 0
        self._left_since = 0  # screens left since everything was visited

    def begin(self) -> None:
        """Start. Does nothing if the collector was not switched off for the start, as in tests."""
        if gc.isenabled():
            return
        gc.collect()  # each dataclass with slots leaves a class behind: later modules use the space
        gc.freeze()  # objects made at start-up stay
        gc.set_threshold(*_THRESHOLDS)
        gc.enable()
        self._begun = True

    def keep(self, what: str) -> None:
        """Freeze what was loaded to stay, such as the modules of labs, so that no collection visits it.

        This is done once for each ``what``: afterwards little of it is loaded, and the screen in front would be kept.
        """
        if self._begun and what not in self._kept:
            self._kept.add(what)
            gc.collect(1)
            gc.freeze()

    def leave(self) -> None:
        """A screen has been left. Call `look` after `AFTER_LEAVING` seconds."""
        self._left += 1
        self._left_since += 1

    def on_input(self) -> None:
        """A key or the mouse was used: wait with collections."""
        self._last_key = self._seconds()

    def look(self) -> bool:
        """Collect if there is a pause and a screen was left or enough was made. Returns whether it did."""
        if not self._begun:
            return False
        rest = self._seconds() - self._last_key
        if (self._left_since >= MANY_LEFT and rest >= LONG_QUIET) or (
            self._left_since >= 10 * MANY_LEFT and rest >= AFTER_LEAVING
        ):
            gc.unfreeze()
            gc.collect()
            self._left_since = 0
        elif (rest >= QUIET and gc.get_count()[2] >= _WORTH_IT) or (
            self._left and (rest >= AFTER_LEAVING or self._left >= _MOST_LEFT)
        ):
            gc.collect()
        else:
            return False
        gc.freeze()
        self._left = 0
        return True
