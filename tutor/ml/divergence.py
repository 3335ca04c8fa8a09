"""When training has diverged: the loss is not finite, or too far above its start ever to come back."""

from __future__ import annotations

from math import isfinite

FACTOR = 1e6
"""A loss of this many times its start counts as diverged. In all runs of the course, no loss that rose above 4 times
its start came back."""


def divergence_limit(start: float, unit: float = 1.0) -> float:
    """The loss above which training has diverged.

    Args:
        start: The loss before the first update. If the labels are huge it is huge too, without divergence.
        unit: The loss of a model that is wrong by the standard deviation of the labels. It is used if ``start`` is
            lower or not finite.
    """
    return FACTOR * max(unit, abs(start) if isfinite(start) else 0.0)


def has_diverged(loss: float, limit: float) -> bool:
    """Whether ``loss`` is not finite, or above the limit that `divergence_limit` gave."""
    return not (isfinite(loss) and loss <= limit)
