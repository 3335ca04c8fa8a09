"""Activation functions, each beside its derivative. Both work in place on a layer's outputs, (h, B).

A derivative is written by the *output* of its function, which is what a layer still holds when gradients come
back: for the sigmoid that is a (1 − a), for tanh 1 − a².
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tutor.ml.arrays import Array, constant
from tutor.ml.tape import Steps, step


@dataclass(frozen=True, slots=True)
class Activation:
    """A function and its derivative.

    Args:
        name: as labs name it.
        forward: for an array z, the steps that make it a = f(z) in place.
        backward: for outputs a, their gradient and a scratch array of their shape, the steps that multiply the
            gradient by f'(z).
        gain: the variance that keeps a signal's size through a layer, times the number of inputs: 2 for ReLU (He et
            al. 2015), 1 for the others (LeCun et al. 1998).
    """

    name: str
    forward: Callable[[Array], Steps]
    backward: Callable[[Array, Array, Array], Steps]
    gain: float


_FEW = 4096


def _level(value: float, like: Array) -> Array:
    """``value`` to compare ``like`` with: against as many numbers maximum is twice as quick as against one.

    Where there are many, a row of them that serves all rows is as quick, and takes no memory.
    """
    return np.full_like(like if like.size <= _FEW else like[:1], value)


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
    # ½ (1 + tanh(z/2)) is the same function, and overflows nowhere.
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
    # a (1 − a) is above 0 on the ramp alone, so that its sign is 1 there and 0 elsewhere.
    return [
        step(np.subtract, constant(1.0, a), a, scratch),
        step(np.multiply, scratch, a, scratch),
        step(np.sign, scratch, scratch),
        step(np.multiply, scratch, constant(0.25, a), scratch),
        step(np.multiply, gradient, scratch, gradient),
    ]


def _none(_z: Array) -> Steps:
    return []


def _none_derivative(_a: Array, _gradient: Array, _scratch: Array) -> Steps:
    return []


ACTIVATIONS: dict[str, Activation] = {
    each.name: each
    for each in (
        Activation("relu", _relu, _relu_derivative, gain=2.0),
        Activation("tanh", _tanh, _tanh_derivative, gain=1.0),
        Activation("sigmoid", _sigmoid, _sigmoid_derivative, gain=1.0),
        # max(0, min(1, ½ + z/4)): as steep as the sigmoid where both are ½.
        Activation("hard-sigmoid", _hard_sigmoid, _hard_sigmoid_derivative, gain=1.0),
        Activation("none", _none, _none_derivative, gain=1.0),
    )
}
