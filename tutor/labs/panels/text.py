"""The panel of a model that writes: what it writes now. Payloads: `tutor.labs.panels.views`."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from tutor.labs.lab_config import LabConfig
from tutor.labs.panels.base import Array, NoScene, Payload
from tutor.ml.models.text_sampling import sample_lines

SHOWN = 24
"""Lines that are shown."""
COUNTED = 200
"""Lines that figures are counted from."""


class WritingSight(Protocol):
    """What this panel sees."""

    spec: LabConfig
    class_names: tuple[str, ...]
    temperature: float

    def predict(self, x: Array) -> Array:
        """Probabilities (N, classes)."""

    def lines(self) -> tuple[str, ...]:
        """The lines of a text that are trained on."""


class Text(NoScene):
    """Lines that the model writes. The dice fall alike each time, so that only what was learned changes them."""

    def __init__(self, sight: WritingSight) -> None:
        self._sight = sight
        self._known = frozenset(sight.lines())

    def _written(self, count: int) -> list[str]:
        sight = self._sight
        random = np.random.default_rng(sight.spec.train.seed)
        context, temperature = sight.spec.data.context, sight.temperature
        return sample_lines(sight.predict, sight.class_names, context, count, random, temperature)

    def frame(self) -> Payload | None:
        """Lines as they are written now, and whether each stands in the text."""
        lines = self._written(SHOWN)
        return {"lines": lines, "known": [int(line in self._known) for line in lines]} if lines else None

    def facts(self) -> dict[str, float]:
        """``copied``: the share of written lines that stand in the text, word for word."""
        lines = self._written(COUNTED)
        return {"copied": sum(line in self._known for line in lines) / len(lines)} if lines else {}
