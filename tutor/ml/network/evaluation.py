"""The loss and the accuracy of a network over fixed examples, as they are at the end of each epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import CLASSIFICATION, Dataset
from tutor.ml.losses import Loss
from tutor.ml.network.kernels import loss_means
from tutor.ml.network.network import Network
from tutor.ml.network.passes import prediction_steps
from tutor.ml.network.tape import Run, Steps, X, redirected, unroll

PIECE_BYTES = 1 << 21
"""Examples go through the network in pieces; one piece with its outputs in all layers fits in this many bytes."""
MIN_ROWS = 256
"""A piece has at least this many examples, because products of small matrices are slow."""


def rows_together(network: Network, count: int) -> int:
    """How many of ``count`` examples go through ``network`` at once, so that memory does not grow with ``count``."""
    return min(count, max(MIN_ROWS, PIECE_BYTES // (sum(network.sizes) * network.parameters.itemsize)))


class _Piece(NamedTuple):
    """Some of the examples: the tape with its inputs and outputs (k, n), labels, classes, and their fraction of all."""

    run: Run
    inputs: list[tuple[Array]]
    outputs: Array
    labels: Array
    classes: Array | None
    fraction: float


class Evaluation:
    """Computes the loss and the accuracy over fixed examples, in buffers that are made once.

    Args:
        network: The network, with the parameters it has whenever this is called.
        x: (N, d + 1); the last column is ones.
        labels: The labels as the loss takes them, (N, k).
        y: The labels as the data set has them, (N,).
        dataset: The data set of the examples.
        forward: The steps that fill the outputs (k, N) of all examples at once, from the examples as `X`, if something
            else needs these steps too.
    """

    def __init__(
        self, network: Network, x: Array, labels: Array, y: Array, dataset: Dataset,
        forward: tuple[Steps, Array] | None = None,
    ) -> None:  # fmt: skip
        self._dataset, self._count = dataset, len(x)
        together = rows_together(network, len(x)) if forward is None else len(x)
        sizes = {together, len(x) % together} - {0}
        passes = {len(x): forward} if forward is not None else {rows: prediction_steps(network, rows) for rows in sizes}
        tapes = {rows: (unroll(steps, (X,)), outputs) for rows, (steps, outputs) in passes.items()}
        self._pieces: list[_Piece] = []
        for start in range(0, len(x), together):
            piece = slice(start, min(start + together, len(x)))
            rows = piece.stop - start
            run, outputs = tapes[rows]
            examples = x[piece].T
            if forward is None and rows == len(x):
                # Examples that fit in one piece are copied into the order in which products read them; more would take
                # too much memory.
                examples = np.ascontiguousarray(examples)
            label = np.ascontiguousarray(labels[piece].T)
            classes = _true_classes(y[piece], dataset)
            self._pieces.append(_Piece(run, [(examples,)], outputs, label, classes, rows / len(x)))
        self._has_classes = self._pieces[0].classes is not None
        self.outputs: Array | None = self._pieces[0].outputs if together == len(x) else None
        """What `steps` fill, (k, N); None if the examples do not go through the network at once."""
        self.steps: Steps = []
        """What fills `outputs`, for a tape that does more."""
        if self.outputs is not None:
            self.steps = redirected(passes[len(x)][0], X, self._pieces[0].inputs[0][0])

    def __call__(self, loss: Loss) -> tuple[float, float | None]:
        """The mean loss in the units of the label, and the accuracy, which is None if there are no classes."""
        total, right = 0.0, 0
        for run, inputs, outputs, labels, classes, fraction in self._pieces:
            run(inputs)
            total += loss.mean(outputs, labels) * fraction
            if classes is not None:
                right += int(np.count_nonzero(_predicted_classes(outputs, self._dataset) == classes))
        return total * _unit(loss, self._dataset), right / self._count if self._has_classes else None

    def of_rows(self, loss: Loss, rows: Array) -> tuple[list[float], Sequence[float | None]]:
        """The losses and the accuracies of n networks, given ``rows`` (n, k, N): the `outputs` of each of them."""
        piece, unit = self._pieces[0], _unit(loss, self._dataset)
        means = [mean * unit for mean in loss_means(loss, rows, piece.labels)]
        if piece.classes is None:
            return means, [None] * len(rows)
        right = np.count_nonzero(_predicted_classes(rows, self._dataset) == piece.classes, axis=-1)
        return means, (right / self._count).tolist()

    def run_forward(self) -> None:
        """Fill the outputs of all examples."""
        for run, inputs, *_ in self._pieces:
            run(inputs)


class BatchMeans:
    """The loss and the accuracy of an epoch as means over its batches, each before the update that learns from it.

    Args:
        dataset: The data set of the examples.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._total, self._right, self._count = 0.0, 0, 0
        self.first = 0.0
        """The mean loss of the first batch, in the units of the label."""

    def add(self, loss: Loss, outputs: Array, labels: Array) -> None:
        """Count a batch: outputs (k, B) and labels (k, B) as the loss takes them."""
        mean, size = loss.mean(outputs, labels) * _unit(loss, self._dataset), labels.shape[1]
        if not self._count:
            self.first = mean
        self._total += mean * size
        self._count += size
        if self._dataset.task == CLASSIFICATION:
            self._right += int(np.count_nonzero(row_of_largest(outputs) == row_of_largest(labels)))
        elif (classes := _true_classes(labels[0], self._dataset)) is not None:
            self._right += int(np.count_nonzero(_predicted_classes(outputs, self._dataset) == classes))

    def take(self) -> tuple[float, float | None]:
        """The mean loss in the units of the label and the accuracy, as `Evaluation` gives them, and begin anew."""
        has_classes = self._dataset.task == CLASSIFICATION or bool(len(self._dataset.class_numbers))
        taken = self._total / self._count, self._right / self._count if has_classes else None
        self._total, self._right, self._count = 0.0, 0, 0
        return taken


