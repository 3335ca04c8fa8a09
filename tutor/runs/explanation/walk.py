"""The way through the stages of an update, which two screens share: the explanation, and the script beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.runs.explanation.stages import Stage


@dataclass(slots=True)
class StageWalk:
    """Where one is in an update.

    Args:
        stages: All stages; empty before the update is explained, or if it cannot be.
        at: The number of the present one, from 0.
    """

    stages: Sequence[Stage] = ()
    at: int = 0

    @property
    def stage(self) -> Stage | None:
        """The present stage."""
        return self.stages[self.at] if self.stages else None

    @property
    def is_first(self) -> bool:
        """Whether no stage comes before."""
        return self.at == 0

    @property
    def is_last(self) -> bool:
        """Whether no stage comes after."""
        return self.at >= len(self.stages) - 1

    def go_to(self, stage: int) -> None:
        """Go to a stage, or to the first or last one if there is no such stage."""
        self.at = max(0, min(stage, len(self.stages) - 1))
