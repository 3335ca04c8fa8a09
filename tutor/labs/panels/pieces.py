"""The panel ``pieces``: a sum of hidden units, each c·σ(b + w·x), and the curve that it is to meet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.foundation.translate import translate
from tutor.labs.panel import DrawStyle, Panel, Payload, evenly_spaced, rounded, rounded_all

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.lab_config import LabConfig
    from tutor.labs.panel_context import PanelContext

CURVE_POINTS = 121
MAX_PIECES = 60


class Pieces(Panel):
    """One hidden layer of (hard) sigmoids over one feature.

    Scene: the curve, ``x`` and ``y``. Frame: ``pieces`` [w, b, c], the ``constant``, whether the sigmoids are
    ``hard``, and ``max_error``, how far the sum is from the curve at most. The curve builder, which draws this panel
    without a run, adds ``chosen``, the index of a piece.
    """

    reports = ("max_error", "mean_error")

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """It takes one hidden layer of sigmoids."""
        return "" if config.sums_sigmoids else translate("panel.needs-sigmoids")

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether the network has one feature, one hidden layer of (hard) sigmoids and one output."""
        from tutor.ml.models.hidden_units import is_sum_of_hidden_units

        sizes = context.network_training.network.sizes if context.has_network else ()
        return is_sum_of_hidden_units(sizes, context.config.model.activation)

    def fixed_scene(self) -> Payload | None:
        """The curve."""
        context = self.context
        order = np.argsort(context.x_train[:, 0], kind="stable")
        chosen = order[evenly_spaced(len(order), CURVE_POINTS)]
        return {"x": rounded_all(context.x_train[chosen, 0]), "y": rounded_all(context.y_train[chosen])}

    def frame(self) -> Payload | None:
        """The hidden units, in the units of the data."""
        data = self.context.dataset
        hidden, output = (each.astype(np.float64) for each in self.context.network_training.network.matrices)
        w = hidden[:, 0] / data.x_scale[0]
        b = hidden[:, 1] - w * data.x_mean[0]
        c = output[0, :-1] * data.y_scale
        if not (np.isfinite(hidden).all() and np.isfinite(output).all()):
            return None
        pieces = [rounded_all(piece) for piece in zip(w, b, c, strict=True)]
        return {
            "pieces": pieces[:MAX_PIECES],
            "constant": rounded(data.y_mean + data.y_scale * float(output[0, -1])),
            "hard": self.context.config.model.activation == "hard-sigmoid",
            "max_error": rounded(self.facts()["max_error"]),
        }

    def facts(self) -> dict[str, float]:
        """``max_error`` and ``mean_error``: how far the sum is from the curve, at most and on average."""
        context = self.context
        apart = np.abs(context.predict(context.x_train).reshape(-1) - context.y_train)
        return {"max_error": float(apart.max()), "mean_error": float(apart.mean())}

    @staticmethod
    def draw(scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """Each piece, their sum, and the curve."""
        from tutor.charts.hidden_units import hidden_units_chart

        return hidden_units_chart(
            (scene["x"], scene["y"]),
            frame["pieces"],
            style.width,
            style.height,
            constant=float(frame["constant"]),
            hard=bool(frame["hard"]),
            error=frame.get("max_error"),
            chosen=frame.get("chosen"),
            ascii=style.ascii,
        )


PANEL = Pieces
