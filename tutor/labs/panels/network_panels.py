"""Panels that look inside the training of a network: its updates, and the gradients that they follow.

Payloads: `tutor.labs.panels.views`.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np

from tutor.labs.panels.base import Array, NoScene, Payload, StillScene, short, spread
from tutor.ml.network.training import NetworkTraining

BATCHES = 24
"""Batches whose gradients are drawn."""
CURVE_POINTS = 121
MOST_PIECES = 60
CHECKED_ROWS = 8
"""Examples that gradients are checked on."""
MOST_CHECKED = 120
"""Parameters whose gradient is checked, spread over all of them."""
MOST_LISTED = 24


class NetworkSight(Protocol):
    """What these panels see. X is (N, d), in the units of the data."""

    y_train: Array

    @property
    def x_train(self) -> Array:
        """The rows to train on."""

    def predict(self, x: Array) -> Array:
        """Values (N,) of a regression, or probabilities (N, classes)."""

    @property
    def network_training(self) -> NetworkTraining | None:
        """The training; None where there is no network, and none of these panels."""


@runtime_checkable
class Telling(Protocol):
    """A panel that has figures for conditions and goals."""

    def facts(self) -> dict[str, float]:
        """Figures by name, without ``final.``."""


def _training(sight: NetworkSight) -> NetworkTraining:
    training = sight.network_training
    if training is None:
        raise ValueError("no network")
    return training


class Updates(NoScene):
    """The loss of every single update, as it comes."""

    def __init__(self, sight: NetworkSight) -> None:
        self._batches = _training(sight).watch_batches()

    def frame(self) -> Payload | None:
        """The last updates, and the loss over all examples at the ends of their epochs."""
        batches = self._batches
        losses = np.array(batches.losses)
        if not len(losses) or not np.isfinite(losses).all():
            return None
        first = batches.updates - len(losses)
        epochs = [[update, float(f"{loss:.4g}")] for update, loss in batches.epochs if update > first]
        return {"losses": short(losses), "last": batches.updates, "epochs": epochs}


class Gradients(NoScene):
    """Where the gradients of some batches point, against that of all examples."""

    def __init__(self, sight: NetworkSight) -> None:
        self._of = _training(sight)

    def frame(self) -> Payload | None:
        """The gradients at the parameters as they are now."""
        found = self._of.batch_gradients(BATCHES)
        if not (np.isfinite(found.along).all() and np.isfinite(found.across).all()):
            return None
        return {
            "along": short(found.along),
            "across": short(found.across),
            "batch_size": self._of.batch_size,
            "angle": float(f"{np.median(found.angles):.3g}"),
        }

    def facts(self) -> dict[str, float]:
        """``gradient_angle``: how far off, in degrees, the gradient of a batch usually is."""
        return {"gradient_angle": float(np.median(self._of.batch_gradients(BATCHES).angles))}


class Pieces(StillScene):
    """A sum of bends: each c·σ(b + w·x), the constant, and the curve that they are to meet."""

    def __init__(self, sight: NetworkSight) -> None:
        self._sight = sight

    def _scene(self) -> Payload:
        """The curve."""
        order = np.argsort(self._sight.x_train[:, 0], kind="stable")
        chosen = order[spread(len(order), CURVE_POINTS)]
        return {"x": short(self._sight.x_train[chosen, 0]), "y": short(self._sight.y_train[chosen])}

    def frame(self) -> Payload | None:
        """The bends, in the units of the data."""
        training = _training(self._sight)
        data = training.dataset
        bends, total = (each.astype(np.float64) for each in training.network.matrices)
        w = bends[:, 0] / data.x_scale[0]
        b = bends[:, 1] - w * data.x_mean[0]
        c = total[0, :-1] * data.y_scale
        if not (np.isfinite(bends).all() and np.isfinite(total).all()):
            return None
        pieces = [short(piece) for piece in zip(w, b, c, strict=True)]
        return {
            "pieces": pieces[:MOST_PIECES],
            "constant": float(f"{data.y_mean + data.y_scale * float(total[0, -1]):.4g}"),
            "hard": training.model.activation == "hard-sigmoid",
            "max_error": float(f"{self.facts()['max_error']:.4g}"),
        }

    def facts(self) -> dict[str, float]:
        """``max_error`` and ``mean_error``: how far the sum is from the curve, at most and on average."""
        apart = np.abs(self._sight.predict(self._sight.x_train).reshape(-1) - self._sight.y_train)
        return {"max_error": float(apart.max()), "mean_error": float(apart.mean())}


class Shapes(NoScene):
    """The tables of parameters of a network, layer by layer."""

    def __init__(self, sight: NetworkSight) -> None:
        self._sight = sight

    def frame(self) -> Payload | None:
        """Name and shape of each table."""
        layers = [[name, list(table.shape)] for name, table in _training(self._sight).network.named().items()]
        return {"layers": layers}


class CheckedGradient(NoScene):
    """The gradient by backpropagation beside the slopes that were measured, on a few examples."""

    def __init__(self, sight: NetworkSight) -> None:
        self._of = _training(sight)
        self._at = spread(self._of.network.parameters.size, MOST_CHECKED)

    def frame(self) -> Payload | None:
        """Some of the slopes, and how far apart all that were checked are."""
        found = self._of.check_gradient(CHECKED_ROWS, self._at)
        if not (np.isfinite(found.computed).all() and np.isfinite(found.measured).all()):
            return None
        names = self._of.network.names()
        listed = spread(len(self._at), MOST_LISTED)
        return {
            "names": [names[self._at[index]] for index in listed],
            "computed": short(found.computed[listed]),
            "measured": short(found.measured[listed]),
            "difference": float(f"{found.difference:.2g}"),
        }

    def facts(self) -> dict[str, float]:
        """``gradient_difference``: how far apart the two gradients are, relative to their lengths."""
        return {"gradient_difference": self._of.check_gradient(CHECKED_ROWS, self._at).difference}
