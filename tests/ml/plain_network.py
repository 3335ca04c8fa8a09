"""The textbook: a network written for reading, in float64, one layer and one formula at a time.

Nothing here is shared with the library. Examples are rows, (N, d); weights are (m, d); X @ W.T + b.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from tutor.ml.datasets.dataset import Floats

ACTIVATIONS: dict[str, Callable[[Floats], Floats]] = {
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "hard-sigmoid": lambda z: np.clip(0.5 + z / 4, 0.0, 1.0),
    "none": lambda z: z,
}
SLOPES: dict[str, Callable[[Floats], Floats]] = {
    "relu": lambda z: np.where(z > 0, 1.0, 0.0),
    "tanh": lambda z: 1 / np.cosh(z) ** 2,
    "sigmoid": lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
    "hard-sigmoid": lambda z: np.where(np.abs(z) < 2, 0.25, 0.0),
    "none": np.ones_like,
}


def softmax(logits: Floats) -> Floats:
    powers = np.exp(logits)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def loss_of(name: str, outputs: Floats, labels: Floats) -> float:
    if name == "mse":
        return float(((outputs - labels) ** 2).mean())
    if name == "mae":
        return float(np.abs(outputs - labels).mean())
    if name == "softmax-mse":
        return float(((softmax(outputs) - labels) ** 2).mean())
    return float(-(labels * np.log(softmax(outputs))).sum(axis=1).mean())


def slope_of(name: str, outputs: Floats, labels: Floats) -> Floats:
    """The gradient of the mean loss with respect to the outputs, (N, k)."""
    if name == "mse":
        return np.asarray(2 * (outputs - labels) / outputs.size)
    if name == "mae":
        return np.asarray(np.sign(outputs - labels) / outputs.size)
    if name == "softmax-mse":
        p = softmax(outputs)
        jacobians = np.stack([np.diag(row) - np.outer(row, row) for row in p])
        return np.asarray(np.einsum("nij,nj->ni", jacobians, 2 * (p - labels) / outputs.size))
    return np.asarray((softmax(outputs) - labels) / len(outputs))


@dataclass
class PlainNetwork:
    """Weights (m, d) and biases (m,), layer by layer."""

    weights: list[Floats]
    biases: list[Floats]
    activation: str
    memory: dict[tuple[str, int], Floats] = field(default_factory=dict)
    updates: int = 0

    def forward(self, x: Floats) -> tuple[list[Floats], list[Floats]]:
        """What goes into each layer, and each layer's z."""
        inputs: list[Floats] = [x]
        zs: list[Floats] = []
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            zs.append(inputs[-1] @ weight.T + bias)
            if layer < len(self.weights) - 1:
                inputs.append(ACTIVATIONS[self.activation](zs[-1]))
        return inputs, zs

    def outputs(self, x: Floats) -> Floats:
        return self.forward(x)[1][-1]

    def gradients(self, x: Floats, labels: Floats, loss: str) -> list[tuple[Floats, Floats]]:
        """∂L/∂W and ∂L/∂b of the mean loss, layer by layer."""
        inputs, zs = self.forward(x)
        delta = slope_of(loss, zs[-1], labels)
        found: list[tuple[Floats, Floats]] = []
        for layer in reversed(range(len(self.weights))):
            found.append((delta.T @ inputs[layer], delta.sum(axis=0)))
            if layer > 0:
                delta = (delta @ self.weights[layer]) * SLOPES[self.activation](zs[layer - 1])
        return found[::-1]

    def update(self, x: Floats, labels: Floats, loss: str, optimizer: str, rate: float, momentum: float) -> None:
        """One step of ``optimizer`` on one batch."""
        self.updates += 1
        for layer, (weight, bias) in enumerate(self.gradients(x, labels, loss)):
            self.weights[layer] = self.weights[layer] + self._step("W", layer, weight, optimizer, rate, momentum)
            self.biases[layer] = self.biases[layer] + self._step("b", layer, bias, optimizer, rate, momentum)

    def _step(self, kind: str, layer: int, g: Floats, optimizer: str, rate: float, momentum: float) -> Floats:
        if optimizer in {"gd", "sgd"}:
            return -rate * g
        m = self.memory.get((f"m{kind}", layer), np.zeros_like(g))
        if optimizer == "momentum":
            m = self.memory[f"m{kind}", layer] = momentum * m - rate * g
            return m
        v = self.memory.get((f"v{kind}", layer), np.zeros_like(g))
        if optimizer in {"adagrad", "adagrad-mean", "rmsprop"}:
            old, new = (0.9, 0.1) if optimizer == "rmsprop" and self.updates > 1 else (1.0, 1.0)
            v = old * v + new * g**2
            self.memory[f"v{kind}", layer] = v
            return np.asarray(-rate * g / (np.sqrt(v / self.updates if optimizer == "adagrad-mean" else v) + 1e-8))
        m = self.memory[f"m{kind}", layer] = 0.9 * m + 0.1 * g
        v = self.memory[f"v{kind}", layer] = 0.999 * v + 0.001 * g**2
        m_hat, v_hat = m / (1 - 0.9**self.updates), v / (1 - 0.999**self.updates)
        return np.asarray(-rate * m_hat / (np.sqrt(v_hat) + 1e-8))
