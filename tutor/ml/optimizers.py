"""Optimizers: how the gradient of a batch moves the parameters.

In all of them θ are the parameters, g is the gradient of the mean loss over the batch, and η is the learning rate.
Each class does what its docstring says, in place, with NumPy. Clipping, noise and weight decay, which change a gradient
before an optimizer sees it, are in `tutor.ml.gradient_rules`.

To add an optimizer, write its class here and name it in `OPTIMIZERS`: labs, controls, sweeps and ``--set`` know it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from math import sqrt
from typing import ClassVar

import numpy as np

from tutor.ml.arrays import Array, constant
from tutor.ml.registry import find
from tutor.ml.settings import WITHOUT_GRADIENT, OptimizerSettings


class Optimizer:
    """Moves parameters against a gradient.

    Args:
        parameters: θ, (P,), moved in place by `step`.
        gradient: g, (P,). The caller of `step` has written the gradient of the mean loss into it.
        settings: The settings of the lab, such as the momentum.
        is_weight: 1 for each weight and 0 for each bias, (P,); None if all parameters are weights.
    """

    decays_weights: ClassVar[bool] = False
    """Whether `step` applies the weight decay itself. If so, the decay must not be added to the gradient too."""
    uses: ClassVar[tuple[str, ...]] = ()
    """The settings that this optimizer reads and some others do not, such as ``momentum``."""
    state_names: ClassVar[tuple[str, ...]] = ()
    """The attributes that hold its state from step to step: arrays, (P,) each, changed in place."""

    def __init__(
        self, parameters: Array, gradient: Array, settings: OptimizerSettings, is_weight: Array | None = None
    ) -> None:
        self.parameters, self.gradient = parameters, gradient
        self.is_weight = is_weight
        self.init_state(settings)

    def init_state(self, settings: OptimizerSettings) -> None:
        """Read the settings, and allocate the state that is kept from step to step."""

    def step(self, learning_rate: float) -> None:
        """Move the parameters once, at the learning rate η."""
        raise NotImplementedError

    def state(self) -> dict[str, Array]:
        """Its state by name, (P,) each; the arrays themselves, not copies."""
        return {name: getattr(self, name) for name in self.state_names}

    def snapshot(self) -> Callable[[], None]:
        """Keep the state as it is now. Returns a function that restores it; parameters are not part of it."""
        before = {name: copy(value) for name, value in vars(self).items() if name not in {"parameters", "gradient"}}

        def restore() -> None:
            for name, value in before.items():
                if isinstance(value, np.ndarray):
                    getattr(self, name)[...] = value
                else:
                    setattr(self, name, value)

        return restore

    def change_setting(self, name: str, value: float) -> None:
        """Change one of its settings, such as ``momentum``, between two steps.

        Raises:
            ValueError: This optimizer has no such setting.
        """
        if not hasattr(self, name):
            raise ValueError(name)
        setattr(self, name, value)


class GradientDescent(Optimizer):
    """θ ← θ − η g, over all examples (gd) or over a batch (sgd)."""

    def step(self, learning_rate: float) -> None:
        self.parameters -= learning_rate * self.gradient


class Momentum(Optimizer):
    """v ← β v − η g, θ ← θ + v, where β is the momentum and v the velocity (Polyak 1964)."""

    state_names = ("velocity",)
    uses = ("momentum",)

    def init_state(self, settings: OptimizerSettings) -> None:
        self.momentum = settings.momentum
        self.velocity = np.zeros_like(self.parameters)

    def step(self, learning_rate: float) -> None:
        self.velocity *= self.momentum
        self.velocity -= learning_rate * self.gradient
        self.parameters += self.velocity


class AdaGrad(Optimizer):
    """s ← s + g², θ ← θ − η g / (√s + ε) (Duchi et al. 2011)."""

    state_names = ("sum_of_squares",)
    epsilon = 1e-8

    def init_state(self, settings: OptimizerSettings) -> None:
        self.sum_of_squares = np.zeros_like(self.parameters)

    def step(self, learning_rate: float) -> None:
        self.sum_of_squares += self.gradient**2
        self.parameters -= learning_rate * self.gradient / (np.sqrt(self.sum_of_squares) + self.epsilon)


class AdaGradMean(AdaGrad):
    """AdaGrad with the mean of the t squares so far in place of their sum: θ ← θ − η g / (√(s / t) + ε)."""

    def init_state(self, settings: OptimizerSettings) -> None:
        super().init_state(settings)
        self.t = 0

    def step(self, learning_rate: float) -> None:
        self.t += 1
        self.sum_of_squares += self.gradient**2
        self.parameters -= learning_rate * self.gradient / (np.sqrt(self.sum_of_squares / self.t) + self.epsilon)


class RMSProp(Optimizer):
    """s ← α s + (1 − α) g², θ ← θ − η g / (√s + ε) (Hinton 2012).

    The first s is g² itself, because the first steps from s = 0 would be too large.
    """

    state_names = ("mean_square",)
    uses = ("alpha",)
    epsilon = 1e-8

    def init_state(self, settings: OptimizerSettings) -> None:
        self.alpha = settings.alpha
        self.mean_square = np.zeros_like(self.parameters)
        self.t = 0

    def step(self, learning_rate: float) -> None:
        self.t += 1
        if self.t == 1:
            self.mean_square += self.gradient**2
        else:
            self.mean_square *= self.alpha
            self.mean_square += (1 - self.alpha) * self.gradient**2
        self.parameters -= learning_rate * self.gradient / (np.sqrt(self.mean_square) + self.epsilon)


class Adam(Optimizer):
    """Momentum over a running mean of squares, both corrected for their start at zero (Kingma and Ba 2015).

    m ← β₁ m + (1 − β₁) g
    v ← β₂ v + (1 − β₂) g²
    θ ← θ − η m̂ / (√v̂ + ε), where m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ)
    """

    state_names = ("first_moment", "second_moment")
    beta1, beta2, epsilon = 0.9, 0.999, 1e-8

    def init_state(self, settings: OptimizerSettings) -> None:
        self.first_moment, self.second_moment = np.zeros_like(self.parameters), np.zeros_like(self.parameters)
        self.scratch = np.empty_like(self.parameters)
        self.t = 0
        # As arrays without dimensions, because ufuncs are slower with a Python float: the fractions 1 − β₁ and 1 − β₂,
        # and what changes with t.
        self.newest1 = constant(1 - self.beta1, self.parameters)
        self.newest2 = constant(1 - self.beta2, self.parameters)
        self.corrected_rate, self.corrected_epsilon = (constant(0.0, self.parameters) for _ in range(2))

    def step(self, learning_rate: float) -> None:
        # Most labs train with Adam, so each line works in place, writes to its last argument, and allocates nothing.
        self.t += 1
        theta, g, m, v, update = self.parameters, self.gradient, self.first_moment, self.second_moment, self.scratch
        # m ← m + (1 − β₁) (g − m)
        np.subtract(g, m, update)
        np.multiply(update, self.newest1, update)
        np.add(m, update, m)
        # v ← v + (1 − β₂) (g² − v)
        np.multiply(g, g, update)
        np.subtract(update, v, update)
        np.multiply(update, self.newest2, update)
        np.add(v, update, v)
        # θ ← θ − η m̂ / (√v̂ + ε). Both corrections are scalars, so they are folded into η and ε, as the paper suggests
        # at the end of section 2. That saves two passes over the parameters.
        root = sqrt(1 - self.beta2**self.t)
        self.corrected_epsilon.fill(self.epsilon * root)
        self.corrected_rate.fill(learning_rate * root / (1 - self.beta1**self.t))
        np.sqrt(v, update)
        np.add(update, self.corrected_epsilon, update)
        np.divide(m, update, update)
        np.multiply(update, self.corrected_rate, update)
        np.subtract(theta, update, theta)


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019).

    θ ← θ − η (m̂ / (√v̂ + ε) + λ θ): the decay λ acts on each weight directly. If λ θ were added to the gradient, as
    with the other optimizers, it would be divided by √v̂, and the weights with the largest gradients would decay least.
    """

    decays_weights = True

    def init_state(self, settings: OptimizerSettings) -> None:
        super().init_state(settings)
        self.weight_decay = settings.weight_decay

    def step(self, learning_rate: float) -> None:
        decay = learning_rate * self.weight_decay * self.parameters
        if self.is_weight is not None:
            decay *= self.is_weight
        self.parameters -= decay
        super().step(learning_rate)


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "gd": GradientDescent,
    "sgd": GradientDescent,
    "momentum": Momentum,
    "adagrad": AdaGrad,
    "adagrad-mean": AdaGradMean,
    "rmsprop": RMSProp,
    "adam": Adam,
    "adamw": AdamW,
}


