"""The panel ``dead-units``: how many ReLUs of each hidden layer answer 0 to every example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.foundation.translate import translate
from tutor.labs.panel import DrawStyle, Panel, Payload, rounded_all

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.lab_config import LabConfig
    from tutor.labs.panel_context import PanelContext

EXAMPLES = 2_000
"""Training examples that are looked at; a unit that fires for a later one only would count as dead."""


class DeadUnits(Panel):
    """The fraction of dead ReLUs in each hidden layer, over the training examples.

    Frame: ``fractions``, from the first hidden layer to the last, and ``dead``, the fraction of all hidden units.
    """

    reports = ("dead_units",)

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """It takes one network with hidden layers of ReLUs."""
        model = config.model
        if not (model.kind.layers and model.hidden and model.activation == "relu"):
            return translate("panel.needs-relu")
        return translate("panel.no-folds") if config.data.folds else ""

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether one network with hidden layers is trained."""
        return context.has_network and len(context.network_training.network.sizes) > 2

    def _fractions(self) -> tuple[list[float], float] | None:
        """The fraction of each hidden layer and that of all hidden units; None after a divergence."""
        training = self.context.network_training
        if not np.isfinite(training.network.parameters).all():
            return None
        widths = training.network.sizes[1:-1]
        fractions = training.dead_fractions(EXAMPLES)
        return fractions, float(np.average(fractions, weights=widths))

    def frame(self) -> Payload | None:
        """The fractions as they are now."""
        found = self._fractions()
        return {"fractions": rounded_all(found[0]), "dead": found[1]} if found is not None else None

    def facts(self) -> dict[str, float]:
        """``dead_units``: the fraction of hidden units that are dead."""
        found = self._fractions()
        return {"dead_units": found[1]} if found is not None else {}

    @staticmethod
    def draw(_scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """A bar for each hidden layer."""
        from tutor.charts.network import dead_units_chart

        return dead_units_chart(
            [float(each) for each in frame["fractions"]],
            style.width,
            style.height,
            dead=float(frame["dead"]),
            ascii=style.ascii,
        )


PANEL = DeadUnits
