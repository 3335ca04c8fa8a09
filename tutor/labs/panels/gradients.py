"""The panel ``gradients``: where the gradients of some batches point, against that of all examples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.foundation.translate import translate
from tutor.labs.panel import DrawStyle, Panel, Payload, rounded, rounded_all

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.lab_config import LabConfig
    from tutor.labs.panel_context import PanelContext

BATCHES = 24
"""Batches whose gradients are drawn."""


class Gradients(Panel):
    """The gradients at the parameters as they are now; that of all examples has length 1.

    Frame: how far each goes ``along`` it and ``across`` it, ``batch_size``, and the usual ``angle`` in degrees.
    """

    reports = ("gradient_angle",)

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """It takes batches that are learned from by their gradients."""
        descends = config.follows_gradient and config.model.kind.network
        return "" if descends else translate("panel.needs-network-descent")

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether a network follows its gradient."""
        return context.has_network and context.config.follows_gradient

    def frame(self) -> Payload | None:
        """The gradients."""
        training = self.context.network_training
        found = training.batch_gradients(BATCHES)
        if not (np.isfinite(found.along).all() and np.isfinite(found.across).all()):
            return None
        return {
            "along": rounded_all(found.along),
            "across": rounded_all(found.across),
            "batch_size": training.batch_size,
            "angle": rounded(float(np.median(found.angles)), 3),
        }

    def facts(self) -> dict[str, float]:
        """``gradient_angle``: how far off, in degrees, the gradient of a batch usually is."""
        return {"gradient_angle": float(np.median(self.context.network_training.batch_gradients(BATCHES).angles))}

    @staticmethod
    def draw(_scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """A fan of arrows."""
        from tutor.charts.network import gradients_chart

        return gradients_chart(
            (frame["along"], frame["across"]),
            style.width,
            style.height,
            batch_size=int(frame["batch_size"]),
            angle=float(frame["angle"]),
            ascii=style.ascii,
        )


PANEL = Gradients