BLOCK_SIZE = 1 << 14
"""How many parameters are updated together, so that intermediate results stay in the processor's cache."""


class BlockwiseOptimizer(Optimizer):
    """An optimizer for a long vector of parameters: one of the given kind for each block of it."""

    def __init__(
        self,
        kind: type[Optimizer],
        parameters: Array,
        gradient: Array,
        settings: OptimizerSettings,
        is_weight: Array | None = None,
    ) -> None:
        super().__init__(parameters, gradient, settings, is_weight)
        blocks = [slice(start, start + BLOCK_SIZE) for start in range(0, len(parameters), BLOCK_SIZE)]
        self.optimizers = [
            kind(parameters[block], gradient[block], settings, None if is_weight is None else is_weight[block])
            for block in blocks
        ]
        self._state = {name: self._joined_state(name, blocks) for name in kind.state_names}

    def _joined_state(self, name: str, blocks: Sequence[slice]) -> Array:
        """Join the state ``name`` of all blocks into one vector, (P,). Each optimizer keeps a view of its part."""
        whole = np.concatenate([getattr(each, name) for each in self.optimizers])
        for each, block in zip(self.optimizers, blocks, strict=True):
            setattr(each, name, whole[block])
        return whole

    def change_setting(self, name: str, value: float) -> None:
        for each in self.optimizers:
            each.change_setting(name, value)

    def step(self, learning_rate: float) -> None:
        for each in self.optimizers:
            each.step(learning_rate)

    def state(self) -> dict[str, Array]:
        return self._state

    def snapshot(self) -> Callable[[], None]:
        each_restore = [each.snapshot() for each in self.optimizers]

        def restore() -> None:
            for each in each_restore:
                each()

        return restore


def make_optimizer(
    parameters: Array, gradient: Array, settings: OptimizerSettings, is_weight: Array | None = None
) -> Optimizer:
    """The optimizer that ``settings.name`` names; see `Optimizer` for the arguments.

    A lab without an optimizer, such as one in which the learner moves the parameters, gets one too; nothing calls its
    `step`.

    Raises:
        TutorError: There is no such optimizer.
    """
    kind = GradientDescent if settings.name in WITHOUT_GRADIENT else find(OPTIMIZERS, settings.name)
    if len(parameters) > BLOCK_SIZE:
        return BlockwiseOptimizer(kind, parameters, gradient, settings, is_weight)
    return kind(parameters, gradient, settings, is_weight)
