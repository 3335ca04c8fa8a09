"""A training whose predictions a test can check by hand, as panels see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import with_overrides
from tutor.labs.panel_context import PanelContext
from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import CLASSIFICATION, REGRESSION, Dataset
from tutor.ml.training import EpochResult


class FakeTraining:
    """A line y = 2x + 1 on one feature, or two classes parted at x = 0."""

    def __init__(self, dataset: Dataset, *, classes: bool = False) -> None:
        self.dataset = dataset
        self.classes = classes
        self.line = (2.0, 1.0)
        self.theta: Array = np.array([2.0])
        self.broken = False

    def epochs(self) -> Iterator[EpochResult]:
        return iter(())

    def set(self, name: str, value: object) -> None:
        raise ValueError(name)

    def predict(self, x: Array) -> Array:
        if self.broken:
            return np.full(len(x), np.nan)
        if self.classes:
            right = 1 / (1 + np.exp(-3 * x[:, 0]))
            return np.column_stack([1 - right, right])
        return self.line[0] * x[:, 0] + self.line[1]

    def parameters(self) -> dict[str, Array]:
        return {"theta": self.theta}

    def vectors(self) -> list[Array]:
        return [self.theta]

    def small_parameters(self) -> dict[str, float]:
        w, b = (float("nan"),) * 2 if self.broken else self.line
        return {"w": w, "b": b, "threshold": 0.0}


class FakeContext(PanelContext):
    """What panels see of a `FakeTraining`."""

    def __init__(
        self,
        *,
        classes: bool = False,
        rows: int = 1000,
        features: int = 1,
        overrides: Mapping[str, object] | None = None,
    ) -> None:
        random = np.random.default_rng(0)
        x_train, x_valid = random.normal(size=(rows, features)), random.normal(size=(rows // 4, features))
        dataset = Dataset(
            "fake",
            CLASSIFICATION if classes else REGRESSION,
            x_train,
            _labels(x_train, classes=classes),
            x_valid,
            _labels(x_valid, classes=classes),
            feature_names=tuple(f"x{n + 1}" for n in range(features)),
            class_names=("left", "right") if classes else (),
            x_mean=np.zeros(features),
            x_scale=np.ones(features),
        )
        self.fake = FakeTraining(dataset, classes=classes)
        super().__init__(with_overrides(LabConfig(), overrides or {}), dataset, self.fake, epochs=10)

    def weights(self) -> tuple[list[str], list[float]]:
        small = self.fake.small_parameters()
        return ["w", "b"], [small["w"], small["b"]]

    def function_value(self, w: Array, b: Array) -> Array:
        value: Array = w**4 - 3 * w**2 + w
        return value


def _labels(x: Array, *, classes: bool) -> Array:
    return (x[:, 0] > 0).astype(float) if classes else 2 * x[:, 0] + 1
