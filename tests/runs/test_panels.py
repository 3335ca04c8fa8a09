"""What the panels of a run hold, from data and predictions that a test can check by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec
import numpy as np
import pytest

from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import with_overrides
from tutor.labs.panels.base import (
    BOUNDARY_CELLS,
    MOST_PATH,
    Array,
    Boundary,
    Confusion,
    Fit,
    Folds,
    Panel,
    Path,
    Series,
    Weights,
    short,
    spread,
)
from tutor.labs.panels.landscapes import SURFACE_CELLS, Curve, Surface, Threshold
from tutor.ml.training import EpochResult
from tutor.runs.events import View
from tutor.runs.worker.adapter import MlTrainee


class FakeSight:
    """A line y = 2x + 1 on one feature, or two classes parted at x = 0."""

    def __init__(
        self,
        *,
        classes: bool = False,
        rows: int = 1000,
        features: int = 1,
        overrides: Mapping[str, object] | None = None,
    ) -> None:
        random = np.random.default_rng(0)
        self.spec = with_overrides(LabConfig(), overrides or {})
        self.x_train: Array = random.normal(size=(rows, features))
        self.x_valid: Array = random.normal(size=(rows // 4, features))
        self.y_train: Array = self._labels(self.x_train, classes)
        self.y_valid: Array = self._labels(self.x_valid, classes)
        self.feature_names = tuple(f"x{n + 1}" for n in range(features))
        self.target_name = "y"
        self.class_names: tuple[str, ...] = ("left", "right") if classes else ()
        self.classes = classes
        self.line = (2.0, 1.0)
        self.loss = "mse"
        self.column = 0
        self.broken = False
        self.fold_results: tuple[EpochResult, ...] = ()

    def _labels(self, x: Array, classes: bool) -> Array:
        return (x[:, 0] > 0).astype(float) if classes else 2 * x[:, 0] + 1

    def predict(self, x: Array) -> Array:
        if self.broken:
            return np.full(len(x), np.nan)
        if self.classes:
            right = 1 / (1 + np.exp(-3 * x[:, 0]))
            return np.column_stack([1 - right, right])
        return self.line[0] * x[:, 0] + self.line[1]

    def weights(self) -> tuple[list[str], list[float]]:
        return ["w", "b"], [float("nan")] * 2 if self.broken else list(self.line)

    def point(self) -> tuple[float, float] | None:
        return self.line

    def value(self, w: Array, b: Array) -> Array:
        return w**4 - 3 * w**2 + w

    def loss_name(self) -> str:
        return self.loss

    def threshold(self) -> float:
        return 0.0

    def rule_column(self) -> int:
        return self.column

    def folds(self) -> Sequence[EpochResult]:
        return self.fold_results


def size(panel: Panel) -> int:
    """Bytes of the longest line that the panel makes in the log."""
    payloads = [("scene", panel.scene()), ("frame", panel.frame())]
    return max(
        len(
            msgspec.json.encode(
                View(panel="boundary", part="scene" if part == "scene" else "frame", epoch=10**6, data=data)
            )
        )
        for part, data in payloads
        if data is not None
    )


@pytest.mark.parametrize(
    "panel",
    [
        Fit(FakeSight()),
        Series(FakeSight()),
        Weights(FakeSight()),
        Surface(FakeSight()),
        Boundary(FakeSight(classes=True, features=3)),
        Confusion(FakeSight(classes=True)),
        Curve(FakeSight()),
    ],
    ids=lambda panel: type(panel).__name__,
)
def test_a_view_fits_into_a_line_that_is_never_torn(panel: Panel) -> None:
    if isinstance(panel, Surface | Curve):
        for step in range(5 * MOST_PATH):
            panel._sight.line = (-1.234e-4 * step, 1.0 - step / 7)  # type: ignore[attr-defined]
            panel.watch()
    assert size(panel) < 4096


@pytest.mark.parametrize("kind", [Fit, Series, Weights])
def test_a_model_that_diverged_has_no_frame(kind: type[Fit | Series | Weights]) -> None:
    sight = FakeSight()
    panel = kind(sight)
    assert panel.frame() is not None
    sight.broken = True
    assert panel.frame() is None


def test_a_scene_is_given_once() -> None:
    panel = Fit(FakeSight())
    assert panel.scene() is not None
    assert panel.scene() is None


def test_the_fit_goes_through_the_data() -> None:
    frame = Fit(FakeSight()).frame()
    assert frame is not None
    x, y = np.array(frame["x"]), np.array(frame["y"])
    assert np.allclose(y, 2 * x + 1, atol=0.01)


def test_the_surface_is_lowest_at_the_answer() -> None:
    scene = Surface(FakeSight()).scene()
    assert scene is not None
    columns, rows = SURFACE_CELLS
    levels = np.array(scene["levels"]).reshape(rows, columns)
    row, column = np.unravel_index(levels.argmin(), levels.shape)
    w = scene["x_low"] + (column + 0.5) / columns * (scene["x_high"] - scene["x_low"])  # type: ignore[operator]
    b = scene["y_high"] - (row + 0.5) / rows * (scene["y_high"] - scene["y_low"])  # type: ignore[operator]
    assert (w, b) == (pytest.approx(2, abs=0.15), pytest.approx(1, abs=0.15))
    assert levels.min() == 0
    assert levels.max() == 63


def test_the_surface_spans_what_the_controls_allow() -> None:
    scene = Surface(
        FakeSight(overrides={"model.w": 0.0, "model.b": 0.0, "controls.w": [-0.5, 1.5], "controls.b": [-1.0, 6.0]})
    ).scene()
    assert scene is not None
    assert [scene[key] for key in ("x_low", "x_high", "y_low", "y_high")] == [-0.5, 1.5, -1.0, 6.0]


@pytest.mark.parametrize(
    ("function", "names", "low"),
    [("saddle", ("w1", "w2"), -2.0), ("squared-error", ("z1", "z2"), -12.0), ("bowl", ("u", "v"), -100.0)],
)
def test_a_drawn_function_says_what_its_parameters_are_called_and_what_is_worth_seeing(
    function: str, names: tuple[str, str], low: float
) -> None:
    tables = {"data.name": "curve", "model.name": "function", "loss.name": "function", "model.function": function}
    trainee = MlTrainee(with_overrides(LabConfig(), tables | {"show.panels": ["surface"]}), None)
    scenes = dict(trainee.scenes())
    assert (scenes["surface"]["x_name"], scenes["surface"]["y_name"]) == names
    assert scenes["surface"]["x_low"] == low
    facts = trainee.facts()
    assert ("final.p" in facts) == (function == "squared-error")
    assert [facts[f"final.{name}"] for name in names] == [facts["final.w"], facts["final.b"]]


def test_another_loss_is_another_surface() -> None:
    sight = FakeSight()
    surface = Surface(sight)
    squared = surface.scene()
    assert surface.scene() is None
    sight.loss = "mae"
    absolute = surface.scene()
    assert squared is not None
    assert absolute is not None
    assert squared["levels"] != absolute["levels"]


def test_a_path_is_thinned_but_keeps_both_ends() -> None:
    here = (0.0, 0.0)
    path = Path(lambda: here)
    for step in range(10_001):
        here = (float(step), 0.0)
        path.watch()
    points = path.all()
    assert len(points) <= MOST_PATH + 1
    assert (points[0], points[-1]) == ((0.0, 0.0), (10_000.0, 0.0))
    assert max(there[0] - here[0] for here, there in pairwise(points)) <= 128
    here = (float("inf"), 0.0)
    assert len(path.all()) >= len(points) - 1


def test_confusion_counts_every_validation_example_once() -> None:
    frame = Confusion(FakeSight(classes=True)).frame()
    assert frame is not None
    counts = np.array(frame["counts"])
    assert counts.sum() == 250
    assert counts.trace() == 250


def test_numbers_of_classes_are_read_as_the_nearest() -> None:
    sight = FakeSight(classes=True)
    sight.classes = False
    sight.line = (100.0, 0.5)
    frame = Confusion(sight).frame()
    assert frame is not None
    assert np.array(frame["counts"]).trace() >= 248


def test_the_boundary_runs_between_the_classes() -> None:
    panel = Boundary(FakeSight(classes=True, features=3))
    scene, frame = panel.scene(), panel.frame()
    assert scene is not None
    assert frame is not None
    columns, rows = BOUNDARY_CELLS
    classes = np.array(frame["classes"]).reshape(rows, columns)
    assert (classes[:, 0] == 0).all()
    assert (classes[:, -1] == 1).all()
    certainty = np.array(frame["certainty"]).reshape(rows, columns)
    middle = int(-scene["x_low"] / (scene["x_high"] - scene["x_low"]) * columns)  # type: ignore[operator]
    assert certainty[0, 0] == 9
    assert certainty[0, middle] <= 2


def test_the_boundary_spans_the_features_that_the_lab_names() -> None:
    scene = Boundary(FakeSight(classes=True, features=3, overrides={"show.features": ["x3", "x2"]})).scene()
    assert scene is not None
    assert (scene["x_name"], scene["y_name"]) == ("x3", "x2")


def test_the_threshold_shows_counts_and_mistakes() -> None:
    sight = FakeSight(classes=True)
    sight.x_train = np.rint(sight.x_train)
    panel = Threshold(sight)
    scene, frame = panel.scene(), panel.frame()
    assert scene is not None
    assert frame is not None
    counts = scene["counts_by_class"]
    assert isinstance(counts, dict)
    assert sum(map(sum, counts.values())) == 1000
    wrong = np.mean((sight.x_train[:, 0] > 0) != (sight.y_train == 1))
    assert frame["mistakes"] == pytest.approx(wrong, rel=0.01)


def test_the_threshold_counts_anew_when_another_keyword_is_turned_to() -> None:
    sight = FakeSight(classes=True, features=2)
    sight.x_train = np.rint(sight.x_train)
    panel = Threshold(sight)
    first = panel.scene()
    assert panel.scene() is None
    sight.column = 1
    second = panel.scene()
    assert second is not None
    assert second != first
    assert second["values"] == sorted(set(sight.x_train[:, 1]))
    assert panel.scene() is None


def test_the_curve_of_a_fit_goes_as_far_as_any_point() -> None:
    sight = FakeSight()
    sight.x_valid[0, 0] = 9.0
    frame = Fit(sight).frame()
    assert frame is not None
    assert frame["x"][-1] == 9.0  # type: ignore[index]
    assert frame["x"][0] == pytest.approx(min(sight.x_train.min(), sight.x_valid.min()), rel=1e-3)  # type: ignore[index]


def test_folds_show_accuracies_where_there_are_such_and_no_number_that_is_none() -> None:
    sight = FakeSight()
    assert Folds(sight).frame() is None
    sight.fold_results = (EpochResult(1, 1, 0.123456, 0.5), EpochResult(1, 1, float("inf"), 0.25))
    assert Folds(sight).frame() == {"measure": "loss", "train": [0.1235, None], "valid": [0.5, 0.25]}
    sight.fold_results = (EpochResult(1, 1, 0.1, 0.2, 0.9, 0.75),)
    assert Folds(sight).frame() == {"measure": "accuracy", "train": [0.9], "valid": [0.75]}


def test_spread_keeps_the_ends() -> None:
    assert spread(5, 10).tolist() == [0, 1, 2, 3, 4]
    chosen = spread(1000, 7)
    assert len(chosen) == 7
    assert (chosen[0], chosen[-1]) == (0, 999)


def test_short_numbers_have_four_digits() -> None:
    assert short([0.123456, 12345.6, -1e-9]) == [0.1235, 12350.0, -1e-9]
