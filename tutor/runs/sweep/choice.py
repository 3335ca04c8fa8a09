"""Choosing the grid of a sweep from the controls of a lab: which of them, and which values each would take."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.translate import sentences, translate
from tutor.labs.lab_config import ControlConfig, LabConfig, Value
from tutor.labs.settings import SETTINGS
from tutor.runs.comparison import title_of_key
from tutor.runs.sweep.plan import MOST_CELLS, Axis, SweepPlan, refuse_idle_axes

_AT_FIRST = 2
"""How many are taken before the learner chooses: they make a map of one page."""
_MOST_VALUES = 7
_SEEDS = (1, 2, 3, 4, 5)
_LEFT_OUT = frozenset({"model.w", "model.b", "model.temperature"})
"""What the learner's own hand is for: where a walk starts; and what changes no loss."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A key that may be swept."""

    key: str
    title: str
    values: tuple[Value, ...]


@dataclass(slots=True)
class SweepChoice:
    """Which of a lab's controls are swept.

    Args:
        spec: The lab as its controls stand.
    """

    spec: LabConfig
    candidates: list[Candidate] = field(default_factory=list)
    cursor: int = 0
    chosen: list[int] = field(default_factory=list)
    """Indices of `candidates`: the one chosen last goes across, the one before it down, each other makes pages."""

    def __post_init__(self) -> None:
        controls = {control.key: control for control in self.spec.controls.values()}
        for key, control in controls.items():
            values = values_to_try(control)
            if key not in _LEFT_OUT and len(values) > 1:
                self.candidates.append(Candidate(key, title_of_key(self.spec, key, ascii=True), values))
        if "train.seed" not in controls:
            self.candidates.append(Candidate("train.seed", title_of_key(self.spec, "train.seed"), _SEEDS))
        self.chosen = list(range(min(_AT_FIRST, len(self.candidates))))

    @property
    def count(self) -> int:
        """How many runs the grid has."""
        return math.prod(len(self.candidates[index].values) for index in self.chosen) if self.chosen else 0

    @property
    def too_many(self) -> bool:
        """Whether the grid has more runs than a sweep takes."""
        return self.count > MOST_CELLS

    def move(self, steps: int) -> None:
        """Go up or down."""
        self.cursor = (self.cursor + steps) % len(self.candidates)

    def toggle(self) -> None:
        """Take the one under the cursor, or leave it."""
        if self.cursor in self.chosen:
            self.chosen.remove(self.cursor)
        else:
            self.chosen = [*self.chosen, self.cursor]

    def plan(self) -> SweepPlan:
        """The sweep.

        Raises:
            TutorError: nothing is chosen, or too much, or what changes nothing.
        """
        if not self.chosen:
            raise TutorError(translate("sweepscreen.choose-first"), exit_code=ExitCode.USAGE)
        if self.too_many:
            message = translate("sweep.too-many", count=f"{self.count:,}", most=MOST_CELLS)
            raise TutorError(sentences(message, translate("sweepscreen.too-many-hint")), exit_code=ExitCode.USAGE)
        axes = tuple(Axis(self.candidates[index].key, self.candidates[index].values) for index in self.chosen)
        plan = SweepPlan(spec=self.spec, axes=axes)
        refuse_idle_axes(plan)
        return plan


def values_to_try(control: ControlConfig) -> tuple[Value, ...]:
    """The values of a control that a map would show: its choices; of a range a handful, its ends among them."""
    if control.choices:
        return control.choices[: 2 * _MOST_VALUES]
    low, high = float(control.low or 0.0), float(control.high or 0.0)
    if control.logarithmic:
        decades = range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)
        stride = max(1, math.ceil(len(decades) / _MOST_VALUES))
        found = [float(f"1e{decade}") for decade in decades[::stride]]
    else:
        found = [round(low + (high - low) * share / 4, 10) for share in range(5)]
    if SETTINGS[control.key].is_whole:
        return tuple(dict.fromkeys(int(value) for value in found))
    return tuple(found)
