"""Optimisers over one flat vector. Each gets the gradient of a *sum* and knows the batch size to divide by.

θ the parameters, g the gradient of the mean, η the learning rate:

    sgd        θ ← θ − η g
    momentum   m ← λ m − η g,  θ ← θ + m
    adam       m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,
               θ ← θ − η m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)   (Kingma and Ba 2015)
"""

from __future__ import annotations

from math import sqrt
from typing import Protocol

import numpy as np

from tutor.ml.arrays import Array, constant


class Optimizer(Protocol):
    """Moves parameters against a gradient."""

    def step(self, learning_rate: float, batch_size: int) -> None:
        """Move the parameters once, by the gradient of the sum over ``batch_size`` examples."""

    def state(self) -> dict[str, Array]:
        """What it remembers, by name, for a checkpoint."""


class GradientDescent:
    """θ ← θ − η g, whether over all examples (gd) or over a batch (sgd)."""

    def __init__(self, parameters: Array, gradient: Array) -> None:
        self._parameters, self._gradient = parameters, gradient
        self._step = np.empty_like(parameters)

    def step(self, learning_rate: float, batch_size: int) -> None:
        """Move once."""
        np.multiply(self._gradient, learning_rate / batch_size, self._step)
        np.subtract(self._parameters, self._step, self._parameters)

    def state(self) -> dict[str, Array]:
        """Nothing: it has no memory."""
        return {}


class Momentum:
    """m ← λ m − η g, θ ← θ + m."""

    def __init__(self, parameters: Array, gradient: Array, momentum: float) -> None:
        self._parameters, self._gradient = parameters, gradient
        self._step = np.empty_like(parameters)
        self._movement = np.zeros_like(parameters)
        self.momentum = momentum

    def step(self, learning_rate: float, batch_size: int) -> None:
        """Move once."""
        np.multiply(self._movement, self.momentum, self._movement)
        np.multiply(self._gradient, learning_rate / batch_size, self._step)
        np.subtract(self._movement, self._step, self._movement)
        np.add(self._parameters, self._movement, self._parameters)

    def state(self) -> dict[str, Array]:
        """The last movement."""
        return {"movement": self._movement}


class Adam:
    """Momentum over a running mean square, both corrected for having begun at zero.

    The running means are kept without their factors (1 − β) and 1 / B, which are drawn into one factor on the step
    and into ε: the same arithmetic in fewer passes over the vector.
    """

    beta1, beta2, epsilon = 0.9, 0.999, 1e-8

    def __init__(self, parameters: Array, gradient: Array) -> None:
        self._parameters, self._gradient = parameters, gradient
        self._mean = np.zeros_like(parameters)
        self._square = np.zeros_like(parameters)
        self._scratch = np.empty_like(parameters)
        self._scaled = np.empty_like(parameters)
        self._power1 = self._power2 = 1.0
        self._beta1, self._beta2 = constant(self.beta1, parameters), constant(self.beta2, parameters)
        self._small, self._factor = constant(0.0, parameters), constant(0.0, parameters)
        self._size = 0

    def _gradient_for(self, size: int) -> Array:
        """The gradient as if its batch had the size that the running means are kept for."""
        if size > self._size:
            # The first batch, or larger ones from now on: the running means change their unit once.
            ratio = size / self._size if self._size else 1.0
            self._mean *= ratio
            self._square *= ratio * ratio
            self._size = size
            return self._gradient
        np.multiply(self._gradient, self._size / size, self._scaled)
        return self._scaled

    def step(self, learning_rate: float, batch_size: int) -> None:
        """Move once."""
        gradient = self._gradient if batch_size == self._size else self._gradient_for(batch_size)
        mean, square, scratch = self._mean, self._square, self._scratch
        multiply, add = np.multiply, np.add
        multiply(mean, self._beta1, mean)
        add(mean, gradient, mean)
        multiply(square, self._beta2, square)
        multiply(gradient, gradient, scratch)
        add(square, scratch, square)
        self._power1 *= self.beta1
        self._power2 *= self.beta2
        correction = sqrt((1 - self._power2) / (1 - self.beta2))
        self._small.fill(self.epsilon * self._size * correction)
        self._factor.fill(learning_rate * correction * (1 - self.beta1) / (1 - self._power1))
        np.sqrt(square, scratch)
        add(scratch, self._small, scratch)
        np.divide(mean, scratch, scratch)
        multiply(scratch, self._factor, scratch)
        np.subtract(self._parameters, scratch, self._parameters)

    def state(self) -> dict[str, Array]:
        """Both running means."""
        size = self._size or 1
        return {
            "mean": self._mean * ((1 - self.beta1) / size),
            "square": self._square * ((1 - self.beta2) / size**2),
        }


def make_optimizer(name: str, parameters: Array, gradient: Array, momentum: float) -> Optimizer:
    """The optimiser called ``name``: gd, sgd, momentum or adam."""
    if name == "adam":
        return Adam(parameters, gradient)
    if name == "momentum":
        return Momentum(parameters, gradient, momentum)
    return GradientDescent(parameters, gradient)
