"""What parameters are called in the panel of weights, and that they are worth what they are said to be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tutor.labs.lab_files import load_lab
from tutor.runs.worker.adapter import TrainingAdapter

LESSONS = Path(__file__).resolve().parents[2] / "lessons"


def trained(name: str, **overrides: object) -> TrainingAdapter:
    changes = {key.replace("__", "."): value for key, value in overrides.items()}
    adapter = TrainingAdapter(load_lab(name, LESSONS / "labs", changes), LESSONS / "data")
    list(adapter.epochs())
    return adapter


def test_a_polynomial_has_a_weight_for_each_power_and_finds_the_law_of_its_lesson() -> None:
    adapter = trained("degrees", degree=2, rows=2000)
    names, values = adapter.context.weights()
    assert names == ["b", "w₁ x", "w₂ x²"]
    assert values == pytest.approx([1.0, 0.5, -1.5], abs=0.05)


@pytest.mark.parametrize("degree", [1, 3, 9])
def test_the_powers_add_up_to_what_the_polynomial_says(degree: int) -> None:
    adapter = trained("degrees", degree=degree)
    names, values = adapter.context.weights()
    assert len(names) == degree + 1
    x = np.linspace(-1, 1, 41)
    assert np.allclose(np.polynomial.Polynomial(values)(x), adapter.context.predict(x[:, None]), atol=1e-2)


def test_a_line_through_a_table_has_its_features_and_their_units() -> None:
    adapter = trained("diabetes")
    names, values = adapter.context.weights()
    assert names == ["b", "age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"]
    assert np.allclose(
        values[0] + adapter.context.x_valid @ np.array(values[1:]),
        adapter.context.predict(adapter.context.x_valid),
        atol=1e-2,
    )


def test_of_two_classes_each_feature_speaks_for_one_of_them() -> None:
    adapter = trained("real-mails")
    weights = dict(zip(*adapter.context.weights(), strict=True))
    assert min(weights, key=lambda name: weights[name]) == "george"
    assert min(weights["dollar sign"], weights["free"], weights["000"], weights["capitals longest"]) > 0.5
    x = adapter.context.x_valid
    scale = (x - adapter.context.x_train.mean(axis=0)) / adapter.context.x_train.std(axis=0)
    score = weights["b"] + scale @ np.array(list(weights.values())[1:])
    assert np.allclose(1 / (1 + np.exp(-score)), adapter.context.predict(x)[:, 1], atol=1e-3)


def test_of_three_classes_each_feature_has_a_weight_for_each() -> None:
    names, values = trained("three-species").context.weights()
    assert len(names) == len(values) == 15
    assert names[:2] == ["b → setosa", "sepal length (cm) → setosa"]
    weights = dict(zip(names, values, strict=True))
    assert weights["petal length (cm) → virginica"] > weights["petal length (cm) → setosa"]


def test_hidden_layers_have_places_in_their_arrays() -> None:
    names, values = trained("diabetes", hidden=[4], epochs=1).context.weights()
    assert names[:2] == ["W1[1,1]", "W1[1,2]"]
    assert len(names) == len(values) == 49


def test_a_drawn_function_is_written_in_its_own_symbols() -> None:
    names, _ = trained("two-weight-net", epochs=1).context.weights()
    assert names == ["w₁", "w₂", "L", "λ₁", "λ₂"]
