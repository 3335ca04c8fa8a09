"""Batches of an epoch: cut once into fixed buffers, refilled in a new order for each epoch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tutor.ml.arrays import Array


@dataclass(frozen=True, slots=True)
class Batch:
    """Views into the epoch's buffers: (d + 1, B), the same transposed, and the labels (k, B)."""

    x: Array
    x_transposed: Array
    labels: Array
    size: int


class Batches:
    """The training examples in batches.

    Fancy indexing per batch would copy and allocate at each update; here one ``take`` an epoch fills a buffer of
    which every batch is a view made long before.

    Args:
        x: (N, d + 1), with the column of ones.
        labels: (N, k).
        size: B; 0 or more than N for all examples in one batch. The last batch is shorter where B does not divide N.
        shuffle: whether each epoch has an order of its own.
    """

    def __init__(self, x: Array, labels: Array, size: int, *, shuffle: bool) -> None:
        count = len(x)
        self.size = min(size, count) or count
        self._x, self._labels = x, labels
        # One batch of everything needs no order, so the examples themselves serve as the buffer.
        self._shuffled = shuffle and self.size < count
        self._x_now = np.empty_like(x) if self._shuffled else x
        self._labels_now = np.empty_like(labels) if self._shuffled else labels
        self.batches = [
            Batch(
                self._x_now[start : start + self.size].T,
                self._x_now[start : start + self.size],
                self._labels_now[start : start + self.size].T,
                min(self.size, count - start),
            )
            for start in range(0, count, self.size)
        ]

    def shuffle(self, random: np.random.Generator) -> None:
        """Put the examples in a new order."""
        if self._shuffled:
            order = random.permutation(len(self._x))
            # mode="clip" lets take write straight into the buffer; the order is in range anyway.
            np.take(self._x, order, 0, self._x_now, "clip")
            np.take(self._labels, order, 0, self._labels_now, "clip")
