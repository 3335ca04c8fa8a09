"""How far the gradient of a batch strays from that of all examples: the noise of stochastic gradient descent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tutor.ml.arrays import Array
from tutor.ml.losses import Loss
from tutor.ml.network.network import Network
from tutor.ml.network.passes import gradient_tape


@dataclass(frozen=True, slots=True)
class BatchGradients:
    """Gradients of some batches against that of all examples, whose length is 1 here.

    Args:
        along: of each batch the part that points the same way, (n,).
        across: the length of the part at right angles to it, (n,).
    """

    along: Array
    across: Array

    @property
    def angles(self) -> Array:
        """Between each batch's gradient and that of all examples, in degrees, (n,)."""
        return np.asarray(np.degrees(np.arctan2(self.across, self.along)))


def batch_gradients(network: Network, loss: Loss, x: Array, labels: Array, size: int, count: int) -> BatchGradients:
    """The gradients of ``count`` batches drawn at random, at the network's parameters, which stay as they are.

    Args:
        network: its gradient's buffer is written over, as the next update does anyway; dropout's draws are used up.
        loss: to differentiate.
        x: (N, d + 1) all examples, the last column ones.
        labels: (N, k).
        size: B, at most N.
        count: how many batches; always the same ones for the same N and B.
    """
    if size >= len(x):
        return BatchGradients(np.ones(count), np.zeros(count))
    random = np.random.default_rng([len(x), size])
    whole = _gradient(network, loss, x, labels).astype(np.float64)
    length = float(np.linalg.norm(whole)) or 1.0
    direction = whole / length
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


def _gradient(network: Network, loss: Loss, x: Array, labels: Array) -> Array:
    """The gradient of the mean loss over all of ``x``, (P,)."""
    gradient_tape(network, len(x), loss)([(x.T, x, labels.T)])
    return network.gradient
