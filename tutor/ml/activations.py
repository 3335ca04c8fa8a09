"""Activation functions, each beside its derivative.

A derivative is written in terms of the function's *output* a, which a layer still has in the backward pass: for the
sigmoid it is a (1 − a), for tanh 1 − a². All functions work element by element on an array of any shape.

To add an activation, name it in `ACTIVATIONS`. `tutor.ml.network.kernels` has faster versions of some of them, with the
same results.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tutor.ml.arrays import Array


@dataclass(frozen=True, slots=True)
class Activation:
    """A function and its derivative.

    Args:
        name: As labs name it.
        function: f(z).
        derivative: f'(z), given the output a = f(z).
        gain: The variance of initial weights that keeps the size of a signal through a layer, times the number of
            inputs: 2 for ReLU (He et al. 2015), 1 for the others (LeCun et al. 1998).
    """

    name: str
    function: Callable[[Array], Array]
    derivative: Callable[[Array], Array]
    gain: float = 1.0

    def backward(self, a: Array, gradient: Array) -> Array:
        """∂L/∂z, given a = f(z) and ∂L/∂a, all of one shape."""
        return gradient * self.derivative(a)


ACTIVATIONS: dict[str, Activation] = {
    each.name: each
    for each in (
        Activation("relu", lambda z: np.maximum(z, 0), np.sign, gain=2.0),
        Activation("tanh", np.tanh, lambda a: 1 - a**2),
        # ½ (1 + tanh(z / 2)) is 1 / (1 + e⁻ᶻ), and never overflows.
        Activation("sigmoid", lambda z: (1 + np.tanh(z / 2)) / 2, lambda a: a * (1 - a)),
        # A ramp from 0 to 1, as steep as the sigmoid where both are ½. Only on the ramp is a (1 − a) above 0.
        Activation("hard-sigmoid", lambda z: np.clip(z / 4 + 1 / 2, 0, 1), lambda a: np.sign(a * (1 - a)) / 4),
        Activation("none", lambda z: z, np.ones_like),
    )
}
