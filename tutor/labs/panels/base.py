"""The panels of a run, each from what a training can be seen to be: data and predictions, in the units of the data.

A panel gives its scene where it is new, and its frame where there is one to show: a model that diverged has none,
and its last good frame stays. Payloads: `tutor.labs.panels.views`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from math import isfinite
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tutor.labs.lab_config import LabConfig
from tutor.ml.training import EpochResult

Array = NDArray[np.floating[Any]]
Payload = dict[str, object]
MOST_POINTS = 160
MOST_VALID_POINTS = 80
CURVE_POINTS = 81
MOST_DAYS = 120
MOST_LAGS = 60
MOST_PATH = 200
MOST_WEIGHTS = 60
BOUNDARY_CELLS = (40, 22)
"""Columns and rows."""


class Sight(Protocol):
    """What a panel may see of a training. X is (N, d), in the units of the data."""

    spec: LabConfig
    y_train: Array
    y_valid: Array
    feature_names: tuple[str, ...]
    target_name: str
    class_names: tuple[str, ...]

    @property
    def x_train(self) -> Array:
        """The rows to train on."""

    @property
    def x_valid(self) -> Array:
        """The rows kept for validation."""

    def predict(self, x: Array) -> Array:
        """Values (N,) of a regression, or probabilities (N, classes)."""

    def weights(self) -> tuple[list[str], list[float]]:
        """The parameters by name, in the units of the data where the model is a line."""

    def point(self) -> tuple[float, float] | None:
        """Weight and bias of a line, both parameters of a bowl, or a parameter and its value; else None."""

    def value(self, w: Array, b: Array) -> Array:
        """A drawn function at each (w, b)."""

    def loss_name(self) -> str:
        """The loss in use now."""

    def threshold(self) -> float:
        """The threshold of a rule, in the units of the data."""

    def rule_column(self) -> int:
        """The feature that a rule looks at."""

    def folds(self) -> Sequence[EpochResult]:
        """The last result of each fold; without cross-validation that of the one training."""


class Panel(Protocol):
    """One panel of one run."""

    def scene(self) -> Payload | None:
        """What does not change; None where it was given before and is still so."""

    def frame(self) -> Payload | None:
        """What there is to show now; None where there is nothing."""


class StillScene(ABC):
    """A panel whose scene never changes: it is given once."""

    _given = False

    def scene(self) -> Payload | None:
        """What does not change; None where it was given before."""
        if self._given:
            return None
        self._given = True
        return self._scene()

    @abstractmethod
    def _scene(self) -> Payload: ...


class NoScene:
    """A panel whose frame says it all."""

    def scene(self) -> Payload | None:
        """None: everything may change."""
        return None


def short(values: Iterable[float]) -> list[float]:
    """``values`` with four digits each: enough for a terminal, and a third of the bytes."""
    return [float(f"{value:.4g}") for value in values]


def spread(count: int, most: int) -> NDArray[np.intp]:
    """At most ``most`` of ``count`` indices, evenly spread, the first and the last among them."""
    if count <= most:
        return np.arange(count)
    return np.unique(np.linspace(0, count - 1, most).round().astype(np.intp))


class Fit(StillScene):
    """Points of one feature, and the model's curve through them; other features stay at their mean."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        # Beyond the training points too: that is where a curve that learned them by heart shoots away.
        shown = np.concatenate([sight.x_train[:, 0], sight.x_valid[:, 0]])
        low, high = float(shown.min()), float(shown.max())
        self._x = np.linspace(low, high, CURVE_POINTS)
        self._inputs = np.tile(sight.x_train.mean(axis=0), (CURVE_POINTS, 1))
        self._inputs[:, 0] = self._x

    def _scene(self) -> Payload:
        """The examples."""
        sight = self._sight
        train, valid = spread(len(sight.x_train), MOST_POINTS), spread(len(sight.x_valid), MOST_VALID_POINTS)
        return {
            "points_x": short(sight.x_train[train, 0]),
            "points_y": short(sight.y_train[train]),
            "valid_x": short(sight.x_valid[valid, 0]),
            "valid_y": short(sight.y_valid[valid]),
            "x_name": sight.feature_names[0],
            "y_name": sight.target_name,
        }

    def frame(self) -> Payload | None:
        """The curve."""
        y = self._sight.predict(self._inputs).reshape(-1)
        return {"x": short(self._x), "y": short(y)} if np.isfinite(y).all() else None


