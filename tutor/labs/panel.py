"""What a panel is: what the training worker logs for it, and how a viewer draws that.

Each panel is a class in a file of its own in `tutor.labs.panels`. A worker must never load what draws, so a panel
imports its chart inside `draw`, and nothing of `tutor.charts` above it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from tutor.foundation.data_names import data_name
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.labs.settings import SETTINGS
from tutor.ml.arrays import Array
from tutor.tables.distinct import distinct

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.lab_config import LabConfig
    from tutor.labs.panel_context import PanelContext
    from tutor.ml.training import EpochResult

Payload = dict[str, Any]
"""What the log holds for a panel: plain lists of finite numbers, rounded to about four significant digits, and
small, because a viewer at the end of a slow line reads them too."""
MAX_PATH = 200
"""Points of a trajectory, unless its panel says otherwise."""


@dataclass(frozen=True, slots=True)
class DrawStyle:
    """How a panel is drawn: its size in cells, and whether in colour or in plain ASCII."""

    width: int
    height: int
    colour: bool = True
    ascii: bool = False
    own_data: bool = False
    """Whether the data is the learner's own, whose columns and classes keep the names that they have there."""

    def name(self, value: object) -> str:
        """The name under which a column or a class is shown."""
        text = text_of(value)
        return text if self.own_data else data_name(text)

    def names(self, values: Iterable[object]) -> list[str]:
        """The names under which columns or classes are shown."""
        return [self.name(value) for value in values]


