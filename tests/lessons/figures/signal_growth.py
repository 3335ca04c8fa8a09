"""How large the signal becomes on its way through many layers at the start, with and without residual connections."""

from __future__ import annotations

import numpy as np

from tests.lessons.figures import Quoted
from tests.lessons.figures.networks import network_training, signals_of
from tutor.ml.arrays import Array

SEEDS = range(1, 11)


def size(signals: Array) -> float:
    """The root mean square of all units over all examples."""
    return float(np.sqrt((signals.astype(np.float64) ** 2).mean()))


def growth(depth: int, *, residual: bool, scaled: bool = True) -> list[float]:
    """For each seed, the size behind the last hidden layer divided by that behind the first."""
    found = []
    for seed in SEEDS:
        given = {"model.residual": residual, "model.residual_scaling": scaled}
        training = network_training("very-deep", {"model.depth": depth, "train.seed": seed, **given})
        sizes = [size(signals) for signals in signals_of(training)]
        found.append(sizes[-1] / sizes[0])
    return found


def figures() -> dict[str, float]:
    """Medians and ranges over the initialisations, and the median factor of one layer."""
    found: dict[str, float] = {}
    for name, depth, residual, scaled in (
        ("20, unscaled", 20, True, False),
        ("56, unscaled", 56, True, False),
        ("56, scaled", 56, True, True),
        ("56, no residual", 56, False, True),
    ):
        each = growth(depth, residual=residual, scaled=scaled)
        found |= {name: float(np.median(each)), f"{name}, least": min(each), f"{name}, most": max(each)}
    found["factor of a layer"] = found["56, unscaled"] ** (1 / 55)
    return found


_FACTOR = r"the factor is about 1.7. After 56 layers the signal is about $4 \cdot 10^{12}$ times as large"
_TWENTY = "| 20 | no | 24,000 (11,000 to 65,000) |"
_UNSCALED = r"| 56 | no | $4 \cdot 10^{12}$ (0.3 to 7) |"
_SCALED = "| 56 | yes | 52 (38 to 61) |"
QUOTED = (
    Quoted("bias-or-optimisation", _FACTOR, "factor of a layer", 1.65, 1.75),
    Quoted("bias-or-optimisation", _FACTOR, "56, unscaled", 3.5e12, 4.5e12),
    Quoted("bias-or-optimisation", _TWENTY, "20, unscaled", 23_500, 24_500),
    Quoted("bias-or-optimisation", _TWENTY, "20, unscaled, least", 10_500, 11_500),
    Quoted("bias-or-optimisation", _TWENTY, "20, unscaled, most", 64_000, 65_500),
    Quoted("bias-or-optimisation", _UNSCALED, "56, unscaled", 3.5e12, 4.5e12),
    Quoted("bias-or-optimisation", _UNSCALED, "56, unscaled, least", 2.5e11, 3.5e11),
    Quoted("bias-or-optimisation", _UNSCALED, "56, unscaled, most", 6.5e12, 7.5e12),
    Quoted("bias-or-optimisation", _SCALED, "56, scaled", 51.5, 52.5),
    Quoted("bias-or-optimisation", _SCALED, "56, scaled, least", 37.5, 38.5),
    Quoted("bias-or-optimisation", _SCALED, "56, scaled, most", 60.5, 61.5),
    Quoted(
        "bias-or-optimisation",
        "after 56 layers about a quarter of it is left (the median of ten initialisations)",
        "56, no residual",
        0.2,
        0.3,
    ),
)
