"""A fully connected network of any depth, whose parameters are one flat vector.

Layers are views into that vector, so an optimiser is a handful of calls however deep the network. Layer l is a
matrix (h_out, h_in + 1): its last column is the bias, because every layer's outputs carry a last row of ones.
Activations are feature-major, (h + 1, B). The forward and the backward pass are tapes (`tutor.ml.tape`): steps that
write into buffers made once for a batch size.

A linear model is the network without hidden layers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tutor.ml.activations import ACTIVATIONS
from tutor.ml.arrays import Array
from tutor.ml.losses import Loss
from tutor.ml.tape import X_ROWS, Input, Steps, X, perform, step, unroll


class Network:
    """A network d → hidden → outputs.

    Args:
        features: d.
        hidden: the width of each hidden layer; empty for a linear model.
        outputs: k.
        activation: of the hidden layers; see `ACTIVATIONS`.
        dtype: float32 to train, float64 to check gradients.
    """

    def __init__(
        self,
        features: int,
        hidden: Sequence[int],
        outputs: int,
        activation: str = "relu",
        dtype: type[np.floating] = np.float32,
    ) -> None:
        self.sizes = (features, *hidden, outputs)
        self.activation = ACTIVATIONS[activation]
        shapes = [(above, below + 1) for below, above in zip(self.sizes[:-1], self.sizes[1:], strict=True)]
        count = sum(rows * columns for rows, columns in shapes)
        self.parameters: Array = np.zeros(count, dtype)
        self.gradient: Array = np.zeros(count, dtype)
        self.layers = _views(self.parameters, shapes)
        self.gradients = _views(self.gradient, shapes)

    def initialise(self, random: np.random.Generator) -> None:
        """Draw the weights, scaled to keep a signal's size (He for ReLU, LeCun for the others); biases are 0."""
        for index, layer in enumerate(self.layers):
            last = index == len(self.layers) - 1
            gain = 1.0 if last else self.activation.gain
            rows, columns = layer.shape
            layer[:, :-1] = random.normal(0.0, np.sqrt(gain / (columns - 1)), (rows, columns - 1))
            layer[:, -1] = 0.0

    def weights(self) -> dict[str, Array]:
        """Copies by name: ``W1`` (m, d), ``b1`` (m,), ``W2``, ..."""
        named = {}
        for index, layer in enumerate(self.layers, start=1):
            named[f"W{index}"] = layer[:, :-1].copy()
            named[f"b{index}"] = layer[:, -1].copy()
        return named

    def is_weight(self) -> Array:
        """1 for each weight and 0 for each bias, (P,), in the order of `parameters`."""
        flat = np.ones_like(self.parameters)
        for layer in _views(flat, [layer.shape for layer in self.layers]):
            layer[:, -1] = 0.0
        return flat

    def forward(self, x: Array) -> Array:
        """Outputs (k, n) for a batch (d + 1, n) whose last row is ones."""
        a = x
        for index, layer in enumerate(self.layers):
            z = layer.dot(a)
            if index == len(self.layers) - 1:
                return np.asarray(z)
            perform(self.activation.forward(z))
            a = np.concatenate([z, np.ones((1, z.shape[1]), z.dtype)])
        return a

    def forward_tape(self, x: Array) -> tuple[Callable[[], None], Array]:
        """For one fixed batch, (d + 1, n): what computes its outputs, and the array (k, n) they are written to."""
        outputs, steps = self._forward(x.shape[1])
        run, inputs = unroll(steps, (X,)), [(x,)]
        return lambda: run(inputs), outputs[-1]

    def _forward(self, size: int) -> tuple[list[Array], Steps]:
        """Outputs of each layer for batches of ``size``, hidden ones with their row of ones, and the forward pass."""
        dtype = self.parameters.dtype
        outputs: list[Array] = [np.ones((height + 1, size), dtype) for height in self.sizes[1:-1]]
        outputs.append(np.empty((self.sizes[-1], size), dtype))
        steps: Steps = []
        below: Array | Input = X
        for index, layer in enumerate(self.layers):
            last = index == len(self.layers) - 1
            z = outputs[index] if last else outputs[index][:-1]
            steps.append(step(layer.dot, below, z))
            if not last:
                steps.extend(self.activation.forward(z))
            below = outputs[index]
        return outputs, steps

    def update_steps(self, size: int, loss: Loss) -> Steps:
        """What writes the gradient of the summed loss over a batch of ``size`` into `gradient`.

        Inputs of the tape are `X`, `X_ROWS` and `LABELS`.
        """
        outputs, steps = self._forward(size)
        # One row more than needed: the product with a whole layer is quicker than with all but its biases.
        spare = [np.zeros((height + 1, size), self.parameters.dtype) for height in self.sizes[1:]]
        deltas = [each[:-1] for each in spare]
        steps.extend(loss.gradient(outputs[-1], deltas[-1]))
        for index in range(len(self.layers) - 1, 0, -1):
            below, delta = outputs[index - 1], deltas[index - 1]
            steps.append(step(deltas[index].dot, below.T, self.gradients[index]))
            steps.append(step(self.layers[index].T.dot, deltas[index], spare[index - 1]))
            steps.extend(self.activation.backward(below[:-1], delta, np.empty_like(delta)))
        steps.append(step(deltas[0].dot, X_ROWS, self.gradients[0]))
        return steps


def _views(flat: Array, shapes: Sequence[tuple[int, ...]]) -> list[Array]:
    """The pieces of a flat vector as matrices that share its memory."""
    views, start = [], 0
    for rows, columns in shapes:
        views.append(flat[start : start + rows * columns].reshape(rows, columns))
        start += rows * columns
    return views


def with_ones(x: Array, dtype: type[np.floating] = np.float32) -> Array:
    """Examples (n, d) with a last column of ones, (n, d + 1): the bias's own feature."""
    return np.ascontiguousarray(np.concatenate([x, np.ones((len(x), 1))], axis=1), dtype=dtype)
