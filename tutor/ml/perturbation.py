"""Rounding that differs, as another processor has it.

A matrix product on another processor adds in another order, so its last bits differ, and a training that amplifies
small differences takes another course after some hundred updates. A claim about training must not depend on that. To
try it on one machine, multiply each initial parameter by 1 + ε, with ε a few units of the last place of a float32.
"""

from __future__ import annotations

import numpy as np

from tutor.ml.training import Training

SIZE = 1e-6
"""The greatest |ε|; the last place of a float32 is worth 6e-8 to 1.2e-7."""


def perturb(training: Training, draw: int, size: float = SIZE) -> None:
    """Multiply each parameter of a training that was just made by 1 + ε, in place.

    Args:
        training: before its first epoch. One that adjusts no parameters step by step stays as it is.
        draw: the seed of ε: another draw is another kernel.
        size: ε is drawn from −size to size, uniformly.
    """
    random = np.random.default_rng(draw)
    for parameters in training.vectors():
        factors = 1.0 + random.uniform(-size, size, parameters.shape)
        np.multiply(parameters, factors.astype(parameters.dtype), out=parameters)
