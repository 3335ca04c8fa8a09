"""Panels that show a loss, a drawn function or a count of mistakes as a landscape, and where the model stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from tutor.labs.panels.base import Array, Path, Payload, Sight, StillScene, short, spread
from tutor.ml.models.drawn_function import FUNCTIONS, DrawnFunction

SURFACE_CELLS = (48, 24)
"""Columns and rows."""
SURFACE_ROWS = 4000
"""Examples that a surface is computed from, at most."""
LEVELS = 64
CURVE_POINTS = 121


class Curve(StillScene):
    """A drawn function of one parameter, and the ball on it."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._path = Path(sight.point)
        self.watch = self._path.watch
        """One step more on the way; called for every epoch."""

    def _scene(self) -> Payload:
        """The function over the range in which the ball may start, and as far as it is worth seeing."""
        low, high = -2.5, 2.5
        for control in self._sight.spec.controls.values():
            if control.key == "model.w" and control.is_range:
                low, high = float(control.low or 0.0), float(control.high or 0.0)
        x = np.linspace(low, high, CURVE_POINTS)
        y = self._sight.value(x, np.zeros_like(x))
        return {"x": short(x), "y": short(y)}

    def frame(self) -> Payload | None:
        """Where the ball is, and the way it came."""
        path = self._path.all()
        if not path:
            return None
        w, f = path[-1]
        return {
            "w": float(f"{w:.4g}"),
            "f": float(f"{f:.4g}"),
            "path_w": short(point[0] for point in path),
            "path_f": short(point[1] for point in path),
        }


def _seen(values: Iterable[float], low: float, high: float) -> Iterator[float]:
    """``values`` as they look in a picture from ``low`` to ``high``: 1e-190 is 0 there, and in fewer bytes."""
    nothing = 1e-5 * (high - low)
    return (value if abs(value) >= nothing else 0.0 for value in values)


class Surface:
    """The loss over weight and bias of a line, and the way over it. Its scene is new when the loss is another one."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._path = Path(sight.point)
        self.watch = self._path.watch
        """One step more on the way; called for every epoch."""
        self._loss = ""
        self._limits = self._ranges()

    def scene(self) -> Payload | None:
        """The loss on a grid, as levels of its square root above the lowest."""
        loss = self.loss_name()
        if loss == self._loss:
            return None
        self._loss = loss
        drawn = self._drawn()
        x_name, y_name = (drawn.symbols if drawn else ()) or ("w", "b")
        (x_low, x_high), (y_low, y_high) = self._limits
        columns, rows = SURFACE_CELLS
        w = np.tile(x_low + (np.arange(columns) + 0.5) * (x_high - x_low) / columns, rows)
        b = np.repeat(y_high - (np.arange(rows) + 0.5) * (y_high - y_low) / rows, columns)
        losses = self._losses(w, b) - self._sight.spec.loss.offset
        low, high = float(losses.min()), float(losses.max())
        share = np.sqrt((losses - low) / ((high - low) or 1.0))
        return {
            "x_name": x_name,
            "y_name": y_name,
            "x_low": x_low,
            "x_high": x_high,
            "y_low": y_low,
            "y_high": y_high,
            "columns": columns,
            "rows": rows,
            "levels": np.minimum((share * LEVELS).astype(int), LEVELS - 1).tolist(),
            "loss_low": float(f"{low:.4g}"),
            "loss_high": float(f"{high:.4g}"),
        }

    def frame(self) -> Payload | None:
        """The way over the surface so far."""
        path = self._path.all()
        if not path:
            return None
        across, up = (
            short(_seen(values, *limits)) for values, limits in zip(zip(*path, strict=True), self._limits, strict=True)
        )
        frame: Payload = {"path": [list(pair) for pair in zip(across, up, strict=True)]}
        if self._drawn() is not None:
            names, values = self._sight.weights()
            if np.isfinite(values).all():
                frame |= {"names": names, "values": short(values)}
        return frame

    def loss_name(self) -> str:
        """The loss whose surface this is."""
        return self._sight.loss_name()

    def _drawn(self) -> DrawnFunction | None:
        model = self._sight.spec.model
        return FUNCTIONS[model.function] if model.name == "function" else None

    def _ranges(self) -> list[tuple[float, float]]:
        """Of weight and bias: what the controls allow; else a box around the start and the lowest point."""
        declared = {control.key: control for control in self._sight.spec.controls.values() if control.is_range}
        keys = ("model.w", "model.b")
        if all(key in declared for key in keys):
            return [(float(declared[key].low or 0.0), float(declared[key].high or 0.0)) for key in keys]
        drawn = self._drawn()
        if drawn is not None and drawn.box:
            return list(drawn.box)
        start = self._sight.point() or (0.0, 0.0)
        lowest = self._lowest()
        ranges = []
        for here, there in zip(start, lowest, strict=True):
            reach = max(1.4 * abs(here - there), 0.35 * abs(there), 0.5)
            ranges.append((float(f"{there - reach:.3g}"), float(f"{there + reach:.3g}")))
        return ranges

    def _lowest(self) -> tuple[float, float]:
        """Weight and bias of the line with the least squared error; the middle of a drawn function."""
        x, y = self._sight.x_train, self._sight.y_train
        if not len(x):
            return 0.0, 0.0
        inputs = np.column_stack([x[:, 0], np.ones(len(x))])
        w, b = np.linalg.lstsq(inputs, y, rcond=None)[0]
        return float(w), float(b)

    def _losses(self, w: Array, b: Array) -> Array:
        """The loss on the training examples at each (w, b)."""
        if self._sight.spec.model.name == "function":
            return self._sight.value(w, b)
        chosen = spread(len(self._sight.x_train), SURFACE_ROWS)
        x, y = self._sight.x_train[chosen, 0], self._sight.y_train[chosen]
        of = np.abs if self.loss_name() == "mae" else np.square
        # One row of cells at a time, so that no large table is ever held.
        rows = zip(np.array_split(w, SURFACE_CELLS[1]), np.array_split(b, SURFACE_CELLS[1]), strict=True)
        return np.concatenate([of(ws[:, None] * x + bs[:, None] - y).mean(axis=1) for ws, bs in rows])


class Threshold:
    """How often each count occurs in each class, and where the threshold stands."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._given: int | None = None

    def scene(self) -> Payload | None:
        """The counts of the one feature that the rule looks at, by class; anew when the keyword is turned."""
        number = self._sight.rule_column()
        if self._given == number:
            return None
        self._given = number
        column = self._sight.x_train[:, number]
        values = np.unique(column)
        values = values[spread(len(values), 60)]
        counts = {
            name: [int(np.count_nonzero(column[self._sight.y_train == number] == value)) for value in values]
            for number, name in enumerate(self._sight.class_names)
        }
        return {"values": short(values), "counts_by_class": counts}

    def frame(self) -> Payload | None:
        """The threshold, and the share of training examples that it gets wrong."""
        predicted = self._sight.predict(self._sight.x_train)
        wrong = np.argmax(predicted, axis=1) != self._sight.y_train
        return {
            "threshold": float(f"{self._sight.threshold():.4g}"),
            "mistakes": float(f"{wrong.mean():.4g}"),
        }
