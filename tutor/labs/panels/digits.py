"""The panel ``digits``: handwritten digits, and what the model reads in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tutor.foundation.translate import translate
from tutor.labs.panel import DrawStyle, Panel, Payload, evenly_spaced, predicted_classes
from tutor.ml.arrays import Array

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.lab_config import LabConfig
    from tutor.labs.panel_context import PanelContext

SIDE = 8
"""Pixels across and down."""
SHOWN = 32
"""Digits that stay where they are while the model learns."""
MISSED = 16
"""Digits read wrongly that are shown beside them."""
_INK = 16.0
"""The darkest pixel of the data."""


class Digits(Panel):
    """A sample of the validation digits (of the training ones if none are kept), and the ones read wrongly.

    Scene: ``side``, ``pixels`` by digit, each a figure from 0 (paper) to 9 (ink) by rows from the top, the ``true``
    classes, ``class_names``. Frame: the ``predicted`` classes, how many of all ``count`` digits are ``wrong``, and
    the first of those as ``missed``: [pixels, true, predicted].
    """

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._x, y = context.held_out()
        self._y = np.rint(y).astype(np.intp)
        self._sample = evenly_spaced(len(self._x), SHOWN)

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """It takes the digits."""
        return "" if config.data.name == "digits" else translate("panel.needs-digits")

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether these are the digits."""
        return context.dataset.name == "digits"

    def fixed_scene(self) -> Payload | None:
        """The sample."""
        return {
            "side": SIDE,
            "pixels": [_pixels(self._x[index]) for index in self._sample],
            "true": self._y[self._sample].tolist(),
            "class_names": list(self.context.class_names),
        }

    def frame(self) -> Payload | None:
        """What the model reads in the sample, and the first of all digits that it reads wrongly."""
        predicted = self.context.predict(self._x)
        if not np.isfinite(predicted).all():
            return None
        read = predicted_classes(predicted, len(self.context.class_names))
        wrong: NDArray[np.intp] = np.flatnonzero(read != self._y)
        missed = [[_pixels(self._x[at]), int(self._y[at]), int(read[at])] for at in wrong[:MISSED]]
        return {"predicted": read[self._sample].tolist(), "missed": missed, "wrong": len(wrong), "count": len(read)}

    @staticmethod
    def draw(scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """Rows of digits."""
        from tutor.charts.digits import Digit, digits_chart

        names = style.names(scene["class_names"])
        truths = [names[int(number)] for number in scene["true"]]
        read = [names[int(number)] for number in frame.get("predicted", ())] or [""] * len(truths)
        sample = zip(scene["pixels"], truths, read, strict=True)
        missed = frame.get("missed", ())
        return digits_chart(
            [Digit(str(pixels), true, found) for pixels, true, found in sample],
            [Digit(str(pixels), names[int(true)], names[int(found)]) for pixels, true, found in missed],
            style.width,
            style.height,
            side=int(scene["side"]),
            wrong=int(frame.get("wrong", 0)),
            count=int(frame.get("count", 0)),
            colour=style.colour,
            ascii=style.ascii,
        )


def _pixels(row: Array) -> str:
    """One digit as a string of 64 figures, by rows from the top."""
    levels = np.clip(np.rint(row * (9 / _INK)), 0, 9).astype(np.intp)
    return "".join(map(str, levels.tolist()))


PANEL = Digits
