"""The panel ``series``: the last days of a series, and what the model says of them."""

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

MAX_DAYS = 120


class Series(Panel):
    """The last validation days, or training days if none are kept for validation.

    Scene: ``actual``, ``name``. Frame: ``predicted``.
    """

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        x, y = context.held_out()
        self._x, self._y = x[-MAX_DAYS:], y[-MAX_DAYS:]

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """It takes numbers to predict."""
        return "" if config.task in {"regression", ""} else translate("panel.needs-regression")

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether numbers are predicted from features."""
        return context.dataset.features > 0 and context.dataset.task == "regression"

    def fixed_scene(self) -> Payload | None:
        """The days as they were."""
        return {"actual": rounded_all(self._y), "name": self.context.target_name}

    def frame(self) -> Payload | None:
        """The predictions."""
        predicted = self.context.predict(self._x).reshape(-1)
        return {"predicted": rounded_all(predicted)} if np.isfinite(predicted).all() else None

    @staticmethod
    def draw(scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """Two lines."""
        from tutor.charts.series import series_chart

        return series_chart(
            scene["actual"],
            frame.get("predicted", ()),
            style.width,
            style.height,
            name=style.name(scene.get("name", "")),
            ascii=style.ascii,
        )


PANEL = Series
