"""Landscapes without data: their slopes, the saddle of lesson 13, and the flat corner of lesson 18."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.ml.data_folder import DATA
from tutor.ml.datasets import load_dataset
from tutor.ml.diagnostics import measured_gradient
from tutor.ml.factory import make_training
from tutor.ml.models.drawn_function import FUNCTIONS
from tutor.ml.settings import DataSettings, ModelSettings, OptimizerSettings, TrainSettings

Small = dict[str, float]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_slopes_are_those_of_the_function(name: str) -> None:
    function = FUNCTIONS[name]
    random = np.random.default_rng(8)
    for _ in range(20):
        at = random.normal(0.0, 2.0, len(function.names))
        measured = measured_gradient(lambda at=at: float(function.value(*at)), at)  # type: ignore[misc]
        assert np.asarray(function.gradient(*at)) == pytest.approx(measured, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_computed_for_many_points_at_once(name: str) -> None:
    function = FUNCTIONS[name]
    points = np.random.default_rng(8).normal(0.0, 2.0, (len(function.names), 5))
    assert np.asarray(function.value(*points)).tolist() == [float(function.value(*each)) for each in points.T]


def updates_until(
    reached: Callable[[Small], bool],
    function: str,
    start: tuple[float, float],
    optimizer: OptimizerSettings,
    most: int,
    seed: int = 0,
) -> int | None:
    """How many updates it takes; None where ``most`` are not enough."""
    model = ModelSettings(name="function", function=function, w=start[0], b=start[1])
    options = TrainSettings(epochs=most, seed=seed)
    training = make_training(
        load_dataset(DataSettings(name="curve"), data_folder=DATA), model, "function", optimizer, options
    )
    for result in training.epochs():
        if reached(training.small_parameters()):
            return result.updates
    return None


def leaves_saddle(start: tuple[float, float], seed: int = 0, momentum: float = 0.0, noise: float = 0.0) -> int | None:
    name = "momentum" if momentum else "gd"
    optimizer = OptimizerSettings(name=name, learning_rate=0.05, momentum=momentum, gradient_noise=noise)
    return updates_until(lambda small: small["f"] < 1e-3, "saddle", start, optimizer, 2000, seed)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("start", [(0.0, 0.0), (0.5, -0.5)])
def test_the_saddle_keeps_what_comes_along_its_valley(start: tuple[float, float], momentum: float) -> None:
    assert leaves_saddle(start, momentum=momentum) is None


def test_what_slides_into_the_saddle_comes_to_rest_there() -> None:
    model = ModelSettings(name="function", function="saddle")
    options = OptimizerSettings(name="gd", learning_rate=0.05), TrainSettings(epochs=500)
    training = make_training(load_dataset(DataSettings(name="curve"), data_folder=DATA), model, "function", *options)
    *_, result = training.epochs()
    small = training.small_parameters()
    assert (small["w"], small["b"], result.train_loss) == pytest.approx((0.0, 0.0, 1.0), abs=1e-6)
    assert result.gradient_norm == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(("momentum", "updates"), [(0.0, 88), (0.9, 55)])
def test_a_little_off_the_saddle_is_enough_to_leave_it(momentum: float, updates: int) -> None:
    assert leaves_saddle((0.001, 0.001), momentum=momentum) == updates


def test_noise_frees_what_sits_in_the_saddle() -> None:
    assert leaves_saddle((0.5, -0.5), noise=0.01) == 113
    others = [leaves_saddle((0.5, -0.5), seed=seed, noise=0.01) for seed in range(1, 12)]
    assert all(each is not None and 60 < each < 250 for each in others)


CURVED = [name for name, each in FUNCTIONS.items() if each.hessian is not None]


@pytest.mark.parametrize("name", CURVED)
def test_a_hessian_is_the_slope_of_the_slopes(name: str) -> None:
    function = FUNCTIONS[name]
    random = np.random.default_rng(8)
    for _ in range(20):
        at = random.normal(0.0, 2.0, 2)
        rows = [
            measured_gradient(lambda at=at, row=row: float(function.gradient(*at)[row]), at)  # type: ignore[misc]
            for row in range(2)
        ]
        assert function.hessian is not None
        xx, xy, yy = function.hessian(*at)
        assert np.array([[xx, xy], [xy, yy]]) == pytest.approx(np.array(rows), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(
    ("point", "values"),
    [((0.0, 0.0), (-2.0, 2.0)), ((1.0, 1.0), (0.0, 4.0)), ((2.0, 0.5), (0.0, 8.5))],
)
def test_eigenvalues_tell_a_saddle_from_its_valley_floor(
    point: tuple[float, float], values: tuple[float, float]
) -> None:
    found, vectors = FUNCTIONS["saddle"].curvatures(*point)
    assert found == pytest.approx(values, abs=1e-12)
    assert vectors.T @ vectors == pytest.approx(np.eye(2), abs=1e-12)


@pytest.mark.parametrize(("start", "updates"), [((0.0, 0.0), 45), ((0.5, -0.5), 113)])
def test_a_step_along_the_eigenvector_leaves_the_saddle(start: tuple[float, float], updates: int) -> None:
    def reached(optimizer: OptimizerSettings) -> int | None:
        return updates_until(lambda small: small["f"] < 1e-3, "saddle", start, optimizer, 300)

    assert reached(OptimizerSettings(name="gd", learning_rate=0.05, eigenvector_step=0.1)) == updates
    assert reached(OptimizerSettings(name="gd", learning_rate=0.05)) is None


def test_in_a_bowl_no_eigenvector_leads_down_and_none_is_followed() -> None:
    def path(step: float) -> list[float]:
        model = ModelSettings(name="function", function="bowl", w=0.0, b=1e-6)
        options = OptimizerSettings(name="gd", learning_rate=0.05, eigenvector_step=step), TrainSettings(epochs=5)
        training = make_training(
            load_dataset(DataSettings(name="curve"), data_folder=DATA), model, "function", *options
        )
        return [result.train_loss for result in training.epochs()]

    assert path(0.5) == path(0.0)


def test_what_flew_away_has_no_curvature() -> None:
    model = ModelSettings(name="function", function="saddle", w=1e6, b=1e6)
    options = OptimizerSettings(name="gd", learning_rate=0.5, eigenvector_step=0.1), TrainSettings(epochs=50)
    training = make_training(load_dataset(DataSettings(name="curve"), data_folder=DATA), model, "function", *options)
    *_, result = training.epochs()
    assert result.diverged
    assert "lambda1" not in training.small_parameters()


@pytest.mark.parametrize(
    ("function", "start", "updates"),
    [
        ("cross-entropy", (-5.0, 5.0), 21),
        ("squared-error", (-5.0, 5.0), 5536),
        ("cross-entropy", (-10.0, 10.0), 31),
        ("squared-error", (-10.0, 10.0), None),
    ],
)
def test_from_a_bad_start_squared_error_is_a_plateau(
    function: str, start: tuple[float, float], updates: int | None
) -> None:
    found = updates_until(
        lambda small: small["p"] > 0.9, function, start, OptimizerSettings(name="gd", learning_rate=0.5), 20_000
    )
    assert found == updates


def test_the_corner_is_that_of_three_classes() -> None:
    # At (0, 0) the third class has no chance: p = (½, ½, 0), so −ln ½ and ¼ + ¼.
    assert float(FUNCTIONS["cross-entropy"].value(0.0, 0.0)) == pytest.approx(np.log(2))
    assert float(FUNCTIONS["squared-error"].value(0.0, 0.0)) == pytest.approx(0.5)
    # With all three logits alike each has a third.
    third = FUNCTIONS["cross-entropy"].facts["p"](-1000.0, -1000.0)
    assert float(third) == pytest.approx(1 / 3)
