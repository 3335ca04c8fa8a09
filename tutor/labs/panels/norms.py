"""The panel ``norms``: how long the gradient and the vector of parameters are, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.foundation.translate import translate
from tutor.labs.panel import DrawStyle, Panel, Payload, rounded, rounded_all

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.lab_config import LabConfig
    from tutor.labs.panel_context import PanelContext
    from tutor.ml.arrays import Array
    from tutor.ml.training import EpochResult

MAX_EPOCHS = 200


class Norms(Panel):
    """The norm of each epoch's last gradient and that of the parameters, beside the training loss.

    Neighbouring epochs are merged as a run gets long: the largest of their figures stays, so no spike is lost.
    Frame: ``epochs``, each the last of those it stands for, and for each ``losses``, ``gradients`` (null if none was
    computed) and ``parameters``. Of a network also ``changes``: for each layer, how far its weights and biases moved in
    the last epoch, as a fraction of their length.
    """

    observes = True

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._kept: list[tuple[float, ...]] = []
        self._every = 1
        self._open: list[tuple[float, ...]] = []
        self._layers = self._copies()
        self._changes: list[float] = []

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """It takes the gradient of one training."""
        if not (config.follows_gradient and config.model.kind.descends):
            return translate("panel.needs-descent")
        return translate("panel.no-folds") if config.data.folds else ""

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether one network or a drawn function is trained."""
        return context.has_network or context.dataset.task == "drawn"

    def observe(self, result: EpochResult) -> None:
        """One epoch more."""
        norm = result.gradient_norm
        row = (float(result.epoch), result.train_loss, -inf if norm is None else norm, self._parameters_norm())
        if not (isfinite(row[1]) and isfinite(row[3]) and row[2] < inf):
            return  # it diverged: nothing of this epoch can be drawn
        self._note_changes()
        self._open.append(row)
        if len(self._open) >= self._every:
            self._kept.append(_merged(self._open))
            self._open = []
        if len(self._kept) >= MAX_EPOCHS:
            self._kept = [_merged(self._kept[at : at + 2]) for at in range(0, len(self._kept), 2)]
            self._every *= 2

    def _copies(self) -> list[Array]:
        """The parameters of each layer, flat, as they are now; empty unless one network is trained."""
        if not self.context.has_network:
            return []
        return [matrix.ravel().copy() for matrix in self.context.network_training.network.matrices]

    def _note_changes(self) -> None:
        before, self._layers = self._layers, self._copies()
        lengths = [float(np.linalg.norm(layer)) for layer in before]
        moved = [float(np.linalg.norm(now - old)) for now, old in zip(self._layers, before, strict=True)]
        self._changes = [move / length if length > 0 else 0.0 for move, length in zip(moved, lengths, strict=True)]

    def _parameters_norm(self) -> float:
        """‖θ‖ of all parameters that are trained, as the training has them."""
        (theta,) = self.context.training.vectors()
        return float(np.linalg.norm(theta))

    def frame(self) -> Payload | None:
        """The epochs so far; None before the first."""
        rows = [*self._kept, *([_merged(self._open)] if self._open else [])]
        if not rows:
            return None
        epochs, losses, gradients, parameters = zip(*rows, strict=True)
        known = len(self._changes) > 0 and np.isfinite(self._changes).all()
        changes: Payload = {"changes": rounded_all(self._changes)} if known else {}
        return changes | {
            "epochs": [int(epoch) for epoch in epochs],
            "losses": rounded_all(losses),
            "gradients": [rounded(norm) if isfinite(norm) else None for norm in gradients],
            "parameters": rounded_all(parameters),
        }

    @staticmethod
    def draw(_scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """Three lines."""
        from tutor.charts.network import norms_chart

        return norms_chart(
            frame["epochs"],
            frame["losses"],
            frame["gradients"],
            frame["parameters"],
            style.width,
            style.height,
            changes=frame.get("changes", ()),
            ascii=style.ascii,
        )


def _merged(rows: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    """The largest of each figure; of the epochs that is the last one."""
    return tuple(max(column) for column in zip(*rows, strict=True))


PANEL = Norms
