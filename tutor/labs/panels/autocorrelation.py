"""The panel ``autocorrelation``: how a series correlates with itself, and how far the model looks back."""

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

MAX_LAGS = 60


class Autocorrelation(Panel):
    """The autocorrelation at 1, 2, ... days or hours, of all labels.

    Scene: ``values``, ``name``, ``step`` (``day``, which logs without it mean, or ``hour``). Frame: ``lags``, how many
    such steps the model looks back.
    """

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """It takes days or hours in their order."""
        return "" if config.data.source.series else translate("panel.needs-series")

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether numbers are predicted, in the order of time."""
        data = context.dataset
        return data.features > 0 and data.task == "regression" and data.ordered

    def fixed_scene(self) -> Payload | None:
        """The correlations."""
        series = np.concatenate([self.context.y_train, self.context.y_valid])
        apart = series - series.mean()
        total = float(apart @ apart) or 1.0
        most = min(MAX_LAGS, len(series) - 1)
        values = [float(apart[lag:] @ apart[:-lag]) / total for lag in range(1, most + 1)]
        return {"values": rounded_all(values), "name": self.context.target_name, "step": self.context.dataset.step}

    def frame(self) -> Payload | None:
        """The model's own look-back; 0 if it sees no earlier label."""
        return {"lags": self.context.dataset.lags}

    @staticmethod
    def draw(scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """A bar for each lag."""
        from tutor.charts.series import autocorrelation_chart

        return autocorrelation_chart(
            scene["values"],
            style.width,
            style.height,
            lags=int(frame.get("lags", 0)),
            step=scene.get("step", "day"),
            name=style.name(scene.get("name", "")),
            ascii=style.ascii,
        )


PANEL = Autocorrelation