class Panel(ABC):
    """One panel of one run. An object lives in the worker; a viewer calls `draw`, which needs none.

    The docstring of each class describes its scene, which seldom changes, and its frame.

    Args:
        context: The training that it shows, before its first epoch.
    """

    observes: ClassVar[bool] = False
    """Whether `observe` is called after every epoch."""
    after_training: ClassVar[frozenset[str]] = frozenset()
    """The dotted keys of settings that change what it shows and have no effect on the training, so that they can still
    be turned when the training has ended. Its scene must not depend on them, nor its frame on earlier epochs."""

    reports: ClassVar[tuple[str, ...]] = ()
    """The names of its `facts`."""

    def __init__(self, context: PanelContext) -> None:
        self.context = context
        self._given = False

    @staticmethod
    def refusal(_config: LabConfig, /) -> str:
        """Why no run of this configuration can show the panel, before any data is read; empty if one may."""
        return ""

    @staticmethod
    @abstractmethod
    def can_show(context: PanelContext, /) -> bool:
        """Whether this data and this model have something to show. For a CSV, only its loaded data can tell."""

    def observe(self, result: EpochResult) -> None:
        """Note the result of an epoch. Called in the training loop, so it has to be quick."""
        raise NotImplementedError  # a panel that sets `observes` has its own

    def scene(self) -> Payload | None:
        """The part that seldom changes; None if it has not changed since the last call."""
        if self._given:
            return None
        self._given = True
        return self.fixed_scene()

    def fixed_scene(self) -> Payload | None:
        """The scene, for a panel whose scene never changes; None if the panel needs only frames."""
        return None

    @abstractmethod
    def frame(self) -> Payload | None:
        """The part that changes; None if there is nothing to show. A model that diverged keeps its last good frame."""

    def facts(self) -> dict[str, float]:
        """Facts that conditions may refer to at the end of a run, by name without ``final.``: those in `reports`."""
        return {}

    @staticmethod
    @abstractmethod
    def draw(scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """Draw what the log says, in exactly ``style.width`` by ``style.height`` cells.

        Anybody may have written the log, so any exception about missing keys, types and values may leave this.
        `tutor.labs.panels.draw_panel` turns it into a sentence.
        """


class TwoClassPanel(Panel):
    """A panel that judges the probabilities of two classes.

    It uses the validation examples, or the training examples if none are kept for validation.
    """

    @staticmethod
    def refusal(config: LabConfig, /) -> str:
        return translate("panel.needs-two-classes") if SETTINGS["model.decision_threshold"].idle_reason(config) else ""

    @staticmethod
    def can_show(context: PanelContext, /) -> bool:
        return context.judges_two_classes

    def judged(self) -> tuple[Array, NDArray[np.bool_]] | None:
        """The probability of the second class and whether it is the true one, each (N,); None after divergence."""
        scores, positive = self.context.scores()
        return (scores, positive) if np.isfinite(scores).all() else None


class Trajectory:
    """The path of a moving point. When it has too many points, every other one is dropped.

    Args:
        position: Returns the current point, or None. Called only for points that are kept.
        most: The maximal number of points kept.
    """

    def __init__(self, position: Callable[[], tuple[float, float] | None], most: int = MAX_PATH) -> None:
        self._position = position
        self._most = most
        self._points: list[tuple[float, float]] = []
        self._every = 1
        self._left = 0

    def step(self) -> None:
        """Count a step, and keep the point if its turn has come. Called for every epoch, so it is quick."""
        if self._left:
            self._left -= 1
            return
        self._left = self._every - 1
        point = self._now()
        if point is not None:
            self._points.append(point)
        if len(self._points) > self._most:
            self._points = self._points[::2]
            self._every *= 2

    def _now(self) -> tuple[float, float] | None:
        point = self._position()
        return point if point is not None and isfinite(point[0]) and isfinite(point[1]) else None

    def points(self) -> list[tuple[float, float]]:
        """The points kept, and the current one; those that are not finite are left out."""
        now = self._now()
        if now is None or (self._points and self._points[-1] == now):
            return self._points
        return [*self._points, now]


# -- for scenes and frames -----------------------------------------------------------------------------------------


def rounded(value: float, digits: int = 4) -> float:
    """``value`` rounded to ``digits`` significant digits."""
    return float(f"{value:.{digits}g}")


def rounded_all(values: Iterable[float]) -> list[float]:
    """``values`` rounded to four digits each: enough for a terminal, and a third of the bytes."""
    return [float(f"{value:.4g}") for value in values]


def evenly_spaced(count: int, most: int) -> NDArray[np.intp]:
    """At most ``most`` of ``count`` indices, evenly spread, the first and the last among them."""
    if count <= most:
        return np.arange(count)
    return distinct(np.linspace(0, count - 1, most).round().astype(np.intp))


MAX_CORNERS = 200


def corners(x: Array, y: Array) -> NDArray[np.intp]:
    """The indices of at most `MAX_CORNERS` points of the line through (x, y) that keep its shape.

    Points on a straight piece of it are left out first.
    """
    turns = np.diff(x)[:-1] * np.diff(y)[1:] != np.diff(x)[1:] * np.diff(y)[:-1]
    kept = np.concatenate([[0], np.flatnonzero(turns) + 1, [len(x) - 1]]) if len(x) > 1 else np.arange(len(x))
    return np.asarray(kept[evenly_spaced(len(kept), MAX_CORNERS)], dtype=np.intp)


def predicted_classes(predicted: Array, class_count: int) -> NDArray[np.intp]:
    """The predicted classes: of probabilities the most probable one, of a class number the nearest."""
    if predicted.ndim == 2 and predicted.shape[1] > 1:
        return np.asarray(predicted.argmax(axis=1), dtype=np.intp)
    nearest = np.rint(np.nan_to_num(predicted.reshape(-1))).astype(np.intp)
    return np.asarray(np.clip(nearest, 0, class_count - 1), dtype=np.intp)


def refuse_without_classes(config: LabConfig) -> str:
    """Why there are no classes to show; empty if there may be some."""
    classifies = config.task in {"classification", ""} and config.model.name != "char-mlp"
    return "" if classifies or config.data.target_as == "class-number" else translate("panel.needs-classes")


# -- for drawing ---------------------------------------------------------------------------------------------------


def text_of(value: object) -> str:
    """A value from the log as one line of text, without control characters."""
    return harmless_line(str(value))


def axis_ranges(scene: Mapping[str, Any]) -> tuple[tuple[float, float], tuple[float, float]]:
    """The lowest and highest value of the horizontal and of the vertical axis."""
    return (
        (float(scene["x_low"]), float(scene["x_high"])),
        (float(scene["y_low"]), float(scene["y_high"])),
    )


def grid_of(values: Sequence[int], rows: int, columns: int) -> NDArray[np.int64]:
    """Whole numbers by rows from the top as a table, (rows, columns)."""
    return np.asarray(values, dtype=np.int64).reshape(int(rows), int(columns))
