"""Losses, each beside its gradient with respect to the model's outputs. All are means over examples.

A gradient here is of the *sum* over the examples of a batch, (k, B): dividing by B is left to the optimiser, where
it costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from tutor.ml.activations import Calls
from tutor.ml.arrays import Array, constant


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss over outputs and labels, both (k, B).

    Args:
        name: as labs name it.
        mean: the loss, a mean over all B examples (and all k outputs).
        gradient: for buffers of outputs and of their gradient, what writes the gradient, given the batch's labels.
        power: how the loss grows with the unit of the label: 1 for MAE, 2 for MSE, 0 for cross-entropy.
        classifies: whether outputs are logits and labels one-hot.
    """

    name: str
    mean: Callable[[Array, Array], float]
    gradient: Callable[[Array, Array], Callable[[Array], None]]
    power: int
    classifies: bool = False


def _mse_mean(outputs: Array, labels: Array) -> float:
    difference = (outputs - labels).ravel()
    return float(difference.dot(difference)) / max(1, difference.size)


def _mse_gradient(outputs: Array, gradient: Array) -> Callable[[Array], None]:
    two = constant(2.0 / len(outputs), outputs)
    subtract, multiply = np.subtract, np.multiply

    def write(labels: Array) -> None:
        subtract(outputs, labels, gradient)
        multiply(gradient, two, gradient)

    return write


def _mae_mean(outputs: Array, labels: Array) -> float:
    return float(np.abs(outputs - labels).mean())


def _mae_gradient(outputs: Array, gradient: Array) -> Callable[[Array], None]:
    # At an error of exactly 0 the slope is anything from −1 to 1; sign takes 0.
    scale = constant(1.0 / len(outputs), outputs)
    subtract, sign, multiply = np.subtract, np.sign, np.multiply
    single = len(outputs) == 1

    def write(labels: Array) -> None:
        subtract(outputs, labels, gradient)
        sign(gradient, gradient)
        if not single:
            multiply(gradient, scale, gradient)

    return write


def softmax(logits: Array) -> Array:
    """Probabilities, (k, B), for logits (k, B). Subtracting the largest changes nothing and overflows nothing."""
    powers = np.exp(logits - logits.max(axis=0))
    return np.asarray(powers / powers.sum(axis=0))


def _cross_entropy_mean(logits: Array, labels: Array) -> float:
    """−Σ y ln p in nats, from the logits: ln p = z − ln Σ exp z, never the logarithm of a rounded zero."""
    shifted = logits - logits.max(axis=0)
    log_sum = np.log(np.exp(shifted).sum(axis=0))
    return float((log_sum - (labels * shifted).sum(axis=0)).mean())


def _cross_entropy_gradient(logits: Array, gradient: Array) -> Callable[[Array], None]:
    """P − y, (k, B): softmax and cross-entropy together have the simplest gradient of all."""
    top, total = np.empty_like(logits[:1]), np.empty_like(logits[:1])
    ones = np.ones((1, len(logits)), logits.dtype)
    calls: Calls = [
        partial(np.maximum.reduce, logits, 0, None, top, True),
        partial(np.subtract, logits, top, gradient),
        partial(np.exp, gradient, gradient),
        partial(ones.dot, gradient, total),
        partial(np.divide, gradient, total, gradient),
    ]
    subtract = np.subtract

    def write(labels: Array) -> None:
        for call in calls:
            call()
        subtract(gradient, labels, gradient)

    return write


LOSSES: dict[str, Loss] = {
    each.name: each
    for each in (
        Loss("mse", _mse_mean, _mse_gradient, power=2),
        Loss("mae", _mae_mean, _mae_gradient, power=1),
        Loss("cross-entropy", _cross_entropy_mean, _cross_entropy_gradient, power=0, classifies=True),
    )
}
