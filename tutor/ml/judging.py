"""Judging a classifier with two classes: thresholds, precision and recall, the ROC curve, calibration.

A *score* is the probability of the positive class, which is the class with number 1. An example is called positive if
its score is at least the decision threshold.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tutor.ml.arrays import Array

Flags = NDArray[np.bool_]


class Counts(NamedTuple):
    """A confusion matrix of two classes."""

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @property
    def precision(self) -> float:
        """Of all that is called positive, the fraction that is positive; 0 if nothing is called positive."""
        return self.true_positives / max(1, self.true_positives + self.false_positives)

    @property
    def recall(self) -> float:
        """Of all that is positive, the fraction that is called so; nan if nothing is positive."""
        positives = self.true_positives + self.false_negatives
        return self.true_positives / positives if positives else float("nan")

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; nan if nothing is positive."""
        wrong = self.false_positives + self.false_negatives
        positives = self.true_positives + self.false_negatives
        return 2 * self.true_positives / (2 * self.true_positives + wrong) if positives else float("nan")

    @property
    def false_positive_rate(self) -> float:
        """Of all that is negative, the fraction that is called positive; nan if nothing is negative."""
        negatives = self.false_positives + self.true_negatives
        return self.false_positives / negatives if negatives else float("nan")


def counts_at(scores: Array, positive: Flags, threshold: float) -> Counts:
    """The confusion matrix at one threshold.

    Args:
        scores: (N,).
        positive: Which examples are positive, (N,).
        threshold: The score from which on an example is called positive.
    """
    called = scores >= threshold
    right = int(np.count_nonzero(called & positive))
    called_positive, positives = int(np.count_nonzero(called)), int(np.count_nonzero(positive))
    false_positives = called_positive - right
    return Counts(right, false_positives, positives - right, len(scores) - positives - false_positives)


class ThresholdCurve(NamedTuple):
    """What each threshold would give, from "nothing is called positive" to "everything is", (k + 1,) each.

    There is one entry for each of the k different scores, because between two scores nothing changes. Examples with
    equal scores change sides together.
    """

    thresholds: Array
    """Falling; the first one is infinite."""
    true_positives: NDArray[np.int64]
    false_positives: NDArray[np.int64]

    @property
    def auc(self) -> float:
        """The area under the ROC curve; nan if a class is missing.

        It is the probability that a random positive example has a higher score than a random negative one, where equal
        scores count as half.
        """
        found, alarms = self.true_positives, self.false_positives
        if not found[-1] or not alarms[-1]:
            return float("nan")
        return float(np.trapezoid(found / found[-1], alarms / alarms[-1]))


def threshold_curve(scores: Array, positive: Flags) -> ThresholdCurve:
    """Try every threshold; see `counts_at` for the arguments."""
    order = np.argsort(-scores, kind="stable")
    falling = scores[order]
    last = np.flatnonzero(np.append(falling[1:] != falling[:-1], True)) if len(falling) else np.zeros(0, np.intp)
    found = np.cumsum(positive[order], dtype=np.int64)[last]
    return ThresholdCurve(
        np.concatenate([[np.inf], falling[last]]),
        np.concatenate([[0], found]),
        np.concatenate([[0], last + 1 - found]),
    )


class Reliability(NamedTuple):
    """How often what was said comes true: examples with similar scores in one bin; only bins that hold any."""

    said: Array
    """The mean score of each bin."""
    came_true: Array
    """The fraction of its examples that are positive."""
    examples: NDArray[np.int64]
    """How many examples it holds."""

    @property
    def errors(self) -> Array:
        """The standard error of each `came_true`."""
        return np.asarray(np.sqrt(self.came_true * (1 - self.came_true) / self.examples))

    @property
    def gap(self) -> float:
        """The mean distance between `said` and `came_true` over all examples: the expected calibration error."""
        return float(np.abs(self.said - self.came_true) @ self.examples / max(1, int(self.examples.sum())))


def reliability(scores: Array, positive: Flags, bins: int = 10) -> Reliability:
    """Sort examples by score into equally wide bins; see `counts_at` for the arguments."""
    at = np.minimum((scores * bins).astype(np.intp), bins - 1)
    count = np.bincount(at, minlength=bins)
    held = count > 0
    said = np.bincount(at, weights=scores, minlength=bins)[held] / count[held]
    came_true = np.bincount(at, weights=positive, minlength=bins)[held] / count[held]
    return Reliability(said, came_true, count[held].astype(np.int64))


def standard_error(fraction: float, examples: int) -> float:
    """How far a fraction that was measured on so many independent examples typically is from the true one."""
    return float(np.sqrt(fraction * (1 - fraction) / examples))
