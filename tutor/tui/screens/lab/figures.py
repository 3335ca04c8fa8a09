"""When the figures beside a moving chart are told anew."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

_EVERY = 0.19
"""Seconds between two tellings at least: nobody reads faster, and on a thin line figures cost more than the curve."""
_SELDOM = 0.15
"""Seconds since the last epoch was seen from which on a new one is told at once.

Else a run of about as many epochs a second would be told of each one as late as of the one before it, for ever.
"""


class CalmFigures:
    """Lets figures change five times a second at most while the curve beside them moves with every epoch.

    Args:
        clock: Seconds that never run backwards.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._told_at = -_EVERY
        self._of: object = None
        self._seen: int | None = None
        self._seen_at = -_SELDOM
        self.waiting = False
        """Whether figures have changed since they were told last."""
        self.epoch: int | None = None
        """The last epoch that they tell of."""

    @property
    def overdue(self) -> bool:
        """Whether it is time to tell of what has waited."""
        return self.waiting and self._clock() - self._told_at >= _EVERY

    def hurry(self) -> None:
        """Tell them at the next chance, however soon that is."""
        self._told_at = -_EVERY

    def tell(self, of: object, epoch: int | None) -> bool:
        """Whether figures are told now.

        Args:
            of: What they belong to, such as a run and its state: they are told at once when it becomes another.
            epoch: The last epoch that there is.
        """
        now = self._clock()
        seldom = epoch != self._seen and now - self._seen_at >= _SELDOM
        if epoch != self._seen:
            self._seen, self._seen_at = epoch, now
        self.waiting = of == self._of and now - self._told_at < _EVERY and not seldom
        if not self.waiting:
            self._told_at, self._of, self.epoch = now, of, epoch
        return not self.waiting
