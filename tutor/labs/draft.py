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

_MAX_STEPS = 500
PIECES = "model.pieces"
"""The key of hidden units placed by hand."""
_RESET_PIECES = frozenset({"model.hidden", "model.placed"})
_SEEDS = 2**31


AnyValue = Value | tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one setting: its dotted key, and its value before and after."""

    key: str
    before: AnyValue
    after: AnyValue
    side_changes: tuple[tuple[str, AnyValue, AnyValue], ...] = ()
    """Settings that changed with it: key, before and after of each."""

    @property
    def inverse(self) -> Change:
        """The change that undoes this one."""
        side_changes = tuple((key, after, before) for key, before, after in self.side_changes)
        return Change(self.key, self.after, self.before, side_changes)


class LabDraft:
    """The settings of the next run, with their history.

    Args:
        spec: The lab with the overrides it was opened with.
    """

    def __init__(self, spec: LabConfig) -> None:
        self.original = spec
        self.spec = spec
        self._done: list[Change] = []
        self._undone: list[Change] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to undo."""
        return bool(self._done)

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

    def set(self, name: str, value: Value) -> Change | None:
        """Set a control. Returns the change; None if it has that value already."""
        control = self.spec.controls[name]
        return self._change(control.key, value) if value != self.value(control) else None

    def nudge(self, name: str, steps: int) -> Change | None:
        """Move a control by some steps. Returns the change; None if it is at its limit."""
        control = self.spec.controls[name]
        return self.set(name, nudge(control, self.value(control), steps))

    def type(self, name: str, text: str) -> Change | None:
        """Set a control to what the learner typed.

        Raises:
            TutorError: That is not a value of this control.
        """
        try:
            _, value = check_setting(self.spec, name, parse_setting(f"value={text.strip()}")[1])
        except ValueError as error:
            raise TutorError(str(error)) from error
        return self.set(name, value)

    def reroll(self) -> Change:
        """Take the next seed: other initial parameters, and another order of the examples."""
        return self._change("train.seed", (self.spec.train.seed + 1) % _SEEDS)

    def reroll_data(self) -> Change | None:
        """Take the next seed of the data. Returns None if the data has no seed."""
        if not self.has_data_seed:
            return None
        now = self.spec.data.seed
        return self._change("data.seed", 1 if now is None else (now + 1) % _SEEDS)

    def undo(self) -> Change | None:
        """Undo the last change. Returns what changed; None if there is nothing to undo."""
        return self._move(self._done, self._undone)

    def redo(self) -> Change | None:
        """Redo what was undone last. Returns what changed; None if there is nothing to redo."""
        return self._move(self._undone, self._done)

    def _move(self, source: list[Change], target: list[Change]) -> Change | None:
        if not source:
            return None
        step = source.pop().inverse
        self._apply(step)
        target.append(step)
        return step

    def _change(self, key: str, value: Value) -> Change:
        side_changes: tuple[tuple[str, AnyValue, AnyValue], ...] = ()
        if key in _RESET_PIECES and self.spec.model.pieces:
            side_changes = ((PIECES, self.spec.model.pieces, ()),)  # the units placed by hand no longer fit
        return self._record(Change(key, SETTINGS[key].get(self.spec), value, side_changes))

    def _record(self, step: Change) -> Change:
        self._apply(step)
        self._done = [*self._done[-_MAX_STEPS:], step]
        self._undone.clear()
        return step

    def _apply(self, step: Change) -> None:
        changes: dict[str, object] = {step.key: step.after, **{key: after for key, _, after in step.side_changes}}
        self.spec = with_overrides(self.spec, changes)

    def take_over(self, settings: Mapping[str, Value]) -> None:
        """Adopt the settings of a run that is in progress. This cannot be undone.

        If the run comes from an older version of the lab whose settings are not allowed any more, nothing changes.
        """
        changes: dict[str, object] = {key: to for key, to in settings.items() if SETTINGS[key].get(self.spec) != to}
        if self.spec.model.pieces and not _RESET_PIECES.isdisjoint(changes):
            changes[PIECES] = ()
        with suppress(TutorError):
            self.spec = with_overrides(self.spec, changes)

    def place(self, settings: Mapping[str, object]) -> Change:
        """Start the next run from hidden units placed by hand, with an optimizer that moves them, as one change.

        Raises:
            TutorError: This lab cannot start from them.
        """
        changes = dict(settings)
        if self.spec.optimizer.name in {"none", "manual"}:
            changes["optimizer.name"] = "adam"
        placed = with_overrides(self.spec, changes)
        others = [SETTINGS[key] for key in changes if key != PIECES]
        side_changes = tuple((each.key, each.get(self.spec), each.get(placed)) for each in others)
        return self._record(Change(PIECES, self.spec.model.pieces, placed.model.pieces, side_changes))
