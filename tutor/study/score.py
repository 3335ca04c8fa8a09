"""How a set of questions stands, counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tutor.study.question_attempt import Mark


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of questions.

    Args:
        total: All of them.
        right: Answered right.
        wrong: Answered, but not right.
        skipped: Put off.
        uncounted: Predictions whose run could not be had.
        open: Not answered yet, or waiting for a run.
    """

    total: int = 0
    right: int = 0
    wrong: int = 0
    skipped: int = 0
    uncounted: int = 0
    open: int = 0

    @property
    def counted(self) -> int:
        """Questions with a verdict."""
        return self.right + self.wrong

    @property
    def fraction(self) -> float:
        """Right ones among those with a verdict, from 0 to 1; 0 where there are none."""
        return self.right / self.counted if self.counted else 0.0


def score_of(marks: Iterable[Mark]) -> Score:
    """Count ``marks``."""
    each = list(marks)
    return Score(
        total=len(each),
        right=each.count(Mark.RIGHT),
        wrong=each.count(Mark.WRONG),
        skipped=each.count(Mark.SKIPPED),
        uncounted=each.count(Mark.UNCOUNTED),
        open=each.count(Mark.OPEN) + each.count(Mark.WAITING),
    )
