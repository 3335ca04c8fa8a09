"""Looking inside a training: the loss of each batch, the noise of batch gradients, and checks of backpropagation."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from tutor.ml.arrays import Array
from tutor.ml.losses import Loss
from tutor.ml.network.layers import ActivationLayer, Residual, Sequential
from tutor.ml.network.network import Network
from tutor.ml.network.passes import gradient_tape
from tutor.ml.network.tape import Run
from tutor.ml.training import Training

# -- the loss of each update ------------------------------------------------------------------------------------

MAX_UPDATES = 240
"""How many of the latest updates are kept."""


class BatchLosses:
    """Runs the updates one by one and records the loss of each batch just before the model learns from it.

    It changes no result.

    Args:
        network: The network that the updates change.
        unit: Factor that turns a loss into the units of the label.
    """

    def __init__(self, network: Network, unit: float) -> None:
        self._network, self._unit = network, unit
        self.updates = 0
        """The number of updates so far."""
        self.losses: deque[float] = deque(maxlen=MAX_UPDATES)
        """The losses of the latest updates, oldest first."""
        self.epochs: deque[tuple[int, float]] = deque(maxlen=MAX_UPDATES)
        """For each of the latest epochs, the update after which it ended and the loss over all training examples."""

    def run(self, run: Run, inputs: Iterable[tuple[Array, ...]], loss: Loss) -> None:
        """Run ``run`` on each of ``inputs``: a batch (d + 1, B), the same batch by rows, and its labels (k, B)."""
        for each in inputs:
            x, labels = each[0], each[2]
            self.losses.append(loss.mean(self._network.predict(x[:-1]), labels) * self._unit)
            self.updates += 1
            run([each])

    def end_epoch(self, train_loss: float) -> None:
        """Record the loss over all training examples at the end of an epoch."""
        self.epochs.append((self.updates, train_loss))


# -- the noise of batch gradients -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BatchGradients:
    """The gradients of some batches compared with the gradient over all examples, whose length counts as 1.

    Args:
        along: For each batch, the component in the direction of the full gradient, (n,).
        across: For each batch, the length of the component at right angles to it, (n,).
    """

    along: Array
    across: Array

    @property
    def angles(self) -> Array:
        """The angle between each batch's gradient and the full gradient in degrees, (n,)."""
        return np.asarray(np.degrees(np.arctan2(self.across, self.along)))


def batch_gradients(network: Network, loss: Loss, x: Array, labels: Array, size: int, count: int) -> BatchGradients:
    """Compare the gradients of ``count`` random batches with the full gradient. The parameters do not change.

    Args:
        network: The network. Its gradient is overwritten, as the next update would do anyway, and dropout draws
            random numbers.
        loss: The loss to differentiate.
        x: All examples, (N, d + 1); the last column is ones.
        labels: (N, k).
        size: B, at most N.
        count: How many batches; they are the same ones for the same N and B.
    """
    if size >= len(x):
        return BatchGradients(np.ones(count), np.zeros(count))
    random = np.random.default_rng([len(x), size])
    gradient_tape(network, len(x), loss)([(x.T, x, labels.T)])
    full = network.gradient.astype(np.float64)
    length = float(np.linalg.norm(full)) or 1.0
    direction = full / length
    along, across = np.empty(count), np.empty(count)
    run = gradient_tape(network, size, loss)
    for index in range(count):
        rows = np.sort(random.choice(len(x), size, replace=False))
        batch = np.ascontiguousarray(x[rows])
        run([(batch.T, batch, labels[rows].T)])
        gradient = network.gradient.astype(np.float64)
        along[index] = gradient @ direction / length
        across[index] = np.linalg.norm(gradient - (gradient @ direction) * direction) / length
    return BatchGradients(along, across)


# -- whether backpropagation is right ---------------------------------------------------------------------------

NUDGE = 1e-6
"""In float64 the error of a central difference is about NUDGE² + 1e-16 / NUDGE, which is near its minimum here."""


