"""What trainings come to: closed forms, the figures of the syllabus, divergence told, the same again bit for bit."""

from __future__ import annotations

import warnings
from math import isfinite
from typing import Any

import numpy as np
import pytest

from tests.ml.data_folder import DATA
from tests.ml.least_deviations import least_absolute_deviations
from tutor.foundation.errors import TutorError
from tutor.ml.datasets import load_dataset
from tutor.ml.datasets.dataset import Dataset
from tutor.ml.factory import make_training
from tutor.ml.losses import Loss
from tutor.ml.parts import Parts
from tutor.ml.settings import DataSettings, ModelSettings, OptimizerSettings, TrainSettings
from tutor.ml.training import EpochResult, Training


def dataset(name: str, **options: Any) -> Dataset:
    return load_dataset(DataSettings(name=name, **options), data_folder=DATA)


def last(training: Training) -> EpochResult:
    *_, result = training.epochs()
    return result


def linear(
    data: Dataset, loss: str, optimizer: OptimizerSettings, epochs: int, w: float | None = None, b: float | None = None
) -> Training:
    return make_training(data, ModelSettings(name="linear", w=w, b=b), loss, optimizer, TrainSettings(epochs=epochs))


# -- a line on the views, in thousands --------------------------------------------------------------------------------


@pytest.mark.parametrize("standardise", [True, False])
def test_least_squares_is_found_by_gradient_descent(standardise: bool) -> None:
    data = dataset("views", standardise=standardise)
    rate, epochs = (0.4, 200) if standardise else (0.038, 3000)
    training = linear(data, "mse", OptimizerSettings(name="gd", learning_rate=rate), epochs)
    result = last(training)
    x, y = data.raw(data.x_train)[:, 0], data.label(data.y_train)
    w, b = np.polyfit(x, y, 1)
    assert training.small_parameters() == pytest.approx({"w": w, "b": b}, abs=2e-3)
    assert (round(w, 2), round(b, 1)) == (0.68, 1.5)
    assert result.train_loss == pytest.approx(float(((w * x + b - y) ** 2).mean()), rel=1e-5)


def test_the_best_one_day_line_by_mae_is_that_of_the_lesson() -> None:
    data = dataset("views")
    training = linear(data, "mae", OptimizerSettings(name="gd", learning_rate=0.05, schedule="linear-decay"), 1500)
    result = last(training)
    small = training.small_parameters()
    assert small == pytest.approx({"w": 0.735, "b": 1.215}, abs=0.02)
    assert result.train_loss == pytest.approx(0.8205, abs=1e-3)
    assert result.valid_loss == pytest.approx(0.732, abs=2e-3)


def test_seven_days_reach_the_best_mae_in_thousands_of_views() -> None:
    data = dataset("views", lags=7)
    result = last(linear(data, "mae", OptimizerSettings(name="gd", learning_rate=0.1, schedule="linear-decay"), 4000))
    assert result.train_loss == pytest.approx(0.556, abs=3e-3)
    assert result.valid_loss == pytest.approx(0.471, abs=4e-3)


@pytest.mark.parametrize(("standardise", "limit"), [(True, 1.0), (False, 0.0388)])
def test_gradient_descent_on_the_views_is_stable_up_to_the_limit_of_the_lesson(standardise: bool, limit: float) -> None:
    """2 / λ for the largest eigenvalue λ of the Hessian: 3.9e-2 in thousands of views, 1 when standardised."""
    data = dataset("views", standardise=standardise)
    below = last(linear(data, "mse", OptimizerSettings(name="gd", learning_rate=0.99 * limit), 300, w=1.0, b=0.0))
    above = last(linear(data, "mse", OptimizerSettings(name="gd", learning_rate=1.01 * limit), 300, w=1.0, b=0.0))
    assert below.train_loss < 2
    assert above.train_loss > 2.5


