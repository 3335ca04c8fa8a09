"""The naive forecast: an earlier value of the series. It learns nothing, and every model has to beat it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate
from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import Dataset, Floats
from tutor.ml.losses import Loss, loss_for
from tutor.ml.training import EpochResult


class NaiveForecast:
    """Predicts for each day the value of the earliest day it looks back to: with 7 lags, that of a week ago.

    It has one epoch and no updates. See `tutor.ml.training.Training`.

    Raises:
        TutorError: The features hold no earlier value of a series, or the loss is not one of a regression.
    """

    def __init__(self, dataset: Dataset, loss: str, offset: float = 0.0) -> None:
        if not dataset.lags:
            raise TutorError(translate("ml.naive-needs-series"))
        self.dataset = dataset
        self._loss: Loss = loss_for(loss, classifies=False)
        self._offset = offset

    def set(self, name: str, value: object) -> None:
        """Change the ``loss``, the only setting there is. See `Training.set`."""
        if name != "loss":
            raise ValueError(name)
        self._loss = loss_for(str(value), classifies=False)

    def epochs(self) -> Iterator[EpochResult]:
        """See `Training.epochs`."""
        data = self.dataset
        valid = self._mean(data.x_valid, data.y_valid) if len(data.x_valid) else None
        yield EpochResult(1, 0, self._mean(data.x_train, data.y_train), valid)

    def _mean(self, x: Floats, y: Array) -> float:
        data = self.dataset
        copied, labels = self.predict(data.raw(x)), data.label(y)
        return self._loss.mean(copied[None, :], labels[None, :]) - self._offset

    def predict(self, x: Floats) -> Floats:
        """The last column of ``x``, the earliest label, (n,)."""
        return np.asarray(x, dtype=np.float64)[:, -1]

    def parameters(self) -> dict[str, Array]:
        """Empty: there are no parameters."""
        return {}

    def vectors(self) -> list[Array]:
        """Empty: no parameters are adjusted step by step."""
        return []

    def small_parameters(self) -> dict[str, float]:
        """Empty: there are no parameters."""
        return {}
