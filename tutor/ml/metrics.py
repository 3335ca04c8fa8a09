"""Loss and accuracy of a network over fixed examples, which every epoch ends with."""

from __future__ import annotations

import numpy as np

from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import CLASSIFICATION, Dataset
from tutor.ml.losses import Loss
from tutor.ml.network import Network

PIECE_BYTES = 1 << 21
"""Examples are measured so many at a time that they and all that the layers make of them fit in here, ..."""
FEWEST_ROWS = 256
"""... but never fewer: products of small matrices are slow."""


def rows_together(network: Network, count: int) -> int:
    """How many of ``count`` examples go through ``network`` at once, so that memory does not grow with all of them."""
    return min(count, max(FEWEST_ROWS, PIECE_BYTES // (sum(network.sizes) * network.parameters.itemsize)))


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
        tapes = {rows: network.forward_tape(rows) for rows in {together, len(x) % together} - {0}}
        self._pieces = []
        for start in range(0, len(x), together):
            piece = slice(start, min(start + together, len(x)))
            run, outputs = tapes[piece.stop - start]
            # Examples that fit in one piece are kept in the order that products read them in; of more, a copy is dear.
            examples = np.ascontiguousarray(x.T) if together == len(x) else x[piece].T
            self._pieces.append(
                (run, [(examples,)], outputs, np.ascontiguousarray(labels[piece].T), self._wanted(y[piece]))
            )

    def __call__(self, loss: Loss) -> tuple[float, float | None]:
        """The mean loss, in the units of the label, and the share that is right; None where there are no classes."""
        total, right = 0.0, 0
        for run, inputs, outputs, labels, wanted in self._pieces:
            run(inputs)
            share = labels.shape[1] / self._count
            total += loss.mean(outputs, labels) * share
            right += 0 if wanted is None else int((self._classes(outputs) == wanted).sum())
        unit = 1.0 if loss.classifies else self._dataset.y_scale**loss.power
        return total * unit, None if self._pieces[0][-1] is None else right / self._count

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
