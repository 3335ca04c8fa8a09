"""Precision, recall, ROC and calibration against hand-made scores, and the AUC against the rank statistic."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.ml.arrays import Array
from tutor.ml.judging import Counts, Flags, counts_at, reliability, standard_error, threshold_curve

SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2])
POSITIVE = np.array([True, True, False, True, False, False, True, False])

examples = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=60)
"""Scores in twelfths, so that ties are frequent."""


def arrays(pairs: list[tuple[int, bool]]) -> tuple[Array, Flags]:
    return np.array([score for score, _ in pairs]) / 12, np.array([positive for _, positive in pairs])


def test_counts_by_hand() -> None:
    counts = counts_at(SCORES, POSITIVE, 0.6)
    assert counts == Counts(3, 1, 1, 3)
    assert (counts.precision, counts.recall, counts.f1, counts.false_positive_rate) == (0.75, 0.75, 0.75, 0.25)


def test_a_score_that_equals_the_threshold_is_called_positive() -> None:
    assert counts_at(SCORES, POSITIVE, 0.9).true_positives == 1
    assert counts_at(SCORES, POSITIVE, 0.91) == Counts(0, 0, 4, 4)


def test_what_is_not_defined_is_no_number_but_calling_nothing_has_precision_0() -> None:
    assert counts_at(SCORES, POSITIVE, 1.0).precision == 0
    assert counts_at(SCORES, POSITIVE, 1.0).f1 == 0
    assert isnan(counts_at(SCORES, np.zeros(8, bool), 0.5).recall)
    assert isnan(counts_at(SCORES, np.zeros(8, bool), 0.5).f1)
    assert isnan(counts_at(SCORES, np.ones(8, bool), 0.5).false_positive_rate)


def test_the_curve_by_hand() -> None:
    curve = threshold_curve(SCORES, POSITIVE)
    assert curve.thresholds.tolist() == [np.inf, *SCORES]
    assert curve.true_positives.tolist() == [0, 1, 2, 2, 3, 3, 3, 4, 4]
    assert curve.false_positives.tolist() == [0, 0, 0, 1, 1, 2, 3, 3, 4]
    # Of 16 pairs of a positive and a negative example, the positive one is ahead in 4 + 4 + 3 + 1.
    assert curve.auc == 12 / 16


def test_equal_scores_change_sides_together_and_count_half() -> None:
    curve = threshold_curve(np.array([0.5, 0.5, 0.5]), np.array([True, False, False]))
    assert len(curve.thresholds) == 2
    assert curve.auc == 0.5


@pytest.mark.parametrize("positive", [[True, True], [False, False], []])
def test_without_both_classes_there_is_no_auc(positive: list[bool]) -> None:
    scores = np.linspace(0, 1, len(positive))
    assert isnan(threshold_curve(scores, np.array(positive, bool)).auc)


@given(examples)
def test_the_auc_is_the_rank_statistic(pairs: list[tuple[int, bool]]) -> None:
    scores, positive = arrays(pairs)
    auc = threshold_curve(scores, positive).auc
    ahead = scores[positive][:, None] - scores[~positive][None, :]
    if ahead.size:
        assert auc == pytest.approx(((ahead > 0) + 0.5 * (ahead == 0)).mean(), abs=1e-12)
    else:
        assert isnan(auc)


@given(examples)
def test_every_point_of_the_curve_is_the_confusion_matrix_at_its_threshold(pairs: list[tuple[int, bool]]) -> None:
    scores, positive = arrays(pairs)
    curve = threshold_curve(scores, positive)
    for threshold, found, alarms in zip(*curve, strict=True):
        assert counts_at(scores, positive, threshold)[:2] == (found, alarms)
    assert sum(counts_at(scores, positive, 0.5)) == len(pairs)


def test_reliability_by_hand() -> None:
    bins = reliability(np.array([0.05, 0.15, 0.15, 1.0]), np.array([False, True, False, True]))
    assert bins.said.tolist() == [0.05, 0.15, 1.0]
    assert bins.came_true.tolist() == [0, 0.5, 1]
    assert bins.examples.tolist() == [1, 2, 1]
    assert bins.errors.tolist() == pytest.approx([0, np.sqrt(0.125), 0])
    assert bins.gap == pytest.approx((0.05 + 2 * 0.35 + 0) / 4)


@given(examples)
def test_no_example_is_lost_between_bins(pairs: list[tuple[int, bool]]) -> None:
    scores, positive = arrays(pairs)
    bins = reliability(scores, positive)
    assert bins.examples.sum() == len(pairs)
    assert bins.came_true @ bins.examples == pytest.approx(positive.sum())


def test_honest_probabilities_have_a_small_gap() -> None:
    random = np.random.default_rng(0)
    scores = random.random(20_000)
    assert reliability(scores, random.random(20_000) < scores).gap < 0.015
    assert reliability(scores, random.random(20_000) < scores**3).gap > 0.1


def test_a_standard_error_by_hand() -> None:
    assert standard_error(0.9, 400) == pytest.approx(0.015)
