"""A gradient beside the slopes that were measured, for networks that roll dice or look at their batch."""

from __future__ import annotations

import numpy as np

from tutor.ml.arrays import Array
from tutor.ml.diagnostics import measured_gradient
from tutor.ml.losses import LOSSES
from tutor.ml.network.network import Network
from tutor.ml.network.passes import gradient_tape


def update_gradients(network: Network, loss: str, x: Array, labels: Array) -> tuple[Array, Array]:
    """The gradient of an update by backpropagation, and as measured; the same outputs are erased at each measurement.

    Args:
        network: The network; its parameters stay as they are.
        loss: The loss's name.
        x: X with ones, (d + 1, n).
        labels: (k, n).
    """
    state = network.random.bit_generator.state
    gradient_tape(network, x.shape[1], LOSSES[loss])([(x, np.ascontiguousarray(x.T), labels)])
    computed = network.gradient.copy()

    def value() -> float:
        network.random.bit_generator.state = state
        return LOSSES[loss].mean(network.forward(x[:-1]), labels)

    return computed, measured_gradient(value, network.parameters)
