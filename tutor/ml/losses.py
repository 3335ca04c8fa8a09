"""Loss functions, each beside its gradient with respect to the model's outputs.

Outputs and labels are (k, B): a column for each of B examples. Every loss is a mean over the examples (and, for MSE
and MAE, over the k outputs), and so is its gradient.

To add a loss, name it in `LOSSES`. `tutor.ml.network.kernels` has faster versions of the gradients, with the same
results.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import listed, translate
from tutor.ml.arrays import Array


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss and its gradient.

    Args:
        name: As labs name it.
        mean: L, given outputs and labels.
        gradient: ∂L/∂outputs, (k, B), given the same.
        power: The power of the label's unit that the loss grows with: 1 for MAE, 2 for MSE, 0 for cross-entropy.
        classifies: Whether outputs are logits and labels one-hot.
    """

    name: str
    mean: Callable[[Array, Array], float]
    gradient: Callable[[Array, Array], Array]
    power: int
    classifies: bool = False


def squared_error(outputs: Array, labels: Array) -> float:
    """L = Σ (ŷ − y)² / kB."""
    difference = (outputs - labels).ravel()
    return float(difference.dot(difference)) / max(1, difference.size)


def squared_error_gradient(outputs: Array, labels: Array) -> Array:
    """∂L/∂ŷ = 2 (ŷ − y) / kB."""
    return 2 * (outputs - labels) / outputs.size


def absolute_error(outputs: Array, labels: Array) -> float:
    """L = Σ |ŷ − y| / kB."""
    return float(np.abs(outputs - labels).mean())


def absolute_error_gradient(outputs: Array, labels: Array) -> Array:
    """∂L/∂ŷ = sign(ŷ − y) / kB. At an error of exactly 0 any slope from −1 to 1 would do; sign gives 0."""
    return np.asarray(np.sign(outputs - labels) / outputs.size)


def softmax(logits: Array) -> Array:
    """Probabilities eᶻ / Σ eᶻ, (k, B). Subtracting the largest logit changes nothing but prevents overflow."""
    powers = np.exp(logits - logits.max(axis=0))
    return np.asarray(powers / powers.sum(axis=0))


def cross_entropy(logits: Array, labels: Array) -> float:
    """L = −Σ y ln p / B in nats. Computed as ln p = z − ln Σ eᶻ, never as the logarithm of a p rounded to 0."""
    shifted = logits - logits.max(axis=0)
    log_sum = np.log(np.exp(shifted).sum(axis=0))
    return float((log_sum - (labels * shifted).sum(axis=0)).mean())


def cross_entropy_gradient(logits: Array, labels: Array) -> Array:
    """∂L/∂z = (p − y) / B: softmax and cross-entropy together have the simplest gradient of all."""
    return np.asarray((softmax(logits) - labels) / logits.shape[1])


def softmax_squared_error(logits: Array, labels: Array) -> float:
    """The squared error of the probabilities."""
    return squared_error(softmax(logits), labels)


def softmax_squared_error_gradient(logits: Array, labels: Array) -> Array:
    """∂L/∂zᵢ = pᵢ (dᵢ − Σ pⱼ dⱼ), where d = ∂L/∂p.

    Because of the factor pᵢ, this loss is flat wherever the right class has a probability near 0.
    """
    p = softmax(logits)
    d = squared_error_gradient(p, labels)
    return np.asarray(p * (d - (p * d).sum(axis=0)))


LOSSES: dict[str, Loss] = {
    "mse": Loss("mse", squared_error, squared_error_gradient, power=2),
    "mae": Loss("mae", absolute_error, absolute_error_gradient, power=1),
    "cross-entropy": Loss("cross-entropy", cross_entropy, cross_entropy_gradient, power=0, classifies=True),
    "softmax-mse": Loss("mse", softmax_squared_error, softmax_squared_error_gradient, power=0, classifies=True),
}


def losses_for(classifies: bool) -> dict[str, Loss]:
    """The losses of classifications or of regressions by the names that labs use; both have an ``mse``."""
    return {each.name: each for each in LOSSES.values() if each.classifies == classifies}


def loss_for(name: str, *, classifies: bool) -> Loss:
    """The loss of that name for a classification or a regression.

    Raises:
        TutorError: There is no such loss for it.
    """
    known = losses_for(classifies)
    if name not in known:
        hint = translate("ml.losses-are", known=listed(known))
        raise TutorError(translate("ml.loss-does-not-fit", loss=name), hint=hint)
    return known[name]
