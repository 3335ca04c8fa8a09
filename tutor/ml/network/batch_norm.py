"""Batch normalisation (Ioffe and Szegedy 2015): what goes into an activation, standardised over the batch at hand.

For each hidden unit, with mean μ and variance σ² over the B examples of a batch:

    ẑ = (z − μ) / √(σ² + ε),   out = γ ẑ + β

γ and β are trained. β is the layer's own bias: one in front of the standardisation would be subtracted again. An update
uses the batch's μ and σ²; a prediction must not depend on who else is in its batch, and uses their running averages.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from tutor.ml.arrays import Array, constant
from tutor.ml.network.tape import Input, Steps, step

EPSILON = 1e-5
"""Added to a variance, so that a unit which says the same for every example divides by no zero."""
NEWEST = 0.1
"""The share of the newest batch in the running averages; of the t-th batch 1/t, as long as that is more."""


class _Kept(NamedTuple):
    """What a backward pass needs of a forward pass: ẑ (h, B), 1 / √(σ² + ε) and dL/dβ, both (h, 1)."""

    normal: Array
    inverse: Array
    shift: Array


class BatchNorm:
    """The normalisation of one hidden layer of h units.

    Args:
        layer: the layer's matrix (h, d + 1), whose last column serves as β.
        layer_gradient: its gradient.
        gamma: γ, (h, 1), a view into the parameters; set to 1.
        gamma_gradient: its gradient.
    """

    def __init__(self, layer: Array, layer_gradient: Array, gamma: Array, gamma_gradient: Array) -> None:
        self._weights, self._beta = layer[:, :-1], layer[:, -1:]
        self._beta_gradient = layer_gradient[:, -1:]
        self.gamma, self._gamma_gradient = gamma, gamma_gradient
        self.gamma[:] = 1.0
        self.mean: Array = np.zeros_like(gamma)
        """Running average of μ, (h, 1)."""
        self.variance: Array = np.ones_like(gamma)
        """Running average of σ², without bias (divided by B − 1), (h, 1)."""
        self._batches = np.zeros((), gamma.dtype)
        self._kept: dict[int, _Kept] = {}

    def forward(self, below: Array | Input, out: Array, *, updating: bool) -> Steps:
        """What writes γ ẑ + β into ``out``, (h, B).

        Args:
            below: the outputs below, (d + 1, B), with their row of ones.
            out: a buffer.
            updating: by the batch's own mean and variance, which go into the running averages; else by those.
        """
        product = step(partial(_product, self._weights), below, out)
        return [product, *(self._by_batch(out) if updating else self._by_running(out))]

    def _by_batch(self, z: Array) -> Steps:
        """Standardise ``z``, (h, B), in place, and keep what the backward pass needs."""
        size = z.shape[1]
        kept = self._kept[size] = _Kept(np.empty_like(z), np.empty_like(self.gamma), np.empty_like(self.gamma))
        share = np.full((size, 1), 1.0 / size, z.dtype)
        mean, variance = np.empty_like(self.gamma), np.empty_like(self.gamma)
        return [
            step(z.dot, share, mean),
            step(np.subtract, z, mean, z),
            step(np.multiply, z, z, kept.normal),
            step(kept.normal.dot, share, variance),
            *self._remember(mean, variance, size),
            step(np.add, variance, constant(EPSILON, z), variance),
            step(np.sqrt, variance, variance),
            step(np.divide, constant(1.0, z), variance, kept.inverse),
            step(np.multiply, z, kept.inverse, kept.normal),
            step(np.multiply, kept.normal, self.gamma, z),
            step(np.add, z, self._beta, z),
        ]

    def _remember(self, mean: Array, variance: Array, size: int) -> Steps:
        """Take a batch into the running averages."""
        share, apart = np.empty_like(self._batches), np.empty_like(self.gamma)
        unbiased = constant(size / max(1, size - 1), variance)
        return [
            step(np.add, self._batches, constant(1.0, mean), self._batches),
            step(np.divide, constant(1.0, mean), self._batches, share),
            step(np.maximum, share, constant(NEWEST, mean), out=share),
            step(np.subtract, mean, self.mean, apart),
            step(np.multiply, apart, share, apart),
            step(np.add, self.mean, apart, self.mean),
            step(np.multiply, variance, unbiased, apart),
            step(np.subtract, apart, self.variance, apart),
            step(np.multiply, apart, share, apart),
            step(np.add, self.variance, apart, self.variance),
        ]

    def _by_running(self, z: Array) -> Steps:
        """Standardise ``z``, (h, B), in place, by the running averages as they stand when the tape runs."""
        scale = np.empty_like(self.gamma)
        return [
            step(np.add, self.variance, constant(EPSILON, z), scale),
            step(np.sqrt, scale, scale),
            step(np.divide, self.gamma, scale, scale),
            step(np.subtract, z, self.mean, z),
            step(np.multiply, z, scale, z),
            step(np.add, z, self._beta, z),
        ]

    def backward(self, delta: Array) -> Steps:
        """What turns dL/dout, (h, B), into dL/dz in place, and writes the gradient of γ.

        The forward tape for batches of this size must have been made, and have run, before. With sums over the batch,
        dL/dz = γ / √(σ² + ε) · (delta − Σ delta / B − ẑ Σ delta ẑ / B).
        """
        size = delta.shape[1]
        normal, inverse, shift = self._kept[size]
        ones, product, part = np.ones((size, 1), delta.dtype), np.empty_like(delta), np.empty_like(self.gamma)
        share = constant(1.0 / size, delta)
        return [
            step(np.multiply, delta, normal, product),
            step(product.dot, ones, part),
            step(np.copyto, self._gamma_gradient, part),
            step(delta.dot, ones, shift),
            step(np.multiply, part, share, part),
            step(np.multiply, normal, part, product),
            step(np.subtract, delta, product, delta),
            step(np.multiply, shift, share, part),
            step(np.subtract, delta, part, delta),
            step(np.multiply, self.gamma, inverse, part),
            step(np.multiply, delta, part, delta),
        ]

    def backward_bias(self, size: int) -> Steps:
        """What writes the gradient of β, once that of the layer's matrix has been written over it."""
        return [step(np.copyto, self._beta_gradient, self._kept[size].shift)]


def _product(weights: Array, below: Array, out: Array | None = None) -> None:
    """W a without the bias, for outputs ``below`` with a last row of ones."""
    np.dot(weights, below[:-1], out)
