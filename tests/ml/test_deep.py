"""Residual connections and dropout: slopes, what they compute, and the depths of lesson 10."""

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
from tutor.ml.diagnostics import check_gradient
from tutor.ml.factory import make_training
from tutor.ml.losses import LOSSES
from tutor.ml.network.network import Network, with_ones
from tutor.ml.settings import DataSettings, ModelSettings, OptimizerSettings, TrainSettings

HIDDEN = ((4, 4), (5, 4, 4, 4), (4, 4, 3, 3, 4))


def example(
    hidden: tuple[int, ...], activation: str, loss: str, *, residual: bool = True, dropout: float = 0.0
) -> tuple[Network, Array, Array]:
    random = np.random.default_rng(len(hidden))
    network = Network(3, hidden, 3, activation, np.float64, residual=residual, dropout=dropout, seed=6)
    network.initialise(random)
    network.parameters += random.normal(0, 0.1, network.parameters.size)
    x = np.ascontiguousarray(with_ones(random.normal(size=(7, 3)), np.float64).T)
    labels = np.eye(3)[random.integers(0, 3, 7)].T if LOSSES[loss].classifies else random.normal(size=(3, 7))
    return network, x, labels


@pytest.mark.parametrize("hidden", HIDDEN, ids=str)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_the_gradient_with_residual_connections_is_the_measured_slope(
    loss: str, activation: str, hidden: tuple[int, ...]
) -> None:
    network, x, labels = example(hidden, activation, loss)
    check = check_gradient(network, LOSSES[loss], x, labels)
    assert np.linalg.norm(check.measured) > 0.01
    assert check.difference < 1e-7


@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("hidden", HIDDEN, ids=str)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_the_gradient_with_dropout_is_the_measured_slope(
    loss: str, activation: str, hidden: tuple[int, ...], residual: bool
) -> None:
    """The same outputs are erased at each measurement: the generator is set back."""
    network, x, labels = example(hidden, activation, loss, residual=residual, dropout=0.4)
    computed, measured = update_gradients(network, loss, x, labels)
    assert np.linalg.norm(computed - measured) < 1e-7 * np.linalg.norm(measured)


@pytest.mark.parametrize("hidden", HIDDEN, ids=str)
def test_a_layer_as_wide_as_the_one_below_adds_to_it(hidden: tuple[int, ...]) -> None:
    network, x, _ = example(hidden, "tanh", "mse")
    a: Array = np.zeros(())
    widths = [3, *hidden]
    for index, layer in enumerate(network.matrices[:-1]):
        below = x if index == 0 else np.concatenate([a, np.ones((1, 7))])
        adds = index > 0 and widths[index] == widths[index + 1]
        a = np.tanh(layer @ below) + (a if adds else 0)
    expected = network.matrices[-1] @ np.concatenate([a, np.ones((1, 7))])
    assert np.allclose(network.predict(x[:-1]), expected)
    run, outputs = prediction_tape(network, x.shape[1])
    run([(x,)])
    assert np.allclose(outputs, expected)


def test_dropout_erases_its_share_and_keeps_the_mean() -> None:
    network = Network(1, (400,), 1, "none", np.float64, dropout=0.25, seed=3)
    network.matrices[0][:] = [0.0, 1.0]
    network.matrices[1][:, :-1] = 1 / 400
    outputs = network.forward(np.ones((1, 500)))
    # 400 outputs of 1, of which ¾ are kept at 4/3: mean 1, deviation √(¼ / ¾ / 400) = 0.0289.
    assert outputs.mean() == pytest.approx(1.0, abs=0.005)
    assert outputs.std() == pytest.approx(0.0289, rel=0.15)
    assert not np.array_equal(outputs, network.forward(np.ones((1, 500))))
    assert np.allclose(network.predict(np.ones((1, 5))), 1.0)


def test_the_weights_of_layers_that_add_start_smaller_by_the_root_of_the_depth() -> None:
    plain, deep = Network(9, (9,) * 16, 2), Network(9, (9,) * 16, 2, residual=True)
    for network in (plain, deep):
        network.initialise(np.random.default_rng(0))
    ratios = [
        float(np.abs(one).sum() / np.abs(other).sum()) for one, other in zip(plain.matrices, deep.matrices, strict=True)
    ]
    assert ratios == pytest.approx([1.0, *[4.0] * 15, 1.0])


def errors(depth: int, seed: int = 1, epochs: int = 30, *, residual: bool = False) -> tuple[float, float]:
    """Share of digits read wrong, in training and validation: width 32, momentum 0.9, η = 0.01, clip 1."""
    data = load_dataset(DataSettings(name="digits", test_fraction=1 / 3), data_folder=DATA)
    model = ModelSettings(name="mlp", hidden=(32,) * depth, residual=residual)
    optimizer = OptimizerSettings(name="momentum", learning_rate=0.01, gradient_clip=1.0)
    training = make_training(
        data, model, "cross-entropy", optimizer, TrainSettings(epochs=epochs, batch_size=32, seed=seed)
    )
    *_, result = training.epochs()
    assert result.train_accuracy is not None
    assert result.valid_accuracy is not None
    return 1 - result.train_accuracy, 1 - result.valid_accuracy


def test_fifty_six_layers_train_with_residual_connections_and_hardly_without() -> None:
    plain, residual = errors(56, epochs=4), errors(56, epochs=4, residual=True)
    assert plain[0] > 0.6
    assert residual[0] < 0.25
    assert residual[1] < 0.3


def test_dropout_is_repeatable_and_off_in_what_is_told() -> None:
    data = load_dataset(DataSettings(name="iris", test_fraction=0.0), data_folder=DATA)

    def run(seed: int) -> list[float]:
        model, train = (
            ModelSettings(name="mlp", hidden=(16, 16), dropout=0.5),
            TrainSettings(epochs=5, batch_size=32, seed=seed),
        )
        training = make_training(
            data, model, "cross-entropy", OptimizerSettings(name="adam", learning_rate=0.01), train
        )
        losses = [each.train_loss for each in training.epochs()]
        right = training.predict(data.raw(data.x_train))[np.arange(150), data.y_train]
        assert losses[-1] == pytest.approx(float(-np.log(right).mean()), rel=1e-4)
        return losses

    assert run(1) == run(1) != run(2)
    assert all(one != other for one, other in pairwise(run(1)))
