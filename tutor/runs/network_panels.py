"""Panels that look inside the training of a network: its updates, and the gradients that they follow.

Payloads: `tutor.runs.views`.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np

from tutor.ml.network_training import NetworkTraining
from tutor.runs.panels import Payload, short

BATCHES = 24
"""Batches whose gradients are drawn."""


class NetworkSight(Protocol):
    """What these panels see."""

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


class Updates:
    """The loss of every single update, as it comes."""

    def __init__(self, sight: NetworkSight) -> None:
        self._batches = _training(sight).watch_batches()

    def scene(self) -> Payload | None:
        """None: everything changes."""
        return None

    def frame(self) -> Payload | None:
        """The last updates, and the loss over all examples at the ends of their epochs."""
        batches = self._batches
        losses = np.array(batches.losses)
        if not len(losses) or not np.isfinite(losses).all():
            return None
        first = batches.updates - len(losses)
        epochs = [[update, float(f"{loss:.4g}")] for update, loss in batches.epochs if update > first]
        return {"losses": short(losses), "last": batches.updates, "epochs": epochs}


class Gradients:
    """Where the gradients of some batches point, against that of all examples."""

    def __init__(self, sight: NetworkSight) -> None:
        self._of = _training(sight)

    def scene(self) -> Payload | None:
        """None: everything changes."""
        return None

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
