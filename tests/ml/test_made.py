"""Made data sets, and the figures of lessons 11 and 19 on them."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from tutor.foundation.errors import TutorError
from tutor.ml.datasets import load_dataset
from tutor.ml.datasets.dataset import Dataset
from tutor.ml.factory import make_training
from tutor.ml.settings import DataSettings, ModelSettings, OptimizerSettings, TrainSettings


def dataset(name: str, rows: int = 0, seed: int | None = None, noise: float | None = None, frames: int = 1) -> Dataset:
    options = DataSettings(name=name, rows=rows, seed=seed, noise=noise, frames=frames)
    return load_dataset(options, data_folder=None)


def fitted(data: Dataset, degree: int) -> tuple[float, float]:
    """MAE in training and validation of the polynomial by least squares."""
    model = ModelSettings(name="polynomial", degree=degree)
    training = make_training(data, model, "mae", OptimizerSettings(name="least-squares"), TrainSettings(epochs=3))
    *_, result = training.epochs()
    assert result.updates == 1
    assert result.valid_loss is not None
    return result.train_loss, result.valid_loss


def test_the_wave_is_the_curve_of_lesson_five() -> None:
    data = dataset("wave")
    x, y = data.raw(data.x_train)[:, 0], data.label(data.y_train)
    assert (x.min(), x.max()) == pytest.approx((0, 1), abs=0.05)
    assert y == pytest.approx(np.sin(2 * np.pi * x) + x / 2)
    noisy = dataset("wave", noise=0.1)
    assert float(np.std(noisy.label(noisy.y_train) - y)) == pytest.approx(0.1, rel=0.2)


@pytest.mark.parametrize("activation", ["sigmoid", "hard-sigmoid"])
def test_a_sum_of_bends_comes_nearer_to_the_wave_than_a_line(activation: str) -> None:
    data = dataset("wave")
    losses = []
    for model in (ModelSettings(name="linear"), ModelSettings(name="mlp", hidden=(20,), activation=activation)):
        training = make_training(
            data,
            model,
            "mse",
            OptimizerSettings(name="adam", learning_rate=0.01),
            TrainSettings(epochs=500, batch_size=32),
        )
        *_, result = training.epochs()
        losses.append(result.train_loss)
    assert losses[1] < losses[0] / 20


@pytest.mark.parametrize("rows", [12, 200])
def test_a_parabola_is_validated_on_many_fresh_rows(rows: int) -> None:
    data = dataset("quadratic", rows)
    assert (len(data.x_train), len(data.x_valid)) == (rows, 500)
    fresh = data.raw(data.x_valid)[:, 0]
    errors = data.label(data.y_valid) - (1 + 0.5 * fresh - 1.5 * fresh**2)
    assert float(errors.std()) == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize("degree", [1, 2, 5, 9])
def test_least_squares_is_that_of_numpy(degree: int) -> None:
    data = dataset("quadratic", 40, seed=3)
    x, y = data.raw(data.x_train)[:, 0], data.label(data.y_train)
    fresh, labels = data.raw(data.x_valid)[:, 0], data.label(data.y_valid)
    found = np.polyfit(x, y, degree)
    assert fitted(data, degree) == pytest.approx(
        (np.abs(np.polyval(found, x) - y).mean(), np.abs(np.polyval(found, fresh) - labels).mean()), rel=2e-3
    )


@pytest.mark.parametrize(
    ("rows", "degree", "train", "valid"),
    [
        (12, 1, 0.400, 0.465),
        (12, 2, 0.204, 0.270),
        (12, 3, 0.187, 0.285),
        (12, 5, 0.156, 0.372),
        (12, 7, 0.111, 0.943),
        (12, 9, 0.065, 7.92),
        (200, 9, 0.232, 0.246),
    ],
)
def test_the_curve_of_overfitting_is_that_of_lesson_ten(rows: int, degree: int, train: float, valid: float) -> None:
    """Medians over the 300 draws of the lesson."""
    errors = np.median([fitted(dataset("quadratic", rows, seed), degree) for seed in range(300)], axis=0)
    assert float(errors[0]) == pytest.approx(train, abs=0.001)
    assert float(errors[1]) == pytest.approx(valid, rel=0.005)


@pytest.mark.parametrize(("data", "model"), [("wave", "mlp"), ("phones", "softmax")])
def test_least_squares_is_refused_where_there_is_no_closed_form(data: str, model: str) -> None:
    loss = "cross-entropy" if data == "phones" else "mse"
    with pytest.raises(TutorError, match="least squares"):
        make_training(
            dataset(data, rows=200),
            ModelSettings(name=model, hidden=(4,)),
            loss,
            OptimizerSettings(name="least-squares"),
            TrainSettings(),
        )


def test_an_example_of_phones_is_a_frame_between_its_neighbours() -> None:
    one, three = dataset("phones", rows=400), dataset("phones", rows=400, frames=3)
    assert (one.x_train.shape, one.x_valid.shape, three.x_train.shape) == ((400, 8), (120, 8), (400, 24))
    frames, windows = one.raw(one.x_train), three.raw(three.x_train)
    assert np.allclose(windows[:, 8:16], frames)
    assert np.allclose(windows[5, :8], frames[4])
    assert np.allclose(windows[5, 16:], frames[6])
    # An utterance has 40 frames; at its ends there is no neighbour but itself.
    assert np.allclose(windows[40, :8], frames[40])
    assert np.allclose(windows[39, 16:], frames[39])
    assert one.y_train.tolist() == three.y_train.tolist()
    assert three.feature_names[0] == "f-1.1"


@pytest.mark.parametrize(("frames", "accuracy"), [(1, 0.51), (3, 0.68), (5, 0.73)])
def test_more_frames_tell_more_as_in_lesson_twenty(frames: int, accuracy: float) -> None:
    model, train = ModelSettings(name="mlp", hidden=(64,)), TrainSettings(epochs=10, batch_size=128)
    data = dataset("phones", frames=frames)
    *_, result = make_training(
        data, model, "cross-entropy", OptimizerSettings(name="adam", learning_rate=0.001), train
    ).epochs()
    assert (len(data.y_train), len(data.y_valid)) == (12_000, 4_000)
    assert result.valid_accuracy == pytest.approx(accuracy, abs=0.015)


def test_a_wide_context_overfits_and_dropout_helps() -> None:
    data = dataset("phones", frames=21)
    found = []
    for dropout in (0.0, 0.25):
        model, train = (
            ModelSettings(name="mlp", hidden=(128, 128), dropout=dropout),
            TrainSettings(epochs=10, batch_size=128),
        )
        *_, result = make_training(
            data, model, "cross-entropy", OptimizerSettings(name="adam", learning_rate=0.001), train
        ).epochs()
        found.append((result.train_accuracy, result.valid_accuracy))
    assert found[0] == pytest.approx((0.95, 0.70), abs=0.025)
    assert found[1][1] == pytest.approx(0.74, abs=0.02)


def test_a_random_split_of_phones_draws_as_many_frames_from_all_utterances() -> None:
    random = DataSettings(name="phones", rows=400, split="random")
    whole, mixed = dataset("phones", rows=400), load_dataset(random, data_folder=None)
    assert (len(mixed.y_train), len(mixed.y_valid)) == (len(whole.y_train), len(whole.y_valid)) == (400, 120)
    rows = {tuple(row) for row in np.round(whole.raw(whole.x_valid), 6).tolist()}
    moved = sum(tuple(row) in rows for row in np.round(mixed.raw(mixed.x_train), 6).tolist())
    assert 60 < moved < 120
    # With folds the validation utterances stay a test set, as they were.
    folded = load_dataset(replace(random, folds=4), data_folder=None)
    assert sum(len(fold.y_valid) for fold in folded.folds) == 400


def test_three_arms_are_wound_around_each_other() -> None:
    data = dataset("coil", noise=0.0)
    x = np.concatenate([data.raw(data.x_train), data.raw(data.x_valid)])
    y = np.concatenate([data.y_train, data.y_valid])
    radius, angle = np.hypot(*x.T), np.arctan2(x[:, 0], x[:, 1])
    apart = angle - 5 * np.pi * radius - y * 2 * np.pi / 3
    assert np.allclose(np.cos(apart), 1.0)
    assert len(x) == 2000
