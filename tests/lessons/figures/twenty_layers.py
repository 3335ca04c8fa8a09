"""Twenty layers on digits after 30 epochs: as they are, with larger and clipped, and with smaller initial weights."""

from __future__ import annotations

import numpy as np

from tests.lessons.figures import Quoted
from tests.lessons.figures.networks import network_training
from tutor.ml.training import EpochResult

SEEDS = range(1, 9)


def trained(seed: int, scale: float) -> EpochResult:
    """The last epoch of the lab, whose gradient is clipped at a length of 1."""
    *_, last = network_training("very-deep", {"train.seed": seed, "model.initial_scale": scale}).epochs()
    return last


def figures() -> dict[str, float]:
    """Ranges over the initialisations."""
    plain = [(trained(seed, 1.0).train_accuracy or 0.0) for seed in list(SEEDS)[:5]]
    large = [(trained(seed, 1.3).train_accuracy or 0.0) for seed in SEEDS]
    small = [trained(seed, 0.5).train_loss for seed in SEEDS]
    return {
        "wrong, median": 100 * (1 - float(np.median(plain))),
        "wrong, least": 100 * (1 - max(plain)),
        "wrong, most": 100 * (1 - min(plain)),
        "clipped, least": min(large),
        "clipped, most": max(large),
        "small, least": min(small),
        "small, most": max(small),
    }


_PLAIN = "| 20 | 3 (2 to 8) | 0 | 0 |"
_CLIPPED = "(b) ends with 84 to 96% (eight seeds)"
_SMALL = "after 30 epochs the loss is still 2.30, that of guessing"
QUOTED = (
    Quoted("bias-or-optimisation", _PLAIN, "wrong, median", 2.5, 3.5),
    Quoted("bias-or-optimisation", _PLAIN, "wrong, least", 1.5, 2.5),
    Quoted("bias-or-optimisation", _PLAIN, "wrong, most", 7.5, 8.5),
    Quoted("bias-or-optimisation", _CLIPPED, "clipped, least", 0.835, 0.845),
    Quoted("bias-or-optimisation", _CLIPPED, "clipped, most", 0.955, 0.965),
    Quoted("bias-or-optimisation", _SMALL, "small, least", 2.295, 2.305),
    Quoted("bias-or-optimisation", _SMALL, "small, most", 2.295, 2.305),
)
