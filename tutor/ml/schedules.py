"""How the learning rate changes with the number of updates."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tutor.ml.arrays import Array

WARM_UP_SHARE = 0.1
"""Of all planned updates, the share in which a warm-up rises."""

Factor = Callable[[Array, int], Array]
"""For the numbers of updates, (n,) from 0, and how many are planned: the factors on the learning rate, (n,)."""


def _constant(updates: Array, _planned: int) -> Array:
    return np.ones(len(updates))


def _linear_decay(updates: Array, planned: int) -> Array:
    return np.maximum(0.0, 1.0 - updates / max(1, planned))


def _inverse_sqrt(updates: Array, _planned: int) -> Array:
    return np.asarray(1.0 / np.sqrt(updates + 1))


def _warm_up(updates: Array, planned: int) -> Array:
    """Up in a line to 1, then down with the inverse square root."""
    rise = max(1.0, WARM_UP_SHARE * planned)
    return np.minimum((updates + 1) / rise, np.sqrt(rise / (updates + 1)))


SCHEDULES: dict[str, Factor] = {
    "constant": _constant,
    "linear-decay": _linear_decay,
    "inverse-sqrt": _inverse_sqrt,
    "warm-up": _warm_up,
}
