"""From probabilities of single frames to the most probable sequence: the Viterbi algorithm.

In a hidden Markov model the states s₁, s₂, ... of a sequence follow each other with certain probabilities, and each
state produces what is observed. A classifier gives p(s | x) for each frame; divided by p(s), how frequent the state is,
that is p(x | s) but for a factor that is the same for all states (Bourlard and Morgan 1990).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tutor.ml.datasets.dataset import Floats, Ints

_TINY = 1e-12


@dataclass(frozen=True)
class Transitions:
    """How states follow each other, counted in sequences of equal length.

    Args:
        frequency: p(s), (K,).
        first: The probability that a sequence begins with a state, (K,).
        next: The probability of a state after another one, (K, K): a row for the one before.
    """

    frequency: Floats
    first: Floats
    next: Floats

    @property
    def stay(self) -> float:
        """The probability that the next frame has the same state, on average over all frames."""
        return float(self.frequency @ np.diagonal(self.next))


def count_transitions(states: Ints, length: int, classes: int) -> Transitions:
    """Count the transitions in sequences of ``length`` frames, one after the other.

    One is added to each count, so that what never occurred remains possible.

    Args:
        states: (n,).
        length: The frames of a sequence; the last one may be shorter.
        classes: K.
    """
    states = np.asarray(states, dtype=np.int64)
    frequency = np.bincount(states, minlength=classes) + 1.0
    first = np.bincount(states[::length], minlength=classes) + 1.0
    pairs = np.delete(states[:-1] * classes + states[1:], np.arange(length - 1, len(states) - 1, length))
    following = np.bincount(pairs, minlength=classes**2).reshape(classes, classes) + 1.0
    return Transitions(
        frequency / frequency.sum(), first / first.sum(), following / following.sum(axis=1, keepdims=True)
    )


def most_probable_states(probabilities: Floats, transitions: Transitions) -> Ints:
    """The most probable sequence of states for the frames of one sequence, (T,), by the Viterbi algorithm.

    For each state it keeps the score of the best way to get there, and from which state. That takes T · K² sums,
    although there are Kᵀ sequences.

    Args:
        probabilities: p(s | x) of each frame, (T, K).
        transitions: How states follow each other.
    """
    evidence = np.log(np.maximum(probabilities, _TINY)) - np.log(transitions.frequency)
    change = np.log(transitions.next)
    score = np.log(transitions.first) + evidence[0]
    came_from = np.zeros(probabilities.shape, dtype=np.int64)
    for t in range(1, len(evidence)):
        ways = score[:, None] + change
        came_from[t] = ways.argmax(axis=0)
        score = ways.max(axis=0) + evidence[t]
    states = np.empty(len(evidence), dtype=np.int64)
    states[-1] = score.argmax()
    for t in range(len(evidence) - 1, 0, -1):
        states[t - 1] = came_from[t, states[t]]
    return states


def decode(probabilities: Floats, length: int, transitions: Transitions) -> Ints:
    """The most probable states of several sequences of ``length`` frames, one after the other, (n,)."""
    starts = range(0, len(probabilities), length)
    return np.concatenate([most_probable_states(probabilities[at : at + length], transitions) for at in starts])
