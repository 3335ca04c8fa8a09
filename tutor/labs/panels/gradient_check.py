"""The panel ``gradient-check``: the gradient by backpropagation beside slopes that were measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.foundation.translate import translate
from tutor.labs.panel import DrawStyle, Panel, Payload, evenly_spaced, rounded, rounded_all, text_of

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.lab_config import LabConfig
    from tutor.labs.panel_context import PanelContext

CHECKED_ROWS = 8
"""Examples that gradients are checked on."""
MAX_CHECKED = 120
"""Parameters whose gradient is checked, spread over all of them."""
MAX_LISTED = 24


class GradientCheck(Panel):
    """Some slopes of the loss over a few examples.

    Frame: ``names`` of parameters, their slopes ``computed`` by backpropagation and ``measured``, and the
    ``difference`` of all that were checked, relative to the lengths of the two gradients.
    """

    reports = ("gradient_difference",)

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._training = context.network_training
        self._indices = evenly_spaced(self._training.network.parameters.size, MAX_CHECKED)

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """It takes a network whose loss on an example hangs on that example alone."""
        if not config.model.kind.network:
            return translate("panel.needs-network")
        return translate("panel.no-batch-norm") if config.model.batch_norm else ""

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether there is a network."""
        return context.has_network

    def frame(self) -> Payload | None:
        """Some of the slopes, and how far apart all that were checked are."""
        found = self._training.check_gradient(CHECKED_ROWS, self._indices)
        if not (np.isfinite(found.computed).all() and np.isfinite(found.measured).all()):
            return None
        names = self._training.network.names()
        listed = evenly_spaced(len(self._indices), MAX_LISTED)
        return {
            "names": [names[self._indices[index]] for index in listed],
            "computed": rounded_all(found.computed[listed]),
            "measured": rounded_all(found.measured[listed]),
            "difference": rounded(found.difference, 2),
        }

    def facts(self) -> dict[str, float]:
        """``gradient_difference``: how far apart the two gradients are, relative to their lengths."""
        return {"gradient_difference": self._training.check_gradient(CHECKED_ROWS, self._indices).difference}

    @staticmethod
    def draw(_scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """A table, and the verdict."""
        from tutor.charts.network import gradient_check_table

        return gradient_check_table(
            [text_of(name) for name in frame["names"]],
            frame["computed"],
            frame["measured"],
            style.width,
            style.height,
            difference=float(frame["difference"]),
            ascii=style.ascii,
        )


PANEL = GradientCheck
