"""Optimisers: their first steps by hand, their whole way against the textbook."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ml.plain_network import PlainNetwork
from tutor.ml import optimizers
from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import CLASSIFICATION, REGRESSION, Dataset
from tutor.ml.losses import LOSSES
from tutor.ml.network.training import NetworkTraining
from tutor.ml.optimizers import OPTIMIZERS, make_optimizer
from tutor.ml.schedules import SCHEDULES, make_schedule
from tutor.ml.settings import ModelSettings, OptimizerSettings, TrainSettings


def walk(name: str, gradients: list[float], rate: float = 0.1, **settings: float) -> list[float]:
    """Where a parameter that starts at 1 is after each step."""
    theta, gradient = np.array([1.0]), np.zeros(1)
    optimizer = make_optimizer(theta, gradient, OptimizerSettings(name=name, **settings))  # type: ignore[arg-type]
    places = []
    for each in gradients:
        gradient[0] = each
        optimizer.step(rate)
        places.append(float(theta[0]))
    return places


def test_gradient_descent_by_hand() -> None:
    # 1 − 0.1·2 = 0.8; 0.8 − 0.1·1 = 0.7
    assert walk("gd", [2.0, 1.0]) == pytest.approx([0.8, 0.7])


def test_momentum_by_hand() -> None:
    # m = −0.1·2 = −0.2, θ = 0.8; m = 0.9·(−0.2) − 0.1·1 = −0.28, θ = 0.52
    assert walk("momentum", [2.0, 1.0]) == pytest.approx([0.8, 0.52])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_many_parameters_move_block_by_block_as_they_would_at_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def moved() -> tuple[Array, dict[str, Array]]:
        random = np.random.default_rng(4)
        theta: Array = random.standard_normal(1000).astype(np.float32)
        gradient: Array = random.standard_normal(1000).astype(np.float32)
        is_weight: Array = (np.arange(1000) % 3 > 0).astype(np.float32)
        optimizer = make_optimizer(theta, gradient, OptimizerSettings(name=name, weight_decay=0.1), is_weight)
        for _ in range(5):
            optimizer.step(0.1)
            gradient[:] = random.standard_normal(1000)
        return theta, optimizer.state()

    at_once, remembered_at_once = moved()
    monkeypatch.setattr(optimizers, "BLOCK_SIZE", 64)
    theta, remembered = moved()
    assert np.array_equal(theta, at_once)
    assert remembered.keys() == remembered_at_once.keys()
    for each, array in remembered.items():
        assert np.array_equal(array, remembered_at_once[each])


def test_adams_first_step_is_the_learning_rate_whatever_the_gradient() -> None:
    # m̂ = g, v̂ = g², so the step is η g / (|g| + ε) = η.
    assert walk("adam", [250.0]) == pytest.approx([0.9])
    assert walk("adam", [-1e-3]) == pytest.approx([1.1], abs=1e-5)


def test_adams_second_step_by_hand() -> None:
    # m = 0.9·(0.1·2) + 0.1·1 = 0.28, m̂ = 0.28 / (1 − 0.81) = 1.473684
    # v = 0.999·(0.001·4) + 0.001·1 = 0.004996, v̂ = 0.004996 / (1 − 0.998001) = 2.499250
    # θ = 0.9 − 0.1 · 1.473684 / 1.580902 = 0.9 − 0.0932179
    assert walk("adam", [2.0, 1.0]) == pytest.approx([0.9, 0.9 - 0.0932179], abs=1e-7)


def test_adam_in_place_has_the_bits_of_its_formulas() -> None:
    random = np.random.default_rng(4)
    theta: Array = random.standard_normal(50).astype(np.float32)
    gradient: Array = np.zeros_like(theta)
    optimizer = make_optimizer(theta, gradient, OptimizerSettings(name="adam"))
    expected, m, v = theta.copy(), np.zeros_like(theta), np.zeros_like(theta)
    for t in range(1, 6):
        gradient[:] = g = random.standard_normal(50).astype(np.float32)
        optimizer.step(0.01 * t)
        m = m + (g - m) * (1 - 0.9)
        v = v + (g * g - v) * (1 - 0.999)
        root = (1 - 0.999**t) ** 0.5
        expected = expected - m / (np.sqrt(v) + 1e-8 * root) * (0.01 * t * root / (1 - 0.9**t))
        assert np.array_equal(theta, expected)


def test_adagrad_by_hand() -> None:
    # Gradients 3, then 4: the roots of the sums are 3 and 5, so 1 − 0.1·3/3 = 0.9 and 0.9 − 0.1·4/5 = 0.82
    assert walk("adagrad", [3.0, 4.0]) == pytest.approx([0.9, 0.82])


def test_adagrad_with_the_mean_by_hand() -> None:
    # The roots of the means are 3 and √12.5 = 3.535534, so 0.9 and 0.9 − 0.1·4/3.535534 = 0.9 − 0.1131371
    assert walk("adagrad-mean", [3.0, 4.0]) == pytest.approx([0.9, 0.9 - 0.1131371])


def test_rmsprop_by_hand() -> None:
    # v = 9, then 0.9·9 + 0.1·16 = 9.7 with root 3.114482: 0.9, then 0.9 − 0.1·4/3.114482 = 0.9 − 0.1284323
    assert walk("rmsprop", [3.0, 4.0]) == pytest.approx([0.9, 0.9 - 0.1284323])


def test_alpha_near_one_is_slow_to_react() -> None:
    # v = 9, then 0.99·9 + 0.01·16 = 9.07 with root 3.011644; the newest gradient alone would have the root 4.
    assert walk("rmsprop", [3.0, 4.0], alpha=0.99)[1] == pytest.approx(0.9 - 0.1 * 4 / 3.011644)


@pytest.mark.parametrize("name", ["adagrad", "adagrad-mean", "rmsprop"])
def test_the_first_scaled_step_is_the_learning_rate_whatever_the_gradient(name: str) -> None:
    assert walk(name, [250.0]) == pytest.approx([0.9])
    assert walk(name, [-1e-3]) == pytest.approx([1.1], abs=1e-5)
    assert walk(name, [0.0]) == [1.0]


def test_momentum_can_be_turned() -> None:
    theta, gradient = np.array([1.0]), np.array([1.0])
    momentum = make_optimizer(theta, gradient, OptimizerSettings(name="momentum"))
    momentum.step(0.1)
    momentum.change_setting("momentum", 0.5)
    momentum.step(0.1)
    # m = −0.1, then 0.5·(−0.1) − 0.1 = −0.15
    assert theta[0] == pytest.approx(1 - 0.1 - 0.15)
    with pytest.raises(ValueError, match="momentum"):
        make_optimizer(theta, gradient, OptimizerSettings(name="adam")).change_setting("momentum", 0.5)


def test_adamw_shrinks_weights_alone_and_as_much_whatever_the_gradient() -> None:
    # After Adam's step of η = 0.1 against the sign of the gradient, 0.1 · 0.5 of the weight of 2 is gone.
    theta, gradient = np.array([2.0, 2.0, 2.0]), np.array([300.0, 0.01, 300.0])
    optimizer = make_optimizer(
        theta, gradient, OptimizerSettings(name="adamw", weight_decay=0.5), np.array([1.0, 1.0, 0.0])
    )
    optimizer.step(0.1)
    assert theta == pytest.approx([1.8, 1.8, 1.9], abs=1e-5)


def test_weight_decay_is_not_added_to_the_gradient_that_adamw_sees() -> None:
    def trained(name: str) -> Array:
        optimizer = OptimizerSettings(name=name, learning_rate=0.01, weight_decay=0.5)
        training = NetworkTraining(
            data(REGRESSION), ModelSettings(name="linear"), "mse", optimizer, TrainSettings(epochs=1)
        )
        start = training.network.parameters.copy()
        next(iter(training.epochs()))
        moved: Array = training.network.parameters - start
        # Where each parameter would be after Adam's first step alone: η against the sign of the loss's own gradient.
        assert np.abs(moved[-1]) == pytest.approx(0.01, rel=1e-3)
        return np.asarray(moved + 0.01 * 0.5 * start * np.array([1, 1, 1, 1, 0]))

    assert np.abs(trained("adamw")) == pytest.approx(np.full(5, 0.01), rel=1e-3)


def test_what_an_optimizer_remembers_is_told_by_its_textbook_name() -> None:
    def state(name: str) -> dict[str, float]:
        theta, gradient = np.array([1.0]), np.array([2.0])
        optimizer = make_optimizer(theta, gradient, OptimizerSettings(name=name))
        optimizer.step(0.1)
        return {key: float(value[0]) for key, value in optimizer.state().items()}

    assert state("gd") == {}
    assert state("momentum") == pytest.approx({"velocity": -0.2})
    assert state("adam") == state("adamw") == pytest.approx({"first_moment": 0.2, "second_moment": 0.004})
    assert state("adagrad") == pytest.approx({"sum_of_squares": 4.0})
    assert state("rmsprop") == pytest.approx({"mean_square": 4.0})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("constant", [1.0, 1.0, 1.0]),
        ("linear-decay", [1.0, 0.5, 0.01]),
        ("cosine", [1.0, 0.5, (1 + np.cos(0.99 * np.pi)) / 2]),
        ("inverse-sqrt", [1.0, 1 / np.sqrt(51), 0.1]),
        # Of 100 updates the first ten rise in a line; then down with the root, by 10 in a hundred times the updates.
        ("warm-up", [0.1, np.sqrt(10 / 51), np.sqrt(0.1)]),
    ],
)
def test_schedules_at_the_start_in_the_middle_and_at_the_end(name: str, expected: list[float]) -> None:
    assert SCHEDULES[name](np.array([0, 50, 99]), 100) == pytest.approx(expected)


def test_a_warm_up_peaks_where_it_stops_rising() -> None:
    factors = SCHEDULES["warm-up"](np.arange(1000), 1000)
    assert factors.argmax() == 99
    assert factors.max() == pytest.approx(1.0)


def test_a_warm_up_of_so_many_updates_does_not_depend_on_how_many_are_planned() -> None:
    updates = np.arange(300)
    short, long = (make_schedule("warm-up", 40)(updates, planned) for planned in (300, 9000))
    assert short.argmax() == 39
    assert short.tolist() == long.tolist()
    # The textbook's min(t / w, √(w / t)), with t counted from 1.
    t = updates + 1
    assert short == pytest.approx(np.minimum(t / 40, np.sqrt(40 / t)))


@pytest.mark.parametrize("name", ["linear-decay", "cosine"])
def test_a_decay_stays_at_nothing_beyond_its_end(name: str) -> None:
    assert SCHEDULES[name](np.array([100, 150]), 100) == pytest.approx([0.0, 0.0])


def data(task: str) -> Dataset:
    random = np.random.default_rng(5)
    x = random.normal(size=(50, 4))
    if task == CLASSIFICATION:
        return Dataset("made", task, x, random.integers(0, 3, 50), x[:0], np.zeros(0), class_names=("a", "b", "c"))
    return Dataset("made", task, x, random.normal(size=50), x[:0], np.zeros(0))


def reference(training: NetworkTraining) -> PlainNetwork:
    named = training.network.named()
    layers = range(1, len(training.network.matrices) + 1)
    return PlainNetwork(
        [named[f"W{layer}"].astype(np.float64) for layer in layers],
        [named[f"b{layer}"].astype(np.float64) for layer in layers],
        training.network.activation.name,
    )


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("optimizer", ["gd", "sgd", "momentum", "adagrad", "adagrad-mean", "rmsprop", "adam"])
@pytest.mark.parametrize("loss", LOSSES)
def test_whole_trainings_agree_with_the_textbook(loss: str, optimizer: str, schedule: str) -> None:
    """Six epochs in float32, the last batch shorter, against the slow way in float64."""
    task = CLASSIFICATION if LOSSES[loss].classifies else REGRESSION
    dataset, size, epochs, rate = data(task), 16, 6, 0.01
    training = NetworkTraining(
        dataset,
        ModelSettings(name="mlp", hidden=(6, 5), activation="tanh"),
        LOSSES[loss].name,
        OptimizerSettings(name=optimizer, learning_rate=rate, schedule=schedule),
        TrainSettings(epochs=epochs, batch_size=size, seed=3, shuffle=False),
    )
    plain = reference(training)
    labels: Array = np.eye(3)[dataset.y_train] if task == CLASSIFICATION else dataset.y_train[:, None]
    if optimizer == "gd":
        size = len(labels)
    starts = range(0, len(labels), size)
    planned = epochs * len(starts)
    for result in training.epochs():
        for start in starts:
            factor = float(SCHEDULES[schedule](np.array([plain.updates]), planned)[0])
            batch = slice(start, start + size)
            plain.update(dataset.x_train[batch], labels[batch], loss, optimizer, rate * factor, 0.9)
        assert result.updates == plain.updates
        assert result.learning_rate == pytest.approx(rate * factor)
    for layer, (weight, bias) in enumerate(zip(plain.weights, plain.biases, strict=True), start=1):
        assert np.allclose(training.parameters()[f"W{layer}"], weight, atol=2e-5)
        assert np.allclose(training.parameters()[f"b{layer}"], bias, atol=2e-5)


@pytest.mark.parametrize("size", [50, 16, 1])
def test_the_gradient_norm_is_that_of_the_mean_loss_over_the_last_batch(size: int) -> None:
    dataset = data(REGRESSION)
    training = NetworkTraining(
        dataset,
        ModelSettings(name="mlp", hidden=(6,)),
        "mse",
        OptimizerSettings(name="sgd", learning_rate=0.0),
        TrainSettings(epochs=1, batch_size=size, shuffle=False),
    )
    last = slice((len(dataset.y_train) - 1) // size * size, None)
    gradients = reference(training).gradients(dataset.x_train[last], dataset.y_train[last, None], "mse")
    flat = np.concatenate([each.ravel() for pair in gradients for each in pair])
    result = next(iter(training.epochs()))
    assert result.gradient_norm == pytest.approx(float(np.linalg.norm(flat)), rel=1e-4)
