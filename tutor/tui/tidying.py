"""Garbage among old objects is looked for while the learner thinks, not while a key waits for its answer.

Going through everything that an open course is made of takes a tenth of a second, and Python does it whenever enough
was made: in the middle of a key, as likely as not. So what start-up made is left alone for good, and the full
collections are made in the pauses between keys. The young ones, of a millisecond, stay as Python has them.
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

_WORTH_IT: Final = 5
"""Collections of the middle generation after which the old one is gone through."""


class Tidying:
    """See the module.

    Args:
        seconds: A clock that never runs backwards.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._last_key = seconds()
        self._begun = self._settled = False

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
            self._settled = True
            gc.freeze()

    def keep(self) -> None:
        """Much has come that stays for good, such as every lesson: it is not gone through again in each pause.

        What is garbage just now and has grown old is kept with it. So call it seldom.
        """
        if self._begun:
            gc.collect(1)
            gc.freeze()

    def stir(self) -> None:
        """A key came, or the mouse: this is no moment for it."""
        self._last_key = self._seconds()

    def look(self) -> bool:
        """Collect if it is quiet and enough was made; whether it was done."""
        quiet = self._seconds() - self._last_key >= QUIET
        if not (self._begun and quiet and gc.get_count()[2] >= _WORTH_IT):
            return False
        gc.collect()
        return True
