"""The panel ``curve``: a drawn function of one parameter, and the ball on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.foundation.translate import translate
from tutor.labs.panel import DrawStyle, Panel, Payload, Trajectory, rounded, rounded_all

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.lab_config import LabConfig
    from tutor.labs.panel_context import PanelContext
    from tutor.ml.training import EpochResult

CURVE_POINTS = 121


class Curve(Panel):
    """The function over the range in which the ball may start.

    Scene: ``x``, ``y``. Frame: where the parameter is, ``w`` and ``f``, and the way that it came, ``path_w`` and
    ``path_f``.
    """

    observes = True

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._path = Trajectory(context.point)
        self._path.step()  # where it starts

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """It takes a drawn function."""
        return "" if config.task == "drawn" else translate("panel.needs-drawn-function")

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether a drawn function has one parameter."""
        return context.config.model.name == "function" and "b" not in context.training.small_parameters()

    def observe(self, _result: EpochResult) -> None:
        """One step more on the way."""
        self._path.step()

    def fixed_scene(self) -> Payload | None:
        """The function, as far as it is worth seeing."""
        low, high = -2.5, 2.5
        for control in self.context.config.controls.values():
            if control.key == "model.w" and control.is_range:
                low, high = float(control.low or 0.0), float(control.high or 0.0)
        x = np.linspace(low, high, CURVE_POINTS)
        y = self.context.function_value(x, np.zeros_like(x))
        return {"x": rounded_all(x), "y": rounded_all(y)}

    def frame(self) -> Payload | None:
        """Where the ball is, and the way that it came."""
        path = self._path.points()
        if not path:
            return None
        w, f = path[-1]
        return {
            "w": rounded(w),
            "f": rounded(f),
            "path_w": rounded_all(point[0] for point in path),
            "path_f": rounded_all(point[1] for point in path),
        }

    @staticmethod
    def draw(scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """A line, and the ball."""
        from tutor.charts.landscape import curve_chart

        return curve_chart(
            (scene["x"], scene["y"]),
            style.width,
            style.height,
            ball=(frame.get("w"), frame.get("f")),
            path=(frame.get("path_w", ()), frame.get("path_f", ())),
            ascii=style.ascii,
        )


PANEL = Curve