@dataclass(frozen=True, slots=True)
class GradientCheck:
    """The gradient of the mean loss computed in two ways, (parameters,) each.

    Args:
        computed: By backpropagation.
        measured: By central differences.
    """

    computed: Array
    measured: Array

    @property
    def difference(self) -> float:
        """Their relative difference: about 1e-9 if backpropagation is right, above 1e-4 if it is wrong."""
        difference = float(np.linalg.norm(self.computed - self.measured))
        return difference / (float(np.linalg.norm(self.computed) + np.linalg.norm(self.measured)) or 1.0)


def measured_gradient(
    value: Callable[[], float], parameters: Array, nudge: float = NUDGE, indices: Array | None = None
) -> Array:
    """The slope of ``value`` along each of ``parameters``, (n,) float64, by (f(θ + h) − f(θ − h)) / 2h.

    Args:
        value: Computes f for the current parameters.
        parameters: θ; each entry is nudged in place and put back.
        nudge: h.
        indices: The indices of the parameters to measure; None for all of them.
    """
    chosen = np.arange(parameters.size) if indices is None else indices
    slopes = np.empty(chosen.size)
    for place, index in enumerate(chosen.tolist()):
        now = parameters[index]
        parameters[index] = now + nudge
        above = value()
        parameters[index] = now - nudge
        slopes[place] = (above - value()) / (2 * nudge)
        parameters[index] = now
    return slopes


def check_gradient(
    network: Network, loss: Loss, x: Array, labels: Array, indices: Array | None = None
) -> GradientCheck:
    """Check the backpropagation of a network on one batch.

    Args:
        network: A network in float64. Its parameters do not change.
        loss: The loss to differentiate.
        x: (d + 1, B) float64; the last row is ones.
        labels: (k, B) float64.
        indices: The indices of the parameters to check; None for all of them.
    """
    gradient_tape(network, x.shape[1], loss)([(x, np.ascontiguousarray(x.T), labels)])
    computed = network.gradient.copy() if indices is None else network.gradient[indices]
    measured = measured_gradient(
        lambda: loss.mean(network.predict(x[:-1]), labels), network.parameters, indices=indices
    )
    return GradientCheck(computed, measured)


# -- dead units -------------------------------------------------------------------------------------------------


def dead_fractions(network: Network, x: Array) -> list[float]:
    """For each hidden layer, the fraction of its units that are off, at an output of 0 or less, for every example.

    The slope of a ReLU that is off is zero, so the gradient of the weights that lead to such a unit is zero, too, as
    long as what comes in from the layers below stays as it is: the ReLU is dead.

    Args:
        network: The network, whose activation is ReLU.
        x: Examples, (N, d).
    """
    fractions = []
    inputs = np.asarray(x.T, dtype=network.parameters.dtype)
    for layer in network.layers[:-1]:
        if not isinstance(layer, Sequential):
            continue
        outputs = inputs
        for part in layer.layers:
            outputs = part.predict(outputs)
            if isinstance(part, ActivationLayer):
                fractions.append(float(np.mean((outputs <= 0).all(axis=1))))
        inputs = inputs + outputs if isinstance(layer, Residual) else outputs
    return fractions


# -- what a result owes to rounding -----------------------------------------------------------------------------

PERTURBATION = 1e-6
"""The largest |ε| of `perturb`; one unit in the last place of a float32 is 6e-8 to 1.2e-7."""


def perturb(training: Training, draw: int, size: float = PERTURBATION) -> None:
    """Multiply each parameter of a new training by 1 + ε in place, to imitate the rounding of another processor.

    Another processor adds up a matrix product in another order, so its last bits differ, and a training that amplifies
    small differences takes another course after some hundred updates. A claim about training must not depend on that.

    Args:
        training: A training before its first epoch. One without parameters that are adjusted step by step stays as
            it is.
        draw: The seed of ε; each seed imitates another processor.
        size: ε is uniform between −size and size.
    """
    random = np.random.default_rng(draw)
    for parameters in training.vectors():
        factors = 1.0 + random.uniform(-size, size, parameters.shape)
        np.multiply(parameters, factors.astype(parameters.dtype), out=parameters)
