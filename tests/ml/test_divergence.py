"""A loss that has grown beyond any use has diverged, though it is still a number; a large one alone has not."""

from __future__ import annotations

from math import isfinite
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from tests.ml.data_folder import DATA
from tutor.ml.datasets import load_dataset
from tutor.ml.divergence import FACTOR, divergence_limit, has_diverged
from tutor.ml.factory import make_training
from tutor.ml.settings import DataSettings, ModelSettings, OptimizerSettings, TrainSettings
from tutor.ml.training import EpochResult, Training


def line(
    optimizer: str, rate: float, epochs: int, options: DataSettings | None = None, data: str = "views"
) -> Training:
    examples = load_dataset(replace(options or DataSettings(), name=data), data_folder=DATA)
    return make_training(
        examples,
        ModelSettings(name="linear"),
        "mse",
        OptimizerSettings(name=optimizer, learning_rate=rate),
        TrainSettings(epochs=epochs),
    )


def table(path: Path, scale: float) -> DataSettings:
    """A noisy line whose labels are of the size ``scale``."""
    random = np.random.default_rng(1)
    x = random.normal(size=40)
    rows = [f"{a},{scale * (3 + 2 * a + 0.1 * random.normal())}" for a in x]
    path.write_text("x,y\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return DataSettings(path=str(path), target="y")


@pytest.mark.parametrize("rate", [3.0, 30.0, 1e3, 1e6])
@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_too_high_a_rate_ends_the_run_while_the_loss_is_still_a_number(
    tmp_path: Path, rate: float, scale: float
) -> None:
    results = list(line("gd", rate, 60, table(tmp_path / "t.csv", scale), "csv").epochs())
    assert [each.diverged for each in results] == [False] * (len(results) - 1) + [True]
    assert len(results) < 60
    assert isfinite(results[-1].train_loss)
    # Unstopped, it would have ended at 1e30 and more, which is a number too.
    grown = results[-1].train_loss / scale**2
    assert grown > FACTOR


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9, 1e15])
def test_huge_and_tiny_labels_are_no_divergence(tmp_path: Path, scale: float) -> None:
    results = list(line("gd", 0.1, 60, table(tmp_path / "t.csv", scale), "csv").epochs())
    assert len(results) == 60
    assert not any(each.diverged for each in results)
    assert results[-1].train_loss < 0.1 * scale**2


def test_a_start_next_to_zero_leaves_room_to_move() -> None:
    assert divergence_limit(0.0) == divergence_limit(float("nan")) == divergence_limit(float("inf")) == FACTOR
    assert divergence_limit(-5.0) == divergence_limit(5.0) == 5 * FACTOR
    assert not has_diverged(FACTOR, FACTOR)
    assert has_diverged(1.01 * FACTOR, FACTOR)
    assert has_diverged(float("nan"), float("inf"))
    assert has_diverged(float("inf"), float("inf"))


def test_whoever_moves_the_parameters_by_hand_may_move_them_far_and_back() -> None:
    training = line("manual", 0.1, 3)
    epochs = training.epochs()
    losses = []
    for w in (1.0, 1e6, 1.0):
        training.set("w", w)
        losses.append(next(epochs))
    assert losses[1].train_loss > FACTOR * losses[0].train_loss
    assert not any(each.diverged for each in losses)


def test_a_descent_that_the_learner_put_far_away_begins_anew_from_there() -> None:
    training = line("gd", 0.1, 300)
    results: list[EpochResult] = []
    for result in training.epochs():
        results.append(result)
        if result.epoch == 3:
            training.set("w", 1e6)
    assert len(results) == 300
    assert results[3].train_loss > FACTOR * results[2].train_loss
    assert results[-1].train_loss == pytest.approx(list(line("gd", 0.1, 300).epochs())[-1].train_loss, rel=1e-3)


def test_one_fold_that_diverges_ends_all() -> None:
    results = list(line("gd", 30.0, 60, DataSettings(lags=1, folds=3)).epochs())
    assert results[-1].diverged
    assert len(results) < 60


def test_a_drawn_function_diverges_alike() -> None:
    options = OptimizerSettings(name="gd", learning_rate=0.11), TrainSettings(epochs=400)
    training = make_training(
        load_dataset(DataSettings(name="curve"), data_folder=DATA),
        ModelSettings(name="function", function="bowl"),
        "function",
        *options,
    )
    results = list(training.epochs())
    assert results[-1].diverged
    assert len(results) < 400
    assert isfinite(results[-1].train_loss)
