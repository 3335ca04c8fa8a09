"""How well a learner knows what they know: the loss of this course, on the learner's own predictions."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Final

from tutor.progress.statistics import Estimate

SUREST: Final = 0.99
"""What 100 % counts as: a loss without end would say nothing."""

COIN: Final = log(2)
"""The loss of whoever always says 50 %."""

WINDOW: Final = 20
"""Answers over which the loss is averaged as time goes on."""

_BINS: Final = ((0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.01))


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of which the learner was about equally sure.

    Args:
        low: The least that was said, from 0.5.
        high: The most, itself not in it but for 1.
        count: How many answers.
        said: What was said, on average.
        right: How many were right, from 0 to 1.
    """

    low: float
    high: float
    count: int
    said: float
    right: float

    @property
    def gap(self) -> float:
        """By how much one was surer than right; below 0 where one knew more than one thought."""
        return self.said - self.right


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure one was, against what came true.

    Args:
        losses: After each answer, the average loss of the last `WINDOW` ones, the oldest first.
        loss: The average over all; None where nothing was estimated.
        bins: What was said against what came true.
    """

    losses: Sequence[float]
    loss: float | None
    bins: Sequence[Bin]


def confidence(estimates: Sequence[Estimate]) -> Confidence:
    """All of it at once, in two passes however many estimates there are."""
    return Confidence(losses_over_time(estimates), mean_loss(estimates), calibration(estimates))


def cross_entropy(said: float, *, right: bool) -> float:
    """The loss of one answer: −ln of the probability that was given to what came true."""
    said = min(max(said, 1 - SUREST), SUREST)
    return -log(said if right else 1 - said)


def mean_loss(estimates: Sequence[Estimate]) -> float | None:
    """The average loss; None where nothing was estimated."""
    total = sum(count * cross_entropy(said, right=right) for (said, right), count in Counter(estimates).items())
    return total / len(estimates) if estimates else None


def losses_over_time(estimates: Sequence[Estimate], window: int = WINDOW) -> list[float]:
    """After each answer, the average loss of the last ``window`` ones."""
    last: deque[float] = deque(maxlen=window)
    averages = []
    # Few different things are said, so each logarithm is taken once, however many answers there are.
    losses = {each: cross_entropy(each.said, right=each.right) for each in set(estimates)}
    for each in estimates:
        last.append(losses[each])
        averages.append(sum(last) / len(last))
    return averages


def calibration(estimates: Sequence[Estimate]) -> list[Bin]:
    """What was said against what came true, for each range of what was said that has an answer."""
    found = []
    alike = Counter(estimates)
    for low, high in _BINS:
        inside = [(each, count) for each, count in alike.items() if low <= round(each.said, 6) < high]
        total = sum(count for _, count in inside)
        if total:
            said = sum(each.said * count for each, count in inside) / total
            right = sum(each.right * count for each, count in inside) / total
            found.append(Bin(low, min(high, 1.0), total, said, right))
    return found
