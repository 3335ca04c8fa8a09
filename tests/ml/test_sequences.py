"""Decoding sequences: the worked example of the lesson, and every sequence of a short one tried."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.ml.sequences import Transitions, count_transitions, decode, most_probable_states

LESSON = Transitions(np.full(2, 0.5), np.full(2, 0.5), np.array([[0.9, 0.1], [0.1, 0.9]]))


@pytest.mark.parametrize(
    ("said_a", "path"), [([0.9, 0.4, 0.8], [0, 0, 0]), ([0.9, 0.4, 0.8, 0.2], [0] * 4), ([0.9, 0.2, 0.2], [0, 1, 1])]
)
def test_the_example_of_the_lesson(said_a: list[float], path: list[int]) -> None:
    probabilities = np.column_stack([said_a, 1 - np.array(said_a)])
    assert most_probable_states(probabilities, LESSON).tolist() == path


@given(st.integers(0, 2**31), st.integers(2, 4), st.integers(1, 5))
def test_no_other_sequence_is_more_probable(seed: int, classes: int, length: int) -> None:
    random = np.random.default_rng(seed)
    given = random.dirichlet(np.ones(classes), length)
    frequency, first = random.dirichlet(np.ones(classes), 2)
    transitions = Transitions(frequency, first, random.dirichlet(np.ones(classes), classes))

    def score(path: tuple[int, ...]) -> float:
        found = np.log(transitions.first[path[0]])
        found += sum(np.log(transitions.next[before, after]) for before, after in pairwise(path))
        return float(found + sum(np.log(given[t, s] / transitions.frequency[s]) for t, s in enumerate(path)))

    best = max(map(score, product(range(classes), repeat=length)))
    assert score(tuple(most_probable_states(given, transitions).tolist())) == pytest.approx(best)


def test_transitions_are_counted_inside_sequences_and_not_from_one_to_the_next() -> None:
    counted = count_transitions(np.array([0, 0, 0, 1, 1, 1]), 3, 2)
    assert counted.first == pytest.approx([0.5, 0.5])
    assert counted.next == pytest.approx(np.array([[3 / 4, 1 / 4], [1 / 4, 3 / 4]]))
    assert counted.stay == pytest.approx(0.75)


def test_each_sequence_is_decoded_by_itself() -> None:
    probabilities = np.random.default_rng(1).dirichlet(np.ones(2), 10)
    halves = [most_probable_states(probabilities[at : at + 4], LESSON) for at in (0, 4, 8)]
    assert decode(probabilities, 4, LESSON).tolist() == np.concatenate(halves).tolist()
