"""Losses, each beside its gradient with respect to the model's outputs. All are means over examples.

A gradient here is of the *sum* over the examples of a batch, (k, B): dividing by B is left to the optimiser, where
it costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import listed, translate
from tutor.ml.arrays import Array, constant
from tutor.ml.tape import LABELS, Steps, step


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss over outputs and labels, both (k, B).

    Args:
        name: as labs name it.
        mean: the loss, a mean over all B examples (and all k outputs).
        gradient: for buffers of outputs and of their gradient, the steps that write the gradient, given the batch's
            labels.
        power: how the loss grows with the unit of the label: 1 for MAE, 2 for MSE, 0 for cross-entropy.
        classifies: whether outputs are logits and labels one-hot.
    """

    name: str
    mean: Callable[[Array, Array], float]
    gradient: Callable[[Array, Array], Steps]
    power: int
    classifies: bool = False


def _mse_mean(outputs: Array, labels: Array) -> float:
    difference = (outputs - labels).ravel()
    return float(difference.dot(difference)) / max(1, difference.size)


def _mse_gradient(outputs: Array, gradient: Array) -> Steps:
    return [
        step(np.subtract, outputs, LABELS, gradient),
        step(np.multiply, gradient, constant(2.0 / len(outputs), outputs), gradient),
    ]


def _mae_mean(outputs: Array, labels: Array) -> float:
    return float(np.abs(outputs - labels).mean())


def _mae_gradient(outputs: Array, gradient: Array) -> Steps:
    # At an error of exactly 0 the slope is anything from −1 to 1; sign takes 0.
    steps = [step(np.subtract, outputs, LABELS, gradient), step(np.sign, gradient, gradient)]
    if len(outputs) > 1:
        steps.append(step(np.multiply, gradient, constant(1.0 / len(outputs), outputs), gradient))
    return steps


def softmax(logits: Array) -> Array:
    """Probabilities, (k, B), for logits (k, B). Subtracting the largest changes nothing and overflows nothing."""
    powers = np.exp(logits - logits.max(axis=0))
    return np.asarray(powers / powers.sum(axis=0))


def _cross_entropy_mean(logits: Array, labels: Array) -> float:
    """−Σ y ln p in nats, from the logits: ln p = z − ln Σ exp z, never the logarithm of a rounded zero."""
    shifted = logits - logits.max(axis=0)
    log_sum = np.log(np.exp(shifted).sum(axis=0))
    return float((log_sum - (labels * shifted).sum(axis=0)).mean())


def _cross_entropy_gradient(logits: Array, gradient: Array) -> Steps:
    """P − y, (k, B): softmax and cross-entropy together have the simplest gradient of all.

    A product with ones adds up all classes, and spreads a row over them, quicker than a sum and a broadcast.
    """
    top, total = np.empty_like(logits[:1]), np.empty_like(logits)
    spread = np.ones((len(logits), 1), logits.dtype)
    add_up = np.ones((len(logits), len(logits)), logits.dtype)
    return [
        step(np.maximum.reduce, logits, 0, None, top, True),
        step(spread.dot, top, gradient),
        step(np.subtract, logits, gradient, gradient),
        step(np.exp, gradient, gradient),
        step(add_up.dot, gradient, total),
        step(np.divide, gradient, total, gradient),
        step(np.subtract, gradient, LABELS, gradient),
    ]


def _softmax_mse_mean(logits: Array, labels: Array) -> float:
    return _mse_mean(softmax(logits), labels)


def _softmax_mse_gradient(logits: Array, gradient: Array) -> Steps:
    """With p = softmax(z) and d = 2 (p − y) / k: ∂/∂zᵢ = pᵢ (dᵢ − Σ pⱼ dⱼ).

    The factor pᵢ is why this loss is flat wherever the right class has next to no probability.
    """
    top = np.empty_like(logits[:1])
    total, apart, weighted = np.empty_like(logits), np.empty_like(logits), np.empty_like(logits)
    spread = np.ones((len(logits), 1), logits.dtype)
    add_up = np.ones((len(logits), len(logits)), logits.dtype)
    return [
        step(np.maximum.reduce, logits, 0, None, top, True),
        step(spread.dot, top, gradient),
        step(np.subtract, logits, gradient, gradient),
        step(np.exp, gradient, gradient),
        step(add_up.dot, gradient, total),
        step(np.divide, gradient, total, gradient),
        step(np.subtract, gradient, LABELS, apart),
        step(np.multiply, apart, constant(2.0 / len(logits), logits), apart),
        step(np.multiply, apart, gradient, weighted),
        step(add_up.dot, weighted, total),
        step(np.subtract, apart, total, apart),
        step(np.multiply, gradient, apart, gradient),
    ]


LOSSES: dict[str, Loss] = {
    "mse": Loss("mse", _mse_mean, _mse_gradient, power=2),
    "mae": Loss("mae", _mae_mean, _mae_gradient, power=1),
    "cross-entropy": Loss("cross-entropy", _cross_entropy_mean, _cross_entropy_gradient, power=0, classifies=True),
    "softmax-mse": Loss("mse", _softmax_mse_mean, _softmax_mse_gradient, power=0, classifies=True),
}


def losses_for(classifies: bool) -> dict[str, Loss]:
    """The losses of classifications or of regressions, as labs name them: ``mse`` is either's."""
    return {each.name: each for each in LOSSES.values() if each.classifies == classifies}


def loss_for(name: str, *, classifies: bool) -> Loss:
    """The loss of that name for a classification or a regression.

    Raises:
        TutorError: there is none.
    """
    known = losses_for(classifies)
    if name not in known:
        hint = translate("ml.losses-are", known=listed(known))
        raise TutorError(translate("ml.loss-does-not-fit", loss=name), hint=hint)
    return known[name]
