"""The time, read in one place so that tests can replace it, and durations in words."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from tutor.foundation.translate import translate

Clock = Callable[[], datetime]
"""Returns the present moment, always in UTC."""


def utc_now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def monotonic_seconds() -> float:
    """Return seconds that never run backwards; only differences between two calls mean anything."""
    return time.monotonic()


class Deadline:
    """The moment by which something must have happened.

    Args:
        seconds: How far away it is now.
    """

    def __init__(self, seconds: float) -> None:
        self._at = monotonic_seconds() + seconds

    @property
    def remaining(self) -> float:
        """The seconds until then; 0 if it has passed."""
        return max(0.0, self._at - monotonic_seconds())

    @property
    def has_passed(self) -> bool:
        """Whether it is too late."""
        return self.remaining == 0.0


def short_duration(seconds: float) -> str:
    """Return a duration in at most six cells, the same in every language: ``4 s``, ``3 min``, ``2 h``, ``5 d``."""
    if seconds < 60:
        return f"{max(0, int(seconds))} s"
    if seconds < 3600:
        return f"{int(seconds // 60)} min"
    if seconds < 86400:
        return f"{int(seconds // 3600)} h"
    return f"{int(seconds // 86400)} d"


def time_spent(seconds: float) -> str:
    """Return a time spent learning, in the learner's language: ``3 h 05 min``, ``12 min``."""
    hours, minutes = divmod(round(seconds / 60), 60)
    if hours:
        return translate("reading.hours", hours=hours, minutes=f"{minutes:02}")
    return translate("reading.minutes", minutes=minutes)
