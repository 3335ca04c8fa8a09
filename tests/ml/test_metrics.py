"""Loss and accuracy over fixed examples: the same whether they go through the network at once or in pieces."""

from __future__ import annotations

import numpy as np
import pytest

from tutor.ml.activations import ACTIVATIONS
from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import CLASSIFICATION, REGRESSION, Dataset
from tutor.ml.losses import LOSSES
from tutor.ml.network import evaluation
from tutor.ml.network.evaluation import Evaluation, nearest_class, row_of_largest, rows_together
from tutor.ml.network.network import Network, with_ones

ROWS = 103


def dataset(task: str, *, numbers: bool = False) -> Dataset:
    random = np.random.default_rng(3)
    x = random.standard_normal((ROWS, 4))
    y: Array = random.integers(0, 3, ROWS) if task == CLASSIFICATION or numbers else random.standard_normal(ROWS)
    if numbers:
        y = (y - 1.0) / 2.0
    return Dataset(
        "made", task, x, y, x[:0], y[:0], class_names=("a", "b", "c") if task == CLASSIFICATION or numbers else (),
        class_numbers=np.arange(3.0) if numbers else np.zeros(0), y_mean=1.0 if numbers else 0.0,
        y_scale=2.0 if task == REGRESSION else 1.0,
    )  # fmt: skip


def measure(data: Dataset, *, batch_norm: bool = False, activation: str = "relu") -> Evaluation:
    network = Network(4, (6, 5), data.classes or 1, activation, batch_norm=batch_norm)
    network.initialise(np.random.default_rng(1))
    labels = np.eye(3, dtype=np.float32)[data.y_train] if data.classes else data.y_train[:, None].astype(np.float32)
    return Evaluation(network, with_ones(data.x_train), labels, data.y_train, data)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("together", [1, 10, 50, 102])
def test_pieces_add_up_to_the_whole(loss: str, activation: str, together: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = dataset(CLASSIFICATION if LOSSES[loss].classifies else REGRESSION)
    whole = measure(data, activation=activation)(LOSSES[loss])
    monkeypatch.setattr(evaluation, "MIN_ROWS", together)
    monkeypatch.setattr(evaluation, "PIECE_BYTES", 1)
    pieces = measure(data, activation=activation)(LOSSES[loss])
    assert pieces[0] == pytest.approx(whole[0], rel=1e-5)
    assert pieces[1] == whole[1]
    assert (whole[1] is None) == (data.task == REGRESSION)


def test_a_regression_on_class_numbers_has_an_accuracy(monkeypatch: pytest.MonkeyPatch) -> None:
    data = dataset(REGRESSION, numbers=True)
    whole = measure(data)(LOSSES["mse"])
    monkeypatch.setattr(evaluation, "MIN_ROWS", 7)
    monkeypatch.setattr(evaluation, "PIECE_BYTES", 1)
    assert measure(data)(LOSSES["mse"])[1] == whole[1]
    assert whole[1] is not None
    assert 0 < whole[1] < 1


def test_a_batch_norm_is_measured_by_its_running_averages_in_pieces_too(monkeypatch: pytest.MonkeyPatch) -> None:
    data = dataset(CLASSIFICATION)
    whole = measure(data, batch_norm=True)(LOSSES["cross-entropy"])
    monkeypatch.setattr(evaluation, "MIN_ROWS", 7)
    monkeypatch.setattr(evaluation, "PIECE_BYTES", 1)
    assert measure(data, batch_norm=True)(LOSSES["cross-entropy"]) == pytest.approx(whole, rel=1e-5)


def test_what_is_measured_at_once_does_not_grow_with_the_examples() -> None:
    for sizes in ((168, (128, 128), 8), (8, (64,) * 56, 8), (28, (1000,) * 4, 1)):
        network = Network(*sizes)
        rows = rows_together(network, 10**6)
        assert rows == rows_together(network, 10**7) >= evaluation.MIN_ROWS
        assert rows == evaluation.MIN_ROWS or rows * sum(network.sizes) * 4 <= evaluation.PIECE_BYTES
        assert rows_together(network, 5) == 5


def test_the_nearest_class_number_is_found_for_any_output() -> None:
    outputs = np.array([-5.0, 0.4, 0.6, 1.4, 99.0, np.inf, -np.inf])
    assert nearest_class(outputs, np.arange(3.0)).tolist() == [0, 0, 1, 1, 2, 2, 0]


def test_the_row_of_the_largest_output_is_that_of_argmax() -> None:
    outputs = np.random.default_rng(2).standard_normal((3, 10, 40)).astype(np.float32)
    assert (row_of_largest(outputs) == outputs.argmax(axis=-2)).all()
    outputs[0, [2, 7], 5] = 9.0  # equal ones
    assert (row_of_largest(outputs) == outputs.argmax(axis=-2)).all()
    outputs[0, 4, 6] = np.nan  # as many ones in all as there are columns
    assert (row_of_largest(outputs) == outputs.argmax(axis=-2)).all()
    assert (row_of_largest(outputs[:, :3]) == outputs[:, :3].argmax(axis=-2)).all()