@pytest.mark.parametrize("loss", ["mae", "mse"])
@pytest.mark.parametrize("standardise", [True, False])
def test_by_hand_the_loss_is_that_of_the_line_the_learner_set(loss: str, standardise: bool) -> None:
    data = dataset("views", standardise=standardise)
    training = linear(data, loss, OptimizerSettings(name="manual"), 10, w=1.0, b=0.0)
    x, y = data.raw(data.x_train)[:, 0], data.label(data.y_train)
    epochs = training.epochs()

    def loss_of(w: float, b: float) -> float:
        errors = np.abs(w * x + b - y)
        return float((errors if loss == "mae" else errors**2).mean())

    first = next(epochs)
    assert first.train_loss == pytest.approx(loss_of(1.0, 0.0), rel=1e-5)
    assert first.updates == 0
    if loss == "mae":
        assert first.train_loss == pytest.approx(0.882, abs=5e-4)
    training.set("w", 0.73)
    training.set("b", 1.22)
    assert next(epochs).train_loss == pytest.approx(loss_of(0.73, 1.22), rel=1e-5)
    assert training.small_parameters() == pytest.approx({"w": 0.73, "b": 1.22}, rel=1e-4)


@pytest.mark.parametrize(("loss", "slope"), [("mae", 0.705), ("mse", 0.236)])
def test_one_viral_day_bends_the_squared_error_and_hardly_the_absolute_one(loss: str, slope: float) -> None:
    data = dataset("views", viral_day=20.0, standardise=False)
    if loss == "mae":
        weights, _ = least_absolute_deviations(data.x_train, data.y_train)
        found = float(weights[0])
    else:
        found = float(np.polyfit(data.x_train[:, 0], data.y_train, 1)[0])
    assert found == pytest.approx(slope, abs=1e-3)


# -- a ball on a curve -------------------------------------------------------------------------------------------------


def ball(rate: float, epochs: int = 200, start: float = 2.0, optimizer: str = "gd") -> Training:
    model = ModelSettings(name="function", function="ball", w=start)
    return make_training(
        dataset("curve"),
        model,
        "function",
        OptimizerSettings(name=optimizer, learning_rate=rate),
        TrainSettings(epochs=epochs),
    )


def test_the_first_step_of_the_ball_by_hand() -> None:
    # f'(2) = 4·8 − 6·2 + 1 = 21, so w = 2 − 0.01·21 = 1.79
    training = ball(0.01, epochs=1)
    result = last(training)
    assert training.small_parameters()["w"] == pytest.approx(1.79)
    assert result.gradient_norm == pytest.approx(21.0)


@pytest.mark.parametrize(("rate", "w", "f"), [(0.01, 1.131, -1.07), (0.1, -1.301, -3.514)])
def test_the_ball_comes_to_rest_where_the_lesson_says(rate: float, w: float, f: float) -> None:
    training = ball(rate)
    result = last(training)
    small = training.small_parameters()
    assert (small["w"], small["f"]) == pytest.approx((w, f), abs=2e-3)
    assert result.train_loss == small["f"]
    assert result.valid_loss is None


def test_too_large_steps_throw_the_ball_off_the_curve() -> None:
    training = ball(0.2)
    results = list(training.epochs())
    assert len(results) < 10
    assert [each.diverged for each in results] == [False] * (len(results) - 1) + [True]


def test_the_bowl_is_stable_below_a_tenth_only() -> None:
    model = ModelSettings(name="function", function="bowl")
    train = TrainSettings(epochs=2000)
    stable = make_training(dataset("curve"), model, "function", OptimizerSettings(name="gd", learning_rate=0.09), train)
    last(stable)
    assert stable.small_parameters()["w"] == pytest.approx(-55.8, abs=0.1)
    assert stable.small_parameters()["b"] == pytest.approx(0, abs=1e-9)
    wild = make_training(dataset("curve"), model, "function", OptimizerSettings(name="gd", learning_rate=0.11), train)
    assert last(wild).diverged


def test_adam_walks_the_bowl_to_its_bottom() -> None:
    model = ModelSettings(name="function", function="bowl")
    training = make_training(
        dataset("curve"),
        model,
        "function",
        OptimizerSettings(name="adam", learning_rate=0.5),
        TrainSettings(epochs=2000),
    )
    assert last(training).train_loss == pytest.approx(0, abs=1e-3)


