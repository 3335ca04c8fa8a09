"""Fast steps for the formulas of `layers`, `activations`, `losses` and `optimizers`.

A formula as a textbook writes it makes an array for each of its parts. Here the same arithmetic is a tape
(`tutor.ml.network.tape`) that works in place, in buffers made once for a batch size. An activation, a loss or an
optimizer without a fast version is computed by its formula, so a new one needs nothing here. Tests hold each fast
version to its formula.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from tutor.ml.activations import ACTIVATIONS, Activation
from tutor.ml.arrays import Array, constant
from tutor.ml.losses import LOSSES, Loss
from tutor.ml.network.layers import EPSILON, NEWEST_WEIGHT, BatchNorm, Dropout
from tutor.ml.network.tape import LABELS, RATE, Steps, step
from tutor.ml.optimizers import GradientDescent, Optimizer

# -- layers ---------------------------------------------------------------------------------------------------


class FastBatchNorm:
    """`BatchNorm` in place. `backward_steps` go after `forward_steps` and use the buffers that those fill."""

    def __init__(self, layer: BatchNorm) -> None:
        self._layer = layer

    def forward_steps(self, z: Array) -> Steps:
        """What replaces ``z``, (h, B), with γ ẑ + β by the batch's mean and variance."""
        layer, size = self._layer, z.shape[1]
        self._normal, self._inverse = np.empty_like(z), np.empty_like(layer.gamma.value)
        share = np.full((size, 1), 1.0 / size, z.dtype)
        mean, variance = np.empty_like(self._inverse), np.empty_like(self._inverse)
        return [
            step(z.dot, share, mean),
            step(np.subtract, z, mean, z),
            step(np.multiply, z, z, self._normal),
            step(self._normal.dot, share, variance),
            *self._average_steps(mean, variance, size),
            step(np.add, variance, constant(EPSILON, z), variance),
            step(np.sqrt, variance, variance),
            step(np.divide, constant(1.0, z), variance, self._inverse),
            step(np.multiply, z, self._inverse, self._normal),
            step(np.multiply, self._normal, layer.gamma.value, z),
            step(np.add, z, layer.beta.value, z),
        ]

    def _average_steps(self, mean: Array, variance: Array, size: int) -> Steps:
        """What takes a batch into the running averages."""
        layer = self._layer
        newest, change = np.empty_like(layer.batches_seen), np.empty_like(mean)
        unbiased = constant(size / max(1, size - 1), variance)
        return [
            step(np.add, layer.batches_seen, constant(1.0, mean), layer.batches_seen),
            step(np.divide, constant(1.0, mean), layer.batches_seen, newest),
            step(np.maximum, newest, constant(NEWEST_WEIGHT, mean), out=newest),
            step(np.subtract, mean, layer.running_mean, change),
            step(np.multiply, change, newest, change),
            step(np.add, layer.running_mean, change, layer.running_mean),
            step(np.multiply, variance, unbiased, change),
            step(np.subtract, change, layer.running_variance, change),
            step(np.multiply, change, newest, change),
            step(np.add, layer.running_variance, change, layer.running_variance),
        ]

    def predict_steps(self, z: Array) -> Steps:
        """What replaces ``z``, (h, B), with γ ẑ + β by the running averages as they stand when the tape runs."""
        layer, scale = self._layer, np.empty_like(self._layer.gamma.value)
        return [
            step(np.add, layer.running_variance, constant(EPSILON, z), scale),
            step(np.sqrt, scale, scale),
            step(np.divide, layer.gamma.value, scale, scale),
            step(np.subtract, z, layer.running_mean, z),
            step(np.multiply, z, scale, z),
            step(np.add, z, layer.beta.value, z),
        ]

    def backward_steps(self, gradient: Array) -> Steps:
        """What turns ∂L/∂output, (h, B), into ∂L/∂z in place, and writes the gradient of γ."""
        layer, size = self._layer, gradient.shape[1]
        ones, product = np.ones((size, 1), gradient.dtype), np.empty_like(gradient)
        part, self._beta_gradient = np.empty_like(self._inverse), np.empty_like(self._inverse)
        share = constant(1.0 / size, gradient)
        return [
            step(np.multiply, gradient, self._normal, product),
            step(product.dot, ones, part),
            step(np.copyto, layer.gamma.gradient, part),
            step(gradient.dot, ones, self._beta_gradient),
            step(np.multiply, part, share, part),
            step(np.multiply, self._normal, part, product),
            step(np.subtract, gradient, product, gradient),
            step(np.multiply, self._beta_gradient, share, part),
            step(np.subtract, gradient, part, gradient),
            step(np.multiply, layer.gamma.value, self._inverse, part),
            step(np.multiply, gradient, part, gradient),
        ]

    def beta_steps(self) -> Steps:
        """What writes the gradient of β, once that of the linear layer's whole matrix has been written over it."""
        return [step(np.copyto, self._layer.beta.gradient, self._beta_gradient)]


