"""The panel ``confusion``: which class is taken for which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.labs.panel import DrawStyle, Panel, Payload, predicted_classes, refuse_without_classes

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.lab_config import LabConfig
    from tutor.labs.panel_context import PanelContext


class Confusion(Panel):
    """Counts of the validation examples, or of the training ones if none are kept for validation.

    Frame: ``class_names``, and ``counts`` by rows, one for each true class, with a column for each predicted one. With
    two classes also ``threshold``, the probability of the second one from which on it is predicted.
    """

    after_training = frozenset({"model.decision_threshold"})

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._x, y = context.held_out()
        self._y = np.rint(y).astype(np.intp)

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """It takes classes."""
        return refuse_without_classes(config)

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether examples have features and belong to classes."""
        return context.dataset.features > 0 and bool(context.class_names)

    def frame(self) -> Payload | None:
        """The counts."""
        class_names = self.context.class_names
        count = len(class_names)
        predicted = self.context.predict(self._x)
        if not np.isfinite(predicted).all():
            return None
        two = self.context.judges_two_classes and predicted.ndim == 2
        if two:
            called = (predicted[:, 1] >= self.context.decision_threshold).astype(np.intp)
        else:
            called = predicted_classes(predicted, count)
        counts = np.bincount(self._y * count + called, minlength=count * count).reshape(count, count)
        frame: Payload = {"class_names": list(class_names), "counts": counts.tolist()}
        return frame | {"threshold": self.context.decision_threshold} if two else frame

    @staticmethod
    def draw(_scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """A table."""
        from tutor.charts.confusion import confusion_chart

        names = style.names(frame["class_names"])
        threshold = frame.get("threshold")
        return confusion_chart(
            frame["counts"], names, style.width, style.height, threshold=threshold, ascii=style.ascii
        )


PANEL = Confusion
