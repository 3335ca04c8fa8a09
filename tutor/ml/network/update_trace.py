"""One update with every number that goes into it: batch, sums, outputs, losses, slopes, gradients, new parameters.

The numbers come from the layers, the loss, the gradient rules and the optimizer that train, called on copies. So a
trace changes nothing in a training, and its last parameters are those that the next update will give.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from tutor.ml.arrays import Array
from tutor.ml.gradient_rules import GradientRules
from tutor.ml.losses import Loss, softmax
from tutor.ml.network.layers import ActivationLayer, Layer, Linear, Sequential
from tutor.ml.network.network import Network
from tutor.ml.optimizers import Optimizer

_CONSTANTS = ("momentum", "alpha", "beta1", "beta2", "epsilon", "weight_decay")
"""What optimizers call their own numbers."""


@dataclass(frozen=True, slots=True)
class LayerTrace:
    """A layer of m units with d inputs, in an update with B examples. All arrays are float64.

    Args:
        activation: The name of its activation; ``none`` for the output layer.
        weights: W, (m, d).
        bias: b, (m,).
        inputs: What comes from the layer below, (d, B).
        sums: r = W x + b, (m, B).
        outputs: a = f(r), (m, B).
        output_gradient: ∂ℓ/∂a of each example's own loss ℓ, (m, B).
        delta: δ = ∂ℓ/∂r of each example's own loss, (m, B).
        weight_gradient: ∂L/∂W of the mean loss, (m, d).
        bias_gradient: ∂L/∂b of the mean loss, (m,).
    """

    activation: str
    weights: Array
    bias: Array
    inputs: Array
    sums: Array
    outputs: Array
    output_gradient: Array
    delta: Array
    weight_gradient: Array
    bias_gradient: Array

    @property
    def units(self) -> int:
        """The number m."""
        return len(self.bias)


@dataclass(frozen=True, slots=True)
class UpdateTrace:
    """One update. P parameters, k outputs, B examples; all arrays are float64.

    Args:
        number: Which update of the training it is, from 1.
        labels: (k, B), one-hot in a classification.
        layers: From the first to the output layer.
        loss: The loss that trains.
        losses: Each example's own loss, (B,).
        mean_loss: L over the batch, as the gradient sees it: of standardised labels.
        probabilities: Softmax of the outputs, (k, B); None in a regression.
        gradient: g as backpropagation gives it, (P,).
        used_gradient: g after noise, clipping and weight decay, (P,): what the optimizer takes.
        names: What the parameters are called, P names.
        before: θ, (P,).
        after: θ after the update, (P,).
        learning_rate: η of this update, after the schedule.
        state_before: The optimizer's state by name, (P,) each.
        state_after: The same after the update.
        constants: The optimizer's own numbers by name, such as ``momentum`` and ``epsilon``.
        steps: How many updates the optimizer has counted after this one; 0 if it does not count.
        new_loss: L over the same batch after the update.
        unit: The factor from L to the units of the label.
    """

    number: int
    labels: Array
    layers: tuple[LayerTrace, ...]
    loss: Loss
    losses: Array
    mean_loss: float
    probabilities: Array | None
    gradient: Array
    used_gradient: Array
    names: tuple[str, ...]
    before: Array
    after: Array
    learning_rate: float
    state_before: dict[str, Array]
    state_after: dict[str, Array]
    constants: dict[str, float]
    steps: int
    new_loss: float
    unit: float = 1.0

    @property
    def batch_size(self) -> int:
        """The number B."""
        return int(self.labels.shape[1])

    @property
    def finite(self) -> bool:
        """Whether no number of the update is infinite or nan."""
        return bool(np.isfinite(self.after).all() and np.isfinite([self.mean_loss, self.new_loss]).all())


@dataclass(slots=True)
class _Pass:
    """What one layer of the network saw; see `LayerTrace`."""

    linear: Linear
    activation: ActivationLayer | None
    inputs: Array
    sums: Array
    outputs: Array


def trace_update(
    network: Network, optimizer: Optimizer, rules: GradientRules, loss: Loss, x: Array, labels: Array, rate: float
) -> UpdateTrace:
    """Trace the next update of a network of linear layers and activations.

    Args:
        network: A copy of the network that is trained; this changes it.
        optimizer: The optimizer of the training; this works on a copy.
        rules: The gradient rules of the training; this works on a copy.
        loss: The loss.
        x: The batch, (d, B).
        labels: (k, B).
        rate: The learning rate η.

    Raises:
        TypeError: The network has a layer of another kind; see `can_trace`.
    """
    passes = _forward(network, x)
    optimizer, rules = deepcopy((optimizer, rules))
    outputs = passes[-1].outputs
    layers = _backward(passes, loss.gradient(outputs, labels))
    mean_loss = network.backpropagate(x, labels, loss)
    gradient = network.gradient.copy()
    optimizer.gradient[:] = gradient
    if rules.active:
        rules.apply()
    used, before = optimizer.gradient.copy(), optimizer.parameters.copy()
    state = {name: array.copy() for name, array in optimizer.state().items()}
    optimizer.step(rate)
    network.parameters[:] = optimizer.parameters
    return UpdateTrace(
        number=1,
        labels=_exact(labels),
        layers=layers,
        loss=loss,
        losses=np.array([loss.mean(outputs[:, [n]], labels[:, [n]]) for n in range(labels.shape[1])]),
        mean_loss=mean_loss,
        probabilities=_exact(softmax(outputs)) if loss.classifies else None,
        gradient=_exact(gradient),
        used_gradient=_exact(used),
        names=tuple(network.names()),
        before=_exact(before),
        after=_exact(optimizer.parameters),
        learning_rate=rate,
        state_before={name: _exact(array) for name, array in state.items()},
        state_after={name: _exact(array) for name, array in optimizer.state().items()},
        constants={name: float(getattr(optimizer, name)) for name in _CONSTANTS if hasattr(optimizer, name)},
        steps=int(getattr(optimizer, "t", 0)),
        new_loss=loss.mean(network.forward(x), labels),
    )


def can_trace(network: Network) -> bool:
    """Whether the network consists of nothing but linear layers and activations."""
    return all(_linear_and_activation(layer) is not None for layer in network.layers)


def _linear_and_activation(layer: Layer) -> tuple[Linear, ActivationLayer | None] | None:
    """The two parts of a layer; the output layer has no activation. None if it has other parts."""
    # A residual connection is a chain, too, but its inputs also take another way.
    match list(layer.layers) if type(layer) is Sequential else [layer]:
        case [Linear() as linear]:
            return linear, None
        case [Linear() as linear, ActivationLayer() as activation]:
            return linear, activation
    return None


def _forward(network: Network, x: Array) -> list[_Pass]:
    passes: list[_Pass] = []
    for layer in network.layers:
        parts = _linear_and_activation(layer)
        if parts is None:
            raise TypeError(f"{type(layer).__name__} cannot be traced")
        linear, activation = parts
        sums = linear.forward(x)
        outputs = sums if activation is None else activation.forward(sums)
        passes.append(_Pass(linear, activation, x, sums, outputs))
        x = outputs
    return passes


def _backward(passes: list[_Pass], gradient: Array) -> tuple[LayerTrace, ...]:
    """The traces of all layers, given ∂L/∂outputs, (k, B)."""
    batch = gradient.shape[1]
    layers: list[LayerTrace] = []
    for each in reversed(passes):
        kind = each.activation.activation if each.activation is not None else None
        delta = gradient if each.activation is None else each.activation.backward(gradient)
        below = each.linear.backward(delta)
        # The gradient of the mean loss is that of an example's own loss divided by B.
        layers.append(
            LayerTrace(
                activation=kind.name if kind is not None else "none",
                weights=_exact(each.linear.weights.value),
                bias=_exact(each.linear.bias.value[:, 0]),
                inputs=_exact(each.inputs),
                sums=_exact(each.sums),
                outputs=_exact(each.outputs),
                output_gradient=_exact(gradient) * batch,
                delta=_exact(delta) * batch,
                weight_gradient=_exact(each.linear.weights.gradient),
                bias_gradient=_exact(each.linear.bias.gradient[:, 0]),
            )
        )
        gradient = below
    return tuple(reversed(layers))


def _exact(array: Array) -> Array:
    """A copy in float64."""
    return np.array(array, dtype=np.float64)
