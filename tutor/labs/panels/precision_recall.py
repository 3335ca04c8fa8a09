"""The panel ``precision-recall``: precision over recall for every threshold, and where the one in use stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.foundation.translate import translate
from tutor.labs.panel import DrawStyle, Payload, TwoClassPanel, corners, rounded, rounded_all
from tutor.ml.judging import counts_at, threshold_curve

if TYPE_CHECKING:
    from tutor.charts.cells import Rows


class PrecisionRecall(TwoClassPanel):
    """The precision-recall curve.

    Frame: ``recalls`` and ``precisions`` at falling thresholds, empty if a class is missing; otherwise also
    ``threshold``, ``point``, the two at it, ``f1``, and ``base``, the fraction of positive examples.
    """

    after_training = frozenset({"model.decision_threshold"})

    def frame(self) -> Payload | None:
        """The curve and the point."""
        judged = self.judged()
        if judged is None:
            return None
        scores, positive = judged
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
