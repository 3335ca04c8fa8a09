"""The parts that a training along a gradient is made of, so that something else can take the place of one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

import numpy as np

from tutor.ml.activations import Activation
from tutor.ml.arrays import Array
from tutor.ml.losses import Loss
from tutor.ml.optimizers import Optimizer, make_optimizer
from tutor.ml.schedules import Factor, make_schedule
from tutor.ml.settings import OptimizerSettings

Order = Callable[[int], Array]
"""Gives the order of the examples of the next epoch, (N,), for batches of a size."""
LineGradient = Callable[[float, float, Array, Array], tuple[float, float]]
"""Gives the slopes of w and b for w, b, features (B,) and labels (B,)."""
NetworkGradient = Callable[[Array, Array, Array, Array, Array, float], tuple[Array, Array, Array, float]]
"""Gives ∂L/∂W, ∂L/∂b, ∂L/∂c and ∂L/∂b0 of a network with one hidden layer of m sigmoids and one output, for X (B, d),
y (B,), W (m, d), b (m,), c (m,) and b0, with the mean squared error as L."""


class Parts:
    """Makes the built-in parts. A subclass makes others for some of them."""

    can_repeat: ClassVar[bool] = True
    """Whether the parts compute the same again if a training is set back; a learner's program may keep a state."""

    def optimizer(
        self, parameters: Array, gradient: Array, settings: OptimizerSettings, is_weight: Array | None
    ) -> Optimizer:
        """The optimizer; see `Optimizer` for the arguments."""
        return make_optimizer(parameters, gradient, settings, is_weight)

    def loss(self, loss: Loss, outputs: int, rows: int) -> Loss:
        """The loss that trains in place of ``loss``.

        Args:
            loss: The built-in one.
            outputs: k.
            rows: The most examples that it is given at once.
        """
        return loss

    def activation(self, activation: Activation) -> Activation:
        """The activation that trains in place of ``activation``, the built-in one."""
        return activation

    def schedule(self, settings: OptimizerSettings, updates: int) -> Factor:
        """The schedule, which is asked for at most ``updates`` factors at once."""
        return make_schedule(settings.schedule, settings.warm_up)

    def order(self, rows: int, random: np.random.Generator) -> Order:
        """The order of ``rows`` examples, in batches. ``random`` is that of the training, as it stands now."""
        return lambda _size: random.permutation(rows)

    def line_gradient(self, rows: int, *, is_line: bool) -> LineGradient | None:
        """What computes the gradient of a line in place of backpropagation; None for backpropagation.

        Args:
            rows: The most examples that it is given at once.
            is_line: Whether the model is a line.
        """
        return None

    def network_gradient(self, rows: int, sizes: Sequence[int], *, fits: bool) -> NetworkGradient | None:
        """What computes the gradient of a network in place of backpropagation; None for backpropagation.

        Args:
            rows: The most examples that it is given at once.
            sizes: The number of features, of units in each hidden layer, and of outputs.
            fits: Whether the network and its loss are those of `NetworkGradient`.
        """
        return None
