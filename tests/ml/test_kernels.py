"""The fast steps give what the textbook's formulas give."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ml.tapes import perform
from tutor.ml.activations import ACTIVATIONS, Activation
from tutor.ml.arrays import Array
from tutor.ml.losses import LOSSES, Loss
from tutor.ml.network.kernels import activation_steps, derivative_steps, loss_gradient_steps
from tutor.ml.network.tape import LABELS, unroll


def numbers(dtype: type[np.floating], rows: int = 5, columns: int = 7) -> Array:
    drawn: Array = np.random.default_rng(3).normal(0, 3, (rows, columns)).astype(dtype)
    drawn[0, :3] = 0.0, -50.0, 50.0
    return drawn


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [(5, 7), (70, 90)])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_fast_activation_is_its_formula(name: str, size: tuple[int, int], dtype: type[np.floating]) -> None:
    z, activation = numbers(dtype, *size), ACTIVATIONS[name]
    a = z.copy()
    perform(activation_steps(activation, a))
    assert a == pytest.approx(activation.function(z), rel=4 * float(np.finfo(dtype).eps))
    gradient = numbers(dtype, *size)[::-1].copy()
    expected = gradient * activation.derivative(a)
    perform(derivative_steps(activation, a, gradient))
    assert gradient == pytest.approx(expected, rel=4 * float(np.finfo(dtype).eps))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("rows", [2, 5])
def test_a_fast_gradient_of_a_loss_is_its_formula(name: str, rows: int, dtype: type[np.floating]) -> None:
    outputs, gradient, loss = numbers(dtype, rows), np.zeros((rows, 7), dtype), LOSSES[name]
    labels = np.eye(rows, dtype=dtype)[np.arange(7) % rows].T if loss.classifies else numbers(dtype, rows)[:, ::-1]
    unroll(loss_gradient_steps(loss, outputs, gradient), (LABELS,))([(np.ascontiguousarray(labels),)])
    tolerance = 20 * float(np.finfo(dtype).eps)
    assert gradient == pytest.approx(loss.gradient(outputs, labels), rel=tolerance, abs=tolerance)


def test_a_formula_without_a_fast_version_is_computed_as_it_stands() -> None:
    softplus = Activation("softplus", lambda z: np.logaddexp(0, z), lambda a: 1 - np.exp(-a))
    z, gradient = numbers(np.float64), np.ones((5, 7))
    a = z.copy()
    perform(activation_steps(softplus, a))
    assert a == pytest.approx(np.log1p(np.exp(z)))
    perform(derivative_steps(softplus, a, gradient))
    assert gradient == pytest.approx(1 / (1 + np.exp(-z)), abs=1e-9)

    cubes = Loss("cubes", lambda o, y: float((np.abs(o - y) ** 3).mean()), lambda o, y: 3 * (o - y) ** 2, power=3)
    outputs, labels, out = numbers(np.float64), np.zeros((5, 7)), np.empty((5, 7))
    unroll(loss_gradient_steps(cubes, outputs, out), (LABELS,))([(labels,)])
    assert out == pytest.approx(3 * outputs**2)
