"""The panel ``surface``: a loss over two parameters, and the way over it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.foundation.translate import translate
from tutor.labs.panel import (
    DrawStyle,
    Panel,
    Payload,
    Trajectory,
    axis_ranges,
    evenly_spaced,
    grid_of,
    rounded,
    rounded_all,
    text_of,
)
from tutor.ml.arrays import Array

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.lab_config import LabConfig
    from tutor.labs.panel_context import PanelContext
    from tutor.ml.models.drawn_function import DrawnFunction
    from tutor.ml.training import EpochResult

SURFACE_CELLS = (48, 24)
"""Columns and rows."""
SURFACE_ROWS = 4000
"""Examples that a surface is computed from, at most."""
LEVELS = 64


class Surface(Panel):
    """The loss over weight and bias of a line, or a drawn function. Its scene is new when the loss is another one.

    Scene: ``x_name``, ``y_name``, the ranges ``x_low`` to ``x_high`` and ``y_low`` to ``y_high``, ``columns``,
    ``rows``, and by rows from the top ``levels``, 0 (lowest) to 63, of the square root of the loss above the lowest;
    ``loss_low``, ``loss_high``. Frame: ``path`` [x, y], the last of which is where it is now; of a drawn function
    also ``names`` and ``values`` of what there is to know where it is now, such as its parameters and its height.
    """

    observes = True

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._path = Trajectory(context.point)
        self._path.step()  # where it starts
        self._shown_loss = ""
        self._limits = self._ranges()

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """It takes two parameters."""
        return "" if config.model.name in {"linear", "function"} else translate("panel.needs-two-parameters")

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether a line has one weight and a bias, or a drawn function two parameters."""
        return context.training.small_parameters().keys() >= {"w", "b"}

    def observe(self, _result: EpochResult) -> None:
        """One step more on the way."""
        self._path.step()

    def scene(self) -> Payload | None:
        """The loss on a grid."""
        if self.context.loss == self._shown_loss:
            return None
        self._shown_loss = self.context.loss
        drawn = self._drawn()
        x_name, y_name = (drawn.symbols if drawn else ()) or ("w", "b")
        (x_low, x_high), (y_low, y_high) = self._limits
        columns, rows = SURFACE_CELLS
        w = np.tile(x_low + (np.arange(columns) + 0.5) * (x_high - x_low) / columns, rows)
        b = np.repeat(y_high - (np.arange(rows) + 0.5) * (y_high - y_low) / rows, columns)
        losses = self._losses(w, b) - self.context.config.loss.offset
        low, high = float(losses.min()), float(losses.max())
        heights = np.sqrt((losses - low) / ((high - low) or 1.0))
        return {
            "x_name": x_name,
            "y_name": y_name,
            "x_low": x_low,
            "x_high": x_high,
            "y_low": y_low,
            "y_high": y_high,
            "columns": columns,
            "rows": rows,
            "levels": np.minimum((heights * LEVELS).astype(int), LEVELS - 1).tolist(),
            "loss_low": rounded(low),
            "loss_high": rounded(high),
        }

    def frame(self) -> Payload | None:
        """The way over the surface so far."""
        path = self._path.points()
        if not path:
            return None
        across, up = (
            rounded_all(_seen(values, *limits))
            for values, limits in zip(zip(*path, strict=True), self._limits, strict=True)
        )
        frame: Payload = {"path": [list(pair) for pair in zip(across, up, strict=True)]}
        if self._drawn() is not None:
            names, values = self.context.weights()
            if np.isfinite(values).all():
                frame |= {"names": names, "values": rounded_all(values)}
        return frame

    def _drawn(self) -> DrawnFunction | None:
        # The worker has this module; a viewer, which only draws, need not load it.
        from tutor.ml.models.drawn_function import FUNCTIONS

        model = self.context.config.model
        return FUNCTIONS[model.function] if model.name == "function" else None

    def _ranges(self) -> list[tuple[float, float]]:
        """Of weight and bias: what the controls allow; else a box around the start and the lowest point."""
        declared = {control.key: control for control in self.context.config.controls.values() if control.is_range}
        keys = ("model.w", "model.b")
        if all(key in declared for key in keys):
            return [(float(declared[key].low or 0.0), float(declared[key].high or 0.0)) for key in keys]
        drawn = self._drawn()
        if drawn is not None and drawn.box:
            return list(drawn.box)
        start = self.context.point() or (0.0, 0.0)
        lowest = self._lowest()
        ranges = []
        for here, there in zip(start, lowest, strict=True):
            reach = max(1.4 * abs(here - there), 0.35 * abs(there), 0.5)
            ranges.append((rounded(there - reach, 3), rounded(there + reach, 3)))
        return ranges

    def _lowest(self) -> tuple[float, float]:
        """Weight and bias of the line with the least squared error; the middle of a drawn function."""
        x, y = self.context.x_train, self.context.y_train
        if not len(x):
            return 0.0, 0.0
        inputs = np.column_stack([x[:, 0], np.ones(len(x))])
        w, b = np.linalg.lstsq(inputs, y, rcond=None)[0]
        return float(w), float(b)

    def _losses(self, w: Array, b: Array) -> Array:
        """The loss on the training examples at each (w, b)."""
        context = self.context
        if context.config.model.name == "function":
            return context.function_value(w, b)
        chosen = evenly_spaced(len(context.x_train), SURFACE_ROWS)
        x, y = context.x_train[chosen, 0], context.y_train[chosen]
        of = np.abs if context.loss == "mae" else np.square
        # One row of cells at a time, so that no large table is ever held.
        rows = zip(np.array_split(w, SURFACE_CELLS[1]), np.array_split(b, SURFACE_CELLS[1]), strict=True)
        return np.concatenate([of(ws[:, None] * x + bs[:, None] - y).mean(axis=1) for ws, bs in rows])

    @staticmethod
    def draw(scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """A field of shades under the way."""
        from tutor.charts.landscape import surface_chart

        path = frame.get("path", ())
        return surface_chart(
            grid_of(scene["levels"], scene["rows"], scene["columns"]),
            axis_ranges(scene),
            style.width,
            style.height,
            path=([point[0] for point in path], [point[1] for point in path]),
            names=(text_of(scene["x_name"]), text_of(scene["y_name"])),
            losses=(scene.get("loss_low"), scene.get("loss_high")),
            colour=style.colour,
            ascii=style.ascii,
        )


def _seen(values: Iterable[float], low: float, high: float) -> Iterator[float]:
    """``values`` as they look in a picture from ``low`` to ``high``: 1e-190 is 0 there, and in fewer bytes."""
    nothing = 1e-5 * (high - low)
    return (value if abs(value) >= nothing else 0.0 for value in values)


PANEL = Surface
