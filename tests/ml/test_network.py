"""The backward pass: against measured slopes, and against a network written plainly."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ml.plain_network import PlainNetwork, loss_of
from tests.ml.tapes import perform, prediction_tape
from tutor.ml.activations import ACTIVATIONS
from tutor.ml.arrays import Array
from tutor.ml.diagnostics import check_gradient, measured_gradient
from tutor.ml.losses import LOSSES
from tutor.ml.network.kernels import activation_steps, derivative_steps
from tutor.ml.network.network import Network, with_ones

EXAMPLES, FEATURES = 7, 5


def example(loss: str, hidden: tuple[int, ...], activation: str, outputs: int = 3) -> tuple[Network, Array, Array]:
    """A network in float64 with biases that are not zero, a batch (d + 1, B) and labels (k, B)."""
    random = np.random.default_rng(len(hidden) * 10 + outputs)
    network = Network(FEATURES, hidden, outputs, activation, np.float64)
    network.initialise(random)
    network.parameters += random.normal(0, 0.1, network.parameters.size)
    x = with_ones(random.normal(size=(EXAMPLES, FEATURES)), np.float64).T
    if LOSSES[loss].classifies:
        labels = np.eye(outputs)[random.integers(0, outputs, EXAMPLES)].T
    else:
        labels = random.normal(size=(outputs, EXAMPLES))
    return network, x, labels


def plain(network: Network) -> PlainNetwork:
    named = network.named()
    layers = range(1, len(network.matrices) + 1)
    return PlainNetwork(
        [named[f"W{layer}"].astype(np.float64) for layer in layers],
        [named[f"b{layer}"].astype(np.float64) for layer in layers],
        network.activation.name,
    )


DEPTHS = ((), (4,), (6, 4), (5, 4, 3, 4))


@pytest.mark.parametrize("hidden", DEPTHS, ids=lambda hidden: f"{len(hidden)}-hidden")
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_the_gradient_is_the_measured_slope(loss: str, activation: str, hidden: tuple[int, ...]) -> None:
    network, x, labels = example(loss, hidden, activation)
    check = check_gradient(network, LOSSES[loss], x, labels)
    assert np.linalg.norm(check.measured) > 0.01
    assert check.difference < 1e-7


@pytest.mark.parametrize("hidden", DEPTHS, ids=lambda hidden: f"{len(hidden)}-hidden")
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_the_tapes_agree_with_the_textbook(loss: str, activation: str, hidden: tuple[int, ...]) -> None:
    network, x, labels = example(loss, hidden, activation)
    check_gradient(network, LOSSES[loss], x, labels)
    reference = plain(network)
    gradients = reference.gradients(x[:-1].T, labels.T, loss)
    flat = np.concatenate([np.column_stack([weight, bias]).ravel() for weight, bias in gradients])
    assert np.allclose(network.gradient, flat, rtol=1e-10, atol=1e-12)
    run, outputs = prediction_tape(network, x.shape[1])
    run([(x,)])
    assert np.allclose(outputs, network.predict(x[:-1]), rtol=1e-12)
    assert np.allclose(outputs.T, reference.outputs(x[:-1].T), rtol=1e-10)
    assert LOSSES[loss].mean(outputs, labels) == pytest.approx(loss_of(loss, outputs.T, labels.T))


def test_a_wrong_sign_does_not_pass_the_check() -> None:
    """What lesson 7 lets the learner break: the check has to notice."""
    network, x, labels = example("mse", (4,), "tanh")
    check = check_gradient(network, LOSSES["mse"], x, labels)
    bias_of_the_last_layer = network.matrices[0].size + 4
    check.computed[bias_of_the_last_layer] *= -1
    assert check.difference > 1e-3


def test_the_check_leaves_the_parameters_as_they_were() -> None:
    network, x, labels = example("mae", (4,), "relu")
    before = network.parameters.copy()
    check_gradient(network, LOSSES["mae"], x, labels)
    assert np.array_equal(network.parameters, before)


def test_measured_slopes_of_a_known_function() -> None:
    # f = a² + 3ab, so ∂f/∂a = 2a + 3b = 8 and ∂f/∂b = 3a = 3 at (1, 2).
    theta = np.array([1.0, 2.0])
    slopes = measured_gradient(lambda: float(theta[0] ** 2 + 3 * theta[0] * theta[1]), theta)
    assert slopes == pytest.approx([8.0, 3.0])


def test_a_network_of_three_three_one_has_sixteen_parameters() -> None:
    assert Network(3, (3,), 1).parameters.size == 16
    assert Network(56, (100,), 1).parameters.size == 5801
    assert Network(429, (256, 256), 41).parameters.size == 186409


def test_a_hard_sigmoid_is_a_ramp_between_two_levels() -> None:
    z = np.array([[-9.0, -2.0, -1.0, 0.0, 1.0, 2.0, 9.0]])
    perform(activation_steps(ACTIVATIONS["hard-sigmoid"], z))
    assert z.tolist() == [[0.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.0]]


@pytest.mark.parametrize(("activation", "gain"), [("relu", 2.0), ("tanh", 1.0), ("sigmoid", 1.0)])
def test_weights_start_at_the_scale_that_keeps_a_signal(activation: str, gain: float) -> None:
    network = Network(400, (300, 200), 10, activation)
    network.initialise(np.random.default_rng(0))
    named = network.named()
    assert named["W1"].std() == pytest.approx(np.sqrt(gain / 400), rel=0.02)
    assert named["W2"].std() == pytest.approx(np.sqrt(gain / 300), rel=0.02)
    assert named["W3"].std() == pytest.approx(np.sqrt(1 / 200), rel=0.05)
    assert not any(named[bias].any() for bias in ("b1", "b2", "b3"))


def test_layers_share_the_memory_of_the_flat_vector() -> None:
    network = Network(2, (3,), 1)
    network.parameters[:] = np.arange(network.parameters.size)
    assert network.matrices[0].tolist() == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    assert network.matrices[1].tolist() == [[9, 10, 11, 12]]
    assert network.named()["b1"].tolist() == [2, 5, 8]


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_relu_lets_a_gradient_through_where_a_signal_went_through(kind: type[np.floating]) -> None:
    smallest = np.finfo(kind).smallest_subnormal
    outputs = np.array([[0.0, smallest, 1e-3, 1.0, 1e30, np.inf]], kind)
    gradient = np.array([[-2.5, -2.5, 3.0, -0.0, 1e-30, np.nan]], kind)
    expected = [[0.0, -2.5, 3.0, 0.0, 1e-30, np.nan]]
    perform(derivative_steps(ACTIVATIONS["relu"], outputs, gradient))
    assert np.allclose(gradient, expected, rtol=1e-6, atol=0, equal_nan=True)