class Path:
    """The way that a point came: all of it, thinned out as it grows.

    Args:
        where: Gives the point as it is now, or None; asked only for places that are kept.
    """

    def __init__(self, where: Callable[[], tuple[float, float] | None]) -> None:
        self._where = where
        self._points: list[tuple[float, float]] = []
        self._every = 1
        self._left = 0

    def watch(self) -> None:
        """One step more on the way. This is called for every epoch, so it is short."""
        if self._left:
            self._left -= 1
            return
        self._left = self._every - 1
        point = self._now()
        if point is not None:
            self._points.append(point)
        if len(self._points) > MOST_PATH:
            self._points = self._points[::2]
            self._every *= 2

    def _now(self) -> tuple[float, float] | None:
        point = self._where()
        return point if point is not None and isfinite(point[0]) and isfinite(point[1]) else None

    def all(self) -> list[tuple[float, float]]:
        """From the first place to where it is now; what is not finite is not on the way."""
        now = self._now()
        if now is None or (self._points and self._points[-1] == now):
            return self._points
        return [*self._points, now]


class Series(StillScene):
    """The last validation days, and what the model says of them."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        valid = len(sight.x_valid) > 0
        self._x = (sight.x_valid if valid else sight.x_train)[-MOST_DAYS:]
        self._y = (sight.y_valid if valid else sight.y_train)[-MOST_DAYS:]

    def _scene(self) -> Payload:
        """The days as they were."""
        return {"actual": short(self._y), "name": self._sight.target_name}

    def frame(self) -> Payload | None:
        """The predictions."""
        predicted = self._sight.predict(self._x).reshape(-1)
        return {"predicted": short(predicted)} if np.isfinite(predicted).all() else None


class Autocorrelation(StillScene):
    """How a series correlates with itself some days before, and how far the model looks back."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight

    def _scene(self) -> Payload:
        """The autocorrelation at 1, 2, ... days, of all days that are predicted."""
        series = np.concatenate([self._sight.y_train, self._sight.y_valid])
        apart = series - series.mean()
        total = float(apart @ apart) or 1.0
        most = min(MOST_LAGS, len(series) - 1)
        values = [float(apart[lag:] @ apart[:-lag]) / total for lag in range(1, most + 1)]
        return {"values": short(values), "name": self._sight.target_name}

    def frame(self) -> Payload | None:
        """The model's own look-back, in days."""
        return {"lags": len(self._sight.feature_names)}


class Weights(NoScene):
    """The parameters of a small model."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight

    def frame(self) -> Payload | None:
        """The first parameters by name."""
        names, values = self._sight.weights()
        if not np.isfinite(values).all():
            return None
        return {"names": names[:MOST_WEIGHTS], "values": short(values[:MOST_WEIGHTS])}


class Folds(NoScene):
    """What each fold of a cross-validation says now."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight

    def frame(self) -> Payload | None:
        """Accuracies where there are such, else losses; None before the first epoch."""
        results = self._sight.folds()
        if not results:
            return None
        accuracy = results[0].valid_accuracy is not None
        train = [each.train_accuracy if accuracy else each.train_loss for each in results]
        valid = [each.valid_accuracy if accuracy else each.valid_loss for each in results]
        return {"measure": "accuracy" if accuracy else "loss", "train": _told(train), "valid": _told(valid)}


def _told(values: Iterable[float | None]) -> list[float | None]:
    return [float(f"{value:.4g}") if value is not None and isfinite(value) else None for value in values]


