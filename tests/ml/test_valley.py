"""The long valley of lessons 15 and 16: L = ½ (0.002 u² + 20 v²) from (−80, 4), 2000 updates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from tests.ml.data_folder import DATA
from tutor.ml.datasets import load_dataset
from tutor.ml.factory import make_training
from tutor.ml.settings import DataSettings, ModelSettings, OptimizerSettings, TrainSettings


@dataclass(frozen=True)
class Walk:
    """u and v after each update, and the last loss."""

    u: Any
    v: Any
    loss: float


def walk(name: str, rate: float, schedule: str = "constant", **options: Any) -> Walk:
    training = make_training(
        load_dataset(DataSettings(name="curve"), data_folder=DATA),
        ModelSettings(name="function", function="bowl"),
        "function",
        OptimizerSettings(name=name, learning_rate=rate, schedule=schedule, **options),
        TrainSettings(epochs=2000),
    )
    points, loss = [], 0.0
    for result in training.epochs():
        small = training.small_parameters()
        points.append((small["w"], small["b"]))
        loss = result.train_loss
    u, v = np.array(points).T
    return Walk(u, v, loss)


def test_gradient_descent_with_momentum_goes_farther_and_does_not_arrive() -> None:
    found = walk("momentum", 0.02)
    assert found.u[-1] == pytest.approx(-36, abs=0.1)
    assert abs(found.v[-1]) < 1e-9


@pytest.mark.parametrize(("name", "rate"), [("adagrad", 5.0), ("adam", 0.5)])
def test_steps_of_their_own_size_arrive(name: str, rate: float) -> None:
    found = walk(name, rate)
    assert abs(found.u[-1]) < 1e-3
    assert abs(found.v[-1]) < 1e-3


def test_adagrad_with_the_mean_bursts_out_of_the_valley_late() -> None:
    found = walk("adagrad-mean", 1.0)
    assert np.abs(found.v[300:]).max() == pytest.approx(7.1, abs=0.05)
    assert np.abs(found.v[1000:]).max() > 5


@pytest.mark.parametrize("schedule", ["linear-decay", "cosine"])
def test_a_decay_to_nothing_removes_the_late_bursts_but_not_the_first(schedule: str) -> None:
    found = walk("adagrad-mean", 1.0, schedule)
    assert np.abs(found.v[300:600]).max() > 4
    assert np.abs(found.v[1000:]).max() < 1e-9
    assert found.loss < 1e-9


def test_the_mean_with_an_inverse_root_schedule_is_the_sum() -> None:
    mean, total = walk("adagrad-mean", 1.0, "inverse-sqrt"), walk("adagrad", 1.0)
    # All but the ε of both: 1e-8, against a root that is √t times smaller.
    assert mean.u == pytest.approx(total.u, abs=1e-5)
    assert mean.v == pytest.approx(total.v, abs=1e-5)


def test_a_warm_up_decays_early_enough_for_every_burst() -> None:
    found = walk("adagrad-mean", 1.0, "warm-up")
    assert np.abs(found.v[300:]).max() < 1e-6
    assert abs(found.u[-1]) < 1e-9


def test_rmsprop_hovers_at_half_its_learning_rate_until_it_decays() -> None:
    found = walk("rmsprop", 0.1)
    assert np.abs(found.v[-100:]) == pytest.approx(np.full(100, 0.05), abs=1e-4)
    assert found.loss == pytest.approx(0.025, abs=1e-4)
    assert walk("rmsprop", 0.1, "linear-decay").loss < 1e-15


def test_a_clipped_gradient_makes_a_wild_rate_slow_instead() -> None:
    # Above 0.1 gradient descent diverges; no clipped step is longer than 0.11 · 1.
    found = walk("gd", 0.11, gradient_clip=1.0)
    steps = np.hypot(np.diff(found.u), np.diff(found.v))
    assert np.isfinite(found.loss)
    assert steps.max() <= 0.11 * 1.0001
