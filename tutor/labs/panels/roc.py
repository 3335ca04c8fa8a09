"""The panel ``roc``: the ROC curve of two classes, and where the decision threshold stands on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.foundation.translate import translate
from tutor.labs.panel import DrawStyle, Payload, TwoClassPanel, corners, rounded, rounded_all
from tutor.ml.judging import counts_at, threshold_curve

if TYPE_CHECKING:
    from tutor.charts.cells import Rows


class Roc(TwoClassPanel):
    """The ROC curve.

    Frame: ``false_positive_rates`` and ``recalls`` at falling thresholds, empty if a class is missing; otherwise also
    ``threshold``, ``point``, the two rates at it, and ``auc``.
    """

    after_training = frozenset({"model.decision_threshold"})

    def frame(self) -> Payload | None:
        """The curve and the point."""
        judged = self.judged()
        if judged is None:
            return None
        scores, positive = judged
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