# -- classes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("order", "accuracy"), [((0, 1, 2), 0.973), ((0, 2, 1), 0.553)])
def test_numbers_for_classes_depend_on_their_order(order: tuple[int, ...], accuracy: float) -> None:
    """Regression on the class number, converged: against the closed form, and the figures of lesson 17."""
    data = dataset("iris", target_as="class-number", class_order=order, test_fraction=0.0)
    result = last(linear(data, "mse", OptimizerSettings(name="adam", learning_rate=0.05), 1500))
    inputs = np.column_stack([data.x_train, np.ones(150)])
    fitted = data.label(inputs @ np.linalg.lstsq(inputs, data.y_train, rcond=None)[0])
    right = np.clip(np.rint(fitted), 0, 2) == np.rint(data.label(data.y_train))
    assert result.train_accuracy == pytest.approx(float(right.mean()), abs=0.007)
    assert result.train_accuracy == pytest.approx(accuracy, abs=0.007)


@pytest.mark.parametrize("order", [(), (0, 2, 1)])
def test_softmax_does_not_mind_the_order_of_classes(order: tuple[int, ...]) -> None:
    data = dataset("iris", class_order=order, test_fraction=0.0)
    model = ModelSettings(name="softmax")
    train = TrainSettings(epochs=200, batch_size=32)
    result = last(
        make_training(data, model, "cross-entropy", OptimizerSettings(name="adam", learning_rate=0.01), train)
    )
    assert result.train_accuracy == pytest.approx(0.973, abs=0.015)


def test_squared_error_of_probabilities_learns_species_too_and_can_be_turned_into_cross_entropy() -> None:
    data = dataset("iris", test_fraction=0.0)
    options = OptimizerSettings(name="adam", learning_rate=0.05), TrainSettings(epochs=200, batch_size=32)
    training = make_training(data, ModelSettings(name="softmax"), "mse", *options)
    epochs = training.epochs()
    for _ in range(150):
        result = next(epochs)
    assert result.train_accuracy is not None
    assert result.train_accuracy > 0.95
    wrong = training.predict(data.raw(data.x_train)) - np.eye(3)[data.y_train]
    assert result.train_loss == pytest.approx(float((wrong**2).mean()), rel=1e-4)
    training.set("loss", "cross-entropy")
    right = training.predict(data.raw(data.x_train))[np.arange(150), data.y_train]
    now = next(epochs).train_loss
    assert now == pytest.approx(float(-np.log(right).mean()), rel=0.1)
    assert now > result.train_loss


def test_a_constant_taken_off_the_loss_makes_it_negative_and_moves_nothing() -> None:
    data = dataset("views", lags=7)
    options = OptimizerSettings(name="gd", learning_rate=0.05), TrainSettings(epochs=5)
    plain = make_training(data, ModelSettings(name="linear"), "mae", *options)
    moved = make_training(data, ModelSettings(name="linear"), "mae", *options, offset=5.0)
    for one, other in zip(plain.epochs(), moved.epochs(), strict=True):
        assert other.train_loss == one.train_loss - 5.0 < 0
        assert one.valid_loss is not None
        assert other.valid_loss == one.valid_loss - 5.0
    assert all(np.array_equal(moved.parameters()[name], each) for name, each in plain.parameters().items())


def test_a_small_network_reads_digits() -> None:
    data = dataset("digits", test_fraction=0.3)
    model, train = ModelSettings(name="mlp", hidden=(64,)), TrainSettings(epochs=30, batch_size=32)
    training = make_training(data, model, "cross-entropy", OptimizerSettings(name="adam", learning_rate=0.002), train)
    result = last(training)
    assert result.train_accuracy is not None
    assert result.train_accuracy > 0.995
    assert result.valid_accuracy is not None
    assert result.valid_accuracy > 0.96
    probabilities = training.predict(data.raw(data.x_valid))
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert float((probabilities.argmax(axis=1) == data.y_valid).mean()) == pytest.approx(result.valid_accuracy)


