"""The layers of a network, as a textbook writes them: a forward pass, and a backward pass by the chain rule.

A batch of B examples is a matrix with an example in each column, (d, B). `forward` is the pass of an update; it
remembers what `backward` needs. `backward` takes ∂L/∂output, writes the gradients of the layer's own parameters, and
returns ∂L/∂input for the layer below. `predict` is the pass of a prediction, which some layers compute differently.

Predictions run the code below. Updates run a compiled version of the same arithmetic (`tutor.ml.network.passes`),
because a small network would spend most of its time allocating arrays; tests hold the compiled version to this file.
"""

# mypy: disable-error-code="no-any-return"
# NumPy types its operators as Any; the formulas below are easier to read without a cast around each.

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tutor.ml.activations import Activation
from tutor.ml.arrays import Array


class Parameter(NamedTuple):
    """Numbers that training changes, and the gradient ∂L/∂value: views into two flat vectors of the network."""

    value: Array
    gradient: Array

    def columns(self, chosen: slice) -> Parameter:
        """Some of the columns."""
        return Parameter(self.value[:, chosen], self.gradient[:, chosen])


class Layer(ABC):
    """A step from inputs (d, B) to outputs (m, B)."""

    @abstractmethod
    def forward(self, x: Array) -> Array:
        """The outputs in an update, (m, B)."""

    @abstractmethod
    def backward(self, gradient: Array) -> Array:
        """∂L/∂x, (d, B), given ∂L/∂output, (m, B), for the x of the last `forward`."""

    def predict(self, x: Array) -> Array:
        """The outputs in a prediction, (m, B)."""
        return self.forward(x)

    def initialise(self, random: np.random.Generator) -> None:  # noqa: B027 - most layers have no random parameters
        """Draw the initial parameters, if the layer has any that are random."""


class Linear(Layer):
    """z = W x + b, with weights W (m, d) and a bias b (m, 1).

    The chain rule, with ∂L/∂z (m, B):

        ∂L/∂W = ∂L/∂z xᵀ,   ∂L/∂b = Σ ∂L/∂z over the batch,   ∂L/∂x = Wᵀ ∂L/∂z

    Args:
        matrix: (m, d + 1), W with b as its last column.
        gain: The variance of the weights at the start, times d; see `tutor.ml.activations.Activation`.
        has_bias: False in front of a `BatchNorm`, which would subtract a bias again; the last column is its β.
    """

    def __init__(self, matrix: Parameter, gain: float = 1.0, *, has_bias: bool = True) -> None:
        self.matrix = matrix
        self.weights, self.bias = matrix.columns(slice(-1)), matrix.columns(slice(-1, None))
        self.gain, self.has_bias = gain, has_bias

    def initialise(self, random: np.random.Generator) -> None:
        """Draw each weight from N(0, gain / d), which keeps the size of a signal; the bias is 0."""
        shape = self.weights.value.shape
        self.weights.value[:] = random.normal(0.0, np.sqrt(self.gain / shape[1]), shape)
        self.bias.value[:] = 0.0

    def forward(self, x: Array) -> Array:
        """The outputs z = W x + b, (m, B), for x (d, B)."""
        self._x = x
        z = self.weights.value @ x
        return z + self.bias.value if self.has_bias else z

    def backward(self, gradient: Array) -> Array:
        """The gradient Wᵀ ∂L/∂z, (d, B), given ∂L/∂z, (m, B)."""
        self.weights.gradient[:] = gradient @ self._x.T
        if self.has_bias:
            self.bias.gradient[:] = gradient.sum(axis=1, keepdims=True)
        return self.weights.value.T @ gradient


class ActivationLayer(Layer):
    """a = f(z) element by element, so ∂L/∂z = ∂L/∂a · f'(z)."""

    def __init__(self, activation: Activation) -> None:
        self.activation = activation

    def forward(self, x: Array) -> Array:
        """f(z), (m, B), for z (m, B)."""
        self._a = self.activation.function(x)
        return self._a

    def backward(self, gradient: Array) -> Array:
        """∂L/∂a · f'(z), (m, B), given ∂L/∂a; f'(z) is written in terms of a."""
        return self.activation.backward(self._a, gradient)


EPSILON = 1e-5
"""Added to a variance, so that a unit with the same output for every example does not divide by zero."""
NEWEST_WEIGHT = 0.1
"""The weight of the newest batch in the running averages. The t-th batch weighs 1/t while that is more, so the first
batches are averaged plainly."""


