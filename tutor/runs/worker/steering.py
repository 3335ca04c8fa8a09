"""Obeys the commands of the control log between two epochs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tutor.foundation.safe_text import harmless
from tutor.foundation.translate import translate
from tutor.labs.controls import check_setting
from tutor.labs.lab_config import LabConfig, Value
from tutor.labs.settings import SETTINGS
from tutor.runs import control
from tutor.runs.control import clean_author
from tutor.runs.events import Changed, Event, Noted, Paced, Paused, Reason, Refused, Resumed

MAX_PACE = 1000.0
_LONGEST_NOTE = 1000


class Steering:
    """Pace, pause, steps and stop of one run.

    Args:
        spec: The configuration at the start of the run.
        change_setting: Changes a live setting of the training; raises ValueError if it cannot.
        emit: Called with an event for each command that was obeyed or refused.
    """

    def __init__(
        self, spec: LabConfig, change_setting: Callable[[str, Value], int | None], emit: Callable[[Event], None]
    ) -> None:
        self._spec = spec
        self._change_setting = change_setting
        self._emit = emit
        self._steps = 0
        self.pace = spec.train.pace
        """Epochs a second; 0 is full speed."""
        self.paused = False
        self.reason: Reason | None = None
        """Why the run has to end now; None while it may continue."""
        self.stopped_by = ""
        """The author of the stop; empty if it has none."""
        self.change_count = 0
        """How many settings were changed."""

    @property
    def waiting(self) -> bool:
        """Whether the next epoch has to wait."""
        return self.paused and self._steps == 0

    def stop(self, reason: Reason, by: str = "") -> None:
        """End the run after the current epoch. If this is called twice, the first reason counts."""
        if self.reason is None:
            self.reason, self.stopped_by = reason, by

    def count_epoch(self) -> None:
        """Count a finished epoch, which may be the last of some steps."""
        self._steps = max(0, self._steps - 1)

    def obey(self, commands: Iterable[control.Command], epoch: int, updates: int) -> None:
        """Obey ``commands`` in order, after ``epoch`` epochs and ``updates`` updates of the run."""
        for command in commands:
            by = clean_author(command.by)
            match command:
                case control.Pause():
                    self._pause(epoch, by)
                case control.Resume():
                    self._resume(epoch, by)
                case control.Step(epochs=epochs):
                    self._pause(epoch, by)
                    self._steps += max(1, min(epochs, 1_000_000))
                case control.Stop():
                    self.stop("stop", by)
                case control.Pace(pace=pace):
                    self.pace = min(MAX_PACE, max(0.0, pace))
                    self._emit(Paced(epoch=epoch, pace=self.pace, by=by))
                case control.Set(key=key, value=value):
                    self._set(key, value, epoch, updates, by)
                case control.Note(text=text):
                    self._emit(Noted(epoch=epoch, text=harmless(text)[:_LONGEST_NOTE], by=by))

    def _pause(self, epoch: int, by: str) -> None:
        if not self.paused:
            self.paused = True
            self._emit(Paused(epoch=epoch, by=by))

    def _resume(self, epoch: int, by: str) -> None:
        self._steps = 0
        if self.paused:
            self.paused = False
            self._emit(Resumed(epoch=epoch, by=by))

    def _set(self, key: str, value: Value, epoch: int, updates: int, by: str) -> None:
        try:
            dotted, converted = check_setting(self._spec, key, value)
            if not SETTINGS[dotted].live:
                raise ValueError(translate("runs.not-live", key=dotted))
            if idle := SETTINGS[dotted].idle_reason(self._spec):
                raise ValueError(translate("effects.idle", key=dotted, reason=idle))
            epochs = self._change_setting(dotted, converted)
        except ValueError as error:
            self._emit(Refused(epoch=epoch, key=key[:100], message=str(error), by=by))
            return
        self.change_count += 1
        self._emit(Changed(epoch=epoch, updates=updates, key=dotted, value=converted, epochs=epochs or 0, by=by))