def _unit(loss: Loss, dataset: Dataset) -> float:
    """The factor from a loss of standardised labels to the units of the label."""
    return 1.0 if loss.classifies else float(dataset.y_scale**loss.power)


def _true_classes(y: Array, dataset: Dataset) -> Array | None:
    """The class of each of the labels (n,); None if there are no classes."""
    if dataset.task == CLASSIFICATION:
        return y
    return np.rint(dataset.label(y)) if len(dataset.class_numbers) else None


def _predicted_classes(outputs: Array, dataset: Dataset) -> Array:
    """The class that each of the outputs (..., k, n) predicts, (..., n)."""
    if dataset.task == CLASSIFICATION:
        return row_of_largest(outputs)
    return nearest_class(dataset.label(outputs[..., 0, :]), dataset.class_numbers)


_FEW_CLASSES = 4


def row_of_largest(outputs: Array) -> Array:
    """The row of the largest number in each column of (..., k, n), (..., n): what ``argmax(axis=-2)`` returns.

    For many rows that takes as long as the rest of the measurement, so a product sums the numbers of the rows that are
    as large as the maximum. If a column has no such row, because of nan, or has several, argmax decides.
    """
    k = outputs.shape[-2]
    if k > _FEW_CLASSES:
        is_largest = (outputs == outputs.max(axis=-2, keepdims=True)).astype(np.float32)
        sums = np.array([np.arange(k), np.ones(k)], np.float32) @ is_largest
        if (sums[..., 1, :] == 1).all():
            return np.asarray(sums[..., 0, :])
    return np.asarray(outputs.argmax(axis=-2))


def nearest_class(outputs: Array, numbers: Array) -> Array:
    """For outputs (..., N) of a regression on class numbers (K,), the index of the nearest number, (..., N)."""
    # Far outputs are clipped first: after rounding, all numbers would be equally far from them.
    safe = np.clip(np.nan_to_num(outputs), numbers.min(), numbers.max())
    return np.asarray(np.abs(safe[..., None] - numbers).argmin(axis=-1))
