"""What the parameters of a trained model are called, and what they are worth, as the lessons write them."""

from __future__ import annotations

import numpy as np

from tutor.labs.lab_config import LabConfig
from tutor.ml.datasets.dataset import Dataset
from tutor.ml.models.drawn_function import FUNCTIONS
from tutor.ml.network.training import NetworkTraining
from tutor.ml.training import Training

Named = tuple[list[str], list[float]]
_SIGNS = {"w1": "w₁", "w2": "w₂", "z1": "z₁", "z2": "z₂", "lambda1": "λ₁", "lambda2": "λ₂"}
"""Facts as people write them."""
_LOW, _HIGH = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"), str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def named_parameters(spec: LabConfig, data: Dataset, training: Training, features: tuple[str, ...]) -> Named:
    """The parameters by name, the same ones in the same order each time.

    Those of a linear model and of a polynomial are in the units of the data; those of a classification without hidden
    layers are per standard deviation of their feature, so that they can be compared.

    Args:
        spec: of the run.
        data: what it is trained on.
        training: as it stands.
        features: what the features are called.
    """
    small = training.small_parameters()
    if spec.model.name == "function":
        # What people call them, rather than their places in a lab file.
        for name in FUNCTIONS[spec.model.function].aliases:
            del small[name]
        if len(FUNCTIONS[spec.model.function].names) > 1:
            small = {"L" if name == "f" else name: value for name, value in small.items()}
    if small and spec.model.name != "polynomial":
        return [_SIGNS.get(name, name) for name in small], list(small.values())
    if spec.model.name == "naive":
        return [features[-1]], [1.0]
    if isinstance(training, NetworkTraining) and len(training.network.layers) == 1:
        if spec.model.name == "polynomial":
            if data.features == 1:
                return _of_polynomial(training)
        elif data.classes:
            return _of_scores(data, training, features)
        else:
            return _of_line(data, training, features)
    return _by_place(training)


def _of_line(data: Dataset, training: NetworkTraining, features: tuple[str, ...]) -> Named:
    """The bias, and a weight for each feature."""
    named = training.parameters()
    w = named["W1"][0] * data.y_scale / data.x_scale
    b = float(data.label(named["b1"][0])) - float(w @ data.x_mean)
    return ["b", *features], [b, *w.tolist()]


def _of_polynomial(training: NetworkTraining) -> Named:
    """The bias, and a weight for each power."""
    values = training.coefficients().tolist()
    powers = [f"w{power} x".translate(_LOW) for power in range(1, len(values))]
    names = [name if power == 1 else name + str(power).translate(_HIGH) for power, name in enumerate(powers, start=1)]
    return ["b", *names], values


def _of_scores(data: Dataset, training: NetworkTraining, features: tuple[str, ...]) -> Named:
    """Of two classes how far each feature speaks for the second and against the first; of more, a weight for each."""
    named = training.parameters()
    w, b = named["W1"], named["b1"]
    if data.classes == 2:
        return ["b", *features], [float(b[1] - b[0]), *(w[1] - w[0]).tolist()]
    names = [f"{feature} → {name}" for name in data.class_names for feature in ("b", *features)]
    return names, np.column_stack([b, w]).ravel().tolist()


def _by_place(training: Training) -> Named:
    """Every entry by the array that it stands in, and its place there."""
    if isinstance(training, NetworkTraining):
        return training.network.names(), training.network.parameters.tolist()
    names: list[str] = []
    values: list[float] = []
    for name, array in training.parameters().items():
        names += [f"{name}[{place}]" for place in range(1, array.size + 1)]
        values += array.ravel().tolist()
    return names, values
