"""The panel ``fit``: examples of one feature, and the model's curve through them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.foundation.translate import translate
from tutor.labs.panel import DrawStyle, Panel, Payload, evenly_spaced, rounded_all

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.lab_config import LabConfig
    from tutor.labs.panel_context import PanelContext

MAX_POINTS = 160
MAX_VALID_POINTS = 80
CURVE_POINTS = 81


class Fit(Panel):
    """Examples and curve over the first feature; other features stay at their mean.

    Scene: ``points_x``, ``points_y``, ``valid_x``, ``valid_y``, ``x_name``, ``y_name``. Frame: ``x``, ``y``.
    """

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        # Beyond the training points too: that is where a curve that learned them by heart shoots away.
        shown = np.concatenate([context.x_train[:, 0], context.x_valid[:, 0]])
        low, high = float(shown.min()), float(shown.max())
        self._x = np.linspace(low, high, CURVE_POINTS)
        self._inputs = np.tile(context.x_train.mean(axis=0), (CURVE_POINTS, 1))
        self._inputs[:, 0] = self._x

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """It takes numbers to predict."""
        return "" if config.task in {"regression", ""} else translate("panel.needs-regression")

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether numbers are predicted from features."""
        return context.dataset.features > 0 and context.dataset.task == "regression"

    def fixed_scene(self) -> Payload | None:
        """The examples."""
        context = self.context
        train = evenly_spaced(len(context.x_train), MAX_POINTS)
        valid = evenly_spaced(len(context.x_valid), MAX_VALID_POINTS)
        return {
            "points_x": rounded_all(context.x_train[train, 0]),
            "points_y": rounded_all(context.y_train[train]),
            "valid_x": rounded_all(context.x_valid[valid, 0]),
            "valid_y": rounded_all(context.y_valid[valid]),
            "x_name": context.feature_names[0],
            "y_name": context.target_name,
        }

    def frame(self) -> Payload | None:
        """The curve."""
        y = self.context.predict(self._inputs).reshape(-1)
        return {"x": rounded_all(self._x), "y": rounded_all(y)} if np.isfinite(y).all() else None

    @staticmethod
    def draw(scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """Points and a line."""
        from tutor.charts.fit import fit_chart

        return fit_chart(
            (scene["points_x"], scene["points_y"]),
            (frame.get("x", ()), frame.get("y", ())),
            style.width,
            style.height,
            valid=(scene.get("valid_x", ()), scene.get("valid_y", ())),
            x_name=style.name(scene.get("x_name", "")),
            y_name=style.name(scene.get("y_name", "")),
            ascii=style.ascii,
        )


PANEL = Fit
