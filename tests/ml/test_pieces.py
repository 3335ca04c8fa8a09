"""Curves as sums of bends: placed ones meet the data, and twice as many come four times as near."""

from __future__ import annotations

import numpy as np
import pytest

from tutor.foundation.errors import TutorError
from tutor.ml.datasets import load_dataset
from tutor.ml.datasets.dataset import Dataset
from tutor.ml.network.training import NetworkTraining
from tutor.ml.settings import DataSettings, ModelSettings, OptimizerSettings, TrainSettings


def wave() -> Dataset:
    return load_dataset(DataSettings(name="wave", rows=201, test_fraction=0.0), data_folder=None)


def placed(count: int, activation: str = "hard-sigmoid", optimizer: str = "none", epochs: int = 50) -> NetworkTraining:
    model = ModelSettings(name="mlp", hidden=(count,), activation=activation, placed=True)
    return NetworkTraining(
        wave(), model, "mse", OptimizerSettings(name=optimizer, learning_rate=0.01), TrainSettings(epochs=epochs)
    )


def largest_error(training: NetworkTraining) -> float:
    data = training.dataset
    return float(np.abs(training.predict(data.raw(data.x_train)) - data.label(data.y_train)).max())


# The largest error of straight lines between K + 1 places of the curve, as the lesson tells it.
@pytest.mark.parametrize(("count", "error"), [(1, 1.0), (5, 0.18), (10, 0.049), (20, 0.012)])
def test_bends_side_by_side_are_the_piecewise_linear_curve_through_the_data(count: int, error: float) -> None:
    training = placed(count)
    assert largest_error(training) == pytest.approx(error, rel=0.03)
    places = np.linspace(0, 1, count + 1)
    at = np.linspace(0, 1, 333)
    lines = np.interp(at, places, np.sin(2 * np.pi * places) + places / 2)
    assert np.allclose(training.predict(at[:, None]), lines, atol=1e-5)


def test_outside_the_data_a_sum_of_bends_is_flat() -> None:
    training = placed(10)
    left, right = training.predict(np.array([[-50.0], [-1.0], [2.0], [50.0]])).reshape(2, 2)
    assert left[0] == left[1] == pytest.approx(0.0, abs=1e-5)
    assert right[0] == right[1] == pytest.approx(0.5, abs=1e-5)


def test_soft_bends_go_round_the_corners_and_training_makes_up_for_it() -> None:
    assert 0.012 < largest_error(placed(20, "sigmoid")) < 0.06
    trained = placed(6, "sigmoid", "adam", 500)
    before = largest_error(trained)
    list(trained.epochs())
    assert largest_error(trained) < before / 3


def test_without_an_optimizer_there_is_one_epoch_and_no_update() -> None:
    training = placed(5)
    (result,) = training.epochs()
    assert (result.epoch, result.updates) == (1, 0)
    assert (training.network.parameters == placed(5).network.parameters).all()


@pytest.mark.parametrize(
    "model",
    [
        ModelSettings(name="mlp", hidden=(5,), activation="relu", placed=True),
        ModelSettings(name="mlp", hidden=(5, 5), activation="sigmoid", placed=True),
        ModelSettings(name="linear", placed=True),
    ],
)
def test_what_is_no_row_of_bends_cannot_be_placed(model: ModelSettings) -> None:
    with pytest.raises(TutorError, match="placed"):
        NetworkTraining(wave(), model, "mse", OptimizerSettings(name="none"), TrainSettings())
