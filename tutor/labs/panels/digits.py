"""Handwritten digits and what a model reads in them. Payloads: `tutor.labs.panels.views`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tutor.labs.panels.base import Array, Payload, Sight, StillScene, classes_of, spread

SIDE = 8
"""Pixels across and down."""
SHOWN = 32
"""Digits that stay where they are while the model learns."""
MISSED = 16
"""Digits read wrongly that are shown beside them."""
_INK = 16.0
"""The darkest pixel of the data."""


class Digits(StillScene):
    """A sample of the validation digits (of the training ones where there are none), and the ones read wrongly."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        valid = len(sight.x_valid) > 0
        self._x = sight.x_valid if valid else sight.x_train
        self._y = np.rint(sight.y_valid if valid else sight.y_train).astype(np.intp)
        self._sample = spread(len(self._x), SHOWN)

    def _scene(self) -> Payload:
        """The sample: pixels from 0 (paper) to 9 (ink), and the truth."""
        return {
            "side": SIDE,
            "pixels": [_pixels(self._x[index]) for index in self._sample],
            "true": self._y[self._sample].tolist(),
            "class_names": list(self._sight.class_names),
        }

    def frame(self) -> Payload | None:
        """What the model reads, and the first digits of all that it reads wrongly: pixels, truth, prediction."""
        predicted = self._sight.predict(self._x)
        if not np.isfinite(predicted).all():
            return None
        read = classes_of(predicted, len(self._sight.class_names))
        wrong: NDArray[np.intp] = np.flatnonzero(read != self._y)
        missed = [[_pixels(self._x[at]), int(self._y[at]), int(read[at])] for at in wrong[:MISSED]]
        return {"predicted": read[self._sample].tolist(), "missed": missed, "wrong": len(wrong), "count": len(read)}


def _pixels(row: Array) -> str:
    """One digit as a string of 64 figures, by rows from the top."""
    levels = np.clip(np.rint(row * (9 / _INK)), 0, 9).astype(np.intp)
    return "".join(map(str, levels.tolist()))
