"""A traced update is the update that training makes, number for number, and tracing changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.ml.activations import ACTIVATIONS
from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import CLASSIFICATION, REGRESSION, Dataset
from tutor.ml.losses import Loss, losses_for
from tutor.ml.network.tape import Run
from tutor.ml.network.training import NetworkTraining
from tutor.ml.network.update_trace import UpdateTrace, can_trace
from tutor.ml.optimizers import OPTIMIZERS
from tutor.ml.schedules import SCHEDULES
from tutor.ml.settings import ModelSettings, OptimizerSettings, TrainSettings


def training(*, classes: int = 0, rows: int = 7, features: int = 2, **options: Any) -> NetworkTraining:
    random = np.random.default_rng(options.get("seed", 1))
    x = random.normal(0, 1, (rows, features))
    task = CLASSIFICATION if classes else REGRESSION
    y = np.arange(rows) % classes if classes else random.normal(0, 1, rows)
    names = tuple("ABCDEFG"[:classes])
    data = Dataset(
        "made", task, x, y, x[:0], y[:0], class_names=names, x_mean=np.zeros(features), x_scale=np.ones(features)
    )
    model = ModelSettings(
        name="mlp", hidden=options.get("hidden", (3,)), activation=options.get("activation", "sigmoid"),
        sign_bug=options.get("sign_bug", False), dropout=options.get("dropout", 0.0),
        batch_norm=options.get("batch_norm", False), residual=options.get("residual", False),
    )  # fmt: skip
    optimizer = OptimizerSettings(name=options.get("optimizer", "gd"), **options.get("of_optimizer", {}))
    train = TrainSettings(epochs=6, batch_size=options.get("batch_size", 0), seed=options.get("seed", 1))
    return NetworkTraining(data, model, options.get("loss", "cross-entropy" if classes else "mse"), optimizer, train)


def first_update(training: NetworkTraining) -> Array:
    """The parameters after the next update, of which an epoch may have many."""
    found: list[Array] = []

    def watched(run: Run, inputs: Iterable[tuple[Array, ...]], _loss: Loss) -> None:
        for each in inputs:
            run([each])
            found.append(training.network.parameters.copy())

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(training.watch_batches(), "run", watched)
        next(training.epochs())
    return found[0]


def assert_adds_up(trace: UpdateTrace) -> None:
    """The numbers of the stages lead to one another."""
    for below, layer in zip((None, *trace.layers), trace.layers, strict=False):
        assert np.allclose(layer.sums, layer.weights @ layer.inputs + layer.bias[:, None], atol=1e-4, rtol=1e-4)
        kind = ACTIVATIONS.get(layer.activation)  # the output layer has none
        slopes = kind.derivative(layer.outputs) if kind is not None else np.ones_like(layer.outputs)
        assert np.allclose(layer.delta, layer.output_gradient * slopes, atol=1e-5, rtol=1e-4)
        mean = layer.delta @ layer.inputs.T / trace.batch_size
        assert np.allclose(layer.weight_gradient, mean, atol=1e-5, rtol=1e-4)
        assert np.allclose(layer.bias_gradient, layer.delta.mean(axis=1), atol=1e-5, rtol=1e-4)
        if below is not None:
            assert np.array_equal(below.outputs, layer.inputs)
            assert np.allclose(below.output_gradient, layer.weights.T @ layer.delta, atol=1e-5, rtol=1e-4)
    assert trace.losses.mean() == pytest.approx(trace.mean_loss, rel=1e-4, abs=1e-6)


@settings(max_examples=150, deadline=None)
@given(
    hidden=st.lists(st.integers(1, 4), max_size=3).map(tuple),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    optimizer=st.sampled_from(sorted(OPTIMIZERS)),
    schedule=st.sampled_from(sorted(SCHEDULES)),
    classes=st.sampled_from([0, 2, 3]),
    which=st.integers(0, 1),
    batch_size=st.integers(0, 8),
    epochs=st.integers(0, 3),
    decay=st.sampled_from([0.0, 0.1]),
    clip=st.sampled_from([0.0, 0.05]),
    noise=st.sampled_from([0.0, 0.1]),
    seed=st.integers(0, 50),
)
def test_a_traced_update_is_the_next_update_of_training(
    hidden: tuple[int, ...], activation: str, optimizer: str, schedule: str, classes: int, which: int,
    batch_size: int, epochs: int, decay: float, clip: float, noise: float, seed: int,
) -> None:  # fmt: skip
    losses = sorted(losses_for(bool(classes)))
    one = training(
        hidden=hidden, activation=activation, optimizer=optimizer, classes=classes, loss=losses[which],
        batch_size=batch_size, seed=seed,
        of_optimizer={
            "learning_rate": 0.05, "schedule": schedule, "weight_decay": decay, "gradient_clip": clip,
            "gradient_noise": noise,
        },
    )  # fmt: skip
    results = one.epochs()
    for _ in range(epochs):
        next(results)
    before = one.network.parameters.copy()
    trace = one.trace_update()
    assert np.array_equal(one.network.parameters, before)
    assert np.array_equal(trace.before, before)
    assert trace.number == one._updates + 1
    assert_adds_up(trace)
    after = first_update(one)
    # The first step of an adaptive optimizer depends on the sign of a gradient, however small. So where the terms of a
    # gradient cancel but for rounding, it may go either way.
    clear = (np.abs(trace.used_gradient) > 1e-6) | (optimizer in {"gd", "sgd", "momentum"})
    assert np.allclose(trace.after[clear], after[clear], rtol=1e-4, atol=2e-6)


def test_tracing_changes_nothing_of_what_follows() -> None:
    traced, plain = (training(optimizer="adam", batch_size=2, of_optimizer={"gradient_noise": 0.1}) for _ in "ab")
    for one, other in zip(traced.epochs(), plain.epochs(), strict=True):
        assert one == other
        traced.trace_update()
    assert np.array_equal(traced.network.parameters, plain.network.parameters)


def test_the_new_loss_is_that_of_the_new_parameters() -> None:
    one = training(batch_size=0)
    trace = one.trace_update()
    assert trace.new_loss == pytest.approx(next(one.epochs()).train_loss, rel=1e-5)
    assert trace.new_loss < trace.mean_loss


def test_a_wrong_sign_in_the_backward_pass_is_traced_too() -> None:
    one = training(sign_bug=True)
    trace, first = one.trace_update(), one.network.linears[0].matrix.value.size
    own = np.column_stack([trace.layers[0].weight_gradient, trace.layers[0].bias_gradient]).ravel()
    assert np.allclose(trace.gradient[:first], -own)
    assert np.allclose(trace.after, first_update(one), atol=1e-6)


@pytest.mark.parametrize("part", ["dropout", "batch_norm", "residual"])
def test_other_layers_cannot_be_traced(part: str) -> None:
    parts: dict[str, Any] = {part: 0.5 if part == "dropout" else True}
    one = training(hidden=(3, 3), **parts)
    assert not can_trace(one.network)
    with pytest.raises(TypeError):
        one.trace_update()


def test_a_line_and_a_deep_net_can_be_traced() -> None:
    assert can_trace(training(hidden=()).network)
    assert can_trace(training(hidden=(3, 3, 2)).network)
