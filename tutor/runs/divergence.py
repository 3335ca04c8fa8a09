"""Why a run diverged, as far as its log tells: which learning rate, since when, and how far the loss rose."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from tutor.runs.summary import RunSummary


@dataclass(frozen=True, slots=True)
class Rise:
    """How a loss went astray.

    Args:
        rate: The learning rate at the end; None where there is none.
        since: After which epoch it was turned to that; 0 from the beginning.
        low: The lowest loss on the way; None where none was a number.
        high: The last loss that was a number, where it is higher than that.
        finite: Whether the last loss of all was a number.
    """

    rate: float | None
    since: int = 0
    low: float | None = None
    high: float | None = None
    finite: bool = False


def rise_of(summary: RunSummary) -> Rise | None:
    """The rise of a run that diverged; None of any other."""
    if not summary.diverged:
        return None
    since = max((each.epoch for each in summary.changes if each.key == "optimizer.learning_rate"), default=0)
    finite = [loss for loss in summary.train_losses if isfinite(loss)]
    low, high = min(finite, default=None), finite[-1] if finite else None
    if low is None or high is None or high <= low:
        high = None
    return Rise(summary.learning_rate, since, low, high, finite=bool(finite) and isfinite(summary.train_losses[-1]))
