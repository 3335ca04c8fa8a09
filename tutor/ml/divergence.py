"""When a loss has grown beyond any use: training has diverged, though the loss is still a number."""

from __future__ import annotations

from math import isfinite

FACTOR = 1e6
"""A loss that is so many times as high as at the start never comes back. Of all runs that ship with the course, the
highest that a run reaches and comes back from is 4 times its start."""


def beyond_use(start: float, unit: float = 1.0) -> float:
    """The loss above which training has diverged.

    Args:
        start: the loss before the first update. It may be huge if the labels are: that alone is no divergence.
        unit: the loss of a model that is wrong by the spread of the labels; counts if the start is lower or no number.
    """
    return FACTOR * max(unit, abs(start) if isfinite(start) else 0.0)


def has_diverged(loss: float, limit: float) -> bool:
    """Whether ``loss`` is no number any more, or above the limit that `beyond_use` gave."""
    return not (isfinite(loss) and loss <= limit)