def classes_of(predicted: Array, class_count: int) -> NDArray[np.intp]:
    """The class that each prediction means: the likeliest, or the one whose number is nearest."""
    if predicted.ndim == 2 and predicted.shape[1] > 1:
        return np.asarray(predicted.argmax(axis=1), dtype=np.intp)
    nearest = np.rint(np.nan_to_num(predicted.reshape(-1))).astype(np.intp)
    return np.asarray(np.clip(nearest, 0, class_count - 1), dtype=np.intp)


class Confusion(NoScene):
    """Which class is taken for which, on the validation examples, or on the training ones where there are none."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        valid = len(sight.x_valid) > 0
        self._x = sight.x_valid if valid else sight.x_train
        self._y = np.rint(sight.y_valid if valid else sight.y_train).astype(np.intp)

    def frame(self) -> Payload | None:
        """Counts: rows are the true class, columns the predicted one."""
        count = len(self._sight.class_names)
        predicted = self._sight.predict(self._x)
        if not np.isfinite(predicted).all():
            return None
        cells = self._y * count + classes_of(predicted, count)
        counts = np.bincount(cells, minlength=count * count).reshape(count, count)
        return {"class_names": list(self._sight.class_names), "counts": counts.tolist()}


class Boundary(StillScene):
    """The plane of two features, coloured by the class that wins there; other features stay at their mean."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        wanted = [name for name in sight.spec.show.features if name in sight.feature_names]
        names = wanted if len(wanted) == 2 else list(sight.feature_names[:2])
        self._at = [sight.feature_names.index(name) for name in names]
        self._names = names
        columns, rows = BOUNDARY_CELLS
        self._ranges = [_with_margin(sight.x_train[:, at]) for at in self._at]
        (x_low, x_high), (y_low, y_high) = self._ranges
        x = x_low + (np.arange(columns) + 0.5) * (x_high - x_low) / columns
        y = y_high - (np.arange(rows) + 0.5) * (y_high - y_low) / rows
        self._inputs = np.tile(sight.x_train.mean(axis=0), (columns * rows, 1))
        self._inputs[:, self._at[0]] = np.tile(x, rows)
        self._inputs[:, self._at[1]] = np.repeat(y, columns)

    def _scene(self) -> Payload:
        """The examples, each with its class."""
        sight = self._sight
        chosen = spread(len(sight.x_train), MOST_POINTS)
        points = zip(
            short(sight.x_train[chosen, self._at[0]]),
            short(sight.x_train[chosen, self._at[1]]),
            np.rint(sight.y_train[chosen]).astype(int).tolist(),
            strict=True,
        )
        (x_low, x_high), (y_low, y_high) = self._ranges
        return {
            "x_name": self._names[0],
            "y_name": self._names[1],
            "x_low": x_low,
            "x_high": x_high,
            "y_low": y_low,
            "y_high": y_high,
            "points": [list(point) for point in points],
            "class_names": list(sight.class_names),
        }

    def frame(self) -> Payload | None:
        """The winner of each cell, and how sure it is: 0 is a draw, 9 is certain."""
        predicted = self._sight.predict(self._inputs)
        if not np.isfinite(predicted).all():
            return None
        count = len(self._sight.class_names)
        columns, rows = BOUNDARY_CELLS
        return {
            "columns": columns,
            "rows": rows,
            "classes": classes_of(predicted, count).tolist(),
            "certainty": _certainty(predicted, count).tolist(),
        }


def _certainty(predicted: Array, classes: int) -> NDArray[np.intp]:
    if predicted.ndim == 2 and predicted.shape[1] > 1:
        share = (predicted.max(axis=1) - 1 / classes) / (1 - 1 / classes)
    else:
        values = predicted.reshape(-1)
        share = 1 - 2 * np.abs(values - np.clip(np.rint(values), 0, classes - 1))
    return np.asarray(np.clip(share * 10, 0, 9), dtype=np.intp)


def _with_margin(values: Array) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    margin = 0.06 * (high - low) or 1.0
    return float(f"{low - margin:.4g}"), float(f"{high + margin:.4g}")
