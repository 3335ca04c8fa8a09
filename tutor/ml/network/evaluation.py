"""The loss and the accuracy of a network over fixed examples, computed at the end of each epoch."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import CLASSIFICATION, Dataset
from tutor.ml.losses import Loss
from tutor.ml.network.network import Network
from tutor.ml.network.passes import prediction_tape
from tutor.ml.network.tape import Run

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
        forward: What fills the outputs (k, N) of all examples at once, if something else needs these too.
    """

    def __init__(
        self, network: Network, x: Array, labels: Array, y: Array, dataset: Dataset,
        forward: tuple[Run, Array] | None = None,
    ) -> None:  # fmt: skip
        self._dataset, self._count = dataset, len(x)
        if forward is not None:
            label = np.ascontiguousarray(labels.T)
            self._pieces = [_Piece(forward[0], [(x.T,)], forward[1], label, self._true_classes(y), 1.0)]
            self._has_classes = self._pieces[0].classes is not None
            return
        together = rows_together(network, len(x))
        tapes = {rows: prediction_tape(network, rows) for rows in {together, len(x) % together} - {0}}
        self._pieces = []
        for start in range(0, len(x), together):
            piece = slice(start, min(start + together, len(x)))
            rows = piece.stop - start
            run, outputs = tapes[rows]
            # Examples that fit in one piece are copied into the order in which products read them; more would take
            # too much memory.
            examples = np.ascontiguousarray(x.T) if rows == len(x) else x[piece].T
            label = np.ascontiguousarray(labels[piece].T)
            self._pieces.append(_Piece(run, [(examples,)], outputs, label, self._true_classes(y[piece]), rows / len(x)))
        self._has_classes = self._pieces[0].classes is not None

    _pieces: list[_Piece]

    def __call__(self, loss: Loss) -> tuple[float, float | None]:
        """The mean loss in the units of the label, and the accuracy, which is None if there are no classes."""
        total, right = 0.0, 0
        for run, inputs, outputs, labels, classes, fraction in self._pieces:
            run(inputs)
            total += loss.mean(outputs, labels) * fraction
            if classes is not None:
                right += int(np.count_nonzero(self._predicted_classes(outputs) == classes))
        unit = 1.0 if loss.classifies else self._dataset.y_scale**loss.power
        return total * unit, right / self._count if self._has_classes else None

    def predict(self) -> None:
        """Fill the outputs of all examples, which do not fit in one piece unless ``forward`` was given."""
        for run, inputs, *_ in self._pieces:
            run(inputs)

    def _true_classes(self, y: Array) -> Array | None:
        """The class of each of the labels (n,); None if there are no classes."""
        if self._dataset.task == CLASSIFICATION:
            return y
        return np.rint(self._dataset.label(y)) if len(self._dataset.class_numbers) else None

    def _predicted_classes(self, outputs: Array) -> Array:
        """The class that each of the outputs (k, n) predicts, (n,)."""
        if self._dataset.task == CLASSIFICATION:
            return np.asarray(outputs.argmax(axis=0))
        return nearest_class(self._dataset.label(outputs[0]), self._dataset.class_numbers)


def nearest_class(outputs: Array, numbers: Array) -> Array:
    """For outputs (N,) of a regression on class numbers (K,), the index of the nearest number, (N,)."""
    # Far outputs are clipped first: after rounding, all numbers would be equally far from them.
    safe = np.clip(np.nan_to_num(outputs), numbers.min(), numbers.max())
    return np.asarray(np.abs(safe[:, None] - numbers[None, :]).argmin(axis=1))
