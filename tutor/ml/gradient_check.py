"""Is the backward pass right? Its gradient against slopes measured by nudging each parameter both ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tutor.ml.arrays import Array
from tutor.ml.losses import Loss
from tutor.ml.network.network import Network
from tutor.ml.network.passes import gradient_tape

NUDGE = 1e-6
"""In float64 the error of a central difference is about NUDGE² + 1e-16 / NUDGE: near its least here."""


@dataclass(frozen=True, slots=True)
class GradientCheck:
    """Both gradients of the mean loss, (parameters,).

    Args:
        computed: by the backward pass.
        measured: by central differences.
    """

    computed: Array
    measured: Array

    @property
    def difference(self) -> float:
        """How far they are apart, relative to their lengths: about 1e-9 where right, above 1e-4 where wrong."""
        apart = float(np.linalg.norm(self.computed - self.measured))
        return apart / (float(np.linalg.norm(self.computed) + np.linalg.norm(self.measured)) or 1.0)


def measured_gradient(
    value: Callable[[], float], parameters: Array, nudge: float = NUDGE, at: Array | None = None
) -> Array:
    """The slope of ``value`` along each of ``parameters``, (n,) float64, by (f(θ + h) − f(θ − h)) / 2h.

    Args:
        value: f at the parameters as they stand.
        parameters: are nudged in place one by one, and put back.
        nudge: h.
        at: indices of the parameters to measure at; all where None.
    """
    chosen = np.arange(parameters.size) if at is None else at
    slopes = np.empty(chosen.size)
    for place, index in enumerate(chosen.tolist()):
        now = parameters[index]
        parameters[index] = now + nudge
        above = value()
        parameters[index] = now - nudge
        slopes[place] = (above - value()) / (2 * nudge)
        parameters[index] = now
    return slopes


def check_gradient(network: Network, loss: Loss, x: Array, labels: Array, at: Array | None = None) -> GradientCheck:
    """Check a network's backward pass on one batch.

    Args:
        network: in float64; its parameters stay as they are.
        loss: to differentiate.
        x: (d + 1, B) float64, the last row ones.
        labels: (k, B) float64.
        at: indices of the parameters to check; all where None.
    """
    gradient_tape(network, x.shape[1], loss)([(x, np.ascontiguousarray(x.T), labels)])
    computed = network.gradient.copy() if at is None else network.gradient[at]
    measured = measured_gradient(lambda: loss.mean(network.predict(x[:-1]), labels), network.parameters, at=at)
    return GradientCheck(computed, measured)
