"""Training in a program of the learner's own, told in the same log as a worker's: any loop, any library."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isnan, nan
from pathlib import Path
from types import TracebackType
from typing import SupportsFloat

from tutor.foundation import paths
from tutor.foundation.clock import monotonic_seconds, utc_now
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.ml.divergence import beyond_use, has_diverged
from tutor.runs.events import (
    RECORDED,
    UNKNOWN_EPOCHS,
    DataFacts,
    Diverged,
    Failed,
    Finished,
    Noted,
    Reason,
    Started,
)
from tutor.runs.follower import LOCK_FILE
from tutor.runs.locks import hold
from tutor.runs.record_log import RecordLog
from tutor.runs.recorder import SERIES, Recorder
from tutor.runs.registry import Runs
from tutor.runs.spec import RunSpec, Setting, ShowSpec, TrainSpec
from tutor.runs.spec_file import versions
from tutor.runs.steering import Steering

_FLUSH_SECONDS = 0.05
_WAIT_SECONDS = 0.05
_LONGEST_NAME = 200
_LONGEST_METRIC = 40
_MOST_METRICS = 20
_TAKEN = frozenset({"epoch", "epochs", "gradient_norm", *SERIES})


@dataclass(slots=True)
class _Result:
    """One epoch. See `tutor.runs.recorder.Result`."""

    epoch: int
    updates: int
    train_loss: float
    valid_loss: float | None = None
    train_accuracy: float | None = None
    valid_accuracy: float | None = None
    gradient_norm: float | None = None
    learning_rate: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)


_NO_METRICS: Mapping[str, float] = {}


def recorded_spec(name: str, epochs: int | None = None) -> RunSpec:
    """The spec of a run that another program trains, of so many epochs where that is known."""
    name = harmless_line(name)[:_LONGEST_NAME] or "?"
    return RunSpec(
        id=re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "recorded",
        title={"en": name},
        train=TrainSpec(epochs=min(UNKNOWN_EPOCHS, max(1, epochs)) if epochs else UNKNOWN_EPOCHS),
        show=ShowSpec(panels=("loss",)),
    )


class Recording:
    """A run of the learner's own program, from entering the context to leaving it.

    Whoever watches may pause it (`epoch` waits then) and ask it to stop (`stopping` is true then, and it is for the
    program to leave its loop). An exception that leaves the context is written into the log, and goes on.

    Args:
        name: What is trained.
        epochs: How many epochs there will be; None where nobody knows.
        runs: Where the run is kept; the learner's own runs where None.
        clock: Seconds that never run backwards.
        place: The run's folder and the descriptor of its lock, where somebody has made them already.
        task: See `tutor.runs.events.DataFacts`.
    """

    def __init__(
        self,
        name: str,
        *,
        epochs: int | None = None,
        runs: Runs | None = None,
        clock: Callable[[], float] = monotonic_seconds,
        place: tuple[Path, int] | None = None,
        task: str = RECORDED,
    ) -> None:
        self._spec = recorded_spec(name, epochs)
        self._place = place
        self._task = task
        self._runs = runs or Runs(paths.runs_folder())
        self._clock = clock
        self._settings: dict[str, Setting] = {}
        self._epochs = self._updates = 0
        self._first_loss, self._last_loss = nan, 0.0
        self._had = [False, False, False]
        self._names: set[str] = set()
        self._began = self._flushed = 0.0
        self.id = ""
        """The run's id, as soon as it has begun."""

    # -- beginning and ending ----------------------------------------------------------------------------

    def __enter__(self) -> Recording:
        """Begin the run.

        Raises:
            TutorError: its folder cannot be written to.
        """
        try:
            folder, lock = self._place or self._make_place()
            self._log = RecordLog(folder, lock, self._clock)
            self._began = self._flushed = self._clock()
            self.id = folder.name
            data = DataFacts(name=self._spec.title["en"], task=self._task, train_rows=0, valid_rows=0)
            at = utc_now().isoformat(timespec="milliseconds")
            self._log.begin(
                Started(run=self.id, at=at, spec=self._spec, versions=versions(), data=data, pid=os.getpid())
            )
        except OSError as error:
            reason = error.strerror or str(error)
            raise TutorError(translate("runs.cannot-start", reason=reason), exit_code=ExitCode.CANNOT_WRITE) from error
        self._recorder: Recorder[_Result] = Recorder(self._log.write, lambda result: result.metrics)
        self._steering = Steering(self._spec, self._turn, self._log.write)
        self._runs.prune()
        return self

    def _make_place(self) -> tuple[Path, int]:
        folder = self._runs.make(self._spec)
        lock = hold(folder / LOCK_FILE)
        if lock is None:
            raise TutorError(translate("runs.another-worker"))
        return folder, lock

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """End the run: finished, stopped where somebody asked for it, failed where an exception leaves."""
        try:
            self._recorder.flush(self._seconds)
            if kind is None or error is None or (isinstance(error, SystemExit) and not error.code):
                self._finish(self._steering.reason or "epochs")
            elif issubclass(kind, KeyboardInterrupt):
                self._finish("signal")
            elif isinstance(error, TutorError):
                self._log.write(Failed(epoch=self._epochs, message=error.message, hint=error.hint))
            else:
                text = harmless_line(f"{kind.__name__}: {error}")[:500]
                self._log.write(Failed(epoch=self._epochs, message=translate("runs.failed", reason=text)))
        finally:
            self._log.close(self._epochs)

    def _finish(self, reason: Reason) -> None:
        if has_diverged(self._last_loss, beyond_use(self._first_loss)):
            self._log.write(Diverged(epoch=self._epochs, updates=self._updates))
            reason = "diverged"
        at, by = self._seconds, self._steering.stopped_by
        self._log.write(Finished(reason=reason, epoch=self._epochs, updates=self._updates, seconds=at, by=by))

    @property
    def _seconds(self) -> float:
        return round(self._clock() - self._began, 4)

    # -- what the program calls --------------------------------------------------------------------------

    def epoch(
        self,
        /,
        *,
        train_loss: SupportsFloat | None,
        valid_loss: SupportsFloat | None = None,
        train_accuracy: SupportsFloat | None = None,
        valid_accuracy: SupportsFloat | None = None,
        learning_rate: SupportsFloat | None = None,
        updates: int | None = None,
        **metrics: SupportsFloat | None,
    ) -> bool:
        """Tell of one more epoch; waits here while somebody has paused the run.

        Numbers may be anything that `float` takes, such as a tensor of one element. What is left out is not measured
        in this epoch. Where the log cannot be written, the training goes on, and a warning says so once.

        Args:
            train_loss: The loss on the training data; None where it was not measured this time.
            valid_loss: The loss on the validation data.
            train_accuracy: The share of the training data that is right, 0 to 1.
            valid_accuracy: The share of the validation data that is right, 0 to 1.
            learning_rate: The learning rate, where it changes.
            updates: Updates of the parameters since the beginning; as many as epochs where None.
            **metrics: Up to 20 other numbers by names of your own, such as ``f1=0.7``.

        Returns:
            Whether to go on: False once somebody has asked the run to stop.

        Raises:
            ValueError: something is no number, or a metric has no possible name; the epoch does not count then.
            TypeError: the same.
        """
        loss = nan if train_loss is None else float(train_loss)
        had, numbers = self._had, (valid_loss, train_accuracy, valid_accuracy)
        # What was measured once and is not this time leaves a gap.
        valid, train_share, valid_share = [
            float(value) if value is not None else nan if had[index] else None for index, value in enumerate(numbers)
        ]
        rate = None if learning_rate is None else float(learning_rate)
        own = self._metrics(metrics) if metrics else _NO_METRICS
        self._had = [each or value is not None for each, value in zip(had, numbers, strict=True)]
        self._last_loss = 0.0 if train_loss is None else loss
        self._first_loss = loss if isnan(self._first_loss) else self._first_loss
        self._epochs += 1
        self._updates = self._epochs if updates is None else updates
        self._recorder.take(
            _Result(self._epochs, self._updates, loss, valid, train_share, valid_share, None, rate, own)
        )
        self._steering.count_epoch()
        now = self._clock()
        if now - self._flushed >= _FLUSH_SECONDS or self._steering.paused:
            self._flushed = now
            self.listen()
        return not self.stopping

    def _metrics(self, metrics: Mapping[str, SupportsFloat | None]) -> Mapping[str, float]:
        for name in metrics.keys() - self._names:
            if name in _TAKEN or harmless_line(name) != name or not 0 < len(name) <= _LONGEST_METRIC:
                raise ValueError(translate("record.bad-name", name=harmless_line(name)))
        if len(self._names | metrics.keys()) > _MOST_METRICS:
            raise ValueError(translate("record.too-many", most=_MOST_METRICS))
        own = {name: float(value) for name, value in metrics.items() if value is not None}
        self._names |= metrics.keys()
        return own

    def note(self, text: str) -> None:
        """Write a note into the log, for everybody who watches."""
        self._recorder.flush(self._seconds)
        self._log.write(Noted(epoch=self._epochs, text=harmless_line(text)[:1000]))

    def setting(self, key: str, value: Setting) -> Setting:
        """The value that somebody who watches has set for ``key`` (such as ``learning_rate``), else ``value``.

        Only what a program asks for here can be set while it trains.
        """
        from tutor.runs.spec import SHORT_NAMES

        return self._settings.setdefault(SHORT_NAMES.get(key, key), value)

    @property
    def stopping(self) -> bool:
        """Whether somebody has asked the run to stop."""
        return self._steering.reason is not None

    # -- steering ----------------------------------------------------------------------------------------

    def _turn(self, key: str, value: Setting) -> None:
        if key not in self._settings:
            raise ValueError(translate("runs.cannot-turn", key=key))
        self._settings[key] = value

    def end(self, reason: Reason) -> None:
        """Let the run end, for ``reason``. May be called from a signal handler."""
        self._steering.stop(reason)

    def listen(self) -> None:
        """Write what waits, obey what was asked meanwhile, and wait while the run is paused."""
        self._recorder.flush(self._seconds)
        self._steering.obey(self._log.poll(), self._epochs, self._updates)
        while self._steering.waiting and not self.stopping:
            time.sleep(_WAIT_SECONDS)
            self._steering.obey(self._log.poll(), self._epochs, self._updates)
