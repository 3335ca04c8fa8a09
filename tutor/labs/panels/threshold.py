"""The panel ``threshold``: how often each count occurs in each class, and where the threshold of a rule stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.foundation.translate import translate
from tutor.labs.panel import DrawStyle, Panel, Payload, evenly_spaced, rounded, rounded_all
from tutor.tables.distinct import distinct

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.lab_config import LabConfig
    from tutor.labs.panel_context import PanelContext

MAX_VALUES = 60


class Threshold(Panel):
    """The one feature that the rule looks at. The scene is new when another keyword is chosen.

    Scene: ``values`` of the feature, and ``counts_by_class``: by the name of a class, how many of its examples have
    each. Frame: ``threshold``, and ``mistakes``, the fraction of training examples that it gets wrong.
    """

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._shown_column: int | None = None

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """It takes a rule."""
        return "" if config.model.kind.rule else translate("panel.needs-rule")

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether the model is a rule."""
        return context.config.model.kind.rule

    def scene(self) -> Payload | None:
        """The counts by class."""
        context = self.context
        number = context.dataset.feature_names.index(context.keyword)
        if self._shown_column == number:
            return None
        self._shown_column = number
        column = context.x_train[:, number]
        values = distinct(column)
        values = values[evenly_spaced(len(values), MAX_VALUES)]
        counts = {
            name: [int(np.count_nonzero(column[context.y_train == place] == value)) for value in values]
            for place, name in enumerate(context.class_names)
        }
        return {"values": rounded_all(values), "counts_by_class": counts}

    def frame(self) -> Payload | None:
        """The threshold and its mistakes."""
        context = self.context
        wrong = np.argmax(context.predict(context.x_train), axis=1) != context.y_train
        threshold = context.training.small_parameters()["threshold"]
        return {"threshold": rounded(threshold), "mistakes": rounded(wrong.mean())}

    @staticmethod
    def draw(scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """Two heaps, and a line between them."""
        from tutor.charts.threshold import threshold_chart

        return threshold_chart(
            scene["values"],
            {style.name(name): counts for name, counts in scene["counts_by_class"].items()},
            style.width,
            style.height,
            threshold=frame.get("threshold"),
            mistakes=frame.get("mistakes"),
            ascii=style.ascii,
        )


PANEL = Threshold
