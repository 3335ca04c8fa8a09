"""Optimisers over one flat vector. Each gets the gradient of a *sum* over a batch of B examples.

θ the parameters, g the gradient of the mean, η the learning rate:

    sgd        θ ← θ − η g
    momentum   m ← λ m − η g,  θ ← θ + m
    adam       m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,
               θ ← θ − η m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)   (Kingma and Ba 2015)
    adagrad    v ← v + g²,  θ ← θ − η g / (√v + ε)                               (Duchi et al. 2011)
    adagrad-mean   the same with √(v / t) in place of √v, the root of the mean of t squares
    rmsprop    v ← α v + (1 − α) g², from v = g² at the first update,  θ ← θ − η g / (√v + ε)   (Hinton 2012)

What is another number at each update (η by its schedule, 1 / B, Adam's corrections) is drawn into one or two factors,
computed for a whole epoch at once by `Optimizer.plan`. What may be done to a gradient before an optimiser sees it is in
`tutor.ml.gradient_rules`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from tutor.ml.arrays import Array, constant
from tutor.ml.tape import EPSILON, FACTOR, Steps, step, unroll

BLOCK = 1 << 16
"""So many parameters are moved together: what is only passing through needs room for no more."""


class Optimizer(ABC):
    """Moves parameters against a gradient.

    Args:
        parameters: θ, (P,), moved in place.
        gradient: the gradient of the sum over a batch, (P,); written by others before each update.
    """

    def __init__(self, parameters: Array, gradient: Array) -> None:
        self._parameters, self._gradient = parameters, gradient
        self._scratch = np.empty_like(parameters[:BLOCK])
        self._once = unroll(self.steps(), (FACTOR, EPSILON))

    def steps(self) -> Steps:
        """The tape of one update; its inputs are `FACTOR` and `EPSILON`."""
        count = self._parameters.size
        blocks = [slice(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK)]
        return [
            each
            for block in blocks
            for each in self._steps(
                block, self._parameters[block], self._gradient[block], self._scratch[: block.stop - block.start]
            )
        ]

    @abstractmethod
    def _steps(self, block: slice, parameters: Array, gradient: Array, scratch: Array) -> Steps:
        """The tape for one block of the parameters.

        Args:
            block: where it is.
            parameters: of the block, (n,).
            gradient: of the block, (n,).
            scratch: whatever, (n,).
        """

    def plan(self, rates: Array, batch_size: int) -> tuple[Array, Array]:
        """The inputs of the next updates, which have to follow: FACTOR and EPSILON, (n,) each.

        Args:
            rates: η of each update, (n,) float64.
            batch_size: B.
        """
        return rates / batch_size, np.zeros(len(rates))

    def step(self, learning_rate: float, batch_size: int = 1) -> None:
        """Move once."""
        planned = self.plan(np.array([learning_rate], dtype=np.float64), batch_size)
        self._once([tuple(constant(float(each[0]), self._parameters) for each in planned)])

    def state(self) -> dict[str, tuple[Array, float]]:
        """What it remembers, for a checkpoint: by name an array and what it is to be multiplied by."""
        return {}


class GradientDescent(Optimizer):
    """θ ← θ − η g, whether over all examples (gd) or over a batch (sgd)."""

    def _steps(self, block: slice, parameters: Array, gradient: Array, scratch: Array) -> Steps:
        return [
            step(np.multiply, gradient, FACTOR, scratch),
            step(np.subtract, parameters, scratch, parameters),
        ]


class Momentum(Optimizer):
    """m ← λ m − η g, θ ← θ + m."""

    def __init__(self, parameters: Array, gradient: Array, momentum: float) -> None:
        self._movement = np.zeros_like(parameters)
        self._momentum = constant(momentum, parameters)
        super().__init__(parameters, gradient)

    @property
    def momentum(self) -> float:
        """λ."""
        return float(self._momentum)

    @momentum.setter
    def momentum(self, value: float) -> None:
        self._momentum.fill(value)

    def _steps(self, block: slice, parameters: Array, gradient: Array, scratch: Array) -> Steps:
        movement = self._movement[block]
        return [
            step(np.multiply, movement, self._momentum, movement),
            step(np.multiply, gradient, FACTOR, scratch),
            step(np.subtract, movement, scratch, movement),
            step(np.add, parameters, movement, parameters),
        ]

    def state(self) -> dict[str, tuple[Array, float]]:
        """The last movement."""
        return {"movement": (self._movement, 1.0)}


class Adam(Optimizer):
    """Momentum over a running mean square, both corrected for having begun at zero.

    The running means are kept as plain sums M = Σ β₁ⁱ G and V = Σ β₂ⁱ G² over the gradients G of batch *sums*: with
    m = (1 − β₁) M / B and v = (1 − β₂) V / B², all those factors go into one on the step and one on ε.
    """

    beta1, beta2, epsilon = 0.9, 0.999, 1e-8

    def __init__(self, parameters: Array, gradient: Array) -> None:
        self._mean, self._square = np.zeros_like(parameters), np.zeros_like(parameters)
        self._updates = self._size = 0
        super().__init__(parameters, gradient)

    def _steps(self, block: slice, parameters: Array, gradient: Array, scratch: Array) -> Steps:
        mean, square = self._mean[block], self._square[block]
        return [
            step(np.multiply, mean, constant(self.beta1, mean), mean),
            step(np.add, mean, gradient, mean),
            step(np.multiply, square, constant(self.beta2, square), square),
            step(np.multiply, gradient, gradient, scratch),
            step(np.add, square, scratch, square),
            step(np.sqrt, square, scratch),
            step(np.add, scratch, EPSILON, scratch),
            step(np.divide, mean, scratch, scratch),
            step(np.multiply, scratch, FACTOR, scratch),
            step(np.subtract, parameters, scratch, parameters),
        ]

    def plan(self, rates: Array, batch_size: int) -> tuple[Array, Array]:
        """See `Optimizer.plan`."""
        if self._size and batch_size != self._size:
            # The sums change their unit with the size of a batch.
            self._mean *= batch_size / self._size
            self._square *= (batch_size / self._size) ** 2
        self._size = batch_size
        updates = np.arange(self._updates + 1, self._updates + len(rates) + 1)
        self._updates += len(rates)
        root = np.sqrt((1 - self.beta2**updates) / (1 - self.beta2))
        return rates * (1 - self.beta1) / (1 - self.beta1**updates) * root, self.epsilon * batch_size * root

    def state(self) -> dict[str, tuple[Array, float]]:
        """Both running means, of the gradient of the mean loss."""
        size = self._size or 1
        return {
            "mean": (self._mean, (1 - self.beta1) / size),
            "square": (self._square, (1 - self.beta2) / size**2),
        }


class _Scaled(Optimizer):
    """θ ← θ − η g / (σ + ε) with a σ for each parameter, made of the squares of its gradients so far.

    Squares are kept of the gradients G of batch *sums*: σ is then B times too large, and so is G, which cancels out.
    """

    epsilon = 1e-8

    def __init__(self, parameters: Array, gradient: Array) -> None:
        self._square = np.zeros_like(parameters)
        self._updates = self._size = 0
        super().__init__(parameters, gradient)

    @abstractmethod
    def _squares(self, square: Array, gradient: Array, scratch: Array) -> Steps:
        """The tape that takes the newest gradient into the squares."""

    def _steps(self, block: slice, parameters: Array, gradient: Array, scratch: Array) -> Steps:
        square = self._square[block]
        return [
            *self._squares(square, gradient, scratch),
            step(np.sqrt, square, scratch),
            step(np.add, scratch, EPSILON, scratch),
            step(np.divide, gradient, scratch, scratch),
            step(np.multiply, scratch, FACTOR, scratch),
            step(np.subtract, parameters, scratch, parameters),
        ]

    def plan(self, rates: Array, batch_size: int) -> tuple[Array, Array]:
        """See `Optimizer.plan`."""
        if self._size and batch_size != self._size:
            # Squares of sums change their unit with the size of a batch.
            self._square *= (batch_size / self._size) ** 2
        self._size = batch_size
        updates = np.arange(self._updates + 1, self._updates + len(rates) + 1)
        self._updates += len(rates)
        root = self._root(updates)
        return rates * root, self.epsilon * batch_size * root

    def _root(self, updates: Array) -> Array:
        """By what √v is σ times too large, (n,), at the updates (n,) counted from 1."""
        return np.ones(len(updates))

    def state(self) -> dict[str, tuple[Array, float]]:
        """The squares, of the gradient of the mean loss."""
        return {"square": (self._square, 1 / (self._size or 1) ** 2)}


class AdaGrad(_Scaled):
    """σ is the root of the sum of all squares so far, or with ``mean`` the root of their mean."""

    def __init__(self, parameters: Array, gradient: Array, *, mean: bool = False) -> None:
        self._of_the_mean = mean
        super().__init__(parameters, gradient)

    def _squares(self, square: Array, gradient: Array, scratch: Array) -> Steps:
        return [step(np.multiply, gradient, gradient, scratch), step(np.add, square, scratch, square)]

    def _root(self, updates: Array) -> Array:
        return np.sqrt(updates) if self._of_the_mean else np.ones(len(updates))


class RMSProp(_Scaled):
    """σ² is a running mean of the squares, in which ``alpha`` is the weight of the old value."""

    def __init__(self, parameters: Array, gradient: Array, alpha: float) -> None:
        self._old, self._new = constant(alpha, parameters), constant(1.0 - alpha, parameters)
        self._begun = False
        super().__init__(parameters, gradient)

    def _begin(self) -> None:
        """The first mean is the first square itself: to begin at zero would make the first steps too large."""
        if not self._begun:
            np.multiply(self._gradient, self._gradient, self._square)
            self._begun = True

    def _squares(self, square: Array, gradient: Array, scratch: Array) -> Steps:
        return [
            step(self._begin),
            step(np.multiply, square, self._old, square),
            step(np.multiply, gradient, gradient, scratch),
            step(np.multiply, scratch, self._new, scratch),
            step(np.add, square, scratch, square),
        ]


def make_optimizer(name: str, parameters: Array, gradient: Array, momentum: float, alpha: float = 0.9) -> Optimizer:
    """The optimiser called ``name``: gd, sgd, momentum, adam, adagrad, adagrad-mean or rmsprop."""
    if name == "adam":
        return Adam(parameters, gradient)
    if name == "momentum":
        return Momentum(parameters, gradient, momentum)
    if name in {"adagrad", "adagrad-mean"}:
        return AdaGrad(parameters, gradient, mean=name == "adagrad-mean")
    if name == "rmsprop":
        return RMSProp(parameters, gradient, alpha)
    return GradientDescent(parameters, gradient)
