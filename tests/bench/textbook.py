"""A network as textbooks write it: float64, a list of layers, new arrays at every step. To compare with, only."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
_BETAS = (0.9, 0.999)
_TINY = 1e-8


class TextbookNet:
    """ReLU layers with softmax and cross-entropy on top, or a plain number with the squared error.

    Args:
        sizes: units of each layer, the inputs first.
        classes: whether the outputs are classes.
        rate: the learning rate.
        adam: whether Adam updates, rather than plain gradient descent.
    """

    def __init__(self, sizes: tuple[int, ...], *, classes: bool, rate: float, adam: bool) -> None:
        random = np.random.default_rng(1)
        self._classes, self._rate, self._adam = classes, rate, adam
        self._weights = [random.standard_normal((a, b)) * np.sqrt(2 / a) for a, b in pairwise(sizes)]
        self._biases = [np.zeros(b) for b in sizes[1:]]
        self._means = [np.zeros_like(each) for each in (*self._weights, *self._biases)]
        self._squares = [np.zeros_like(each) for each in (*self._weights, *self._biases)]
        self._steps = 0

    def forward(self, x: Array) -> list[Array]:
        """The activations of every layer, the inputs first; the last are probabilities or numbers."""
        activations = [x]
        last = len(self._weights) - 1
        for number, (weight, bias) in enumerate(zip(self._weights, self._biases, strict=True)):
            z = activations[-1] @ weight + bias
            activations.append(np.maximum(z, 0) if number < last else z)
        if self._classes:
            shifted = np.exp(activations[-1] - activations[-1].max(axis=1, keepdims=True))
            activations[-1] = shifted / shifted.sum(axis=1, keepdims=True)
        return activations

    def loss(self, x: Array, y: Array) -> float:
        """The mean loss over all rows."""
        out = self.forward(x)[-1]
        if self._classes:
            return float(-np.log(out[np.arange(len(y)), y.astype(int)] + 1e-12).mean())
        return float(((out[:, 0] - y) ** 2).mean())

    def update(self, x: Array, y: Array) -> None:
        """One step on one batch."""
        activations = self.forward(x)
        delta = activations[-1].copy()
        if self._classes:
            delta[np.arange(len(y)), y.astype(int)] -= 1
        else:
            delta[:, 0] = 2 * (delta[:, 0] - y)
        delta /= len(y)
        weight_gradients, bias_gradients = [], []
        for number in reversed(range(len(self._weights))):
            weight_gradients.append(activations[number].T @ delta)
            bias_gradients.append(delta.sum(axis=0))
            if number:
                delta = (delta @ self._weights[number].T) * (activations[number] > 0)
        self._step([*reversed(weight_gradients), *reversed(bias_gradients)])

    def _step(self, gradients: list[Array]) -> None:
        self._steps += 1
        for number, (value, gradient) in enumerate(zip((*self._weights, *self._biases), gradients, strict=True)):
            if not self._adam:
                value -= self._rate * gradient
                continue
            first, second = _BETAS
            self._means[number] = first * self._means[number] + (1 - first) * gradient
            self._squares[number] = second * self._squares[number] + (1 - second) * gradient**2
            mean = self._means[number] / (1 - first**self._steps)
            square = self._squares[number] / (1 - second**self._steps)
            value -= self._rate * mean / (np.sqrt(square) + _TINY)
