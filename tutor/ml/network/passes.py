"""The passes of a network as tapes: what `Network.predict` and `Network.backpropagate` compute, in buffers made once.

The outputs of a layer carry a last row of ones, (m + 1, B), and the matrix of a linear layer has the bias as its last
column, (m, d + 1). So one product is W x + b, and one product gives the gradients of W and b together.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from tutor.ml.activations import ACTIVATIONS
from tutor.ml.arrays import Array
from tutor.ml.losses import Loss
from tutor.ml.network.kernels import (
    FastBatchNorm,
    FastDropout,
    activation_steps,
    derivative_steps,
    loss_gradient_steps,
)
from tutor.ml.network.layers import ActivationLayer, BatchNorm, Dropout, Layer, Linear, Residual, Sequential
from tutor.ml.network.network import Network
from tutor.ml.network.tape import LABELS, X_ROWS, Run, Steps, X, step, unroll

INPUTS = (X, X_ROWS, LABELS)
"""What a tape of `gradient_steps` is given for each batch."""


def prediction_steps(network: Network, size: int) -> tuple[Steps, Array]:
    """What computes `Network.predict` for batches given as `X`, and the array (k, B) it writes the outputs to.

    Args:
        network: as it stands whenever the steps run.
        size: B.
    """
    layers = _layers_on_tape(network, size)
    return [each for layer in layers for each in layer.forward_steps(updating=False)], layers[-1].values


def gradient_tape(network: Network, size: int, loss: Loss) -> Run:
    """What does the work of `Network.backpropagate` for batches of ``size``, given as `INPUTS`."""
    return unroll(gradient_steps(network, size, loss), INPUTS)


def gradient_steps(network: Network, size: int, loss: Loss) -> Steps:
    """The steps of `gradient_tape`, for a tape that goes on after them."""
    forward, backward, _ = both_passes(network, size, loss)
    return forward + backward


def both_passes(network: Network, size: int, loss: Loss) -> tuple[Steps, Steps, Array]:
    """The forward and the backward pass of `gradient_steps`, and the outputs (k, B) that the first one writes."""
    layers = _layers_on_tape(network, size)
    forward = [each for layer in layers for each in layer.forward_steps(updating=True)]
    outputs = layers[-1].values
    backward = loss_gradient_steps(loss, outputs, layers[-1].gradient[:-1])
    for layer in reversed(layers):
        backward += layer.backward_steps()
    if network.sign_bug:
        first = network.linears[0].matrix.gradient
        backward.append(step(np.negative, first, first))
    return forward, backward, outputs


def _layers_on_tape(network: Network, size: int) -> list[_LayerOnTape]:
    layers: list[_LayerOnTape] = []
    for layer in network.layers:
        layers.append(_LayerOnTape(layer, layers[-1] if layers else None, size))
    return layers


class _LayerOnTape:
    """A layer of m units for batches of one size: its buffers, and the steps of its two passes.

    Args:
        layer: a `Linear`, or a chain of a `Linear` and, in this order, any of normalisation, activation and dropout.
        below: the layer that it takes its inputs from; None for the first, whose inputs are those of the tape.
        size: B.
    """

    def __init__(self, layer: Layer, below: _LayerOnTape | None, size: int) -> None:
        self._below = below
        self._residual = isinstance(layer, Residual)
        self._activation = ACTIVATIONS["none"]
        self._norm: FastBatchNorm | None = None
        self._dropout: FastDropout | None = None
        for part in layer.layers if isinstance(layer, Sequential) else [layer]:
            match part:
                case Linear():
                    self._linear = part
                case BatchNorm():
                    self._norm = FastBatchNorm(part)
                case ActivationLayer():
                    self._activation = part.activation
                case Dropout():
                    self._dropout = FastDropout(part)
                case _:
                    raise TypeError(f"{type(part).__name__} has no steps for a tape")
        matrix = self._linear.matrix.value
        self.outputs: Array = np.ones((len(matrix) + 1, size), matrix.dtype)
        """The last row stays ones, (m + 1, B)."""
        self.values: Array = self.outputs[:-1]
        """The outputs without that row, (m, B)."""
        self.gradient: Array = np.zeros_like(self.outputs)
        """∂L/∂outputs, (m + 1, B). The last row is not used: a product with a whole matrix is quicker than one with all
        but its biases, and fills it."""

    def forward_steps(self, *, updating: bool) -> Steps:
        """What writes the outputs for an update or for a prediction."""
        out = self.values
        below = X if self._below is None else self._below.outputs
        dropout = self._dropout if updating else None
        # The derivative of the activation needs its output as it was before dropout and the residual connection.
        self._a = np.empty_like(out) if dropout or self._residual else out
        if self._norm is None:
            steps = [step(self._linear.matrix.value.dot, below, self._a)]
        else:
            steps = [step(partial(_product_without_bias, self._linear.weights.value), below, self._a)]
            steps += self._norm.forward_steps(self._a) if updating else self._norm.predict_steps(self._a)
        steps += activation_steps(self._activation, self._a)
        if dropout is not None:
            steps += dropout.forward_steps(self._a, out)
        if self._residual and self._below is not None:
            steps.append(step(np.add, self._a if dropout is None else out, self._below.outputs[:-1], out))
        return steps

    def backward_steps(self) -> Steps:
        """What turns `gradient` into ∂L/∂z, and writes the gradients of the parameters and of the outputs below."""
        steps: Steps = []
        gradient, below = self.gradient[:-1], self._below
        around = np.empty_like(gradient)
        if self._residual:
            steps.append(step(np.copyto, around, gradient))
        if self._dropout is not None:
            steps += self._dropout.backward_steps(gradient)
        steps += derivative_steps(self._activation, self._a, gradient)
        if self._norm is not None:
            steps += self._norm.backward_steps(gradient)
        inputs = X_ROWS if below is None else below.outputs.T
        steps.append(step(gradient.dot, inputs, self._linear.matrix.gradient))
        if self._norm is not None:
            steps += self._norm.beta_steps()
        if below is not None:
            steps.append(step(self._linear.matrix.value.T.dot, gradient, below.gradient))
            if self._residual:
                steps.append(step(np.add, below.gradient[:-1], around, below.gradient[:-1]))
        return steps


def _product_without_bias(weights: Array, below: Array, out: Array | None = None) -> None:
    """W x for inputs ``below`` with a last row of ones."""
    np.dot(weights, below[:-1], out)
