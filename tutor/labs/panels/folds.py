"""The panel ``folds``: what each fold of a cross-validation says now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

from tutor.foundation.translate import translate
from tutor.labs.panel import DrawStyle, Panel, Payload, rounded

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.lab_config import LabConfig
    from tutor.labs.panel_context import PanelContext
    from tutor.ml.training import EpochResult


class Folds(Panel):
    """The figures of each fold on the rows that it is trained on, and on those that it is not.

    Without cross-validation, the one training is shown in their place. Frame: ``measure``, which is ``loss`` or
    ``accuracy``, and by fold ``train`` and ``valid``, null for what is no finite number.
    """

    observes = True

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._results: Sequence[EpochResult] = ()

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """It takes examples to divide."""
        return "" if config.task != "drawn" else translate("panel.needs-examples")

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether there are examples."""
        return context.dataset.task != "drawn"

    def observe(self, result: EpochResult) -> None:
        """Keep the results of the folds, or the one result."""
        self._results = self.context.fold_results() or (result,)

    def frame(self) -> Payload | None:
        """Accuracies of a classification, losses of a regression; None before the first epoch."""
        results = self._results
        if not results:
            return None
        accuracy = results[0].valid_accuracy is not None
        train = [each.train_accuracy if accuracy else each.train_loss for each in results]
        valid = [each.valid_accuracy if accuracy else each.valid_loss for each in results]
        return {"measure": "accuracy" if accuracy else "loss", "train": _finite(train), "valid": _finite(valid)}

    @staticmethod
    def draw(_scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """A pair of bars for each fold."""
        from tutor.charts.folds import folds_chart

        accuracy = frame.get("measure") == "accuracy"
        return folds_chart(
            frame["train"], frame["valid"], style.width, style.height, accuracy=accuracy, ascii=style.ascii
        )


def _finite(values: Iterable[float | None]) -> list[float | None]:
    return [rounded(value) if value is not None and isfinite(value) else None for value in values]


PANEL = Folds
