"""The training loop: one run from its first epoch to its last event. It knows no process and no file.

A worker connects it to a log and a control log, `tutor.runs.in_process` to a list. The pace only sleeps: with the same
spec and the same changes at the same epochs, the losses are the same, bit for bit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from math import inf, isfinite
from typing import Protocol

from tutor.labs.lab_config import LabConfig, Value
from tutor.labs.limits import IDLE_SECONDS
from tutor.labs.validate import patience_of
from tutor.runs.control import Command
from tutor.runs.events import Diverged, Event, Finished, Reason, View
from tutor.runs.worker.recorder import Recorder, Result
from tutor.runs.worker.steering import Steering

LOOK_SECONDS = 0.01
"""About how long training at full speed goes on without reading the clock and the control log."""
FLUSH_SECONDS = 0.05
VIEW_SECONDS = 0.1
VIEW_SHARE = 40
"""At full speed, a view that took t is made again after 40 t at the earliest: views take at most 1/40 of the time."""
WAIT_SECONDS = 1 / 60


class EpochOutcome(Result, Protocol):
    """The result of one epoch as the loop needs it; `tutor.ml.training.EpochResult` is one."""

    @property
    def diverged(self) -> bool: ...


class Trainable(Protocol):
    """What a training loop trains; `tutor.runs.worker.adapter` makes one from `tutor.ml`."""

    def epochs(self) -> Iterator[EpochOutcome]:
        """Yield the result of each epoch, none after one that diverged; settings may change in between."""

    def turn(self, key: str, value: Value) -> int | None:
        """Change a live setting. Return the number of epochs if that changed. Raise ValueError if it cannot."""

    def scenes(self) -> Iterable[tuple[str, dict[str, object]]]:
        """Yield the scene of each panel whose scene is new."""

    def frames(self) -> Iterable[tuple[str, dict[str, object]]]:
        """Yield the present frame of each panel."""

    def facts(self) -> dict[str, float]:
        """The parameters of a small model, in the units of the data."""


class TrainingLoop:
    """Runs a training to its end.

    Args:
        spec: The settings of the run.
        training: The training itself, before its first epoch.
        emit: Is called with each event.
        commands: Is called with the number of finished epochs, and returns the commands since the last call. None:
            there will never be any, and a run that waits for the learner ends instead.
        every_epoch: Ask for commands after every epoch, however fast they are.
        before_end: Is called before the last event is written.
        clock: Seconds that never run backwards.
        sleep: Waits for so many seconds.
    """

    def __init__(
        self,
        spec: LabConfig,
        training: Trainable,
        *,
        emit: Callable[[Event], None],
        commands: Callable[[int], Iterable[Command]] | None = None,
        every_epoch: bool = False,
        before_end: Callable[[], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._spec = spec
        self._training = training
        self._emit = emit
        self._commands = commands
        self._every_epoch = every_epoch
        self._before_end = before_end
        self._clock = clock
        self._sleep = sleep
        self._recorder: Recorder[EpochOutcome] = Recorder(emit)
        self._steering = Steering(spec, training.turn, self._emit_in_order)
        self._patience = patience_of(spec.train.stop)
        self._best = (inf, 0)
        self.epoch = self._updates = 0
        """Finished epochs, as of the last check."""
        self._stale = True
        self._began = clock()
        self._waited = self._slept = 0.0
        self._next_flush = self._next_view = self._next_epoch = 0.0

    def stop(self, reason: Reason) -> None:
        """End after the current epoch. May be called from a signal handler."""
        self._steering.stop(reason)

    def run(self) -> Reason:
        """Train to the end and write the last event.

        Raises:
            OSError: ``emit`` could not write.
            MemoryError: there is not enough memory.
        """
        self._show()
        self._before_epoch()
        if self._steering.reason is None:
            self._train()
        return self._end()

    def _train(self) -> None:
        take, steering = self._recorder.take, self._steering
        patient = self._patience is not None
        looked, many, left = self._clock(), 1, 1
        result: EpochOutcome | None = None
        for result in self._training.epochs():
            take(result)
            if patient:
                self._judge(result)
            left -= 1
            if left and steering.reason is None:
                continue
            spent, turned = self._clock() - looked, steering.turned
            self._look(result)
            if steering.reason is not None:
                break
            # The next check is due after as many epochs as fit between two checks, because reading the clock after
            # each would be slow for cheap epochs. After a change of a setting, an epoch may take longer than before.
            if self._every_epoch or self._slow or steering.turned > turned:
                many = 1
            else:
                many = max(1, min(2 * many, int(many * LOOK_SECONDS / max(spent, 1e-9))))
            looked, left = self._clock(), many
        if result is not None:
            # A training ends after an epoch that diverged, whether a check was due or not.
            self._stop_if_diverged(result)
        self.epoch, self._updates = self._recorder.reached or (self.epoch, self._updates)

    def _look(self, result: EpochOutcome) -> None:
        """Write what is due, and obey the commands since the last check."""
        self._stop_if_diverged(result)
        self.epoch, self._updates, self._stale = result.epoch, result.updates, True
        self._steering.count_epoch()
        self._write_due(self._clock())
        self._before_epoch()

    def _stop_if_diverged(self, result: EpochOutcome) -> None:
        if result.diverged:
            self.stop("diverged")

    @property
    def _slow(self) -> bool:
        """Whether a check is due after every epoch."""
        return self._steering.paused or self._steering.pace > 0 or self._spec.manual

    def _judge(self, result: EpochOutcome) -> None:
        """Stop if the loss has not improved for too long."""
        self._stop_if_diverged(result)
        loss = result.train_loss if result.valid_loss is None else result.valid_loss
        if loss < self._best[0]:
            self._best = (loss, result.epoch)
        elif self._patience is not None and result.epoch - self._best[1] >= self._patience:
            self.stop("no-improvement")

    def rescue(self) -> None:
        """Write the epochs that are done and not written yet, after an exception ended the training.

        Raises:
            OSError: ``emit`` could not write.
            MemoryError: the machine gave no more.
        """
        self.epoch, self._updates = self._recorder.reached or (self.epoch, self._updates)
        self._recorder.flush(self._seconds())

    def _seconds(self) -> float:
        return self._clock() - self._began - self._waited

    def _emit_in_order(self, event: Event) -> None:
        """Write what was asked behind the epochs that were done before it."""
        self._recorder.flush(self._seconds())
        self._emit(event)

    def _obey(self) -> None:
        if self._commands is None:
            return
        turned = self._steering.turned
        self._steering.obey(self._commands(self.epoch), self.epoch, self._updates)
        self._stale = self._stale or self._steering.turned > turned

    def _before_epoch(self) -> None:
        """Obey, and wait for as long as the pace or the learner wants the next epoch to wait."""
        if self._seconds() - self._slept >= self._spec.train.max_seconds:
            self.stop("seconds")
        turned, held_since = self._steering.turned, self._clock()
        self._obey()
        while self._steering.reason is None:
            now = self._clock()
            held = self._held(turned)
            if not held:
                held_since = now
            elif self._commands is None:
                self.stop("epochs")
            elif now - held_since >= IDLE_SECONDS:
                self.stop("idle")
            left = WAIT_SECONDS if held else self._time_left(now)
            if left <= 0:
                break
            self._write_due(now)
            self._sleep(min(left, WAIT_SECONDS))
            if held:
                self._waited += self._clock() - now
            else:
                self._slept += self._clock() - now
            self._obey()
        self._set_next_epoch()

    def _held(self, turned: int) -> bool:
        """Whether the run waits for the learner: it is paused, or the learner sets the parameters by hand."""
        done = self.epoch >= self._spec.train.epochs
        by_hand = self._spec.manual and self.epoch > 0 and not done and self._steering.turned == turned
        return by_hand or self._steering.waiting

    def _time_left(self, now: float) -> float:
        """Seconds until the pace allows the next epoch."""
        pace = self._steering.pace
        return min(self._next_epoch - now, 1 / pace) if pace > 0 and not self._spec.manual else 0.0

    def _set_next_epoch(self) -> None:
        """The epoch after the one that starts now is due one interval later, however long this one takes."""
        pace = self._steering.pace
        if pace > 0:
            self._next_epoch = max(self._next_epoch, self._clock() - 1 / pace) + 1 / pace

    def _write_due(self, now: float) -> None:
        if now >= self._next_flush:
            self._recorder.flush(self._seconds())
            self._next_flush = now + FLUSH_SECONDS
        if self._stale and now >= self._next_view:
            self._show()

    def _show(self) -> None:
        """Write a frame of every panel, and decide when the next ones are due."""
        begun = self._clock()
        for panel, data in self._training.scenes():
            self._emit(View(panel=panel, part="scene", epoch=self.epoch, data=data))
        for panel, data in self._training.frames():
            self._emit(View(panel=panel, part="frame", epoch=self.epoch, data=data))
        self._stale = False
        now = self._clock()
        rest = VIEW_SHARE * (now - begun) if self._steering.pace <= 0 else 0.0
        self._next_view = now + max(VIEW_SECONDS, rest)

    def _end(self) -> Reason:
        """Write everything that is left, whatever it costs: viewers always see the last state."""
        reason: Reason = self._steering.reason or "epochs"
        seconds = self._seconds()
        self._recorder.flush(seconds)
        if reason == "diverged":
            self._emit(Diverged(epoch=self.epoch, updates=self._updates))
        self._show()
        if self._before_end is not None:
            self._before_end()
        self._emit(
            Finished(
                reason=reason,
                epoch=self.epoch,
                updates=self._updates,
                seconds=round(seconds, 4),
                by=self._steering.stopped_by,
                facts={name: value for name, value in self._training.facts().items() if isfinite(value)},
            )
        )
        return reason
