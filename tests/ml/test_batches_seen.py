"""What is seen of batches: their losses change no result, and their gradients average to the whole one."""

from __future__ import annotations

import numpy as np
import pytest

from tutor.ml.datasets import load_dataset
from tutor.ml.diagnostics import MAX_UPDATES, batch_gradients
from tutor.ml.losses import LOSSES
from tutor.ml.network.network import Network, with_ones
from tutor.ml.network.training import NetworkTraining
from tutor.ml.settings import DataSettings, ModelSettings, OptimizerSettings, TrainSettings


def training(size: int, epochs: int = 3) -> NetworkTraining:
    data = load_dataset(DataSettings(name="moons", rows=250, test_fraction=0.2), data_folder=None)
    model, train = ModelSettings(name="mlp", hidden=(8,)), TrainSettings(epochs=epochs, batch_size=size)
    return NetworkTraining(data, model, "cross-entropy", OptimizerSettings(name="sgd", learning_rate=0.1), train)


@pytest.mark.parametrize("size", [1, 7, 200])
def test_to_watch_the_batches_changes_nothing(size: int) -> None:
    plain, watched = training(size), training(size)
    batches = watched.watch_batches()
    assert list(plain.epochs()) == list(watched.epochs())
    assert batches.updates == 3 * -(-200 // size)
    assert len(batches.losses) == min(MAX_UPDATES, batches.updates)


def test_the_loss_of_a_batch_of_everything_is_that_of_the_epoch_before() -> None:
    watched = training(0, epochs=10)
    batches = watched.watch_batches()
    results = [each.train_loss for each in watched.epochs()]
    assert list(batches.losses)[1:] == pytest.approx(results[:-1], rel=1e-5)
    assert [update for update, _ in batches.epochs] == list(range(1, 11))
    assert [loss for _, loss in batches.epochs] == results


def test_losses_of_batches_are_in_the_units_of_the_label() -> None:
    data = load_dataset(DataSettings(name="wave"), data_folder=None)
    watched = NetworkTraining(
        data,
        ModelSettings(name="linear"),
        "mse",
        OptimizerSettings(name="sgd", learning_rate=0.01),
        TrainSettings(epochs=5),
    )
    batches = watched.watch_batches()
    results = [each.train_loss for each in watched.epochs()]
    assert list(batches.losses)[1:] == pytest.approx(results[:-1], rel=1e-4)


def test_large_data_takes_the_mean_over_the_batches_as_its_training_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = list(training(60).epochs())
    monkeypatch.setattr("tutor.ml.network.training.MOST_MEASURED", 1000)
    averaged = training(60)
    assert averaged.averages_batches
    batches = averaged.watch_batches()
    sizes = np.array([60, 60, 60, 20])
    for result, plain in zip(averaged.epochs(), measured, strict=True):
        losses = np.array(batches.losses)[-len(sizes) :]
        assert result.train_loss == pytest.approx(float((losses * sizes).sum() / 200), rel=1e-5)
        assert (result.valid_loss, result.gradient_norm) == (plain.valid_loss, plain.gradient_norm)
        assert result.train_accuracy is not None
        assert plain.train_accuracy is not None
        assert result.train_loss > plain.train_loss
        assert result.train_accuracy == pytest.approx(plain.train_accuracy, abs=0.2)
    assert averaged.predict(averaged.dataset.x_train).shape == (200, 2)


def test_with_a_rate_of_nothing_the_mean_over_the_batches_is_the_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    still = training(60)
    still.set("learning_rate", 0.0)
    measured = next(still.epochs())
    monkeypatch.setattr("tutor.ml.network.training.MOST_MEASURED", 1000)
    averaged = training(60)
    averaged.set("learning_rate", 0.0)
    result = next(averaged.epochs())
    assert result.train_loss == pytest.approx(measured.train_loss, rel=1e-5)
    assert result.train_accuracy == measured.train_accuracy


def network_and_data() -> tuple[Network, np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    network = Network(3, (5,), 1)
    network.initialise(random)
    return network, with_ones(random.normal(size=(120, 3))), random.normal(size=(120, 1)).astype(np.float32)


def test_gradients_of_batches_average_to_that_of_all_examples() -> None:
    network, x, labels = network_and_data()
    before = network.parameters.copy()
    found = batch_gradients(network, LOSSES["mse"], x, labels, 10, 4000)
    assert float(found.along.mean()) == pytest.approx(1.0, abs=0.05)
    assert (network.parameters == before).all()


def test_the_noise_falls_with_the_root_of_the_batch_size() -> None:
    network, x, labels = network_and_data()
    spread = {size: batch_gradients(network, LOSSES["mse"], x, labels, size, 2000) for size in (2, 8)}
    # Drawn without replacement from 120: nearly as if independent.
    ratio = float(np.sqrt((spread[2].across ** 2).mean() / (spread[8].across ** 2).mean()))
    assert ratio == pytest.approx(2.0, rel=0.1)
    assert np.median(spread[2].angles) > np.median(spread[8].angles)


def test_all_examples_are_the_whole_gradient() -> None:
    network, x, labels = network_and_data()
    found = batch_gradients(network, LOSSES["mse"], x, labels, 120, 3)
    assert (found.along.tolist(), found.across.tolist()) == ([1.0] * 3, [0.0] * 3)