def test_a_network_without_activation_is_no_better_than_a_line() -> None:
    data = dataset("views", lags=7)
    model = ModelSettings(name="mlp", hidden=(20, 20), activation="none")
    optimizer = OptimizerSettings(name="adam", learning_rate=0.003, schedule="linear-decay")
    result = last(make_training(data, model, "mae", optimizer, TrainSettings(epochs=80, batch_size=32)))
    assert result.train_loss > 0.554


def test_a_polynomial_of_the_second_degree_finds_a_parabola() -> None:
    x = np.linspace(-1, 1, 60)[:, None]
    y = 1 + 0.5 * x[:, 0] - 1.5 * x[:, 0] ** 2
    data = Dataset("parabola", "regression", x, y, x[:0], y[:0], feature_names=("x",), x_mean=np.zeros(1),
                   x_scale=np.ones(1))  # fmt: skip
    model = ModelSettings(name="polynomial", degree=2)
    training = make_training(
        data, model, "mse", OptimizerSettings(name="gd", learning_rate=0.3), TrainSettings(epochs=400)
    )
    assert last(training).train_loss < 1e-8
    assert training.predict(np.array([[0.5]])) == pytest.approx([1 + 0.25 - 0.375], abs=1e-3)


# -- told, repeatable, steerable ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["mse", "mae", "cross-entropy"])
@pytest.mark.parametrize("optimizer", ["gd", "momentum", "adam"])
def test_absurd_learning_rates_warn_of_nothing(loss: str, optimizer: str) -> None:
    data = dataset("iris", target_as="class" if loss == "cross-entropy" else "class-number")
    model = ModelSettings(name="mlp", hidden=(8, 8))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        training = make_training(
            data,
            model,
            loss,
            OptimizerSettings(name=optimizer, learning_rate=1e6),
            TrainSettings(epochs=60, batch_size=16),
        )
        results = list(training.epochs())
        training.predict(data.raw(data.x_valid))
    diverged = [each for each in results if each.diverged or not isfinite(each.train_loss)]
    assert diverged in ([], results[-1:])


def test_a_diverging_network_ends_before_its_epochs_are_done() -> None:
    model = ModelSettings(name="mlp", hidden=(8,))
    options = OptimizerSettings(name="sgd", learning_rate=100.0), TrainSettings(epochs=60, batch_size=16)
    results = list(make_training(dataset("views", lags=7), model, "mse", *options).epochs())
    assert len(results) < 60
    assert results[-1].diverged


TURNS = [(3, "learning_rate", 0.02), (5, "batch_size", 7), (8, "learning_rate", 0.001), (9, "loss", "mae")]


def losses(turns: list[tuple[int, str, Any]], seed: int = 1) -> list[tuple[float, float | None, float | None]]:
    model, train = (
        ModelSettings(name="mlp", hidden=(8, 4), activation="tanh"),
        TrainSettings(epochs=12, batch_size=32, seed=seed),
    )
    training = make_training(dataset("views", lags=7), model, "mse", OptimizerSettings(name="adam"), train)
    found = []
    for result in training.epochs():
        found.append((result.train_loss, result.valid_loss, result.gradient_norm))
        for epoch, name, value in turns:
            if epoch == result.epoch:
                training.set(name, value)
    return found


@pytest.mark.parametrize("turns", [[], TURNS], ids=["untouched", "turned"])
def test_the_same_training_gives_the_same_losses_bit_for_bit(turns: list[tuple[int, str, Any]]) -> None:
    assert losses(turns) == losses(turns)


def test_a_turn_counts_from_the_next_epoch_on() -> None:
    plain, turned = losses([]), losses(TURNS[:1])
    assert turned[:3] == plain[:3]
    assert turned[3] != plain[3]


def test_another_seed_gives_other_losses() -> None:
    assert losses([], seed=2) != losses([])


def test_updates_are_counted_with_the_short_last_batch() -> None:
    data = dataset("views", lags=7)
    train = TrainSettings(epochs=2, batch_size=64)
    training = make_training(data, ModelSettings(name="linear"), "mse", OptimizerSettings(name="sgd"), train)
    assert len(data.y_train) == 1405
    assert last(training).updates == 2 * 22