class FastDropout:
    """`Dropout` for updates. `backward_steps` go after `forward_steps` and use the mask that those draw."""

    def __init__(self, layer: Dropout) -> None:
        self._layer = layer

    def forward_steps(self, a: Array, out: Array) -> Steps:
        """What draws a mask and writes a · mask into ``out``, another array than ``a``; both are (h, B)."""
        drawn, kept, self._mask = np.empty_like(a), np.empty(a.shape, np.bool_), np.empty_like(a)
        probability = self._layer.probability
        return [
            step(partial(self._layer.random.random, dtype=drawn.dtype), out=drawn),
            step(np.greater_equal, drawn, constant(probability, drawn), kept),
            step(np.multiply, kept, constant(1.0 / (1.0 - probability), a), self._mask),
            step(np.multiply, a, self._mask, out),
        ]

    def backward_steps(self, gradient: Array) -> Steps:
        """What multiplies ``gradient``, (h, B), by the mask in place."""
        return [step(np.multiply, gradient, self._mask, gradient)]


# -- activations ----------------------------------------------------------------------------------------------


def activation_steps(activation: Activation, z: Array) -> Steps:
    """What replaces ``z``, (h, B), with f(z)."""
    if _is_built_in(activation):
        return _FORWARD[activation.name](z)
    return [step(lambda: np.copyto(z, activation.function(z)))]


def derivative_steps(activation: Activation, a: Array, gradient: Array) -> Steps:
    """What multiplies ``gradient``, (h, B), by f'(z), given ``a`` = f(z), (h, B)."""
    if _is_built_in(activation):
        return _BACKWARD[activation.name](a, gradient, np.empty_like(gradient))
    return [step(lambda: np.copyto(gradient, activation.backward(a, gradient)))]


def _is_built_in(activation: Activation) -> bool:
    """Whether there is a fast version of exactly this activation: another one may have the same name."""
    return activation.name in _FORWARD and ACTIVATIONS.get(activation.name) is activation


def _relu(z: Array) -> Steps:
    return [step(np.maximum, z, _level(0.0, z), out=z)]


def _relu_derivative(a: Array, gradient: Array, scratch: Array) -> Steps:
    # The bits of a positive number, read as a whole number, are positive too. Their sign, 0 or 1, times the bits of a
    # gradient keeps or erases it: the same as a product with a mask of floats, in half the time.
    whole = np.dtype(f"u{a.dtype.itemsize}")
    mask, kept = scratch.view(whole), gradient.view(whole)
    return [step(np.sign, a.view(whole), mask), step(np.multiply, kept, mask, kept)]


def _tanh(z: Array) -> Steps:
    return [step(np.tanh, z, z)]


def _tanh_derivative(a: Array, gradient: Array, scratch: Array) -> Steps:
    return [
        step(np.multiply, a, a, scratch),
        step(np.subtract, constant(1.0, a), scratch, scratch),
        step(np.multiply, gradient, scratch, gradient),
    ]


def _sigmoid(z: Array) -> Steps:
    half = constant(0.5, z)
    return [
        step(np.multiply, z, half, z),
        step(np.tanh, z, z),
        step(np.multiply, z, half, z),
        step(np.add, z, half, z),
    ]


