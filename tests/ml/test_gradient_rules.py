"""Clipping and weight decay: by hand, and in whole trainings."""

from __future__ import annotations

import numpy as np
import pytest

from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import REGRESSION, Dataset
from tutor.ml.gradient_rules import GradientRules, norms
from tutor.ml.network.training import NetworkTraining
from tutor.ml.settings import ModelSettings, OptimizerSettings, TrainSettings


def ruled(gradient: list[float], decay: float, clip: float, dtype: type = np.float64) -> tuple[Array, float]:
    """A gradient after the rules, for parameters (2, 5) of which the second is a bias; and its norm before."""
    given: Array = np.array(gradient, dtype)
    parameters: Array = np.array([2.0, 5.0], dtype)
    rules = GradientRules(parameters, given, np.array([1.0, 0.0], dtype), weight_decay=decay, clip=clip)
    (norm,) = norms(given[None])
    with np.errstate(all="ignore"):
        rules.apply()
    return given, norm


def test_a_long_gradient_is_shortened_and_keeps_its_direction() -> None:
    # |(3, 4)| = 5, so each entry is divided by 5.
    given, norm = ruled([3.0, 4.0], 0.0, 1.0)
    assert given == pytest.approx([0.6, 0.8])
    assert norm == pytest.approx(5.0)


@pytest.mark.parametrize("gradient", [[0.3, 0.4], [0.0, 0.0], [0.6, 0.8]])
def test_a_short_gradient_is_left_as_it_is(gradient: list[float]) -> None:
    assert ruled(gradient, 0.0, 1.0)[0].tolist() == gradient


def test_a_gradient_whose_square_overflows_is_still_clipped() -> None:
    given, norm = ruled([3e30, 4e30], 0.0, 1.0, dtype=np.float32)
    assert given == pytest.approx([0.6, 0.8])
    assert norm == pytest.approx(5e30)


def test_the_length_of_a_long_gradient_is_that_of_all_of_it() -> None:
    gradient: Array = np.full(250_000, 3e25, np.float32)  # its square overflows single precision
    assert norms(np.stack([gradient, -gradient, 0 * gradient])) == pytest.approx([3e25 * 500, 3e25 * 500, 0.0])


def test_a_gradient_that_is_no_number_stays_none() -> None:
    assert np.isnan(ruled([np.nan, 4.0], 0.0, 1.0)[0]).all()
    assert np.isnan(ruled([np.inf, 4.0], 0.0, 1.0)[0]).any()


def test_weights_decay_and_biases_do_not() -> None:
    # 3 + 0.1·2 = 3.2
    assert ruled([3.0, 4.0], 0.1, 0.0)[0] == pytest.approx([3.2, 4.0])


def test_decay_comes_after_the_clip() -> None:
    assert ruled([3.0, 4.0], 0.1, 1.0)[0] == pytest.approx([0.8, 0.8])


def test_noise_has_the_standard_deviation_asked_for() -> None:
    gradient: Array = np.full(10_000, 3.0, np.float32)
    rules = GradientRules(gradient, gradient, gradient, noise=0.5, seed=4)
    rules.apply()
    assert float(gradient.mean()) == pytest.approx(3.0, abs=0.02)
    assert float(gradient.std()) == pytest.approx(0.5, abs=0.02)


def test_without_rules_there_is_nothing_to_do() -> None:
    given, norm = ruled([3.0, 4.0], 0.0, 0.0)
    assert given.tolist() == [3.0, 4.0]
    assert norm == pytest.approx(5.0)


def train(data: Dataset, optimizer: OptimizerSettings, epochs: int, batch_size: int = 0) -> NetworkTraining:
    options = TrainSettings(epochs=epochs, batch_size=batch_size, shuffle=False)
    training = NetworkTraining(data, ModelSettings(name="linear"), "mse", optimizer, options)
    for _ in training.epochs():
        pass
    return training


def made(rows: int = 50) -> Dataset:
    random = np.random.default_rng(3)
    x = random.normal(size=(rows, 3))
    y = x @ np.array([3.0, -2.0, 0.5]) + 4 + random.normal(size=rows)
    return Dataset("made", REGRESSION, x, y, x[:0], y[:0])


def test_weight_decay_finds_what_ridge_regression_finds_in_closed_form() -> None:
    """∇(mean squared error) + δ W = 0 at (2/N XᵀX + δ D) θ = 2/N Xᵀy, where D has no bias."""
    data = made()
    training = train(data, OptimizerSettings(name="gd", learning_rate=0.1, weight_decay=0.5), 800)
    inputs = np.column_stack([data.x_train, np.ones(50)])
    normal = 2 / 50 * inputs.T @ inputs + 0.5 * np.diag([1.0, 1, 1, 0])
    expected = np.linalg.solve(normal, 2 / 50 * inputs.T @ data.y_train)
    assert training.network.parameters == pytest.approx(expected, abs=1e-4)


def test_no_update_goes_farther_than_the_clip_lets_it() -> None:
    # 10 epochs of 4 updates (the last batch of each is shorter), each of length 0.01 · 0.5 at most.
    data = made()
    start = train(data, OptimizerSettings(name="sgd", learning_rate=0.0), 1).network.parameters
    moved = train(
        data, OptimizerSettings(name="sgd", learning_rate=0.01, gradient_clip=0.5), 10, batch_size=16
    ).network.parameters
    free = train(data, OptimizerSettings(name="sgd", learning_rate=0.01), 10, batch_size=16).network.parameters
    assert 0.8 * 40 * 0.005 < np.linalg.norm(moved - start) <= 40 * 0.005 * 1.0001
    assert np.linalg.norm(free - start) > 5 * np.linalg.norm(moved - start)


def test_the_norm_that_is_told_is_that_before_the_rules() -> None:
    data, options = made(), TrainSettings(epochs=1)
    norms = []
    for optimizer in (OptimizerSettings(name="gd"), OptimizerSettings(name="gd", gradient_clip=0.1, weight_decay=3.0)):
        result = next(iter(NetworkTraining(data, ModelSettings(name="linear"), "mse", optimizer, options).epochs()))
        norms.append(result.gradient_norm)
    assert norms[0] == pytest.approx(norms[1], rel=1e-5)
