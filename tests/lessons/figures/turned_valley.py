"""Optimisers in the long valley of the lesson on adaptive learning rates, turned by 45 degrees."""

from __future__ import annotations

import numpy as np

from tests.lessons.figures import Quoted
from tutor.ml.arrays import Array
from tutor.ml.optimizers import make_optimizer
from tutor.ml.settings import OptimizerSettings

RATES = np.geomspace(1e-4, 1e2, 61)
UPDATES = 2_000
CURVATURES = np.array([0.002, 20.0])
TURN = np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2)
"""The columns are the directions along the valley and across it."""


def best_loss(settings: OptimizerSettings, turn: Array) -> float:
    """The lowest loss after `UPDATES` updates with any of `RATES`."""
    hessian = turn @ np.diag(CURVATURES) @ turn.T
    best = np.inf
    for rate in RATES:
        theta, gradient = turn @ np.array([-80.0, 4.0]), np.zeros(2)
        optimizer = make_optimizer(theta, gradient, settings)
        with np.errstate(all="ignore"):
            for _ in range(UPDATES):
                gradient[:] = hessian @ theta
                optimizer.step(float(rate))
                if not abs(theta[0]) < 1e6:
                    break
            loss = 0.5 * theta @ hessian @ theta
        if np.isfinite(loss):
            best = min(best, float(loss))
    return best


def figures() -> dict[str, float]:
    """The best loss of each optimiser."""
    racers = {
        "gradient descent": OptimizerSettings(name="gd"),
        "adagrad": OptimizerSettings(name="adagrad"),
        "rmsprop": OptimizerSettings(name="rmsprop", alpha=0.9),
        "adam": OptimizerSettings(name="adam"),
    }
    return {name: best_loss(settings, TURN) for name, settings in racers.items()}


QUOTED = (
    Quoted("adaptive-lr", "| gradient descent | 3.4 | none |", "gradient descent", 3.35, 3.45),
    Quoted("adaptive-lr", "The best losses of the others become 3.7 (AdaGrad)", "adagrad", 3.65, 3.75),
    Quoted("adaptive-lr", "3.1 (RMSProp)", "rmsprop", 3.05, 3.15),
    Quoted("adaptive-lr", "0.0001 (Adam)", "adam", 0.5e-4, 1.5e-4),
)
