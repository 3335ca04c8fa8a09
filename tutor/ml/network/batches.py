"""The batches of an epoch: views into a fixed buffer that is refilled in a new order for each epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from tutor.ml.arrays import Array


@dataclass(frozen=True, slots=True)
class Batch:
    """Views into the buffer: examples (d + 1, B), their transpose (B, d + 1), and labels (k, B), row after row."""

    x: Array
    x_transposed: Array
    labels: Array
    size: int

    @property
    def inputs(self) -> tuple[Array, Array, Array]:
        """What a tape of `tutor.ml.network.passes` is given for the batch."""
        return self.x, self.x_transposed, self.labels


SLAB_BYTES = 1 << 20
"""The size of the buffer, called the slab, that shuffled examples are copied into; a small data set fits into one."""


class Batches:
    """The training examples in batches.

    Indexing each batch by itself would allocate at each update. Here one ``take`` fills a slab, and the batches are
    views into it that are made once. A large data set goes through its slab in pieces, because a second copy of it
    would double the memory.

    Args:
        x: (N, d + 1); the last column is ones.
        labels: (N, k).
        size: B; 0 or more than N for all examples in one batch. The last batch is shorter if B does not divide N.
        shuffle: Whether each epoch has another order.
    """

    def __init__(self, x: Array, labels: Array, size: int, *, shuffle: bool) -> None:
        count = len(x)
        self.size = min(size, count) or count
        self._x, self._labels = x, labels
        # One batch of everything needs no order, so the examples themselves serve as the slab.
        self._shuffled = shuffle and self.size < count
        batch_bytes = self.size * x.itemsize * x.shape[1]
        batches_per_slab = max(1, SLAB_BYTES // max(1, batch_bytes)) if self._shuffled else count
        rows = min(count, batches_per_slab * self.size)
        self._x_slab = np.empty_like(x[:rows]) if self._shuffled else x
        self._labels_slab = np.empty_like(labels[:rows]) if self._shuffled else np.ascontiguousarray(labels)
        # Arithmetic with the labels of a batch takes half the time if they are in the order of a network's outputs. One
        # label per example has the same order either way.
        has_one_label = labels.shape[1] == 1
        self._turned_labels = (
            self._labels_slab.reshape(-1) if has_one_label else np.empty(rows * labels.shape[1], labels.dtype)
        )
        self._turns: list[list[tuple[Array, Array]]] = []
        """For each time the slab is filled: labels of batches of one size, and where they come from, (n, k, B) both."""
        self._starts = range(0, count, rows)
        self.count = -(-count // self.size)
        """The number of batches, and so of updates, in an epoch."""
        self.slabs = [self._cut(min(rows, count - start)) for start in self._starts]
        """The batches of an epoch: one list for each time the slab is filled."""

    def _cut(self, rows: int) -> list[Batch]:
        """The batches of the first ``rows`` rows of the slab."""
        batches, turns, k = [], [], self._labels_slab.shape[1]
        whole = rows - rows % self.size
        for start, stop, size in ((0, whole, self.size), (whole, rows, rows - whole)):
            if start == stop:
                continue
            source = self._labels_slab[start:stop].reshape(-1, size, k).transpose(0, 2, 1)
            turned = self._turned_labels[start * k : stop * k].reshape(-1, k, size)
            turns.append((turned, source))
            for labels, first in zip(turned, range(start, stop, size), strict=True):
                x = self._x_slab[first : first + size]
                batches.append(Batch(x.T, x, labels, size))
        self._turns.append(turns if k > 1 else [])
        self._turn(-1)
        return batches

    def _turn(self, index: int) -> None:
        """Put the labels of this filling into the order of a network's outputs."""
        for turned, source in self._turns[index]:
            np.copyto(turned, source)

    def fill(self, order_of: Callable[[int], Array]) -> Iterator[int]:
        """Go through an epoch in a new order: fill the slab, and yield the index of its batches in `slabs`.

        Args:
            order_of: Gives the order of the examples, (N,), for the batch size.
        """
        if not self._shuffled:
            yield 0
            return
        order = order_of(self.size)
        for index, start in enumerate(self._starts):
            rows = order[start : start + len(self._x_slab)]
            # mode="clip" lets take write straight into the buffer; the order is in range anyway.
            np.take(self._x, rows, 0, self._x_slab[: len(rows)], "clip")
            np.take(self._labels, rows, 0, self._labels_slab[: len(rows)], "clip")
            self._turn(index)
            yield index
