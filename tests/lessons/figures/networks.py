"""The network of a lab as it is before its first epoch, for the figures that are about it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.lessons.figures import LESSONS
from tutor.labs.lab_files import load_lab
from tutor.ml.arrays import Array
from tutor.ml.network.training import NetworkTraining
from tutor.runs.worker.adapter import TrainingAdapter


def network_training(lab: str, overrides: dict[str, object]) -> NetworkTraining:
    """The training of a lab before its first epoch."""
    adapter = TrainingAdapter(load_lab(lab, LESSONS / "labs", overrides), LESSONS / "data")
    return adapter.context.network_training


def examples(training: NetworkTraining, most: int) -> tuple[Array, Array]:
    """The first ``most`` training examples as the network takes them, (d, n), and their labels, (k, n)."""
    x, labels = training._x[:most, :-1], training._labels[:most]
    return np.ascontiguousarray(x.T), np.ascontiguousarray(labels.T)


def signals_of(training: NetworkTraining) -> Iterator[Array]:
    """What comes out of each hidden layer, (units, examples), from the first layer on."""
    x, _ = examples(training, 10_000)
    for layer in training.network.layers[:-1]:
        x = layer.predict(x)
        yield x