def _sigmoid_derivative(a: Array, gradient: Array, scratch: Array) -> Steps:
    return [
        step(np.subtract, constant(1.0, a), a, scratch),
        step(np.multiply, scratch, a, scratch),
        step(np.multiply, gradient, scratch, gradient),
    ]


def _hard_sigmoid(z: Array) -> Steps:
    return [
        step(np.multiply, z, constant(0.25, z), z),
        step(np.add, z, constant(0.5, z), z),
        step(np.maximum, z, _level(0.0, z), out=z),
        step(np.minimum, z, _level(1.0, z), out=z),
    ]


def _hard_sigmoid_derivative(a: Array, gradient: Array, scratch: Array) -> Steps:
    return [
        step(np.subtract, constant(1.0, a), a, scratch),
        step(np.multiply, scratch, a, scratch),
        step(np.sign, scratch, scratch),
        step(np.multiply, scratch, constant(0.25, a), scratch),
        step(np.multiply, gradient, scratch, gradient),
    ]


_FEW = 4096


def _level(value: float, like: Array) -> Array:
    """``value`` in the shape of ``like``, because maximum takes several times as long with a single number.

    An array of zeros takes no memory: the system gives out zeroed pages, and as nothing writes to these, they are all
    the same page. For a large array and another number, one row serves all rows.
    """
    if not value:
        return np.zeros(like.shape, like.dtype)
    return np.full_like(like if like.size <= _FEW else like[:1], value)


_FORWARD: dict[str, Callable[[Array], Steps]] = {
    "relu": _relu,
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "hard-sigmoid": _hard_sigmoid,
    "none": lambda _z: [],
}
_BACKWARD: dict[str, Callable[[Array, Array, Array], Steps]] = {
    "relu": _relu_derivative,
    "tanh": _tanh_derivative,
    "sigmoid": _sigmoid_derivative,
    "hard-sigmoid": _hard_sigmoid_derivative,
    "none": lambda _a, _gradient, _scratch: [],
}

# -- losses ---------------------------------------------------------------------------------------------------


def loss_gradient_steps(loss: Loss, outputs: Array, gradient: Array) -> Steps:
    """What writes ∂L/∂outputs, (k, B), into ``gradient``. An input of the tape is `LABELS`."""
    for name, fast in _LOSS_GRADIENT.items():
        if loss is LOSSES[name]:
            return fast(outputs, gradient)
    return [step(lambda outputs, labels: np.copyto(gradient, loss.gradient(outputs, labels)), outputs, LABELS)]


def _squared_error_gradient(outputs: Array, gradient: Array) -> Steps:
    # Not in place: for a batch of one example, NumPy takes three times as long over an array that it reads and writes.
    difference = np.empty_like(gradient)
    return [
        step(np.subtract, outputs, LABELS, difference),
        step(np.multiply, difference, constant(2.0 / outputs.size, outputs), gradient),
    ]


def _absolute_error_gradient(outputs: Array, gradient: Array) -> Steps:
    return [
        step(np.subtract, outputs, LABELS, gradient),
        step(np.sign, gradient, gradient),
        step(np.multiply, gradient, constant(1.0 / outputs.size, outputs), gradient),
    ]


def _softmax(logits: Array, p: Array) -> Steps:
    """What writes softmax(z), (k, B), into ``p``.

    A product with ones adds up all classes faster than a sum.
    """
    total = np.empty_like(logits)
    add_up = np.ones((len(logits), len(logits)), logits.dtype)
    return [
        *_largest(logits, p),
        step(np.subtract, logits, p, p),
        step(np.exp, p, p),
        step(add_up.dot, p, total),
        step(np.divide, p, total, p),
    ]


