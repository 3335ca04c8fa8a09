"""Learning rate schedules: factors on the learning rate, by the number of the update."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tutor.ml.arrays import Array
from tutor.ml.registry import find

WARM_UP_FRACTION = 0.1
"""The fraction of all planned updates in which a warm-up rises by default."""

Factor = Callable[[Array, int], Array]
"""Gives the factors on the learning rate, (n,), for the numbers of the updates, (n,) from 0, and the planned total."""


def _constant(updates: Array, _planned: int) -> Array:
    # Faster than np.ones, which matters if an epoch is one update of a small model.
    ones = np.empty(len(updates))
    ones.fill(1.0)
    return ones


def _linear_decay(updates: Array, planned: int) -> Array:
    return np.maximum(0.0, 1.0 - updates / max(1, planned))


def _cosine(updates: Array, planned: int) -> Array:
    """Half a cosine wave from 1 down to 0, slow at both ends (Loshchilov and Hutter 2017, without restarts)."""
    return np.asarray((1.0 + np.cos(np.pi * np.minimum(1.0, updates / max(1, planned)))) / 2)


def _inverse_sqrt(updates: Array, _planned: int) -> Array:
    return np.asarray(1.0 / np.sqrt(updates + 1))


def warm_up_updates(rise: int, planned: int) -> float:
    """For how many updates a warm-up rises: ``rise``, or a tenth of those ``planned`` if that is 0."""
    return float(rise) or max(1.0, WARM_UP_FRACTION * planned)


def _warm_up(updates: Array, planned: int, rise: int = 0) -> Array:
    """Linearly up to 1 at update ``rise``, then down with the inverse square root of the update."""
    top = warm_up_updates(rise, planned)
    return np.minimum((updates + 1) / top, np.sqrt(top / (updates + 1)))


SCHEDULES: dict[str, Factor] = {
    "constant": _constant,
    "linear-decay": _linear_decay,
    "cosine": _cosine,
    "inverse-sqrt": _inverse_sqrt,
    "warm-up": _warm_up,
}


def make_schedule(name: str, warm_up: int = 0) -> Factor:
    """The schedule called ``name``. A warm-up rises for ``warm_up`` updates; 0 for a tenth of all planned updates.

    Raises:
        TutorError: There is no such schedule.
    """
    if name == "warm-up":
        return lambda updates, planned: _warm_up(updates, planned, warm_up)
    return find(SCHEDULES, name)
