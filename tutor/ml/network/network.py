"""A fully connected network of any depth, whose parameters are one flat vector.

Layers are views into that vector, so an optimiser is a handful of calls however deep the network. Layer l is a
matrix (h_out, h_in + 1): its last column is the bias, because every layer's outputs carry a last row of ones.
Activations are feature-major, (h + 1, B). The forward and the backward pass are tapes (`tutor.ml.network.tape`): steps
that write into buffers made once for a batch size.

A linear model is the network without hidden layers. With residual connections a hidden layer as wide as the one below
adds to it: a ← a_below + f(z). With dropout each update erases a share of the hidden outputs, drawn anew, and scales up
the others; a prediction erases nothing. With batch normalisation (`tutor.ml.network.batch_norm`) z is standardised
first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tutor.ml.activations import ACTIVATIONS
from tutor.ml.arrays import Array
from tutor.ml.losses import Loss
from tutor.ml.network.batch_norm import BatchNorm
from tutor.ml.network.dropout import Dropout
from tutor.ml.network.kernels import activation_steps, derivative_steps, loss_gradient_steps
from tutor.ml.network.tape import X_ROWS, Input, Run, Steps, X, perform, step, unroll
from tutor.ml.registry import find


class Network:
    """A network d → hidden → outputs.

    Args:
        features: d.
        hidden: the width of each hidden layer; empty for a linear model.
        outputs: k.
        activation: of the hidden layers; see `ACTIVATIONS`.
        dtype: float32 to train, float64 to check gradients.
        residual: whether hidden layers add to what is below them.
        dropout: the share of hidden outputs that an update erases.
        batch_norm: whether what goes into a hidden layer's activation is standardised over the batch.
        sign_bug: whether `update_steps` turns round the sign of the first layer's gradient, as a slip of the pen would.
        seed: of what is erased.
    """

    def __init__(
        self,
        features: int,
        hidden: Sequence[int],
        outputs: int,
        activation: str = "relu",
        dtype: type[np.floating] = np.float32,
        *,
        residual: bool = False,
        dropout: float = 0.0,
        batch_norm: bool = False,
        sign_bug: bool = False,
        seed: int = 0,
    ) -> None:
        self.sizes = (features, *hidden, outputs)
        self.activation = find(ACTIVATIONS, activation)
        pairs = enumerate(zip(self.sizes[:-1], self.sizes[1:-1], strict=False))
        self._adds = frozenset(index for index, (below, here) in pairs if residual and index and below == here)
        self.random = np.random.default_rng(seed)
        """Draws what dropout erases."""
        self._dropout = Dropout(dropout, self.random) if dropout else None
        self._sign_bug = sign_bug
        shapes = [(above, below + 1) for below, above in zip(self.sizes[:-1], self.sizes[1:], strict=True)]
        # The scales γ of batch normalisation come last.
        shapes += [(width, 1) for width in hidden if batch_norm]
        count = sum(rows * columns for rows, columns in shapes)
        self.parameters: Array = np.zeros(count, dtype)
        self.gradient: Array = np.zeros(count, dtype)
        layers = len(self.sizes) - 1
        views, gradients = _views(self.parameters, shapes), _views(self.gradient, shapes)
        self.layers, self.gradients = views[:layers], gradients[:layers]
        scales = zip(views[layers:], gradients[layers:], strict=True)
        self.norms = [BatchNorm(views[index], gradients[index], *scale) for index, scale in enumerate(scales)]
        """Of each hidden layer, or empty."""

    def initialise(self, random: np.random.Generator) -> None:
        """Draw the weights, scaled to keep a signal's size (He for ReLU, LeCun for the others); biases are 0."""
        for index, layer in enumerate(self.layers):
            last = index == len(self.layers) - 1
            gain = 1.0 if last else self.activation.gain
            rows, columns = layer.shape
            layer[:, :-1] = random.normal(0.0, np.sqrt(gain / (columns - 1)), (rows, columns - 1))
            layer[:, -1] = 0.0
            if index in self._adds:
                # What is added up over the depth stays of the size of one layer's output.
                layer[:, :-1] /= np.sqrt(len(self.sizes) - 2)

    def named(self) -> dict[str, Array]:
        """The parameters by name: ``W1`` (m, d), ``b1`` (m,), ``W2``, ...; with batch normalisation ``gamma1`` (m,)."""
        named = {}
        for index, layer in enumerate(self.layers, start=1):
            named[f"W{index}"] = layer[:, :-1]
            named[f"b{index}"] = layer[:, -1]
        for index, norm in enumerate(self.norms, start=1):
            named[f"gamma{index}"] = norm.gamma[:, 0]
        return named

    def weights(self) -> dict[str, Array]:
        """Copies of them by name."""
        return {name: each.copy() for name, each in self.named().items()}

    def running(self) -> dict[str, Array]:
        """Copies of the running averages of batch normalisation by name: ``mean1`` (m,), ``variance1``, ..."""
        named = {}
        for index, norm in enumerate(self.norms, start=1):
            named[f"mean{index}"] = norm.mean.ravel().copy()
            named[f"variance{index}"] = norm.variance.ravel().copy()
        return named

    def names(self) -> list[str]:
        """What each of `parameters` is called, (P,): ``W1[2,3]``, ``b1[2]``, ...; γ for scales."""
        called = np.empty(self.parameters.size, dtype=object)
        places = np.arange(self.parameters.size)
        for number, layer in enumerate(_views(places, [layer.shape for layer in self.layers]), start=1):
            for row, entries in enumerate(layer.tolist(), start=1):
                for column, place in enumerate(entries[:-1], start=1):
                    called[place] = f"W{number}[{row},{column}]"
                called[entries[-1]] = f"b{number}[{row}]"
        return [name or "γ" for name in called.tolist()]

    def is_weight(self) -> Array:
        """1 for each weight and 0 for each bias and each scale, (P,), in the order of `parameters`."""
        flat = np.zeros_like(self.parameters)
        for layer in _views(flat, [layer.shape for layer in self.layers]):
            layer[:, :-1] = 1.0
        return flat

    def forward(self, x: Array) -> Array:
        """Outputs (k, n) for a batch (d + 1, n) whose last row is ones."""
        a = x
        for index, layer in enumerate(self.layers):
            if index == len(self.layers) - 1:
                return np.asarray(layer.dot(a))
            z = np.empty((len(layer), a.shape[1]), layer.dtype)
            perform(self._linear(index, a, z, updating=False))
            perform(activation_steps(self.activation, z))
            if index in self._adds:
                z += a[:-1]
            a = np.concatenate([z, np.ones((1, z.shape[1]), z.dtype)])
        return a

    def forward_tape(self, size: int, *, updating: bool = False) -> tuple[Run, Array]:
        """What computes the outputs of batches (d + 1, n), given as `X`, and the array (k, n) they are written to.

        Args:
            size: n.
            updating: whether it is done as in an update: dropout erases, and the batch itself is normalised by.
        """
        passed = self._forward(size, updating=updating)
        return unroll(passed.steps, (X,)), passed.outputs[-1]

    def _forward(self, size: int, *, updating: bool) -> _Forward:
        """The forward pass for batches of ``size``."""
        dtype = self.parameters.dtype
        dropout = self._dropout if updating else None
        outputs: list[Array] = [np.ones((height + 1, size), dtype) for height in self.sizes[1:-1]]
        outputs.append(np.empty((self.sizes[-1], size), dtype))
        passed = _Forward(outputs, [], [], [])
        steps = passed.steps
        below: Array | Input = X
        for index in range(len(self.layers) - 1):
            output, adds = outputs[index][:-1], index in self._adds
            branch = np.empty_like(output) if adds or dropout else output
            passed.branches.append(branch)
            steps += self._linear(index, below, branch, updating=updating)
            steps += activation_steps(self.activation, branch)
            kept = branch
            if dropout is not None:
                passed.masks.append(np.empty_like(branch))
                steps += dropout.forward(branch, passed.masks[-1], output)
                kept = output
            if adds:
                steps.append(step(np.add, kept, outputs[index - 1][:-1], output))
            below = outputs[index]
        steps.append(step(self.layers[-1].dot, below, outputs[-1]))
        return passed

    def _linear(self, index: int, below: Array | Input, out: Array, *, updating: bool) -> Steps:
        """What writes z of a hidden layer, normalised where it is, into ``out``, (h, B)."""
        if self.norms:
            return self.norms[index].forward(below, out, updating=updating)
        return [step(self.layers[index].dot, below, out)]

    def update_steps(self, size: int, loss: Loss) -> Steps:
        """What writes the gradient of the mean loss over a batch of ``size`` into `gradient`.

        Inputs of the tape are `X`, `X_ROWS` and `LABELS`.
        """
        passed = self._forward(size, updating=True)
        outputs, steps = passed.outputs, passed.steps
        # One row more than needed: the product with a whole layer is quicker than with all but its biases.
        spare = [np.zeros((height + 1, size), self.parameters.dtype) for height in self.sizes[1:]]
        deltas = [each[:-1] for each in spare]
        around: dict[int, Array] = {}
        steps += loss_gradient_steps(loss, outputs[-1], deltas[-1])
        for index in range(len(self.layers) - 1, 0, -1):
            below, delta = outputs[index - 1], deltas[index - 1]
            steps += self._parameter_steps(index, deltas[index], below.T)
            steps.append(step(self.layers[index].T.dot, deltas[index], spare[index - 1]))
            if index in self._adds:
                steps.append(step(np.add, delta, around[index], delta))
            if index - 1 in self._adds:
                # The same gradient goes on around the layer, untouched by its weights.
                around[index - 1] = np.empty_like(delta)
                steps.append(step(np.copyto, around[index - 1], delta))
            if self._dropout is not None:
                steps += self._dropout.backward(passed.masks[index - 1], delta)
            steps += derivative_steps(self.activation, passed.branches[index - 1], delta)
            if self.norms:
                steps += self.norms[index - 1].backward(delta)
        steps += self._parameter_steps(0, deltas[0], X_ROWS)
        if self._sign_bug:
            steps.append(step(np.negative, self.gradients[0], self.gradients[0]))
        return steps

    def _parameter_steps(self, index: int, delta: Array, below: Array | Input) -> Steps:
        """What writes the gradient of a layer's matrix, given dL/dz, (h, B), and the outputs below, (B, d + 1)."""
        steps = [step(delta.dot, below, self.gradients[index])]
        if index < len(self.norms):
            steps += self.norms[index].backward_bias(delta.shape[1])
        return steps


class _Forward(NamedTuple):
    """A forward pass: its tape, and the buffers in which a backward pass finds what it needs.

    Args:
        outputs: of each layer; those of hidden ones (h + 1, B) with their row of ones.
        branches: of each hidden layer f(z), (h, B): before dropout, and before the layer below is added.
        masks: of each hidden layer what dropout multiplied by, (h, B); empty without dropout.
        steps: the tape.
    """

    outputs: list[Array]
    branches: list[Array]
    masks: list[Array]
    steps: Steps


def _views(flat: Array, shapes: Sequence[tuple[int, ...]]) -> list[Array]:
    """The pieces of a flat vector as matrices that share its memory."""
    views, start = [], 0
    for rows, columns in shapes:
        views.append(flat[start : start + rows * columns].reshape(rows, columns))
        start += rows * columns
    return views


def with_ones(x: Array, dtype: type[np.floating] = np.float32) -> Array:
    """Examples (n, d) with a last column of ones, (n, d + 1): the bias's own feature."""
    wider = np.ones((x.shape[0], x.shape[1] + 1), dtype)
    wider[:, :-1] = x
    return wider
