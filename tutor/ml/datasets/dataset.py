"""Examples ready for training: split, standardised, and able to say what their numbers mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tutor.tables.columns import Floats as Floats  # noqa: PLC0414 - the aliases of all data sets
from tutor.tables.columns import Ints as Ints  # noqa: PLC0414

REGRESSION = "regression"
CLASSIFICATION = "classification"
DRAWN = "drawn"


@dataclass(frozen=True)
class Dataset:
    """Examples for training and validation. N rows, d features, K classes.

    Args:
        name: of the data set.
        task: ``regression``, ``classification``, or ``drawn`` where there are no examples.
        x_train: (N, d) float64, as the model sees it: standardised where that was asked for.
        y_train: (N,) float64, standardised; of a classification (N,) int64 class indices.
        x_valid: (M, d), shifted and scaled by the training rows' statistics.
        y_valid: (M,).
        feature_names: d names.
        target_name: what is predicted.
        class_names: K names of a classification; of a regression on class numbers too.
        class_numbers: (K,) the number that a regression on class numbers has to hit for each class.
        x_mean: (d,) subtracted from the features; 0 where not standardised.
        x_scale: (d,) by which they are divided; 1 where not standardised.
        y_mean: subtracted from the label.
        y_scale: by which the label is divided.
        ordered: whether the rows are in time order, so that validation is the end of the series.
        notes: what was decided about the data on the way, sentences for the learner.
        folds: with cross-validation one data set for each fold, the first of which this one shows; else none.
        lines: of a text, the lines that are trained on.
    """

    name: str
    task: str
    x_train: Floats
    y_train: Any
    x_valid: Floats
    y_valid: Any
    feature_names: tuple[str, ...] = ()
    target_name: str = "y"
    class_names: tuple[str, ...] = ()
    class_numbers: Floats = field(default_factory=lambda: np.zeros(0))
    x_mean: Floats = field(default_factory=lambda: np.zeros(0))
    x_scale: Floats = field(default_factory=lambda: np.ones(0))
    y_mean: float = 0.0
    y_scale: float = 1.0
    ordered: bool = False
    notes: tuple[str, ...] = ()
    folds: tuple[Dataset, ...] = ()
    lines: tuple[str, ...] = ()

    @property
    def classes(self) -> int:
        """K; 0 for a regression."""
        return len(self.class_names) if self.task == CLASSIFICATION else 0

    @property
    def features(self) -> int:
        """D."""
        return int(self.x_train.shape[1]) if self.x_train.ndim == 2 else 0

    def standardised(self, x: Floats) -> Floats:
        """Features in the units of the data, (n, d), as the model sees them."""
        apart = np.asarray(x, dtype=np.float64) - self.x_mean
        apart /= self.x_scale
        return apart

    def raw(self, x: Floats) -> Floats:
        """What `standardised` made, back in the units of the data."""
        raw = np.asarray(x) * self.x_scale
        raw += self.x_mean
        return raw

    def label(self, y: Floats) -> Floats:
        """A regression's outputs in the units of the label."""
        return np.asarray(y) * self.y_scale + self.y_mean


@dataclass(frozen=True)
class RawData:
    """Examples as they were loaded or made, in the units of the data: (n, d) features, (n,) labels."""

    x: Floats
    y: Any
    feature_names: tuple[str, ...]
    target_name: str
    task: str
    class_names: tuple[str, ...] = ()
    ordered: bool = False
    test_fraction: float = 0.2
    shared_scale: bool = False
    """Whether all features are the same quantity (days of a series, pixels), so that one scale serves all."""
    valid_rows: int = 0
    """How many rows at the end are for validation, whatever the share asked for; 0: the share decides."""
    groups: Ints | None = None
    """For each row the number of its group, (n,), where rows belong together."""
    notes: tuple[str, ...] = ()
    """What was decided about the data on the way, sentences for the learner."""