class BatchNorm(Layer):
    """Batch normalisation (Ioffe and Szegedy 2015): each unit is standardised over the examples of the batch.

    With mean μ and variance σ² of a unit over the B examples:

        ẑ = (z − μ) / √(σ² + ε),   output = γ ẑ + β

    γ and β are trained. An update uses the μ and σ² of its batch. A prediction must not depend on the other examples
    in its batch, so it uses running averages of them.

    Args:
        gamma: γ, (m, 1); set to 1.
        beta: β, (m, 1).
    """

    def __init__(self, gamma: Parameter, beta: Parameter) -> None:
        self.gamma, self.beta = gamma, beta
        self.gamma.value[:] = 1.0
        self.running_mean: Array = np.zeros_like(gamma.value)
        """Running average of μ, (m, 1)."""
        self.running_variance: Array = np.ones_like(gamma.value)
        """Running average of the unbiased variance (divided by B − 1), (m, 1)."""
        self.batches_seen: Array = np.zeros((), gamma.value.dtype)
        """How many batches the running averages have seen; an array, so that the compiled version can count too."""

    def forward(self, x: Array) -> Array:
        """γ ẑ + β by the mean and variance of the batch x, (m, B), which also go into the running averages."""
        mean, variance = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
        self._update_running(mean, variance, x.shape[1])
        self._inverse_std = 1 / np.sqrt(variance + EPSILON)
        self._normalised = (x - mean) * self._inverse_std
        return self.gamma.value * self._normalised + self.beta.value

    def backward(self, gradient: Array) -> Array:
        """γ / √(σ² + ε) · (g − mean(g) − ẑ mean(g ẑ)), (m, B), given g = ∂L/∂output.

        The two means, over the batch, are there because every z of a batch contributes to its μ and σ².
        """
        self.gamma.gradient[:] = (gradient * self._normalised).sum(axis=1, keepdims=True)
        self.beta.gradient[:] = gradient.sum(axis=1, keepdims=True)
        through_mean = gradient.mean(axis=1, keepdims=True)
        through_variance = self._normalised * (gradient * self._normalised).mean(axis=1, keepdims=True)
        return self.gamma.value * self._inverse_std * (gradient - through_mean - through_variance)

    def predict(self, x: Array) -> Array:
        """γ ẑ + β by the running averages, (m, B)."""
        scale = self.gamma.value / np.sqrt(self.running_variance + EPSILON)
        return scale * (x - self.running_mean) + self.beta.value

    def _update_running(self, mean: Array, variance: Array, size: int) -> None:
        self.batches_seen += 1
        newest = max(NEWEST_WEIGHT, 1 / float(self.batches_seen))
        unbiased = variance * size / max(1, size - 1)
        self.running_mean += newest * (mean - self.running_mean)
        self.running_variance += newest * (unbiased - self.running_variance)


class Dropout(Layer):
    """Dropout (Srivastava et al. 2014): an update sets each input to zero with probability p, drawn anew each time.

    The inputs that are kept are scaled up by 1 / (1 − p), which keeps their mean, so a prediction can keep them all.

    Args:
        probability: p.
        random: Draws which inputs are set to zero.
    """

    def __init__(self, probability: float, random: np.random.Generator) -> None:
        self.probability, self.random = probability, random

    def forward(self, x: Array) -> Array:
        """The product x · mask, (m, B); each entry of the mask is 0 with probability p, and 1 / (1 − p) otherwise."""
        kept = self.random.random(x.shape, dtype=x.dtype.type) >= self.probability
        self._mask = kept.astype(x.dtype) / (1 - self.probability)
        return x * self._mask

    def backward(self, gradient: Array) -> Array:
        """∂L/∂output · mask, (m, B): an input that was set to zero has no gradient."""
        return gradient * self._mask

    def predict(self, x: Array) -> Array:
        """The inputs as they are."""
        return x


class Sequential(Layer):
    """Layers one after the other, such as the linear part of a hidden layer and its activation."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = layers

    def initialise(self, random: np.random.Generator) -> None:
        """Initialise each of the layers."""
        for layer in self.layers:
            layer.initialise(random)

    def forward(self, x: Array) -> Array:
        """The output of the last layer: from the first to the last, each takes the output of the one before."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, gradient: Array) -> Array:
        """∂L/∂x: from the last layer to the first, each takes the gradient that the one after it returns."""
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient)
        return gradient

    def predict(self, x: Array) -> Array:
        """The same as `forward` for a prediction."""
        for layer in self.layers:
            x = layer.predict(x)
        return x


class Residual(Sequential):
    """A residual connection (He et al. 2016): x + F(x), where F is a chain of layers whose output is as wide as x.

    The layers of F learn only what to add to their input. In the backward pass ∂L/∂x = ∂L/∂output + (what F passes
    back): the first term reaches the layers below without having gone through any weight, however deep the network.

    All residual connections of a network add to one running sum. If each added as much as an ordinary layer, the
    variance of the sum would grow with the depth, and its size with √depth. So the weights of F start smaller by
    1 / √depth: then all of them together add about as much as one ordinary layer.

    Args:
        layers: F.
        depth: How many hidden layers the network has; 1 to start with weights of the usual size.
    """

    def __init__(self, layers: Sequence[Layer], depth: int) -> None:
        super().__init__(layers)
        self.depth = depth

    def initialise(self, random: np.random.Generator) -> None:
        """Initialise the layers of F, with weights that are smaller by 1 / √depth."""
        super().initialise(random)
        for layer in self.layers:
            if isinstance(layer, Linear):
                layer.weights.value[:] /= np.sqrt(self.depth)

    def forward(self, x: Array) -> Array:
        """The sum x + F(x), (m, B)."""
        return x + super().forward(x)

    def backward(self, gradient: Array) -> Array:
        """∂L/∂output + (what F passes back), (m, B)."""
        return gradient + super().backward(gradient)

    def predict(self, x: Array) -> Array:
        """The sum x + F(x), with F as in a prediction."""
        return x + super().predict(x)
