"""The panel ``roc``: the ROC curve of two classes, and where the decision threshold stands on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.foundation.translate import translate
from tutor.labs.panel import DrawStyle, Panel, Payload, corners, refuse_without_two_classes, rounded, rounded_all
from tutor.ml.judging import counts_at, threshold_curve

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.lab_config import LabConfig
    from tutor.labs.panel_context import PanelContext


class Roc(Panel):
    """Of the validation examples, or of the training ones if none are kept for validation.

    Frame: ``false_positive_rates`` and ``recalls`` at falling thresholds, empty if a class is missing; then also
    ``threshold``, ``point``, the two rates at it, and ``auc``.
    """

    after_training = frozenset({"model.decision_threshold"})

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """It takes probabilities of two classes."""
        return refuse_without_two_classes(config)

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether there are two classes."""
        return context.judges_two_classes

    def frame(self) -> Payload | None:
        """The curve and the point."""
        scores, positive = self.context.scores()
        if not np.isfinite(scores).all():
            return None
        if positive.all() or not positive.any():
            return {"false_positive_rates": [], "recalls": []}
        threshold = self.context.decision_threshold
        counts, curve = counts_at(scores, positive, threshold), threshold_curve(scores, positive)
        rates = curve.false_positives / curve.false_positives[-1]
        recalls = curve.true_positives / curve.true_positives[-1]
        shown = corners(rates, recalls)
        return {
            "false_positive_rates": rounded_all(rates[shown]),
            "recalls": rounded_all(recalls[shown]),
            "threshold": threshold,
            "point": rounded_all([counts.false_positive_rate, counts.recall]),
            "auc": rounded(curve.auc),
        }

    @staticmethod
    def draw(_scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """A curve from the lower left to the upper right corner."""
        from tutor.charts.cells import sentence
        from tutor.charts.judging import roc_chart

        if not frame["recalls"]:
            return sentence(translate("panel.one-class"), style.width, style.height)
        return roc_chart(
            (frame["false_positive_rates"], frame["recalls"]),
            style.width,
            style.height,
            point=tuple(frame["point"]),
            threshold=frame["threshold"],
            auc=frame["auc"],
            ascii=style.ascii,
        )


PANEL = Roc