def _largest(logits: Array, out: Array) -> Steps:
    """What writes the largest logit of each example into all of its column of ``out``, (k, B).

    A product with ones spreads a row over all rows faster than a broadcast.
    """
    if len(logits) == len(("one class", "the other")):
        return [step(np.maximum, logits, logits[::-1], out=out)]
    top, spread = np.empty_like(logits[:1]), np.ones((len(logits), 1), logits.dtype)
    return [step(np.maximum.reduce, logits, 0, None, top, True), step(spread.dot, top, out)]


def _cross_entropy_gradient(logits: Array, gradient: Array) -> Steps:
    return [
        *_softmax(logits, gradient),
        step(np.subtract, gradient, LABELS, gradient),
        step(np.multiply, gradient, constant(1.0 / logits.shape[1], logits), gradient),
    ]


def _softmax_squared_error_gradient(logits: Array, gradient: Array) -> Steps:
    d, weighted, total = np.empty_like(logits), np.empty_like(logits), np.empty_like(logits)
    add_up = np.ones((len(logits), len(logits)), logits.dtype)
    return [
        *_softmax(logits, gradient),
        step(np.subtract, gradient, LABELS, d),
        step(np.multiply, d, constant(2.0 / logits.size, logits), d),
        step(np.multiply, d, gradient, weighted),
        step(add_up.dot, weighted, total),
        step(np.subtract, d, total, d),
        step(np.multiply, gradient, d, gradient),
    ]


_LOSS_GRADIENT: dict[str, Callable[[Array, Array], Steps]] = {
    "mse": _squared_error_gradient,
    "mae": _absolute_error_gradient,
    "cross-entropy": _cross_entropy_gradient,
    "softmax-mse": _softmax_squared_error_gradient,
}


_MANY_MEANS = 4
"""For fewer outputs than this, one mean after the other is faster than all together."""


def loss_means(loss: Loss, outputs: Array, labels: Array) -> list[float]:
    """The mean loss for each of n outputs of the same examples, equal to the loss's own mean bit for bit.

    Args:
        loss: The loss.
        outputs: (n, k, B).
        labels: (k, B).
    """
    if len(outputs) >= _MANY_MEANS:
        for name, fast in _LOSS_MEANS.items():
            if loss is LOSSES[name]:
                return list(fast(outputs, labels).tolist())
    return [loss.mean(outputs[index], labels) for index in range(len(outputs))]  # iterating costs a microsecond


def _squared_errors(outputs: Array, labels: Array) -> Array:
    differences = (outputs - labels).reshape(len(outputs), -1)
    return np.asarray(np.vecdot(differences, differences).astype(np.float64) / labels.size)


def _absolute_errors(outputs: Array, labels: Array) -> Array:
    differences = (outputs - labels).reshape(len(outputs), -1)
    return np.asarray(np.abs(differences, out=differences).mean(axis=-1))


def _cross_entropies(logits: Array, labels: Array) -> Array:
    shifted = logits - logits.max(axis=-2, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=-2))
    shifted *= labels
    return np.asarray((log_sum - shifted.sum(axis=-2)).mean(axis=-1))


def _softmax_squared_errors(logits: Array, labels: Array) -> Array:
    powers = np.exp(logits - logits.max(axis=-2, keepdims=True))
    powers /= powers.sum(axis=-2, keepdims=True)
    return _squared_errors(powers, labels)


_LOSS_MEANS: dict[str, Callable[[Array, Array], Array]] = {
    "mse": _squared_errors,
    "mae": _absolute_errors,
    "cross-entropy": _cross_entropies,
    "softmax-mse": _softmax_squared_errors,
}

# -- optimizers -----------------------------------------------------------------------------------------------


def optimizer_steps(optimizer: Optimizer) -> tuple[Steps, np.dtype[Any]]:
    """What moves the parameters once at the learning rate `RATE`, and the data type of that rate."""
    if type(optimizer) is GradientDescent:
        parameters, gradient = optimizer.parameters, optimizer.gradient
        change = np.empty_like(parameters)
        steps = [step(np.multiply, RATE, gradient, change), step(np.subtract, parameters, change, parameters)]
        return steps, parameters.dtype
    return [step(lambda rate: optimizer.step(rate.item()), RATE)], np.dtype(np.float64)
