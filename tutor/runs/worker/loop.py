"""The training loop: one run from its first epoch to its last event. It knows nothing of processes and files.

A worker connects it to a log and a control log; `tutor.runs.in_process` connects it to a list. A slower pace only adds
sleep, so with the same settings and the same changes at the same epochs the losses are the same, bit for bit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import inf, isfinite
from typing import Protocol

from tutor.labs.lab_config import LabConfig, Value
from tutor.labs.limits import IDLE_SECONDS, UNWATCHED_SECONDS
from tutor.labs.validate import patience_of
from tutor.runs.control import Command
from tutor.runs.events import Diverged, Event, Finished, Queued, Reason, View
from tutor.runs.worker.recorder import ForeignResult, Recorder
from tutor.runs.worker.steering import Steering
from tutor.runs.worker.turns import LOOK_SECONDS, SAY_SECONDS, TURN_SECONDS, Turns

CHECK_SECONDS = 0.01
"""At full speed, about this much time passes between two checks of the clock and the control log."""
FLUSH_SECONDS = 0.05
VIEW_SECONDS = 0.1
HAND_SECONDS = 1 / 30
"""Seconds between two events about a run whose parameters are moved by hand: a held key moves that often."""
VIEW_REST = 40
"""At full speed, after a view that took t no view is made for 40 t, so views take at most 1/40 of the time."""
SLEEP_SECONDS = 1 / 60
"""The longest sleep before commands are read again."""


class EpochOutcome(ForeignResult, Protocol):
    """The result of one epoch as the loop needs it; `tutor.ml.training.EpochResult` is one."""

    @property
    def diverged(self) -> bool: ...


class Trainable(Protocol):
    """What a training loop trains; `tutor.runs.worker.adapter` makes one from `tutor.ml`."""

    def groups(self, together: Callable[[], int]) -> Iterator[Sequence[EpochOutcome]]:
        """Yield the results of the next epochs, and stop after one that diverged. Settings may change between groups.

        Args:
            together: Gives the maximum number of epochs in the next group.
        """

    def change_setting(self, key: str, value: Value) -> int | None:
        """Change a live setting. Returns the new number of epochs if it changed. Raises ValueError if it cannot."""

    def scenes(self) -> Iterable[tuple[str, dict[str, object]]]:
        """Yield the scene of each panel whose scene is new."""

    def frames(self) -> Iterable[tuple[str, dict[str, object]]]:
        """Yield the current frame of each panel."""

    def facts(self) -> dict[str, float]:
        """The parameters of a small model, in the units of the data."""


class TrainingLoop:
    """Runs a training to its end.

    Args:
        spec: The configuration of the run.
        training: What is trained, before its first epoch.
        emit: Called with each event.
        commands: Called with the number of finished epochs; returns the commands since the last call. If it is None,
            nobody can send commands, and a run that would wait for the learner ends instead.
        every_epoch: Ask for commands after every epoch, however fast they are.
        before_end: Called before the last event is written.
        unwatched: Returns for how many seconds nobody has watched the run; by default somebody always does.
        with_metrics: Whether results have metrics of the learner's own.
        turns: The turns on a machine that others share; None: this run need not wait for one.
        clock: Returns seconds from a monotonic clock.
        sleep: Sleeps for a number of seconds.
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
        unwatched: Callable[[], float] | None = None,
        with_metrics: bool = False,
        turns: Turns | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._spec = spec
        self._training = training
        self._emit = emit
        self._commands = commands
        self._every_epoch = every_epoch
        self._before_end = before_end
        self._unwatched = unwatched
        self._turn = _Turn(turns, clock)
        self._clock = clock
        self._sleep = sleep
        self._recorder: Recorder[EpochOutcome] = Recorder(emit, (lambda result: result) if with_metrics else None)
        self._steering = Steering(spec, training.change_setting, self._emit_in_order)
        self._patience = patience_of(spec.train.stop)
        self._best = (inf, 0)
        self._unchecked = 1
        """How many epochs are to be trained until the next check."""
        self.epoch = self._updates = 0
        """Finished epochs, as counted at the last check."""
        self._views_stale = True
        self._began = clock()
        self._seconds_waited = self._seconds_slept = 0.0
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
        self._wait_for_epoch()
        if self._steering.reason is None:
            self._train()
        return self._end()

    def _train(self) -> None:
        steering = self._steering
        checked_at, between_checks = self._clock(), 1
        result: EpochOutcome | None = None
        for results in self._training.groups(self._together):
            self._recorder.take_all(results)
            if self._patience is not None:
                for each in results:
                    self._check_patience(each)
            result = results[-1]
            self._unchecked -= len(results)
            if self._unchecked > 0 and steering.reason is None:
                continue
            spent, changes = self._clock() - checked_at, steering.change_count
            self._check(result)
            if steering.reason is not None:
                break
            # The next check is due after as many epochs as fit between two checks, because reading the clock after
            # each would be slow for cheap epochs. After a change of a setting, an epoch may take longer than before.
            if self._every_epoch or self._checks_each_epoch or steering.change_count > changes:
                between_checks = 1
            else:
                between_checks = max(1, min(2 * between_checks, int(between_checks * CHECK_SECONDS / max(spent, 1e-9))))
            checked_at, self._unchecked = self._clock(), between_checks
        if result is not None:
            # A training ends after an epoch that diverged, whether a check was due or not.
            self._stop_if_diverged(result)
        self.epoch, self._updates = self._recorder.last_unwritten or (self.epoch, self._updates)

    def _check(self, result: EpochOutcome) -> None:
        """Write events and views that are due, and obey the commands since the last check."""
        self._stop_if_diverged(result)
        self.epoch, self._updates, self._views_stale = result.epoch, result.updates, True
        self._steering.count_epoch()
        self._write_due(self._clock())
        self._wait_for_epoch()

    def _stop_if_diverged(self, result: EpochOutcome) -> None:
        if result.diverged:
            self.stop("diverged")

    @property
    def _checks_each_epoch(self) -> bool:
        """Whether to check after every epoch."""
        return self._steering.paused or self._steering.pace > 0 or self._spec.manual

    def _together(self) -> int:
        """How many epochs may be trained before anything has to be decided: at a check, or as patience runs out."""
        if self._patience is None:
            return self._unchecked
        epoch, _ = self._recorder.last_unwritten or (self.epoch, 0)
        return min(self._unchecked, self._best[1] + self._patience - epoch)

    def _check_patience(self, result: EpochOutcome) -> None:
        """Stop if the loss has not improved for too many epochs."""
        self._stop_if_diverged(result)
        loss = result.train_loss if result.valid_loss is None else result.valid_loss
        if loss < self._best[0]:
            self._best = (loss, result.epoch)
        elif self._patience is not None and result.epoch - self._best[1] >= self._patience:
            self.stop("no-improvement")

    def flush_unwritten(self) -> None:
        """Write the epochs that are not written yet, after an exception ended the training.

        Raises:
            OSError: ``emit`` could not write.
            MemoryError: there is not enough memory.
        """
        self.epoch, self._updates = self._recorder.last_unwritten or (self.epoch, self._updates)
        self._recorder.flush(self._seconds())

    def _seconds(self) -> float:
        return self._clock() - self._began - self._seconds_waited

    def _emit_in_order(self, event: Event) -> None:
        """Write the answer to a command, after the epochs that were done before it."""
        self._recorder.flush(self._seconds())
        self._emit(event)

    def _obey_commands(self) -> None:
        if self._commands is None:
            return
        changes = self._steering.change_count
        self._steering.obey(self._commands(self.epoch), self.epoch, self._updates)
        self._views_stale = self._views_stale or self._steering.change_count > changes

    def _wait_for_epoch(self) -> None:
        """Obey commands, and wait until the pace and the learner allow the next epoch."""
        if self._seconds() - self._seconds_slept >= self._spec.train.max_seconds:
            self.stop("seconds")
        changes, waiting_since = self._steering.change_count, self._clock()
        look_at = waiting_since + UNWATCHED_SECONDS
        self._obey_commands()
        while self._steering.reason is None:
            now = self._clock()
            waiting = self._waits_for_learner(changes)
            if not waiting:
                waiting_since = now
            elif self._commands is None:
                self.stop("epochs")
            elif now - waiting_since >= IDLE_SECONDS:
                self.stop("idle")
            elif self._spec.manual and now >= look_at:
                # A run that is paused for hours may be wanted; one by hand costs nothing to begin again.
                alone = min(self._unwatched() if self._unwatched is not None else 0.0, now - waiting_since)
                look_at = now + UNWATCHED_SECONDS - alone
                if alone >= UNWATCHED_SECONDS:
                    self.stop("unwatched")
            delay = self._delay(now, waiting=waiting)
            if delay <= 0:
                break
            self._write_due(now)
            self._sleep(delay)
            if waiting or self._turn.waits:
                self._seconds_waited += self._clock() - now
            else:
                self._seconds_slept += self._clock() - now
            self._obey_commands()
        self._set_next_epoch()

    def _delay(self, now: float, *, waiting: bool) -> float:
        """Seconds until commands are to be read again; 0 if the next epoch may be computed now."""
        delay = SLEEP_SECONDS if waiting else self._time_left(now)
        if delay > 0:
            self._turn.give()
            return min(delay, SLEEP_SECONDS)
        if self._turn.take():
            return 0.0
        if self._turn.is_late:
            self._emit_in_order(Queued(epoch=self.epoch, turns=self._turn.count))
        return LOOK_SECONDS

    def _waits_for_learner(self, changes: int) -> bool:
        """Whether the run waits for the learner: it is paused, or the learner sets the parameters by hand."""
        done = self.epoch >= self._spec.train.epochs
        by_hand = self._spec.manual and self.epoch > 0 and not done and self._steering.change_count == changes
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
            self._next_flush = now + (HAND_SECONDS if self._spec.manual else FLUSH_SECONDS)
        if self._views_stale and now >= self._next_view:
            self._show()

    def _show(self) -> None:
        """Write a frame of every panel, and decide when the next ones are due."""
        begun = self._clock()
        for panel, data in self._training.scenes():
            self._emit(View(panel=panel, part="scene", epoch=self.epoch, data=data))
        for panel, data in self._training.frames():
            self._emit(View(panel=panel, part="frame", epoch=self.epoch, data=data))
        self._views_stale = False
        now = self._clock()
        if self._spec.manual:
            # Between two moves there is nothing to slow down, and whoever moves wants to see it at once.
            self._next_view = now + HAND_SECONDS
            return
        rest = VIEW_REST * (now - begun) if self._steering.pace <= 0 else 0.0
        self._next_view = now + max(VIEW_SECONDS, rest)

    def _end(self) -> Reason:
        """Write everything that is left, however long it takes, because viewers must see the final state."""
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


