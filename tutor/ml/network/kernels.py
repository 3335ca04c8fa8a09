"""Fast steps for the formulas of `activations` and `losses`.

A formula as a textbook writes it makes an array for each of its parts. Here the same arithmetic is a tape
(`tutor.ml.network.tape`) that works in place, in buffers made once for a batch size. What has no fast version is
computed by its formula, so a new activation or loss needs nothing here; tests hold each fast version to its formula.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tutor.ml.activations import Activation
from tutor.ml.arrays import Array, constant
from tutor.ml.losses import LOSSES, Loss
from tutor.ml.network.tape import LABELS, Steps, step

# -- activations ----------------------------------------------------------------------------------------------


def activation_steps(activation: Activation, z: Array) -> Steps:
    """What replaces ``z``, (h, B), with f(z)."""
    fast = _FORWARD.get(activation.name)
    if fast is not None:
        return fast(z)
    return [step(lambda: np.copyto(z, activation.function(z)))]


def derivative_steps(activation: Activation, a: Array, gradient: Array) -> Steps:
    """What multiplies ``gradient``, (h, B), by f'(z), given ``a`` = f(z), (h, B)."""
    fast = _BACKWARD.get(activation.name)
    if fast is not None:
        return fast(a, gradient, np.empty_like(gradient))
    return [step(lambda: np.multiply(gradient, activation.derivative(a), gradient))]


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
    """``value`` to compare ``like`` with: against as many numbers maximum is twice as fast as against one.

    For a large array, one row of them that serves all rows is as fast, and takes no memory.
    """
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
    return [step(lambda labels: np.copyto(gradient, loss.gradient(outputs, labels)), LABELS)]


def _squared_error_gradient(outputs: Array, gradient: Array) -> Steps:
    return [
        step(np.subtract, outputs, LABELS, gradient),
        step(np.multiply, gradient, constant(2.0 / outputs.size, outputs), gradient),
    ]


def _absolute_error_gradient(outputs: Array, gradient: Array) -> Steps:
    return [
        step(np.subtract, outputs, LABELS, gradient),
        step(np.sign, gradient, gradient),
        step(np.multiply, gradient, constant(1.0 / outputs.size, outputs), gradient),
    ]


def _softmax(logits: Array, p: Array) -> Steps:
    """What writes softmax(z), (k, B), into ``p``.

    A product with ones adds up all classes, and spreads a row over them, faster than a sum and a broadcast.
    """
    top, total = np.empty_like(logits[:1]), np.empty_like(logits)
    spread = np.ones((len(logits), 1), logits.dtype)
    add_up = np.ones((len(logits), len(logits)), logits.dtype)
    return [
        step(np.maximum.reduce, logits, 0, None, top, True),
        step(spread.dot, top, p),
        step(np.subtract, logits, p, p),
        step(np.exp, p, p),
        step(add_up.dot, p, total),
        step(np.divide, p, total, p),
    ]


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
