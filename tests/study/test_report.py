"""A learner's own loss."""

from __future__ import annotations

from math import isclose, isfinite, log

from hypothesis import given
from hypothesis import strategies as st

from tutor.progress.statistics import Estimate
from tutor.study.report import (
    COIN_FLIP_LOSS,
    MAX_CONFIDENCE,
    WINDOW,
    calibration,
    confidence,
    cross_entropy,
    losses_over_time,
    mean_loss,
)


def estimates(*pairs: tuple[float, bool]) -> list[Estimate]:
    return [Estimate(said, right) for said, right in pairs]


def test_the_loss_is_the_one_of_the_course() -> None:
    assert isclose(cross_entropy(0.8, right=True), -log(0.8))
    assert isclose(cross_entropy(0.8, right=False), -log(0.2))
    assert isclose(cross_entropy(0.5, right=False), COIN_FLIP_LOSS)
    assert isclose(cross_entropy(1.0, right=False), -log(1 - MAX_CONFIDENCE))


@given(st.floats(0.5, 1), st.booleans())
def test_no_loss_is_without_end(said: float, right: bool) -> None:
    assert isfinite(cross_entropy(said, right=right))
    assert cross_entropy(said, right=right) >= 0


@given(st.lists(st.booleans(), min_size=1, max_size=200))
def test_saying_what_is_so_is_best(rights: list[bool]) -> None:
    """The honest share costs least of all that can be said: that is what makes it a proper score."""
    share = min(max(sum(rights) / len(rights), 0.5), MAX_CONFIDENCE)
    honest = mean_loss(estimates(*((share, right) for right in rights)))
    assert honest is not None
    for said in (0.5, 0.6, 0.75, 0.9, 0.99):
        other = mean_loss(estimates(*((said, right) for right in rights)))
        assert other is not None
        assert honest <= other + 1e-9


def test_the_loss_over_time_forgets_what_is_long_ago() -> None:
    losses = losses_over_time(estimates((0.9, False), (0.9, True), (0.9, True)), window=2)
    assert isclose(losses[0], -log(0.1))
    assert isclose(losses[1], (-log(0.1) - log(0.9)) / 2)
    assert isclose(losses[2], -log(0.9))
    assert mean_loss([]) is None


def test_the_table_holds_what_was_said_against_what_came_true() -> None:
    table = calibration(estimates((0.5, True), (0.5, False), (0.9, True), (1.0, True), (0.95, False), (0.7, True)))
    assert [(each.low, each.count) for each in table] == [(0.5, 2), (0.7, 1), (0.9, 3)]
    assert isclose(table[2].said, 0.95)
    assert isclose(table[2].right, 2 / 3)
    assert isclose(table[2].gap, 0.95 - 2 / 3)


@given(st.lists(st.tuples(st.sampled_from([0.5, 0.55, 0.6, 0.7, 0.85, 0.9, 1.0]), st.booleans()), max_size=60))
def test_counting_alike_answers_together_changes_nothing(pairs: list[tuple[float, bool]]) -> None:
    found = confidence(estimates(*pairs))
    losses = [cross_entropy(said, right=right) for said, right in pairs]
    if found.loss is None:
        assert not pairs
        assert not found.losses
        assert not found.bins
        return
    assert isclose(found.loss, sum(losses) / len(losses))
    assert len(found.losses) == len(pairs)
    for at, average in enumerate(found.losses):
        last = losses[max(0, at + 1 - WINDOW) : at + 1]
        assert isclose(average, sum(last) / len(last))
    assert sum(each.count for each in found.bins) == len(pairs)
    for each in found.bins:
        inside = [(said, right) for said, right in pairs if each.low <= said < each.high or said == each.high == 1.0]
        assert each.count == len(inside)
        assert isclose(each.said, sum(said for said, _ in inside) / len(inside))
        assert isclose(each.right, sum(right for _, right in inside) / len(inside))
