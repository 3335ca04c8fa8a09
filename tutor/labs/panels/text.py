"""The panel ``text``: what a model that writes writes now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.foundation.translate import translate
from tutor.labs.panel import DrawStyle, Panel, Payload, text_of

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.lab_config import LabConfig
    from tutor.labs.panel_context import PanelContext

SHOWN = 24
"""Lines that are shown."""
COUNTED = 200
"""Lines that figures are counted from."""


class Text(Panel):
    """Lines that the model writes. The dice fall alike each time, so that only what was learned changes them.

    Frame: ``lines``, and by line ``known``: whether (1) or not (0) it stands in the text that is trained on.
    """

    reports = ("copied",)
    after_training = frozenset({"model.temperature"})

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._known = frozenset(context.dataset.lines)

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """It takes a model that writes."""
        return "" if config.model.name == "char-mlp" else translate("panel.needs-writing")

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether the data is a text."""
        return bool(context.dataset.lines)

    def _written(self, count: int) -> list[str]:
        from tutor.ml.models.text_sampling import sample_lines

        context = self.context
        random = np.random.default_rng(context.config.train.seed)
        characters, before = context.class_names, context.config.data.context
        return sample_lines(context.predict, characters, before, count, random, context.temperature)

    def frame(self) -> Payload | None:
        """Lines as they are written now."""
        lines = self._written(SHOWN)
        return {"lines": lines, "known": [int(line in self._known) for line in lines]} if lines else None

    def facts(self) -> dict[str, float]:
        """``copied``: the fraction of written lines that stand in the text, word for word."""
        lines = self._written(COUNTED)
        return {"copied": sum(line in self._known for line in lines) / len(lines)} if lines else {}

    @staticmethod
    def draw(_scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """The lines in columns."""
        from tutor.charts.text import text_chart

        lines = [text_of(line) for line in frame["lines"]]
        return text_chart(lines, list(frame["known"]), style.width, style.height)


PANEL = Text
