"""A fully connected network of any depth, whose parameters are one flat vector.

The parameters of all layers are views into that vector, so an optimizer updates a network of any depth with a handful
of calls. A linear model is the network without hidden layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from tutor.ml.activations import ACTIVATIONS, Activation
from tutor.ml.arrays import Array
from tutor.ml.losses import Loss
from tutor.ml.network.layers import ActivationLayer, BatchNorm, Dropout, Layer, Linear, Parameter, Residual, Sequential
from tutor.ml.registry import find


class Network(Sequential):
    """A chain of layers from d features through hidden layers to k outputs.

    A hidden layer is a chain of a linear layer, batch normalisation, an activation and dropout; the second and the last
    only if they are asked for. The last layer is linear: its outputs are values in a regression and logits in a
    classification.

    Args:
        features: d.
        hidden: the width of each hidden layer; empty for a linear model.
        outputs: k.
        activation: of the hidden layers: a name of `ACTIVATIONS`, or one of its own.
        dtype: float32 to train, float64 to check gradients.
        residual: whether each hidden layer as wide as the hidden layer below adds its output to that one's.
        residual_scaling: whether the weights of such layers start smaller, divided by the square root of the depth.
        dropout: the probability with which an update erases a hidden output; 0 for no dropout.
        batch_norm: whether what goes into a hidden layer's activation is normalised over the batch.
        sign_bug: whether `backpropagate` gets the sign of the first layer's gradient wrong, for a lab to find.
        seed: decides which outputs dropout erases.
    """

    def __init__(
        self,
        features: int,
        hidden: Sequence[int],
        outputs: int,
        activation: str | Activation = "relu",
        dtype: type[np.floating] = np.float32,
        *,
        residual: bool = False,
        residual_scaling: bool = True,
        dropout: float = 0.0,
        batch_norm: bool = False,
        sign_bug: bool = False,
        seed: int = 0,
    ) -> None:
        self.sizes = (features, *hidden, outputs)
        self.activation = activation if isinstance(activation, Activation) else find(ACTIVATIONS, activation)
        self.sign_bug = sign_bug
        self.random = np.random.default_rng(seed)
        """Draws what dropout erases."""
        shapes = [(above, below + 1) for below, above in pairwise(self.sizes)]
        # The scales γ of batch normalisation come last.
        shapes += [(width, 1) for width in hidden if batch_norm]
        count = sum(rows * columns for rows, columns in shapes)
        self.parameters: Array = np.zeros(count, dtype)
        """θ, (P,)."""
        self.gradient: Array = np.zeros(count, dtype)
        """∂L/∂θ of the last batch, (P,)."""
        views = map(Parameter, _views(self.parameters, shapes), _views(self.gradient, shapes))
        matrices, scales = [next(views) for _ in self.sizes[1:]], list(views)

        layers: list[Layer] = []
        self.linears: list[Linear] = []
        """The linear part of each hidden layer, and the output layer."""
        self.norms: list[BatchNorm] = []
        """The batch normalisation of each hidden layer; empty without."""
        for index, matrix in enumerate(matrices[:-1]):
            linear = Linear(matrix, self.activation.gain, has_bias=not batch_norm)
            parts: list[Layer] = [linear]
            self.linears.append(linear)
            if batch_norm:
                self.norms.append(BatchNorm(scales[index], linear.bias))
                parts.append(self.norms[-1])
            parts.append(ActivationLayer(self.activation))
            if dropout:
                parts.append(Dropout(dropout, self.random))
            adds = residual and index > 0 and self.sizes[index] == self.sizes[index + 1]
            depth = len(hidden) if residual_scaling else 1
            layers.append(Residual(parts, depth) if adds else Sequential(parts))
        self.linears.append(Linear(matrices[-1]))
        super().__init__([*layers, self.linears[-1]])

    @property
    def matrices(self) -> list[Array]:
        """Of each layer the matrix (m, d + 1) with the bias as its last column: views into `parameters`."""
        return [linear.matrix.value for linear in self.linears]

    def backpropagate(self, x: Array, labels: Array, loss: Loss) -> float:
        """Write the gradient of the mean loss over a batch, ∂L/∂θ, into `gradient`.

        Args:
            x: (d, B).
            labels: (k, B).
            loss: the loss; its gradient with respect to the outputs is where the backward pass begins.

        Returns:
            The mean loss.
        """
        outputs = self.forward(x)
        self.backward(loss.gradient(outputs, labels))
        if self.sign_bug:
            self.linears[0].matrix.gradient[:] *= -1
        return loss.mean(outputs, labels)

    def named(self) -> dict[str, Array]:
        """The parameters by name: ``W1`` (m, d), ``b1`` (m,), ``W2``, ...; with batch normalisation ``gamma1`` (m,)."""
        named = {}
        for index, linear in enumerate(self.linears, start=1):
            named[f"W{index}"] = linear.weights.value
            named[f"b{index}"] = linear.bias.value[:, 0]
        for index, norm in enumerate(self.norms, start=1):
            named[f"gamma{index}"] = norm.gamma.value[:, 0]
        return named

    def running(self) -> dict[str, Array]:
        """The running averages of batch normalisation by name, not copies: ``mean1`` (m,), ``variance1``, ..."""
        named = {}
        for index, norm in enumerate(self.norms, start=1):
            named[f"mean{index}"] = norm.running_mean[:, 0]
            named[f"variance{index}"] = norm.running_variance[:, 0]
        return named

    def learned(self) -> dict[str, Array]:
        """The parameters and the running averages by name, not copies."""
        return self.named() | {f"running.{name}": each for name, each in self.running().items()}

    def names(self) -> list[str]:
        """What each of `parameters` is called, (P,): ``W1[2,3]``, ``b1[2]``, ...; γ for scales."""
        called = np.empty(self.parameters.size, dtype=object)
        places = np.arange(self.parameters.size)
        for number, layer in enumerate(_views(places, [matrix.shape for matrix in self.matrices]), start=1):
            for row, entries in enumerate(layer.tolist(), start=1):
                for column, place in enumerate(entries[:-1], start=1):
                    called[place] = f"W{number}[{row},{column}]"
                called[entries[-1]] = f"b{number}[{row}]"
        return [name or "γ" for name in called.tolist()]

    def is_weight(self) -> Array:
        """1 for each weight and 0 for each bias and each scale, (P,), in the order of `parameters`."""
        flat = np.zeros_like(self.parameters)
        for layer in _views(flat, [matrix.shape for matrix in self.matrices]):
            layer[:, :-1] = 1.0
        return flat


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
