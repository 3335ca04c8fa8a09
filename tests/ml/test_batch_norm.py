"""Batch normalisation: slopes over every combination, the formula by hand, and what a prediction goes by."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.ml.data_folder import DATA
from tests.ml.slopes import update_gradients
from tests.ml.tapes import prediction_tape
from tutor.ml.activations import ACTIVATIONS
from tutor.ml.arrays import Array
from tutor.ml.datasets import load_dataset
from tutor.ml.factory import make_training
from tutor.ml.losses import LOSSES
from tutor.ml.network.layers import EPSILON
from tutor.ml.network.network import Network, with_ones
from tutor.ml.network.passes import gradient_tape
from tutor.ml.settings import DataSettings, ModelSettings, OptimizerSettings, TrainSettings

HIDDEN = ((4,), (4, 4), (5, 4, 4, 4))


def example(
    hidden: tuple[int, ...], activation: str, loss: str = "mse", *, residual: bool = False, dropout: float = 0.0
) -> tuple[Network, Array, Array]:
    random = np.random.default_rng(len(hidden))
    network = Network(3, hidden, 3, activation, np.float64, residual=residual, dropout=dropout, batch_norm=True, seed=6)
    network.initialise(random)
    network.parameters += random.normal(0, 0.2, network.parameters.size)
    x = np.ascontiguousarray(with_ones(random.normal(size=(7, 3)), np.float64).T)
    labels = np.eye(3)[random.integers(0, 3, 7)].T if LOSSES[loss].classifies else random.normal(size=(3, 7))
    return network, x, labels


@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("hidden", HIDDEN, ids=str)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_the_gradient_with_batch_normalisation_is_the_measured_slope(
    loss: str, activation: str, hidden: tuple[int, ...], residual: bool, dropout: float
) -> None:
    network, x, labels = example(hidden, activation, loss, residual=residual, dropout=dropout)
    computed, measured = update_gradients(network, loss, x, labels)
    assert np.linalg.norm(measured[-sum(hidden) :]) > 1e-3  # the scales have a part in it
    assert np.linalg.norm(computed - measured) < 1e-6 * np.linalg.norm(measured)


def by_hand(network: Network, x: Array, *, running: bool) -> Array:
    """The outputs (k, n), unit by unit; without residual connections and dropout."""
    a = x
    for layer, norm in zip(network.matrices[:-1], network.norms, strict=True):
        z = layer[:, :-1] @ a[:-1]
        mean, variance = z.mean(1)[:, None], z.var(1)[:, None]
        if running:
            mean, variance = norm.running_mean, norm.running_variance
        a = np.tanh(norm.gamma.value * (z - mean) / np.sqrt(variance + EPSILON) + layer[:, -1:])
        a = np.concatenate([a, np.ones((1, a.shape[1]))])
    return np.asarray(network.matrices[-1] @ a)


def test_an_update_goes_by_the_batch_and_a_prediction_by_the_running_averages() -> None:
    network, x, _ = example((4, 4), "tanh")
    assert np.allclose(network.forward(x[:-1]), by_hand(network, x, running=False))
    predicted = network.predict(x[:-1])
    assert np.allclose(predicted, by_hand(network, x, running=True))
    run, outputs = prediction_tape(network, x.shape[1])
    run([(x,)])
    assert np.allclose(outputs, predicted)
    assert not np.allclose(predicted, network.forward(x[:-1]))


def test_a_prediction_does_not_depend_on_the_other_examples() -> None:
    network, x, _ = example((4, 4), "relu")
    network.forward(x[:-1])
    alone = np.concatenate([network.predict(x[:-1, i : i + 1]) for i in range(x.shape[1])], axis=1)
    assert np.allclose(network.predict(x[:-1]), alone)


@pytest.mark.parametrize("plainly", [True, False])
def test_the_running_averages_begin_with_a_plain_mean_and_go_on_with_a_tenth(plainly: bool) -> None:
    network, x, labels = example((4,), "tanh")
    norm, tape = network.norms[0], gradient_tape(network, x.shape[1], LOSSES["mse"])

    def update() -> None:
        if plainly:
            network.forward(x[:-1])
        else:
            tape([(x, np.ascontiguousarray(x.T), labels)])

    z = network.matrices[0][:, :-1] @ x[:-1]
    update()
    assert np.allclose(norm.running_mean[:, 0], z.mean(1))
    assert np.allclose(norm.running_variance[:, 0], z.var(1, ddof=1))
    network.matrices[0][:, :-1] *= 3
    update()
    assert np.allclose(norm.running_mean[:, 0], 2 * z.mean(1))  # the mean of 1 and 3
    for _ in range(8):
        update()
    mean = norm.running_mean[:, 0].copy()
    network.matrices[0][:, :-1] = 0.0
    update()
    assert np.allclose(norm.running_mean[:, 0], 0.9 * mean)


def test_a_unit_that_says_the_same_for_all_divides_by_no_zero() -> None:
    network, x, labels = example((4,), "relu")
    network.matrices[0][:, :-1] = 0.0
    gradient_tape(network, 7, LOSSES["mse"])([(x, np.ascontiguousarray(x.T), labels)])
    assert np.isfinite(network.gradient).all()


def test_scales_and_running_averages_have_names_and_scales_are_no_weights() -> None:
    network, x, _ = example((4, 3), "relu")
    network.forward(x[:-1])
    assert {"gamma1", "gamma2"} <= set(network.named())
    assert {name: each.shape for name, each in network.running().items()} == {
        "mean1": (4,), "variance1": (4,), "mean2": (3,), "variance2": (3,),
    }  # fmt: skip
    assert int(network.is_weight().sum()) == 4 * 3 + 3 * 4 + 3 * 3
    assert network.is_weight()[-7:].sum() == 0


def test_training_with_batch_normalisation_is_repeatable_and_tells_what_it_predicts() -> None:
    data = load_dataset(DataSettings(name="iris", test_fraction=0.0), data_folder=DATA)

    def run() -> list[float]:
        # 150 = 4 · 37 + 2: the last batch is shorter than the others.
        train = TrainSettings(epochs=20, batch_size=37, seed=1)
        model = ModelSettings(name="mlp", hidden=(16, 16), batch_norm=True)
        training = make_training(
            data, model, "cross-entropy", OptimizerSettings(name="adam", learning_rate=0.01), train
        )
        losses = [each.train_loss for each in training.epochs()]
        right = training.predict(data.raw(data.x_train))[np.arange(150), data.y_train]
        assert losses[-1] == pytest.approx(float(-np.log(right).mean()), rel=1e-4)
        return losses

    first = run()
    assert first == run()
    assert first[-1] < 0.1
    assert any(one != other for one, other in pairwise(first))


def test_deep_sigmoids_learn_with_batch_normalisation_and_not_without() -> None:
    data = load_dataset(DataSettings(name="digits", test_fraction=1 / 3), data_folder=DATA)

    def accuracy(*, batch_norm: bool) -> float:
        model = ModelSettings(name="mlp", hidden=(32,) * 6, activation="sigmoid", batch_norm=batch_norm)
        optimizer, train = (
            OptimizerSettings(name="momentum", learning_rate=0.01),
            TrainSettings(epochs=6, batch_size=32, seed=1),
        )
        *_, result = make_training(data, model, "cross-entropy", optimizer, train).epochs()
        return result.valid_accuracy or 0.0

    assert accuracy(batch_norm=True) > 0.6
    assert accuracy(batch_norm=False) < 0.2
