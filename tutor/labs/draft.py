"""What the next run of a lab will be, as the learner turns its controls: every step can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from tutor.foundation.errors import TutorError
from tutor.labs.controls import check_setting, nudge
from tutor.labs.lab_config import ControlConfig, LabConfig, Value
from tutor.labs.lab_files import parse_setting, with_overrides
from tutor.labs.settings import SETTINGS

_MOST_STEPS = 500
PIECES = "model.pieces"
"""The key of bends placed by hand."""
_MOVE_BENDS = frozenset({"model.hidden", "model.placed"})
_SEEDS = 2**31


AnyValue = Value | tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Step:
    """One setting that changed: its dotted key, and its value before and after."""

    key: str
    before: AnyValue
    after: AnyValue
    also: tuple[tuple[str, AnyValue, AnyValue], ...] = ()
    """Settings that changed with it: key, before and after of each."""

    @property
    def back(self) -> Step:
        """The step that takes this one back."""
        return Step(self.key, self.after, self.before, tuple((key, after, before) for key, before, after in self.also))


class Setup:
    """The spec of the next run, and the way it came to be.

    Args:
        spec: The lab with the overrides of the place it was opened from.
    """

    def __init__(self, spec: LabConfig) -> None:
        self.original = spec
        self.spec = spec
        self._taken: list[Step] = []
        self._undone: list[Step] = []

    @property
    def can_undo(self) -> bool:
        """Whether anything was changed."""
        return bool(self._taken)

    @property
    def can_redo(self) -> bool:
        """Whether a change was taken back, and nothing else changed since."""
        return bool(self._undone)

    @property
    def has_data_seed(self) -> bool:
        """Whether a seed makes the data, or chooses the examples that are kept back."""
        return not SETTINGS["data.seed"].idle_reason(self.spec)

    def value(self, control: ControlConfig) -> Value | None:
        """The value of a control as the learner has set it."""
        value: Value | None = SETTINGS[control.key].get(self.spec)
        return value

    def set(self, name: str, value: Value) -> Step | None:
        """Set a control. Returns what changed; None where that is its value already."""
        control = self.spec.controls[name]
        return self._change(control.key, value) if value != self.value(control) else None

    def nudge(self, name: str, steps: int) -> Step | None:
        """Turn a control by some steps. Returns what changed; None at its limit."""
        control = self.spec.controls[name]
        return self.set(name, nudge(control, self.value(control), steps))

    def type(self, name: str, text: str) -> Step | None:
        """Set a control to what the learner typed.

        Raises:
            TutorError: it is no value for this control, in a sentence.
        """
        try:
            _, value = check_setting(self.spec, name, parse_setting(f"value={text.strip()}")[1])
        except ValueError as error:
            raise TutorError(str(error)) from error
        return self.set(name, value)

    def reroll(self) -> Step:
        """The next seed: other first parameters, another order of the examples."""
        return self._change("train.seed", (self.spec.train.seed + 1) % _SEEDS)

    def reroll_data(self) -> Step | None:
        """The next seed of the data; None where no seed makes it."""
        if not self.has_data_seed:
            return None
        now = self.spec.data.seed
        return self._change("data.seed", 1 if now is None else (now + 1) % _SEEDS)

    def undo(self) -> Step | None:
        """Take the last change back. Returns what changed by that; None where there is nothing to take back."""
        return self._move(self._taken, self._undone)

    def redo(self) -> Step | None:
        """Change again what was taken back last."""
        return self._move(self._undone, self._taken)

    def _move(self, source: list[Step], target: list[Step]) -> Step | None:
        if not source:
            return None
        step = source.pop().back
        self._put(step)
        target.append(step)
        return step

    def _change(self, key: str, value: Value) -> Step:
        also: tuple[tuple[str, AnyValue, AnyValue], ...] = ()
        if key in _MOVE_BENDS and self.spec.model.pieces:
            also = ((PIECES, self.spec.model.pieces, ()),)  # bends placed by hand are so many, and no others
        return self._take(Step(key, SETTINGS[key].get(self.spec), value, also))

    def _take(self, step: Step) -> Step:
        self._put(step)
        self._taken = [*self._taken[-_MOST_STEPS:], step]
        self._undone.clear()
        return step

    def _put(self, step: Step) -> None:
        changes: dict[str, object] = {step.key: step.after, **{key: after for key, _, after in step.also}}
        self.spec = with_overrides(self.spec, changes)

    def take_over(self, settings: Mapping[str, Value]) -> None:
        """Stand where a run stands that goes on already; nothing of that is a step to take back.

        A run of an older form of the lab may hold what this one does not allow: then all stays as the lab has it.
        """
        changes: dict[str, object] = {key: to for key, to in settings.items() if SETTINGS[key].get(self.spec) != to}
        if self.spec.model.pieces and not _MOVE_BENDS.isdisjoint(changes):
            changes[PIECES] = ()
        with suppress(TutorError):
            self.spec = with_overrides(self.spec, changes)

    def place(self, settings: Mapping[str, object]) -> Step:
        """Start the next run from bends placed by hand, by an optimiser that moves them: one step to take back.

        Raises:
            TutorError: they are none that this lab can start from.
        """
        changes = dict(settings)
        if self.spec.optimizer.name in {"none", "manual"}:
            changes["optimizer.name"] = "adam"
        placed = with_overrides(self.spec, changes)
        also = tuple((key, SETTINGS[key].get(self.spec), SETTINGS[key].get(placed)) for key in changes if key != PIECES)
        return self._take(Step(PIECES, self.spec.model.pieces, placed.model.pieces, also))
