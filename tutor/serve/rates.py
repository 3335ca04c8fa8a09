"""How often something may happen: a bounded memory of when it happened last."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable

from tutor.foundation.clock import monotonic_seconds

_MOST_KEYS = 4096


class Rate:
    """Allows something so many times in so many seconds, for each of many keys.

    Args:
        most: How many times.
        seconds: In which time.
        clock: Returns seconds from a monotonic clock.
    """

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = monotonic_seconds) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._times: OrderedDict[Hashable, deque[float]] = OrderedDict()

    def is_spent(self, key: Hashable) -> bool:
        """Whether it has happened too often for this key."""
        times = self._times.get(key)
        if times is None:
            return False
        while times and times[0] <= self._clock() - self._seconds:
            times.popleft()
        return len(times) >= self._most

    def count(self, key: Hashable) -> None:
        """It has happened."""
        times = self._times.setdefault(key, deque(maxlen=self._most))
        times.append(self._clock())
        self._times.move_to_end(key)
        if len(self._times) > _MOST_KEYS:
            self._times.popitem(last=False)

    def allows(self, key: Hashable) -> bool:
        """Whether it may happen now for this key; if so, it is counted."""
        if self.is_spent(key):
            return False
        self.count(key)
        return True
