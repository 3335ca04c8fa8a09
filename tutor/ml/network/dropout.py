"""Dropout (Srivastava et al. 2014): each update erases some outputs, drawn anew, and scales up the others."""

from __future__ import annotations

from functools import partial

import numpy as np

from tutor.ml.arrays import Array, constant
from tutor.ml.network.tape import Steps, step


class Dropout:
    """A prediction erases nothing: the scale 1 / (1 − p) keeps the mean of what an update lets through.

    Args:
        probability: p, with which an output is erased.
        random: Draws which.
    """

    def __init__(self, probability: float, random: np.random.Generator) -> None:
        self._probability, self._random = probability, random

    def forward(self, a: Array, mask: Array, out: Array) -> Steps:
        """What draws ``mask``, each entry 0 or 1 / (1 − p), and writes a · mask into ``out``; all are (h, B)."""
        drawn, kept = np.empty_like(a), np.empty(a.shape, np.bool_)
        return [
            step(partial(self._random.random, dtype=drawn.dtype), out=drawn),
            step(np.greater_equal, drawn, constant(self._probability, drawn), kept),
            step(np.multiply, kept, constant(1.0 / (1.0 - self._probability), mask), mask),
            step(np.multiply, a, mask, out),
        ]

    def backward(self, mask: Array, gradient: Array) -> Steps:
        """What multiplies ``gradient``, (h, B), by the mask of the forward pass."""
        return [step(np.multiply, gradient, mask, gradient)]
