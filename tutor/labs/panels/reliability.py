"""The panel ``reliability``: whether the probabilities that a model gives come true as often as they say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.labs.panel import DrawStyle, Panel, Payload, refuse_without_two_classes, rounded, rounded_all
from tutor.ml.judging import reliability

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.lab_config import LabConfig
    from tutor.labs.panel_context import PanelContext


class ReliabilityPanel(Panel):
    """Of the validation examples, or of the training ones if none are kept for validation.

    Frame: for each bin of probabilities that holds any examples the mean probability ``said``, the fraction
    ``came_true`` and its standard error in ``errors``; and ``gap``, the mean distance between the first two over all
    examples.
    """

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """It takes probabilities of two classes."""
        return refuse_without_two_classes(config)

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether there are two classes."""
        return context.judges_two_classes

    def frame(self) -> Payload | None:
        """The bins."""
        scores, positive = self.context.scores()
        if not np.isfinite(scores).all():
            return None
        bins = reliability(scores, positive)
        return {
            "said": rounded_all(bins.said),
            "came_true": rounded_all(bins.came_true),
            "errors": rounded_all(bins.errors),
            "gap": rounded(bins.gap),
        }

    def facts(self) -> dict[str, float]:
        """``calibration_gap``: the mean distance between what was said and what came true."""
        scores, positive = self.context.scores()
        return {"calibration_gap": reliability(scores, positive).gap} if np.isfinite(scores).all() else {}

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
