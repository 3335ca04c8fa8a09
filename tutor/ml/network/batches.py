"""Batches of an epoch: cut once into a fixed buffer, refilled in a new order for each epoch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tutor.ml.arrays import Array


@dataclass(frozen=True, slots=True)
class Batch:
    """Views into the buffer: (d + 1, B), the same transposed, and the labels (k, B)."""

    x: Array
    x_transposed: Array
    labels: Array
    size: int


SLAB_BYTES = 1 << 20
"""Examples are put in their new order so many bytes at a time: one slab for all of a small data set."""


class Batches:
    """The training examples in batches.

    Fancy indexing per batch would copy and allocate at each update; here one ``take`` fills a slab, of which every
    batch is a view made long before. A large data set goes through its slab in pieces: a second copy of everything
    would take its memory, and each batch would be fetched from far away twice.

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
        # One batch of everything needs no order, so the examples themselves serve as the slab.
        self._shuffled = shuffle and self.size < count
        together = max(1, SLAB_BYTES // max(1, self.size * x.itemsize * x.shape[1])) if self._shuffled else count
        rows = min(count, together * self.size)
        self._x_now = np.empty_like(x[:rows]) if self._shuffled else x
        self._labels_now = np.empty_like(labels[:rows]) if self._shuffled else labels
        self._starts = range(0, count, rows)
        self.slabs = [self._cut(min(rows, count - start)) for start in self._starts]
        """The batches of an epoch, those that are in the slab together in one list."""

    def _cut(self, rows: int) -> list[Batch]:
        """The batches of so many rows at the beginning of the slab."""
        pieces = [slice(start, min(start + self.size, rows)) for start in range(0, rows, self.size)]
        return [
            Batch(self._x_now[piece].T, self._x_now[piece], self._labels_now[piece].T, piece.stop - piece.start)
            for piece in pieces
        ]

    @property
    def count(self) -> int:
        """How many updates make an epoch."""
        return -(-len(self._x) // self.size)

    def fill(self, random: np.random.Generator) -> Iterator[int]:
        """Go through an epoch in a new order: yields the index of each of `slabs` once it holds its examples."""
        if not self._shuffled:
            yield 0
            return
        order = random.permutation(len(self._x))
        for index, start in enumerate(self._starts):
            rows = order[start : start + len(self._x_now)]
            # mode="clip" lets take write straight into the buffer; the order is in range anyway.
            np.take(self._x, rows, 0, self._x_now[: len(rows)], "clip")
            np.take(self._labels, rows, 0, self._labels_now[: len(rows)], "clip")
            yield index
