"""Loss and accuracy of a network over fixed examples, which every epoch ends with."""

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
"""Examples are measured so many at a time that they and all that the layers make of them fit in here, ..."""
FEWEST_ROWS = 256
"""... but never fewer: products of small matrices are slow."""


def rows_together(network: Network, count: int) -> int:
    """How many of ``count`` examples go through ``network`` at once, so that memory does not grow with all of them."""
    return min(count, max(FEWEST_ROWS, PIECE_BYTES // (sum(network.sizes) * network.parameters.itemsize)))


class _Piece(NamedTuple):
    """Some of the examples: what computes the outputs (k, n) of inputs, labels, classes, and their share of all."""

    run: Run
    inputs: list[tuple[Array]]
    outputs: Array
    labels: Array
    wanted: Array | None
    share: float


class Measure:
    """Loss and accuracy over fixed examples, in buffers that are made once.

    Args:
        network: as it stands whenever this is called.
        x: (N, d + 1), the last column ones.
        labels: (N, k), as the loss wants them.
        y: (N,), as the data set has them.
        dataset: which they are from.
    """

    def __init__(self, network: Network, x: Array, labels: Array, y: Array, dataset: Dataset) -> None:
        self._dataset, self._count = dataset, len(x)
        together = rows_together(network, len(x))
        tapes = {rows: prediction_tape(network, rows) for rows in {together, len(x) % together} - {0}}
        self._pieces: list[_Piece] = []
        for start in range(0, len(x), together):
            piece = slice(start, min(start + together, len(x)))
            rows = piece.stop - start
            run, outputs = tapes[rows]
            # Examples that fit in one piece are kept in the order that products read them in; of more, a copy is dear.
            examples = np.ascontiguousarray(x.T) if rows == len(x) else x[piece].T
            label = np.ascontiguousarray(labels[piece].T)
            self._pieces.append(_Piece(run, [(examples,)], outputs, label, self._wanted(y[piece]), rows / len(x)))
        self._has_classes = self._pieces[0].wanted is not None

    def __call__(self, loss: Loss) -> tuple[float, float | None]:
        """The mean loss, in the units of the label, and the share that is right; None where there are no classes."""
        total, right = 0.0, 0
        for run, inputs, outputs, labels, wanted, share in self._pieces:
            run(inputs)
            total += loss.mean(outputs, labels) * share
            if wanted is not None:
                right += int(np.count_nonzero(self._classes(outputs) == wanted))
        unit = 1.0 if loss.classifies else self._dataset.y_scale**loss.power
        return total * unit, right / self._count if self._has_classes else None

    def _wanted(self, y: Array) -> Array | None:
        """What `_classes` has to say for labels (n,)."""
        if self._dataset.task == CLASSIFICATION:
            return y
        return np.rint(self._dataset.label(y)) if len(self._dataset.class_numbers) else None

    def _classes(self, outputs: Array) -> Array:
        """The class of each of the outputs (k, n)."""
        if self._dataset.task == CLASSIFICATION:
            return np.asarray(outputs.argmax(axis=0))
        return nearest_class(self._dataset.label(outputs[0]), self._dataset.class_numbers)


def nearest_class(outputs: Array, numbers: Array) -> Array:
    """For outputs (N,) of a regression on class numbers (K,), the index of the nearest number, (N,)."""
    # Within reach of the numbers first: from far enough away all of them are equally far.
    safe = np.clip(np.nan_to_num(outputs), numbers.min(), numbers.max())
    return np.asarray(np.abs(safe[:, None] - numbers[None, :]).argmin(axis=1))
