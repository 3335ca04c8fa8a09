"""Garbage among old objects is looked for while the learner thinks, not while a key waits for its answer.

Going through everything that an open course is made of takes a tenth of a second, and Python does it whenever enough
was made: in the middle of a key, as likely as not. So what start-up made is left alone for good, and the full
collections are made in the pauses between keys. The young ones, of a millisecond, stay as Python has them.

A screen that was left is tens of thousands of objects that hold one another. It is collected soon after, since the
memory of the next screen is found among what it gives back.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Final

_THRESHOLDS: Final = (1_000, 10, 500)
"""Python's own collections: the full ones only where no pause comes for hours, as with a key that is held down."""

QUIET: Final = 1.0
"""Seconds without a key after which the learner reads or thinks."""

LOOK_EVERY: Final = 1.5
"""Seconds between two looks whether it is quiet."""

AFTER_LEAVING: Final = 0.25
"""Seconds after a screen was left in which no key may have come, so that it is collected: 20 ms of work."""

_MOST_LEFT: Final = 4
"""Screens left after which they are collected even though keys keep coming."""

_WORTH_IT: Final = 5
"""Collections of the middle generation after which the old one is gone through."""


class GarbageCollection:
    """See the module.

    Args:
        seconds: A clock that never runs backwards.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._last_key = seconds()
        self._begun = self._settled = False
        self._left = 0
        self._froze_a_screen = False  # what was in front then would stay for good
        self._look_at_all = False  # it has been left: everything is gone through once more, in a longer pause

    def begin(self) -> None:
        """From now on. Nothing changes where the collector was not switched off for the start, as in tests."""
        if gc.isenabled():
            return
        gc.freeze()  # what start-up made stays for good
        gc.set_threshold(*_THRESHOLDS)
        gc.enable()
        self._begun = True

    def settle(self) -> None:
        """Leave for good also what the first lab imported, as much again as all that start-up made.

        Only once: later labs import nothing, and a screen that was just left would stay for good too.
        """
        if self._begun and not self._settled:
            self._settled = self._froze_a_screen = True
            gc.freeze()

    def keep(self) -> None:
        """Much has come that stays for good, such as every lesson: it is not gone through again in each pause.

        What is garbage just now and has grown old is kept with it. So call it seldom.
        """
        if self._begun:
            gc.collect(1)
            gc.freeze()
            self._froze_a_screen = True

    def leave(self) -> None:
        """A screen has been left: `look` again in `AFTER_LEAVING` seconds."""
        self._left += 1
        self._look_at_all |= self._froze_a_screen

    def on_input(self) -> None:
        """A key came, or the mouse: this is no moment for it."""
        self._last_key = self._seconds()

    def look(self) -> bool:
        """Collect if it is quiet and a screen was left or enough was made; whether it was done."""
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
