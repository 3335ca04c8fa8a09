"""A gradient beside the slopes that were measured, for networks that roll dice or look at their batch."""

from __future__ import annotations

import numpy as np

from tutor.ml.arrays import Array
from tutor.ml.gradient_check import measured_gradient
from tutor.ml.losses import LOSSES
from tutor.ml.network.network import Network
from tutor.ml.network.tape import LABELS, X_ROWS, X, unroll


def update_gradients(network: Network, loss: str, x: Array, labels: Array) -> tuple[Array, Array]:
    """The gradient of an update by backpropagation, and as measured; the same outputs are erased at each measurement.

    Args:
        network: The network; its parameters stay as they are.
        loss: The loss's name.
        x: X with ones, (d + 1, n).
        labels: (k, n).
    """
    count: int = x.shape[1]
    state = network.random.bit_generator.state
    unroll(network.update_steps(count, LOSSES[loss]), (X, X_ROWS, LABELS))([(x, np.ascontiguousarray(x.T), labels)])
    computed = network.gradient.copy()
    run, outputs = network.forward_tape(count, updating=True)

    def value() -> float:
        network.random.bit_generator.state = state
        run([(x,)])
        return LOSSES[loss].mean(outputs, labels)

    return computed, measured_gradient(value, network.parameters)
