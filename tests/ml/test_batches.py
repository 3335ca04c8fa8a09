"""Batches of an epoch: all examples once each, whatever the size of the slab that they go through."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.ml.network import batches as module
from tutor.ml.network.batches import Batches


def examples(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Examples (count, 3) and labels (count, 2) that tell which one they are."""
    numbers = np.arange(count, dtype=np.float32)
    return np.column_stack([numbers, -numbers, np.ones_like(numbers)]), np.column_stack([numbers, 2 * numbers])


def epoch(batches: Batches, seed: int = 5) -> list[list[int]]:
    """The examples of each batch in their order; labels and both views of the inputs have to agree."""
    seen = []
    rows = sum(each.size for slab in batches.slabs for each in slab)
    for slab in batches.fill(lambda _size: np.random.default_rng(seed).permutation(rows)):
        for batch in batches.slabs[slab]:
            numbers = batch.x[0].tolist()
            assert batch.x_transposed[:, 1].tolist() == [-each for each in numbers]
            assert batch.labels[1].tolist() == [2 * each for each in numbers]
            assert len(numbers) == batch.size
            assert batch.labels.flags.c_contiguous
            seen.append([round(each) for each in numbers])
    return seen


@given(st.integers(1, 40), st.integers(0, 45), st.integers(1, 500))
def test_every_example_once_and_in_the_same_order_through_any_slab(count: int, size: int, slab: int) -> None:
    x, labels = examples(count)
    whole = epoch(Batches(x, labels, size, shuffle=True))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SLAB_BYTES", slab)
        batches = Batches(x, labels, size, shuffle=True)
    assert epoch(batches) == whole
    assert len(whole) == batches.count
    assert sorted(chain.from_iterable(whole)) == list(range(count))
    assert [len(each) for each in whole[:-1]] == [batches.size] * (len(whole) - 1)


def test_a_large_data_set_is_never_copied_as_a_whole() -> None:
    x = np.zeros((100_000, 40), np.float32)
    batches = Batches(x, np.zeros((100_000, 3), np.float32), 128, shuffle=True)
    buffers = {id(each.x.base): each.x.base for slab in batches.slabs for each in slab}
    assert sum(each.nbytes for each in buffers.values() if each is not None) <= module.SLAB_BYTES < x.nbytes / 10


def test_without_an_order_batches_are_the_examples_themselves() -> None:
    x, labels = examples(10)
    batches = Batches(x, labels, 4, shuffle=False)
    assert epoch(batches) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert all(np.shares_memory(batch.x, x) for slab in batches.slabs for batch in slab)
