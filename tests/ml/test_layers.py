"""Each layer's backward pass is the slope of its forward pass, and the compiled network computes what the layers do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ml.tapes import prediction_tape
from tutor.ml.activations import ACTIVATIONS
from tutor.ml.arrays import Array
from tutor.ml.diagnostics import measured_gradient
from tutor.ml.losses import LOSSES
from tutor.ml.network.layers import (
    ActivationLayer,
    BatchNorm,
    Dropout,
    Layer,
    Linear,
    Parameter,
    Residual,
    Sequential,
)
from tutor.ml.network.network import Network, with_ones
from tutor.ml.network.passes import gradient_tape

# -- a layer by itself ------------------------------------------------------------------------------------------------


def parameter(random: np.random.Generator, rows: int, columns: int) -> Parameter:
    return Parameter(random.normal(size=(rows, columns)), np.full((rows, columns), np.nan))


def make_layer(kind: str, random: np.random.Generator, inputs: int, units: int) -> tuple[Layer, list[Parameter]]:
    """A layer of that kind, and the parameters that it trains."""
    matrix, square = parameter(random, units, inputs + 1), parameter(random, inputs, inputs + 1)
    gamma, beta = parameter(random, inputs, 1), parameter(random, inputs, 1)
    if kind == "linear":
        return Linear(matrix), [matrix]
    if kind == "linear without bias":
        return Linear(matrix, has_bias=False), [matrix.columns(slice(-1))]
    if kind == "batch norm":
        layer = BatchNorm(gamma, beta)
        gamma.value[:] = random.normal(size=gamma.value.shape)
        return layer, [gamma, beta]
    if kind == "dropout":
        return Dropout(0.4, np.random.default_rng(7)), []
    if kind == "residual":
        return Residual([Linear(square), ActivationLayer(ACTIVATIONS["tanh"])], depth=3), [square]
    if kind == "chain":
        return Sequential([ActivationLayer(ACTIVATIONS["tanh"]), Linear(matrix)]), [matrix]
    return ActivationLayer(ACTIVATIONS[kind]), []


KINDS = ("linear", "linear without bias", "batch norm", "dropout", "residual", "chain", *ACTIVATIONS)


@pytest.mark.parametrize("kind", KINDS)
@given(inputs=st.integers(1, 5), units=st.integers(1, 5), size=st.integers(2, 6), seed=st.integers(0, 999))
@settings(max_examples=15, deadline=None)
def test_backward_is_the_slope_of_forward(kind: str, inputs: int, units: int, size: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    layer, trained = make_layer(kind, random, inputs, units)
    x: Array = random.normal(size=(inputs, size))
    coming = random.normal(size=layer.forward(x).shape)

    def value() -> float:
        if isinstance(layer, Dropout):
            layer.random = np.random.default_rng(7)
        return float((layer.forward(x) * coming).sum())

    value()
    computed = [layer.backward(coming), *(each.gradient.copy() for each in trained)]
    for gradient, changed in zip(computed, [x, *(each.value for each in trained)], strict=True):
        copies = np.ascontiguousarray(changed)

        def measured(copies: Array = copies, changed: Array = changed) -> float:
            changed[:] = copies
            return value()

        slopes = measured_gradient(measured, copies.reshape(-1)).reshape(changed.shape)
        changed[:] = copies
        assert gradient == pytest.approx(slopes, rel=1e-5, abs=1e-5)


def test_a_residual_layer_passes_its_input_and_the_gradient_around_its_weights() -> None:
    matrix = Parameter(np.zeros((3, 4)), np.zeros((3, 4)))
    layer, x = Residual([Linear(matrix)], depth=5), np.arange(6.0).reshape(3, 2)
    assert (layer.forward(x) == x).all()
    assert (layer.predict(x) == x).all()
    assert (layer.backward(-x) == -x).all()


def test_many_residual_layers_keep_the_size_of_a_signal() -> None:
    """Without smaller weights it would grow by √2 a layer."""
    network = Network(64, (64,) * 33, 1, "none", np.float64, residual=True)
    network.initialise(np.random.default_rng(0))
    x = np.random.default_rng(1).normal(size=(64, 200))
    sizes = []
    for layer in network.layers[:-1]:
        x = layer.predict(x)
        sizes.append(float(x.std()))
    assert sizes[-1] < 2.5 * sizes[0]


def test_without_smaller_weights_the_signal_explodes() -> None:
    sizes = []
    for scaling in (True, False):
        network = Network(64, (64,) * 33, 1, "relu", residual=True, residual_scaling=scaling)
        network.initialise(np.random.default_rng(0))
        x = np.random.default_rng(1).normal(size=(64, 200))
        for layer in network.layers[:-1]:
            x = layer.predict(x)
        sizes.append(float(x.std()))
    assert sizes[1] > 1e5 * sizes[0]


# -- the compiled network ---------------------------------------------------------------------------------------------


@given(
    sizes=st.lists(st.integers(1, 6), min_size=2, max_size=6),
    repeated=st.integers(1, 3),
    size=st.integers(1, 9),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    loss=st.sampled_from(sorted(LOSSES)),
    residual=st.booleans(),
    dropout=st.sampled_from([0.0, 0.3]),
    batch_norm=st.booleans(),
    sign_bug=st.booleans(),
    seed=st.integers(0, 999),
)
@settings(max_examples=100, deadline=None)
def test_the_compiled_network_computes_what_the_layers_do(
    sizes: list[int],
    repeated: int,
    size: int,
    activation: str,
    loss: str,
    residual: bool,
    dropout: float,
    batch_norm: bool,
    sign_bug: bool,
    seed: int,
) -> None:
    features, *hidden, outputs = sizes
    widths = tuple(width for width in hidden for _ in range(repeated))

    def network() -> Network:
        made = Network(
            features, widths, outputs, activation, np.float64,
            residual=residual, dropout=dropout, batch_norm=batch_norm, sign_bug=sign_bug, seed=seed,
        )  # fmt: skip
        random = np.random.default_rng(seed)
        made.initialise(random)
        made.parameters += random.normal(0, 0.2, made.parameters.size)
        return made

    random = np.random.default_rng(seed + 1)
    plain, compiled = network(), network()
    run = gradient_tape(compiled, size, LOSSES[loss])
    predict, predicted = prediction_tape(compiled, size)
    for _ in range(3):
        x = random.normal(size=(size, features))
        if LOSSES[loss].classifies:
            labels = np.eye(outputs)[random.integers(0, outputs, size)].T
        else:
            labels = random.normal(size=(outputs, size))
        rows = with_ones(x, np.float64)
        run([(rows.T, rows, np.ascontiguousarray(labels))])
        plain.backpropagate(x.T, labels, LOSSES[loss])
        assert compiled.gradient == pytest.approx(plain.gradient, rel=1e-7, abs=1e-9)
        predict([(rows.T,)])
        assert predicted == pytest.approx(plain.predict(x.T), rel=1e-7, abs=1e-9)
        assert compiled.running().keys() == plain.running().keys()
        for name, average in compiled.running().items():
            assert average == pytest.approx(plain.running()[name], rel=1e-9, abs=1e-12)


def test_a_layer_without_steps_for_the_tape_is_named() -> None:
    class Doubling(Layer):
        def forward(self, x: Array) -> Array:
            return 2 * x

        def backward(self, gradient: Array) -> Array:
            return 2 * gradient

    network = Network(2, (), 1)
    network.layers = [Doubling(), *network.layers]
    with pytest.raises(TypeError, match="Doubling"):
        prediction_tape(network, 3)
