"""How the learning rate changes with the number of updates."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

WARM_UP_SHARE = 0.1
"""Of all planned updates, the share in which a warm-up rises."""

Factor = Callable[[int, int], float]
"""For the update number, from 0, and the number planned: the factor on the learning rate."""


def _constant(_update: int, _planned: int) -> float:
    return 1.0


def _linear_decay(update: int, planned: int) -> float:
    return max(0.0, 1.0 - update / max(1, planned))


def _inverse_sqrt(update: int, _planned: int) -> float:
    return 1.0 / sqrt(update + 1)


def _warm_up(update: int, planned: int) -> float:
    """Up in a line to 1, then down with the inverse square root."""
    rise = max(1.0, WARM_UP_SHARE * planned)
    return min((update + 1) / rise, sqrt(rise / (update + 1)))


SCHEDULES: dict[str, Factor] = {
    "constant": _constant,
    "linear-decay": _linear_decay,
    "inverse-sqrt": _inverse_sqrt,
    "warm-up": _warm_up,
}
