"""A compiled tape does its steps, one after the other, for each input."""

from __future__ import annotations

import numpy as np

from tests.ml.tapes import perform
from tutor.ml.network.tape import LABELS, X, step, unroll


def test_a_tape_goes_through_its_steps_for_each_input() -> None:
    total, doubled = np.zeros(3), np.zeros(3)
    run = unroll([step(np.multiply, X, LABELS, doubled), step(np.add, total, doubled, out=total)], (X, LABELS))
    run([(np.array([1.0, 2, 3]), np.array(2.0)), (np.array([10.0, 20, 30]), np.array(1.0))])
    assert total.tolist() == [12, 24, 36]


def test_steps_may_take_none_and_numbers() -> None:
    value = np.array([4.0, 9])
    top = np.zeros(1)
    perform([step(np.sqrt, value, value), step(np.maximum.reduce, value, 0, None, top[0, ...], False)])
    assert value.tolist() == [2, 3]
    assert top.tolist() == [3]


def test_equal_arrays_are_not_taken_for_one() -> None:
    first, second = np.zeros(1), np.zeros(1)
    unroll([step(np.add, X, X, first), step(np.add, first, X, second)], (X,))([(np.array([1.0]),)])
    assert (first[0], second[0]) == (2, 3)


def test_tapes_of_the_same_steps_keep_to_their_own_buffers() -> None:
    first, second = np.zeros(2), np.zeros(3)
    runs = [unroll([step(np.add, X, total, total)], (X,)) for total in (first, second)]
    for run in runs:
        run([(np.array(4.0),)])
    assert (first.tolist(), second.tolist()) == ([4, 4], [4, 4, 4])


def test_an_empty_tape_does_nothing() -> None:
    unroll([], (X,))([(np.zeros(1),)])