class _Turn:
    """The turn of one run: held while it computes, and given to others from time to time."""

    def __init__(self, turns: Turns | None, clock: Callable[[], float]) -> None:
        self._turns = turns
        self._clock = clock
        self._taken_at: float | None = None
        self._asked_at: float | None = None
        self._is_said = False

    @property
    def count(self) -> int:
        return self._turns.count if self._turns is not None else 0

    @property
    def waits(self) -> bool:
        """Whether the run waits for a turn."""
        return self._asked_at is not None

    @property
    def is_late(self) -> bool:
        """Whether it has waited so long that it should say so now; true once for each wait."""
        is_late = self._asked_at is not None and self._clock() - self._asked_at >= SAY_SECONDS and not self._is_said
        self._is_said = self._is_said or is_late
        return is_late

    def take(self) -> bool:
        """Whether the run may compute now. A turn that is held for long is given up if another run waits."""
        if self._turns is None:
            return True
        now = self._clock()
        if self._taken_at is not None:
            if now - self._taken_at < TURN_SECONDS:
                return True
            if self._turns.is_wanted:
                self._turns.give()
                self._taken_at, self._asked_at, self._is_said = None, now, False
                return False
        if not self._turns.take():
            if self._asked_at is None:
                self._asked_at, self._is_said = now, False
            return False
        self._taken_at, self._asked_at = now, None
        return True

    def give(self) -> None:
        """The run rests."""
        if self._turns is not None:
            self._turns.give()
            self._taken_at, self._asked_at = None, None
