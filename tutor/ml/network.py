"""A fully connected network of any depth, whose parameters are one flat vector.

Layers are views into that vector, so an optimiser is a handful of calls however deep the network. Layer l is a
matrix (h_out, h_in + 1): its last column is the bias, because every layer's outputs carry a last row of ones.
Activations are feature-major, (h + 1, B). The forward and the backward pass are tapes: lists of calls that hold
their arguments and write into buffers made once for a batch size.

A linear model is the network without hidden layers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from tutor.ml.activations import ACTIVATIONS, Calls
from tutor.ml.arrays import Array
from tutor.ml.losses import Loss

Update = Callable[[Array, Array, Array], None]
"""Given a batch as (d + 1, B), the same transposed, and its labels (k, B): write the gradient."""


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

    def forward(self, x: Array) -> Array:
        """Outputs (k, n) for a batch (d + 1, n) whose last row is ones."""
        a = x
        for index, layer in enumerate(self.layers):
            z = layer.dot(a)
            if index == len(self.layers) - 1:
                return np.asarray(z)
            for call in self.activation.forward(z):
                call()
            a = np.concatenate([z, np.ones((1, z.shape[1]), z.dtype)])
        return a

    def forward_tape(self, x: Array) -> tuple[Callable[[], None], Array]:
        """For one fixed batch, (d + 1, n): what computes its outputs, and the array (k, n) they are written to."""
        outputs, calls = self._buffers(x.shape[1])
        first, *rest = calls
        tape: Calls = [partial(self.layers[0].dot, x, first), *rest]

        def run() -> None:
            for call in tape:
                call()

        return run, outputs[-1]

    def _buffers(self, size: int) -> tuple[list[Array], list]:  # type: ignore[type-arg]
        """Outputs of each layer for batches of ``size``, and the calls of the forward pass.

        The first item of the calls is the first layer's output array itself: its input changes with the batch.
        """
        dtype = self.parameters.dtype
        full = [np.ones((height + 1, size), dtype) for height in self.sizes[1:-1]]
        heights = [buffer[:-1] for buffer in full] + [np.empty((self.sizes[-1], size), dtype)]
        calls: list[object] = [heights[0]]
        for index, z in enumerate(heights):
            if index > 0:
                calls.append(partial(self.layers[index].dot, full[index - 1], z))
            if index < len(heights) - 1:
                calls.extend(self.activation.forward(z))
        return [*full, heights[-1]], calls

    def update_tape(self, size: int, loss: Loss) -> Update:
        """What writes the gradient of the summed loss over a batch of ``size`` into `gradient`."""
        outputs, (first_z, *forward) = self._buffers(size)
        # One row more than needed: the product with a whole layer is quicker than with all but its biases.
        spare = [np.zeros((height + 1, size), outputs[-1].dtype) for height in self.sizes[1:]]
        deltas = [each[:-1] for each in spare]
        write_loss_gradient = loss.gradient(outputs[-1], deltas[-1])
        backward = self._backward(outputs, deltas, spare)
        first_dot, first_gradient = self.layers[0].dot, self.gradients[0]
        last_dot = deltas[0].dot

        def update(x: Array, x_transposed: Array, labels: Array) -> None:
            first_dot(x, first_z)
            for call in forward:
                call()
            write_loss_gradient(labels)
            for call in backward:
                call()
            last_dot(x_transposed, first_gradient)

        return update

    def _backward(self, outputs: list[Array], deltas: list[Array], spare: list[Array]) -> Calls:
        """From the gradient of the outputs down to that of the first layer's z."""
        calls: Calls = []
        for index in range(len(self.layers) - 1, 0, -1):
            below = outputs[index - 1]
            calls.append(partial(deltas[index].dot, below.T, self.gradients[index]))
            calls.append(partial(self.layers[index].T.dot, deltas[index], spare[index - 1]))
            scratch = np.empty_like(deltas[index - 1])
            calls.extend(self.activation.backward(below[:-1], deltas[index - 1], scratch))
        return calls


def _views(flat: Array, shapes: list[tuple[int, int]]) -> list[Array]:
    """The pieces of a flat vector as matrices that share its memory."""
    views, start = [], 0
    for rows, columns in shapes:
        views.append(flat[start : start + rows * columns].reshape(rows, columns))
        start += rows * columns
    return views


def with_ones(x: Array, dtype: type[np.floating] = np.float32) -> Array:
    """Examples (n, d) with a last column of ones, (n, d + 1): the bias's own feature."""
    return np.ascontiguousarray(np.concatenate([x, np.ones((len(x), 1))], axis=1), dtype=dtype)
