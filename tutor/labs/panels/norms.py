"""How long the gradient and the vector of parameters are, epoch by epoch.

Payload: `tutor.labs.panels.views.NormsFrame`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite
from typing import Protocol

from tutor.labs.panels.base import NoScene, Payload, short
from tutor.ml.training import EpochResult

MOST_EPOCHS = 200


class NormsSight(Protocol):
    """What this panel sees of a training."""

    def folds(self) -> Sequence[EpochResult]:
        """The result of the epoch that just ended, alone."""

    def parameters_norm(self) -> float:
        """‖θ‖, the length of the vector of all parameters."""


class Norms(NoScene):
    """The norm of each epoch's last gradient and that of the parameters, beside the training loss.

    Neighbouring epochs are merged as a run gets long: the largest of their figures stays, so no spike is lost.
    """

    def __init__(self, sight: NormsSight) -> None:
        self._sight = sight
        self._kept: list[tuple[float, ...]] = []
        self._every = 1
        self._open: list[tuple[float, ...]] = []

    def watch(self) -> None:
        """One epoch more. This is called for every epoch, so it is short."""
        result = self._sight.folds()[0]
        norm = result.gradient_norm
        row = (
            float(result.epoch),
            result.train_loss,
            -inf if norm is None else norm,
            self._sight.parameters_norm(),
        )
        if not (isfinite(row[1]) and isfinite(row[3]) and row[2] < inf):
            return  # it diverged: nothing of this epoch can be drawn
        self._open.append(row)
        if len(self._open) >= self._every:
            self._kept.append(_merged(self._open))
            self._open = []
        if len(self._kept) >= MOST_EPOCHS:
            self._kept = [_merged(self._kept[at : at + 2]) for at in range(0, len(self._kept), 2)]
            self._every *= 2

    def frame(self) -> Payload | None:
        """The epochs so far, and the three figures of each; None before the first."""
        rows = [*self._kept, *([_merged(self._open)] if self._open else [])]
        if not rows:
            return None
        epochs, losses, gradients, parameters = zip(*rows, strict=True)
        return {
            "epochs": [int(epoch) for epoch in epochs],
            "losses": short(losses),
            "gradients": [float(f"{norm:.4g}") if isfinite(norm) else None for norm in gradients],
            "parameters": short(parameters),
        }


def _merged(rows: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    """The largest of each figure; of the epochs that is the last one."""
    return tuple(max(column) for column in zip(*rows, strict=True))
