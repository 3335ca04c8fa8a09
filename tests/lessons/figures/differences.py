"""How much of the difference between one digit and another is left behind many layers, and how large signals become."""

from __future__ import annotations

import numpy as np

from tests.lessons.figures import Quoted
from tests.lessons.figures.networks import network_training, signals_of
from tutor.ml.arrays import Array

SEEDS = range(1, 21)
DIRECTION = 5
"""Counted from the direction in which the pictures differ most."""


def outputs(depth: int, seed: int, *, residual: bool = False) -> tuple[Array, Array]:
    """What comes out of the first and of the last hidden layer at the start, each (units, examples)."""
    training = network_training("very-deep", {"model.depth": depth, "train.seed": seed, "model.residual": residual})
    signals = list(signals_of(training))
    return signals[0].astype(np.float64), signals[-1].astype(np.float64)


def difference(signals: Array) -> float:
    """The singular value of the centred signals along the fifth direction."""
    centred = signals - signals.mean(axis=1, keepdims=True)
    return float(np.linalg.svd(centred, compute_uv=False)[DIRECTION - 1])


def left(depth: int, *, residual: bool = False) -> list[float]:
    """For each seed, the difference behind the last layer as a part of that behind the first."""
    parts = []
    for seed in SEEDS:
        first, last = outputs(depth, seed, residual=residual)
        parts.append(difference(last) / difference(first))
    return parts


def figures() -> dict[str, float]:
    """Medians and ranges over the initialisations."""
    deep = left(56)
    return {
        "56 layers, median": float(np.median(deep)),
        "56 layers, least": min(deep),
        "56 layers, most": max(deep),
        "2 layers, median": float(np.median(left(2))),
        "56 residual layers, median": float(np.median(left(56, residual=True))),
    }


_DEEP = "Along the fifth, the difference after 56 layers has shrunk to 0.2%"
QUOTED = (
    Quoted("bias-or-optimisation", _DEEP, "56 layers, median", 0.0015, 0.0025),
    Quoted("bias-or-optimisation", "(0.03 to 6%, over 20 initialisations)", "56 layers, least", 2.5e-4, 3.5e-4),
    Quoted("bias-or-optimisation", "(0.03 to 6%, over 20 initialisations)", "56 layers, most", 0.05, 0.065),
    Quoted("bias-or-optimisation", "after 2 layers it is still 88%", "2 layers, median", 0.875, 0.885),
    Quoted(
        "bias-or-optimisation",
        "are 1.7 times as large after the last layer as after the first",
        "56 residual layers, median",
        1.65,
        1.75,
    ),
)
