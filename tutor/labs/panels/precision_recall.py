"""The panel ``precision-recall``: precision over recall for every threshold, and where the one in use stands."""

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


class PrecisionRecall(Panel):
    """Of the validation examples, or of the training ones if none are kept for validation.

    Frame: ``recalls`` and ``precisions`` at falling thresholds, empty if a class is missing; then also ``threshold``,
    ``point``, the two at it, ``f1``, and ``base``, the fraction of positive examples.
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
            return {"recalls": [], "precisions": []}
        threshold = self.context.decision_threshold
        counts, curve = counts_at(scores, positive, threshold), threshold_curve(scores, positive)
        # The first entry calls nothing positive, so it has no precision.
        found, alarms = curve.true_positives[1:], curve.false_positives[1:]
        recalls, precisions = found / found[-1], found / (found + alarms)
        shown = corners(recalls, precisions)
        return {
            "recalls": rounded_all(recalls[shown]),
            "precisions": rounded_all(precisions[shown]),
            "threshold": threshold,
            "point": rounded_all([counts.recall, counts.precision]),
            "f1": rounded(counts.f1),
            "base": rounded(positive.mean()),
        }

    @staticmethod
    def draw(_scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """A curve from the upper left to the lower right."""
        from tutor.charts.cells import sentence
        from tutor.charts.judging import precision_recall_chart

        if not frame["recalls"]:
            return sentence(translate("panel.one-class"), style.width, style.height)
        return precision_recall_chart(
            (frame["recalls"], frame["precisions"]),
            style.width,
            style.height,
            point=tuple(frame["point"]),
            threshold=frame["threshold"],
            f1=frame["f1"],
            base=frame["base"],
            ascii=style.ascii,
        )


PANEL = PrecisionRecall
