"""How long the gradient is at the start: twenty layers with other initial scales, and stacks of sigmoids."""

from __future__ import annotations

import numpy as np

from tests.lessons.figures import Quoted
from tests.lessons.figures.networks import examples, network_training
from tutor.ml.network.training import NetworkTraining


def gradient_length(training: NetworkTraining, rows: int, *, first_layer: bool = False) -> float:
    """The length of the gradient of the mean loss over the first ``rows`` examples, of all parameters or of layer 1."""
    x, labels = examples(training, rows)
    network = training.network
    network.backpropagate(x, labels, training._formula)
    gradient = network.linears[0].matrix.gradient if first_layer else network.gradient
    return float(np.linalg.norm(gradient.astype(np.float64)))


def figures() -> dict[str, float]:
    """Medians over initialisations."""
    found = {}
    for scale in (0.5, 1.0, 1.3, 2.0):
        lengths = [
            gradient_length(network_training("very-deep", {"train.seed": seed, "model.initial_scale": scale}), 32)
            for seed in range(1, 11)
        ]
        found[f"20 layers, scale {scale}"] = float(np.median(lengths))
    for layers in range(1, 6):
        lengths = [
            gradient_length(
                network_training("sigmoid-stack", {"train.seed": seed, "model.depth": layers}),
                10_000,
                first_layer=True,
            )
            for seed in range(1, 21)
        ]
        found[f"{layers} layers of sigmoids"] = float(np.median(lengths))
    return found


_SCALES = "| length of the gradient | 0.14 | 5.4 | 2,300 | 13,000,000 |"
QUOTED = (
    Quoted("bias-or-optimisation", _SCALES, "20 layers, scale 0.5", 0.135, 0.145),
    Quoted("bias-or-optimisation", _SCALES, "20 layers, scale 1.0", 5.35, 5.45),
    Quoted("bias-or-optimisation", _SCALES, "20 layers, scale 1.3", 2_250, 2_350),
    Quoted("bias-or-optimisation", _SCALES, "20 layers, scale 2.0", 1.25e7, 1.35e7),
    Quoted("bias-or-optimisation", "| 1 | 0.32 | 1 |", "1 layers of sigmoids", 0.315, 0.325),
    Quoted("bias-or-optimisation", "| 2 | 0.075 | 2 |", "2 layers of sigmoids", 0.0745, 0.0755),
    Quoted("bias-or-optimisation", "| 3 | 0.017 |", "3 layers of sigmoids", 0.0165, 0.0175),
    Quoted("bias-or-optimisation", "| 4 | 0.0038 |", "4 layers of sigmoids", 0.00375, 0.00385),
    Quoted("bias-or-optimisation", "| 5 | 0.0009 | ? |", "5 layers of sigmoids", 0.00085, 0.00095),
)