@pytest.mark.parametrize(
    ("name", "value"),
    [("learning_rate", -1.0), ("learning_rate", float("nan")), ("momentum", 0.5), ("w", 1.0), ("colour", 1.0)],
)
def test_a_setting_that_is_not_there_is_refused(name: str, value: float) -> None:
    training = linear(dataset("views", lags=7), "mse", OptimizerSettings(name="gd"), 5)
    with pytest.raises(ValueError, match=name):
        training.set(name, value)


class OnlyMse(Parts):
    """Takes no other loss."""

    def loss(self, loss: Loss, outputs: int, rows: int) -> Loss:
        if loss.name != "mse":
            raise TutorError("only mse")
        return loss


def test_a_loss_that_does_not_fit_leaves_the_training_as_it_was() -> None:
    def made(parts: Parts) -> Training:
        optimizer = OptimizerSettings(name="gd", learning_rate=0.05)
        return make_training(
            dataset("views"), ModelSettings(name="linear"), "mse", optimizer, TrainSettings(epochs=3), parts=parts
        )

    training = made(OnlyMse())
    with pytest.raises(TutorError):
        training.set("loss", "mae")
    assert list(training.epochs()) == list(made(Parts()).epochs())


@pytest.mark.parametrize(
    ("data", "model", "loss"),
    [
        ("views", "linear", "cross-entropy"),
        ("iris", "softmax", "mae"),
        ("curve", "linear", "mse"),
        ("views", "function", "function"),
        ("iris", "threshold", "mistakes"),
        ("views", "keyword-rule", "mistakes"),
    ],
)
def test_what_does_not_go_together_is_said_in_a_sentence(data: str, model: str, loss: str) -> None:
    with pytest.raises(TutorError) as told:
        make_training(dataset(data), ModelSettings(name=model), loss, OptimizerSettings(), TrainSettings())
    assert told.value.message.endswith(".")


def test_predictions_are_in_the_units_of_the_label() -> None:
    data = dataset("views", lags=7)
    training = linear(data, "mse", OptimizerSettings(name="gd", learning_rate=0.05), 50)
    result = last(training)
    predicted = training.predict(data.raw(data.x_valid))
    assert result.valid_loss == pytest.approx(float(((predicted - data.label(data.y_valid)) ** 2).mean()), rel=1e-4)


@pytest.mark.parametrize("change", ["load", "w", "loss", "learning_rate", "nothing"])
def test_all_examples_as_one_batch_follow_what_is_changed_between_epochs(change: str) -> None:
    """Their loss comes from the pass that the next update begins with, unless something has changed since."""
    data = dataset("views")
    gd = OptimizerSettings(name="gd", learning_rate=0.05, schedule="cosine")
    training, other = (linear(data, "mse", gd, 6) for _ in range(2))
    epochs, others = training.epochs(), other.epochs()
    for _ in range(2):
        assert next(epochs) == next(others)
    if change == "load":
        stored = linear(data, "mse", gd, 6, w=0.5, b=2.0).stored()  # type: ignore[attr-defined]
        training.load(stored)  # type: ignore[attr-defined]
    elif change != "nothing":
        training.set(change, {"w": 0.5, "loss": "mae", "learning_rate": 0.2}[change])
    w, b = training.small_parameters().values()
    x, y = data.raw(data.x_train)[:, 0], data.label(data.y_train)
    error = w * x + b - y
    step = error if change != "loss" else np.sign(error) * data.y_scale / 2
    rate = (0.2 if change == "learning_rate" else 0.05) * (1 + np.cos(np.pi * 2 / 6)) / 2
    mean, scale = x.mean(), x.std()
    b_moved = (b + w * mean) - rate * 2 * step.mean()
    w_moved = w - rate * 2 * (step * (x - mean)).mean() / scale**2
    result = next(epochs)
    assert result.learning_rate == pytest.approx(rate)
    small = training.small_parameters()
    assert (small["w"], small["b"] + small["w"] * mean) == pytest.approx((w_moved, b_moved), rel=1e-4)
    left = small["w"] * x + small["b"] - y
    assert result.train_loss == pytest.approx(
        float(abs(left).mean() if change == "loss" else (left**2).mean()), rel=1e-4
    )
