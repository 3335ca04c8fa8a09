"""The panel ``boundary``: the plane of two features, coloured by the class that the model predicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tutor.labs.panel import (
    DrawStyle,
    Panel,
    Payload,
    axis_ranges,
    evenly_spaced,
    grid_of,
    predicted_classes,
    refuse_without_classes,
    rounded,
    rounded_all,
)
from tutor.ml.arrays import Array

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.lab_config import LabConfig
    from tutor.labs.panel_context import PanelContext

BOUNDARY_CELLS = (40, 22)
"""Columns and rows."""
MAX_POINTS = 160


class Boundary(Panel):
    """The plane of two features: those that ``show.features`` names, or the first two. The others stay at their mean.

    Scene: ``x_name``, ``y_name``, the ranges ``x_low`` to ``x_high`` and ``y_low`` to ``y_high``, ``points``
    [x, y, class], ``class_names``. Frame: ``columns`` and ``rows``, and by rows from the top ``classes``, the class
    that the model gives to each cell, and ``certainty``, how sure it is: 0 is a tie, 9 is certain.
    """

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        named = [name for name in context.config.show.features if name in context.feature_names]
        names = named if len(named) == 2 else list(context.feature_names[:2])
        self._chosen = [context.feature_names.index(name) for name in names]
        self._names = names
        columns, rows = BOUNDARY_CELLS
        self._ranges = [_with_margin(context.x_train[:, index]) for index in self._chosen]
        (x_low, x_high), (y_low, y_high) = self._ranges
        x = x_low + (np.arange(columns) + 0.5) * (x_high - x_low) / columns
        y = y_high - (np.arange(rows) + 0.5) * (y_high - y_low) / rows
        self._inputs = np.tile(context.x_train.mean(axis=0), (columns * rows, 1))
        self._inputs[:, self._chosen[0]] = np.tile(x, rows)
        self._inputs[:, self._chosen[1]] = np.repeat(y, columns)

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """A run without classes has no boundary."""
        return refuse_without_classes(config)

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether examples have two features and belong to classes."""
        return context.dataset.features > 1 and bool(context.class_names)

    def fixed_scene(self) -> Payload | None:
        """The examples, each with its class."""
        context = self.context
        chosen = evenly_spaced(len(context.x_train), MAX_POINTS)
        points = zip(
            rounded_all(context.x_train[chosen, self._chosen[0]]),
            rounded_all(context.x_train[chosen, self._chosen[1]]),
            np.rint(context.y_train[chosen]).astype(int).tolist(),
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
            "class_names": list(context.class_names),
        }

    def frame(self) -> Payload | None:
        """The predicted class of each cell, and how sure the model is."""
        predicted = self.context.predict(self._inputs)
        if not np.isfinite(predicted).all():
            return None
        count = len(self.context.class_names)
        columns, rows = BOUNDARY_CELLS
        return {
            "columns": columns,
            "rows": rows,
            "classes": predicted_classes(predicted, count).tolist(),
            "certainty": _certainty(predicted, count).tolist(),
        }

    @staticmethod
    def draw(scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """The classes as areas of colour, with the examples on top."""
        from tutor.charts.boundary import boundary_chart

        size = (frame.get("rows", 0), frame.get("columns", 0))
        return boundary_chart(
            scene["points"],
            axis_ranges(scene),
            style.width,
            style.height,
            classes=grid_of(frame["classes"], *size) if "classes" in frame else (),
            certainty=grid_of(frame["certainty"], *size) if "certainty" in frame else (),
            class_names=style.names(scene.get("class_names", ())),
            names=(style.name(scene.get("x_name", "")), style.name(scene.get("y_name", ""))),
            colour=style.colour,
            ascii=style.ascii,
        )


def _certainty(predicted: Array, classes: int) -> NDArray[np.intp]:
    if predicted.ndim == 2 and predicted.shape[1] > 1:
        certainty = (predicted.max(axis=1) - 1 / classes) / (1 - 1 / classes)
    else:
        values = predicted.reshape(-1)
        certainty = 1 - 2 * np.abs(values - np.clip(np.rint(values), 0, classes - 1))
    return np.asarray(np.clip(certainty * 10, 0, 9), dtype=np.intp)


def _with_margin(values: Array) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    margin = 0.06 * (high - low) or 1.0
    return rounded(low - margin), rounded(high + margin)


PANEL = Boundary
