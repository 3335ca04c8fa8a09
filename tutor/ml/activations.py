"""Activation functions, each beside its derivative. Both work in place on a layer's outputs, (h, B).

A derivative is written by the *output* of its function, which is what a layer still holds when gradients come
back: for the sigmoid that is a (1 − a), for tanh 1 − a².
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from tutor.ml.arrays import Array, constant

Calls = list[Callable[[], object]]
"""Steps of a tape: called one after the other, they hold their arguments and write into buffers of their own."""


@dataclass(frozen=True, slots=True)
class Activation:
    """A function and its derivative.

    Args:
        name: as labs name it.
        forward: for an array z, the calls that make it a = f(z) in place.
        backward: for outputs a, their gradient and a scratch array of their shape, the calls that multiply the
            gradient by f'(z).
        gain: the variance that keeps a signal's size through a layer, times the number of inputs: 2 for ReLU (He et
            al. 2015), 1 for the others (LeCun et al. 1998).
    """

    name: str
    forward: Callable[[Array], Calls]
    backward: Callable[[Array, Array, Array], Calls]
    gain: float


def _relu(z: Array) -> Calls:
    return [partial(np.maximum, z, constant(0.0, z), out=z)]


def _relu_derivative(a: Array, gradient: Array, scratch: Array) -> Calls:
    # sign is 0 or 1 here, and a product of floats is quicker than any use of a mask of booleans.
    return [partial(np.sign, a, scratch), partial(np.multiply, gradient, scratch, gradient)]


def _tanh(z: Array) -> Calls:
    return [partial(np.tanh, z, z)]


def _tanh_derivative(a: Array, gradient: Array, scratch: Array) -> Calls:
    return [
        partial(np.multiply, a, a, scratch),
        partial(np.subtract, constant(1.0, a), scratch, scratch),
        partial(np.multiply, gradient, scratch, gradient),
    ]


def _sigmoid(z: Array) -> Calls:
    # ½ (1 + tanh(z/2)) is the same function, and overflows nowhere.
    half = constant(0.5, z)
    return [
        partial(np.multiply, z, half, z),
        partial(np.tanh, z, z),
        partial(np.multiply, z, half, z),
        partial(np.add, z, half, z),
    ]


def _sigmoid_derivative(a: Array, gradient: Array, scratch: Array) -> Calls:
    return [
        partial(np.subtract, constant(1.0, a), a, scratch),
        partial(np.multiply, scratch, a, scratch),
        partial(np.multiply, gradient, scratch, gradient),
    ]


def _none(_z: Array) -> Calls:
    return []


def _none_derivative(_a: Array, _gradient: Array, _scratch: Array) -> Calls:
    return []


ACTIVATIONS: dict[str, Activation] = {
    each.name: each
    for each in (
        Activation("relu", _relu, _relu_derivative, gain=2.0),
        Activation("tanh", _tanh, _tanh_derivative, gain=1.0),
        Activation("sigmoid", _sigmoid, _sigmoid_derivative, gain=1.0),
        Activation("none", _none, _none_derivative, gain=1.0),
    )
}
