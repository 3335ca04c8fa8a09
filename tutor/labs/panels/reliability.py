"""The panel ``reliability``: whether the probabilities that a model gives come true as often as they say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.labs.panel import DrawStyle, Payload, TwoClassPanel, rounded, rounded_all
from tutor.ml.judging import reliability

if TYPE_CHECKING:
    from tutor.charts.cells import Rows


class ReliabilityPanel(TwoClassPanel):
    """The reliability diagram.

    Frame: for each bin of probabilities that holds any examples the mean probability ``said``, the fraction
    ``came_true`` and its standard error in ``errors``; and ``gap``, the mean distance between the first two over all
    examples.
    """

    reports = ("calibration_gap",)

    def frame(self) -> Payload | None:
        """The bins."""
        judged = self.judged()
        if judged is None:
            return None
        bins = reliability(*judged)
        return {
            "said": rounded_all(bins.said),
            "came_true": rounded_all(bins.came_true),
            "errors": rounded_all(bins.errors),
            "gap": rounded(bins.gap),
        }

    def facts(self) -> dict[str, float]:
        """``calibration_gap``: the mean distance between what was said and what came true."""
        judged = self.judged()
        return {"calibration_gap": reliability(*judged).gap} if judged is not None else {}

    @staticmethod
    def draw(_scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """Points, which lie on the diagonal if every probability is honest."""
        from tutor.charts.judging import reliability_chart

        return reliability_chart(
            frame["said"],
            frame["came_true"],
            frame["errors"],
            style.width,
            style.height,
            gap=frame["gap"],
            ascii=style.ascii,
        )


PANEL = ReliabilityPanel
