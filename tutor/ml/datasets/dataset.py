"""Examples ready for training: split, standardised, and with the units to undo that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from tutor.tables.columns import Floats as Floats  # noqa: PLC0414 - the aliases of all data sets
from tutor.tables.columns import Ints as Ints  # noqa: PLC0414

REGRESSION = "regression"
CLASSIFICATION = "classification"
DRAWN = "drawn"
DAY = "day"
HOUR = "hour"


class Origin(NamedTuple):
    """Where a feature comes from: a column of numbers, or whether the cell of a column is one particular word."""

    column: str
    word: str | None = None


@dataclass(frozen=True)
class Dataset:
    """Examples for training and validation. N rows, d features, K classes.

    Args:
        name: The name of the data set.
        task: ``regression``, ``classification``, or ``drawn`` if there are no examples.
        x_train: The features as the model sees them, (N, d) float64: standardised, unless the lab says otherwise.
        y_train: The labels: (N,) float64, standardised, or in a classification the class indices, (N,) int64.
        x_valid: (M, d), standardised by the statistics of the training rows.
        y_valid: (M,).
        feature_names: d names.
        target_name: The name of what is predicted.
        class_names: K names in a classification, and in a regression on class numbers.
        class_numbers: The number of each class in a regression on class numbers, (K,).
        x_mean: What is subtracted from the features, (d,); 0 if they are not standardised.
        x_scale: What they are divided by, (d,); 1 if they are not standardised.
        y_mean: What is subtracted from the label.
        y_scale: What the label is divided by.
        ordered: Whether the rows are in time order, so that validation is the end of the series.
        lags: In a series, how many columns hold earlier labels: the last ones, the label just before first.
        step: How far apart the rows of a series are: ``day`` or ``hour``.
        notes: Sentences for the learner about decisions that were made about the data.
        folds: One data set for each fold of a cross-validation, of which this one equals the first; else empty.
        lines: The training lines of a text; else empty.
        origins: The columns that the features come from, d; empty if each is a column of its own name.
        x_fill: What a missing value is filled with, in the units of the data, (d,); empty if it is `x_mean`.
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
    lags: int = 0
    step: str = DAY
    notes: tuple[str, ...] = ()
    folds: tuple[Dataset, ...] = ()
    lines: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()
    x_fill: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def classes(self) -> int:
        """K; 0 for a regression."""
        return len(self.class_names) if self.task == CLASSIFICATION else 0

    @property
    def features(self) -> int:
        """The number of features d."""
        return int(self.x_train.shape[1]) if self.x_train.ndim == 2 else 0

    def standardised(self, x: Floats) -> Floats:
        """Features in the units of the data, (n, d), as the model sees them."""
        apart = np.asarray(x, dtype=np.float64) - self.x_mean
        apart /= self.x_scale
        return apart

    def raw(self, x: Floats) -> Floats:
        """The inverse of `standardised`: features (n, d) in the units of the data."""
        raw = np.asarray(x) * self.x_scale
        raw += self.x_mean
        return raw

    def label(self, y: Floats) -> Floats:
        """The outputs of a regression in the units of the label."""
        return np.asarray(y) * self.y_scale + self.y_mean


@dataclass(frozen=True)
class RawData:
    """Examples as they were loaded or generated, in the units of the data: (n, d) features, (n,) labels."""

    x: Floats
    y: Any
    feature_names: tuple[str, ...]
    target_name: str
    task: str
    class_names: tuple[str, ...] = ()
    ordered: bool = False
    lags: int = 0
    step: str = DAY
    test_fraction: float = 0.2
    shared_scale: bool = False
    """Whether all features are the same quantity (days of a series, pixels), so that they share one scale."""
    valid_rows: int = 0
    """How many rows at the end are for validation; 0 if `test_fraction` decides."""
    groups: Ints | None = None
    """For each row the number of its group, (n,); None if rows are independent."""
    notes: tuple[str, ...] = ()
    """Sentences for the learner about decisions that were made about the data."""
    origins: tuple[Origin, ...] = ()
    """The columns that the features come from, d; empty if each is a column of its own name."""
    mixes: bool = False
    """Whether a random split draws as many rows as `valid_rows` from all, not those at the end."""
