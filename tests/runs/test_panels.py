"""What the panels of a run hold, from data and predictions that a test can check by hand."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import numpy as np
import pytest

from tests.runs.panel_fakes import FakeContext
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import with_overrides
from tutor.labs.panel import MAX_PATH, Panel, Trajectory, evenly_spaced, rounded_all
from tutor.labs.panels.boundary import BOUNDARY_CELLS, Boundary
from tutor.labs.panels.confusion import Confusion
from tutor.labs.panels.curve import Curve
from tutor.labs.panels.fit import Fit
from tutor.labs.panels.folds import Folds
from tutor.labs.panels.series import Series
from tutor.labs.panels.surface import SURFACE_CELLS, Surface
from tutor.labs.panels.threshold import Threshold
from tutor.labs.panels.weights import Weights
from tutor.ml.cross_validation import CrossValidation
from tutor.ml.training import EpochResult
from tutor.runs.events import View
from tutor.runs.worker.adapter import TrainingAdapter

RESULT = EpochResult(1, 1, 0.5)


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
        Fit(FakeContext()),
        Series(FakeContext()),
        Weights(FakeContext()),
        Surface(FakeContext()),
        Boundary(FakeContext(classes=True, features=3)),
        Confusion(FakeContext(classes=True)),
        Curve(FakeContext()),
    ],
    ids=lambda panel: type(panel).__name__,
)
def test_a_view_fits_into_a_line_that_is_never_torn(panel: Panel) -> None:
    if isinstance(panel, Surface | Curve):
        assert isinstance(panel.context, FakeContext)
        for step in range(5 * MAX_PATH):
            panel.context.fake.line = (-1.234e-4 * step, 1.0 - step / 7)
            panel.observe(RESULT)
    assert size(panel) < 4096


@pytest.mark.parametrize("kind", [Fit, Series, Weights])
def test_a_model_that_diverged_has_no_frame(kind: type[Fit | Series | Weights]) -> None:
    context = FakeContext()
    panel = kind(context)
    assert panel.frame() is not None
    context.fake.broken = True
    assert panel.frame() is None


def test_a_scene_is_given_once() -> None:
    panel = Fit(FakeContext())
    assert panel.scene() is not None
    assert panel.scene() is None


def test_the_fit_goes_through_the_data() -> None:
    frame = Fit(FakeContext()).frame()
    assert frame is not None
    x, y = np.array(frame["x"]), np.array(frame["y"])
    assert np.allclose(y, 2 * x + 1, atol=0.01)


def test_the_surface_is_lowest_at_the_answer() -> None:
    scene = Surface(FakeContext()).scene()
    assert scene is not None
    columns, rows = SURFACE_CELLS
    levels = np.array(scene["levels"]).reshape(rows, columns)
    row, column = np.unravel_index(levels.argmin(), levels.shape)
    w = scene["x_low"] + (column + 0.5) / columns * (scene["x_high"] - scene["x_low"])
    b = scene["y_high"] - (row + 0.5) / rows * (scene["y_high"] - scene["y_low"])
    assert (w, b) == (pytest.approx(2, abs=0.15), pytest.approx(1, abs=0.15))
    assert levels.min() == 0
    assert levels.max() == 63


def test_the_surface_spans_what_the_controls_allow() -> None:
    scene = Surface(
        FakeContext(overrides={"model.w": 0.0, "model.b": 0.0, "controls.w": [-0.5, 1.5], "controls.b": [-1.0, 6.0]})
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
    adapter = TrainingAdapter(with_overrides(LabConfig(), tables | {"show.panels": ["surface"]}), None)
    scenes = dict(adapter.scenes())
    assert (scenes["surface"]["x_name"], scenes["surface"]["y_name"]) == names
    assert scenes["surface"]["x_low"] == low
    facts = adapter.facts()
    assert ("final.p" in facts) == (function == "squared-error")
    assert [facts[f"final.{name}"] for name in names] == [facts["final.w"], facts["final.b"]]


def test_another_loss_is_another_surface() -> None:
    context = FakeContext()
    surface = Surface(context)
    squared = surface.scene()
    assert surface.scene() is None
    context.loss = "mae"
    absolute = surface.scene()
    assert squared is not None
    assert absolute is not None
    assert squared["levels"] != absolute["levels"]


def test_a_path_is_thinned_but_keeps_both_ends() -> None:
    here = (0.0, 0.0)
    path = Trajectory(lambda: here)
    for step in range(10_001):
        here = (float(step), 0.0)
        path.step()
    points = path.points()
    assert len(points) <= MAX_PATH + 1
    assert (points[0], points[-1]) == ((0.0, 0.0), (10_000.0, 0.0))
    assert max(there[0] - here[0] for here, there in pairwise(points)) <= 128
    here = (float("inf"), 0.0)
    assert len(path.points()) >= len(points) - 1


def test_confusion_counts_every_validation_example_once() -> None:
    frame = Confusion(FakeContext(classes=True)).frame()
    assert frame is not None
    counts = np.array(frame["counts"])
    assert counts.sum() == 250
    assert counts.trace() == 250


def test_numbers_of_classes_are_read_as_the_nearest() -> None:
    context = FakeContext(classes=True)
    context.fake.classes = False
    context.fake.line = (100.0, 0.5)
    frame = Confusion(context).frame()
    assert frame is not None
    assert np.array(frame["counts"]).trace() >= 248


def test_the_boundary_runs_between_the_classes() -> None:
    panel = Boundary(FakeContext(classes=True, features=3))
    scene, frame = panel.scene(), panel.frame()
    assert scene is not None
    assert frame is not None
    columns, rows = BOUNDARY_CELLS
    classes = np.array(frame["classes"]).reshape(rows, columns)
    assert (classes[:, 0] == 0).all()
    assert (classes[:, -1] == 1).all()
    certainty = np.array(frame["certainty"]).reshape(rows, columns)
    middle = int(-scene["x_low"] / (scene["x_high"] - scene["x_low"]) * columns)
    assert certainty[0, 0] == 9
    assert certainty[0, middle] <= 2


def test_the_boundary_spans_the_features_that_the_lab_names() -> None:
    scene = Boundary(FakeContext(classes=True, features=3, overrides={"show.features": ["x3", "x2"]})).scene()
    assert scene is not None
    assert (scene["x_name"], scene["y_name"]) == ("x3", "x2")


def test_the_threshold_shows_counts_and_mistakes() -> None:
    context = FakeContext(classes=True)
    context.x_train, context.keyword = np.rint(context.x_train), "x1"
    panel = Threshold(context)
    scene, frame = panel.scene(), panel.frame()
    assert scene is not None
    assert frame is not None
    counts = scene["counts_by_class"]
    assert isinstance(counts, dict)
    assert sum(map(sum, counts.values())) == 1000
    wrong = np.mean((context.x_train[:, 0] > 0) != (context.y_train == 1))
    assert frame["mistakes"] == pytest.approx(wrong, rel=0.01)


def test_the_threshold_counts_anew_when_another_keyword_is_turned_to() -> None:
    context = FakeContext(classes=True, features=2)
    context.x_train, context.keyword = np.rint(context.x_train), "x1"
    panel = Threshold(context)
    first = panel.scene()
    assert panel.scene() is None
    context.keyword = "x2"
    second = panel.scene()
    assert second is not None
    assert second != first
    assert second["values"] == sorted(set(context.x_train[:, 1]))
    assert panel.scene() is None


def test_the_curve_of_a_fit_goes_as_far_as_any_point() -> None:
    context = FakeContext()
    context.x_valid[0, 0] = 9.0
    frame = Fit(context).frame()
    assert frame is not None
    assert frame["x"][-1] == 9.0
    assert frame["x"][0] == pytest.approx(min(context.x_train.min(), context.x_valid.min()), rel=1e-3)


def test_folds_show_accuracies_where_there_are_such_and_no_number_that_is_none() -> None:
    context = FakeContext()
    panel = Folds(context)
    assert panel.frame() is None
    folds = CrossValidation([context.fake])
    folds.fold_results = (EpochResult(1, 1, 0.123456, 0.5), EpochResult(1, 1, float("inf"), 0.25))
    context.training = folds
    panel.observe(RESULT)
    assert panel.frame() == {"measure": "loss", "train": [0.1235, None], "valid": [0.5, 0.25]}


def test_without_cross_validation_the_one_training_is_shown() -> None:
    panel = Folds(FakeContext())
    panel.observe(EpochResult(1, 1, 0.1, 0.2, 0.9, 0.75))
    assert panel.frame() == {"measure": "accuracy", "train": [0.9], "valid": [0.75]}


def test_spread_keeps_the_ends() -> None:
    assert evenly_spaced(5, 10).tolist() == [0, 1, 2, 3, 4]
    chosen = evenly_spaced(1000, 7)
    assert len(chosen) == 7
    assert (chosen[0], chosen[-1]) == (0, 999)


def test_short_numbers_have_four_digits() -> None:
    assert rounded_all([0.123456, 12345.6, -1e-9]) == [0.1235, 12350.0, -1e-9]
