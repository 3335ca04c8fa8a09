"""How far one press of a key goes: further while the key is held, so that a long way is short."""

from __future__ import annotations

from collections.abc import Callable

from tutor.foundation.clock import monotonic_seconds

_HELD_WITHIN = 0.12
"""Seconds between two presses of a key that is held. Nobody taps faster for long."""
_GROWTH = ((24, 5), (12, 2))
"""After how many presses one press goes how many steps, the longest way first."""


class HeldKey:
    """Counts the presses of a key that is held.

    Args:
        seconds: A clock in seconds that never runs backwards.
    """

    def __init__(self, seconds: Callable[[], float] = monotonic_seconds) -> None:
        self._seconds = seconds
        self._way = ""
        self._at = 0.0
        self._presses = 0

    def steps(self, way: str) -> int:
        """How many steps a press goes. A first press, a pause and another ``way`` begin again with 1."""
        now = self._seconds()
        held = way == self._way and now - self._at <= _HELD_WITHIN
        self._presses = self._presses + 1 if held else 1
        self._way, self._at = way, now
        return next((steps for after, steps in _GROWTH if self._presses > after), 1)
