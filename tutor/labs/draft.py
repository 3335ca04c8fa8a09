"""The settings of the next run of a lab, as the learner changes them; every change can be undone."""

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
"""The key of hidden units placed by hand."""
_RESET_PIECES = frozenset({"model.hidden", "model.placed"})
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
        """The step that undoes this one."""
        return Step(self.key, self.after, self.before, tuple((key, after, before) for key, before, after in self.also))


class LabDraft:
    """The settings of the next run, with their history.

    Args:
        spec: The lab with the overrides it was opened with.
    """

    def __init__(self, spec: LabConfig) -> None:
        self.original = spec
        self.spec = spec
        self._taken: list[Step] = []
        self._undone: list[Step] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to undo."""
        return bool(self._taken)

    @property
    def can_redo(self) -> bool:
        """Whether a change was undone, and nothing else changed since."""
        return bool(self._undone)

    @property
    def has_data_seed(self) -> bool:
        """Whether a seed generates the data, or chooses the examples that are kept back."""
        return not SETTINGS["data.seed"].idle_reason(self.spec)

    def value(self, control: ControlConfig) -> Value | None:
        """The current value of a control."""
        value: Value | None = SETTINGS[control.key].get(self.spec)
        return value

    def set(self, name: str, value: Value) -> Step | None:
        """Set a control. Returns the change; None if that is its value already."""
        control = self.spec.controls[name]
        return self._change(control.key, value) if value != self.value(control) else None

    def nudge(self, name: str, steps: int) -> Step | None:
        """Turn a control by some steps. Returns the change; None at its limit."""
        control = self.spec.controls[name]
        return self.set(name, nudge(control, self.value(control), steps))

    def type(self, name: str, text: str) -> Step | None:
        """Set a control to what the learner typed.

        Raises:
            TutorError: That is not a value of this control.
        """
        try:
            _, value = check_setting(self.spec, name, parse_setting(f"value={text.strip()}")[1])
        except ValueError as error:
            raise TutorError(str(error)) from error
        return self.set(name, value)

    def reroll(self) -> Step:
        """Take the next seed: other initial parameters, and another order of the examples."""
        return self._change("train.seed", (self.spec.train.seed + 1) % _SEEDS)

    def reroll_data(self) -> Step | None:
        """Take the next seed of the data. Returns None if the data has no seed."""
        if not self.has_data_seed:
            return None
        now = self.spec.data.seed
        return self._change("data.seed", 1 if now is None else (now + 1) % _SEEDS)

    def undo(self) -> Step | None:
        """Undo the last change. Returns what changed; None if there is nothing to undo."""
        return self._move(self._taken, self._undone)

    def redo(self) -> Step | None:
        """Redo what was undone last. Returns what changed; None if there is nothing to redo."""
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
        if key in _RESET_PIECES and self.spec.model.pieces:
            also = ((PIECES, self.spec.model.pieces, ()),)  # the placed units no longer fit
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
        """Adopt the settings of a run that is already going on, without a step to undo.

        If the run comes from an older version of the lab whose settings are not allowed any more, nothing changes.
        """
        changes: dict[str, object] = {key: to for key, to in settings.items() if SETTINGS[key].get(self.spec) != to}
        if self.spec.model.pieces and not _RESET_PIECES.isdisjoint(changes):
            changes[PIECES] = ()
        with suppress(TutorError):
            self.spec = with_overrides(self.spec, changes)

    def place(self, settings: Mapping[str, object]) -> Step:
        """Start the next run from hidden units placed by hand, with an optimizer that moves them: one step to undo.

        Raises:
            TutorError: This lab cannot start from them.
        """
        changes = dict(settings)
        if self.spec.optimizer.name in {"none", "manual"}:
            changes["optimizer.name"] = "adam"
        placed = with_overrides(self.spec, changes)
        also = tuple((key, SETTINGS[key].get(self.spec), SETTINGS[key].get(placed)) for key in changes if key != PIECES)
        return self._take(Step(PIECES, self.spec.model.pieces, placed.model.pieces, also))
