"""Records the training of the learner's own program, whatever its library, in the same log as a worker writes."""

from __future__ import annotations

import os
import re
import threading
import time
import warnings
import weakref
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from math import isfinite, isnan, nan
from pathlib import Path
from types import TracebackType
from typing import Literal, SupportsFloat, SupportsIndex

from tutor.foundation import paths
from tutor.foundation.clock import monotonic_seconds, utc_now
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.labs.lab_config import LabConfig, ShowConfig, Value
from tutor.labs.lab_files import versions
from tutor.ml.divergence import divergence_limit, has_diverged
from tutor.ml.settings import TrainSettings
from tutor.runs.control import CONTROL_FILE, Command, Inbox
from tutor.runs.events import (
    RECORDED,
    UNKNOWN_EPOCHS,
    DataFacts,
    Diverged,
    Event,
    Failed,
    Finished,
    Noted,
    Reason,
    Started,
)
from tutor.runs.follower import EVENTS_FILE, LOCK_FILE
from tutor.runs.log import RESERVE_BYTES, LogWriter
from tutor.runs.news import Ring
from tutor.runs.processes import hold, release
from tutor.runs.registry import Runs
from tutor.runs.summary import RunSummary, fold
from tutor.runs.worker.recorder import SERIES, Recorder
from tutor.runs.worker.steering import Steering

_FLUSH_SECONDS = 0.05
_WAIT_SECONDS = 0.05
_LONGEST_NAME = 200
_LONGEST_NOTE = 1000
_LONGEST_ERROR = 500
LONGEST_METRIC = 40
"""Characters in the name of a metric."""
MAX_METRICS = 20
"""Metrics that a program may add to the usual series."""
_TAKEN = frozenset({"epoch", "epochs", "updates", "learning_rate", "gradient_norm", *SERIES})
_LARGEST_WHOLE = 2**63 - 1
_ROUNDING = 1e-6
"""How far a mean of float32 numbers may be beyond 0 or 1."""
_RETRY_SECONDS = 1.0
_MOST_WAITING = 5000
"""Events of some kilobytes each that wait in memory while the disk is full; beyond that the oldest are dropped."""


@dataclass(slots=True)
class _Result:
    """One epoch. See `tutor.runs.worker.recorder.Result`."""

    epoch: int
    updates: int
    train_loss: float
    valid_loss: float | None = None
    train_accuracy: float | None = None
    valid_accuracy: float | None = None
    gradient_norm: float | None = None
    learning_rate: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    number: float | None = None
    not_finite: Mapping[str, float] = field(default_factory=dict)


def number(name: str, value: object) -> float:
    """Convert ``value`` to a float: a number, a numeric string, a NumPy or tensor scalar, anything with ``item()``.

    Args:
        name: The name of the value, for the error message.
        value: The value.

    Raises:
        ValueError: it is not one number.
    """
    try:
        item = getattr(value, "item", None)
        return float(item() if callable(item) else value)  # type: ignore[arg-type]
    except Exception as error:  # a foreign object may raise anything
        shown = clean_line(_text_of(value), 40)
        raise ValueError(translate("record.no-number", name=name, value=shown)) from error


def whole_number(name: str, value: object, *, least: int = 0) -> int:
    """Convert ``value`` to a whole number that is not below ``least``. See `number`.

    Raises:
        ValueError: it is not such a number.
    """
    found = value if type(value) is int else number(name, value)
    if not (least <= found <= _LARGEST_WHOLE and found == int(found)):
        shown = clean_line(_text_of(value), 40)
        raise ValueError(translate("record.no-whole-number", name=name, value=shown, least=least))
    return int(found)


def _accuracy(name: str, value: object) -> float:
    """Convert ``value`` to an accuracy from 0 to 1; nan if it could not be computed."""
    accuracy = number(name, value)
    if -_ROUNDING <= accuracy <= 1 + _ROUNDING:
        return min(1.0, max(0.0, accuracy))
    if accuracy != accuracy:
        return accuracy
    key = "record.percent" if 1 < accuracy <= 100 else "record.no-share"
    raise ValueError(translate(key, name=name, value=f"{accuracy:.6g}", share=f"{accuracy / 100:.6g}"))


def clean_line(text: str, longest: int) -> str:
    """Turn untrusted text into one harmless line of at most ``longest`` characters that can be encoded as UTF-8."""
    return harmless_line(text[: 4 * longest].encode("utf-8", "replace").decode("utf-8"))[:longest]


def _text_of(value: object) -> str:
    try:
        return str(value)
    except Exception:
        return type(value).__name__


def recorded_spec(name: str, epochs: int | None = None) -> LabConfig:
    """The spec of a run that another program trains. ``epochs``: how many, if that is known."""
    name = clean_line(name, _LONGEST_NAME) or "?"
    return LabConfig(
        id=re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "recorded",
        title={"en": name},
        train=TrainSettings(epochs=min(UNKNOWN_EPOCHS, max(1, epochs)) if epochs else UNKNOWN_EPOCHS),
        show=ShowConfig(panels=("loss",)),
    )


class Recording:
    """A run of the learner's own program, from entering the context to leaving it.

    A viewer may pause it (`epoch` then waits) and ask it to stop (`stopping` is then true, and the program has to leave
    its loop). An exception that leaves the context is logged and re-raised.

    Args:
        name: What is trained.
        epochs: How many epochs there will be; None or 0 if that is unknown.
        runs: Where the run is stored; None: among the learner's runs.
        clock: Seconds that never run backwards.
        place: The run's folder and the descriptor of its lock, if the caller has made them already.
        task: See `tutor.runs.events.DataFacts`.
        rings: Whether the terminal may say that the run has ended; see `tutor.runs.news.Ring`.

    Raises:
        ValueError: ``epochs`` is not a whole number.
    """

    def __init__(
        self,
        name: str,
        *,
        epochs: SupportsIndex | SupportsFloat | None = None,
        runs: Runs | None = None,
        clock: Callable[[], float] = monotonic_seconds,
        place: tuple[Path, int] | None = None,
        task: str = RECORDED,
        rings: bool = False,
    ) -> None:
        self._spec = recorded_spec(_text_of(name), None if epochs is None else whole_number("epochs", epochs))
        self._place = place
        self._task = task
        self._ring = Ring(joins=False) if rings else None
        self._summary = RunSummary()
        """Without the epochs: only how the run stands."""
        self._runs = runs or Runs(paths.runs_folder())
        self._clock = clock
        self._settings: dict[str, Value] = {}
        self._state: Literal["new", "open", "ended"] = "new"
        # One epoch at a time, from whichever thread; the same thread may come again, from a signal handler.
        self._busy = threading.RLock()
        self._epochs = self._updates = 0
        self._first_loss, self._last_loss = nan, 0.0
        self._had: set[str] = set()
        self._names: set[str] = set()
        self._began = self._flushed = 0.0
        self.id = ""
        """The run's id, as soon as it has begun."""

    # -- beginning and ending ----------------------------------------------------------------------------

    def __enter__(self) -> Recording:
        """Begin the run.

        Raises:
            TutorError: its folder cannot be written to.
            RuntimeError: it has begun before: each run needs a `record` of its own.
        """
        if self._state != "new":
            raise RuntimeError(translate("record.twice"))
        try:
            folder, lock = self._place or self._make_place()
            self._log = RecordLog(folder, lock, self._clock)
            self._began = self._flushed = self._clock()
            self.id = folder.name
            data = DataFacts(name=self._spec.title["en"], task=self._task, train_rows=0, valid_rows=0)
            at = utc_now().isoformat(timespec="milliseconds")
            started = Started(run=self.id, at=at, spec=self._spec, versions=versions(), data=data, pid=os.getpid())
            self._log.begin(started)
            fold(self._summary, [started])
        except OSError as error:
            reason = error.strerror or str(error)
            raise TutorError(translate("runs.cannot-start", reason=reason), exit_code=ExitCode.CANNOT_WRITE) from error
        self._recorder: Recorder[_Result] = Recorder(self._log.write, lambda result: result)
        self._steering = Steering(self._spec, self._turn, self._log.write)
        self._state = "open"
        with suppress(OSError):
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
        """End the run: finished, stopped if somebody asked for that, failed if an exception leaves the context."""
        with self._busy if self._log.ours else nullcontext():
            self._state = "ended"
            self._end(kind, error)

    def _end(self, kind: type[BaseException] | None, error: BaseException | None) -> None:
        try:
            self._recorder.flush(self._seconds)
            if kind is None or error is None or (isinstance(error, SystemExit) and not error.code):
                self._finish(self._steering.reason or "epochs")
            elif issubclass(kind, KeyboardInterrupt):
                self._finish("signal")
            elif isinstance(error, TutorError):
                self._write_end(Failed(epoch=self._epochs, message=error.message, hint=error.hint))
            else:
                text = clean_line(f"{kind.__name__}: {_text_of(error)}", _LONGEST_ERROR)
                self._write_end(Failed(epoch=self._epochs, message=translate("runs.failed", reason=text)))
        finally:
            self._log.close(self._epochs)
        if self._ring is not None and self._log.ours:
            self._ring.look(self._summary)

    def _finish(self, reason: Reason) -> None:
        if has_diverged(self._last_loss, divergence_limit(self._first_loss)):
            self._write_end(Diverged(epoch=self._epochs, updates=self._updates))
            reason = "diverged"
        at, by = self._seconds, self._steering.stopped_by
        self._write_end(Finished(reason=reason, epoch=self._epochs, updates=self._updates, seconds=at, by=by))

    def _write_end(self, event: Event) -> None:
        self._log.write(event)
        fold(self._summary, [event])

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
        updates: SupportsIndex | SupportsFloat | None = None,
        **metrics: SupportsFloat | None,
    ) -> bool:
        """Record one more epoch; waits while the run is paused.

        A number may be anything that `float` accepts, such as a NumPy number or a tensor with one element. A series
        that is left out was not measured in this epoch. If the log cannot be written, the training continues, and one
        warning says so.

        Args:
            train_loss: The loss on the training data; None if it was not measured.
            valid_loss: The loss on the validation data.
            train_accuracy: The accuracy on the training data, from 0 to 1, not in percent.
            valid_accuracy: The accuracy on the validation data, from 0 to 1, not in percent.
            learning_rate: The learning rate, if it changes.
            updates: Updates of the parameters since the beginning; None: as many as epochs.
            **metrics: Up to 20 other numbers by names of your own, such as ``f1=0.7``.

        Returns:
            Whether to continue: False once somebody has asked the run to stop.

        Raises:
            ValueError: a value is not a number, an accuracy is not from 0 to 1, or a name cannot be that of a metric.
                The epoch is not counted then, and the run continues.
            RuntimeError: the run has not begun, or has ended: call it inside the ``with`` block.
        """
        values: dict[str, float] = {}
        for name, convert, given in (
            ("train_loss", number, train_loss),
            ("valid_loss", number, valid_loss),
            ("train_accuracy", _accuracy, train_accuracy),
            ("valid_accuracy", _accuracy, valid_accuracy),
            ("learning_rate", number, learning_rate),
        ):
            if given is not None:
                values[name] = convert(name, given)
        for name in metrics.keys() - self._names:
            _check_metric(name)
        if len(self._names | metrics.keys()) > MAX_METRICS:
            raise ValueError(translate("record.too-many", most=MAX_METRICS))
        values |= {name: number(name, value) for name, value in metrics.items() if value is not None}
        return self.add_epoch(values, updates=None if updates is None else whole_number("updates", updates))

    def add_epoch(
        self, values: Mapping[str, float], *, updates: int | None = None, place: int = 0, number: float | None = None
    ) -> bool:
        """Record one epoch whose values are valid already. See `epoch`.

        Args:
            values: By name: ``train_loss`` and the other series, and metrics; what is missing was not measured. Metrics
                beyond `MAX_METRICS` of a run are left out.
            updates: Updates of the parameters since the beginning; None: as many as epochs.
            place: The place of the epoch, from 1, if it replaces that epoch and all later ones; 0: the next one.
            number: The number that the program gives the epoch; None: its place.

        Returns:
            Whether to continue.

        Raises:
            RuntimeError: the run has not begun, or has ended.
        """
        self._must_be_open()
        if not self._log.ours:  # a fork of the training: its parent records
            return not self.stopping
        with self._busy:
            self._must_be_open()
            self._take(values, updates, place or self._epochs + 1, number)
            now = self._clock()
            due = now - self._flushed >= _FLUSH_SECONDS or self._steering.paused
            if due:
                self._flushed = now
        if due:
            self.listen()
        return not self.stopping

    def _take(self, values: Mapping[str, float], updates: int | None, place: int, number: float | None) -> None:
        own: dict[str, float] = {}
        for name, value in values.items():
            known = name in self._names or len(self._names) < MAX_METRICS
            if known and name not in SERIES and name != "learning_rate":
                self._names.add(name)
                own[name] = value
        self._had |= values.keys() & set(SERIES)
        if place != self._epochs + 1:
            self._recorder.flush(self._seconds)
        self._epochs = place
        self._updates = place if updates is None else updates
        self._last_loss = values.get("train_loss", 0.0)
        if isnan(self._first_loss):
            self._first_loss = values.get("train_loss", nan)
        # A series that was measured before and is not now gets a gap.
        gaps = {name: values.get(name, nan if name in self._had else None) for name in SERIES[1:]}
        self._recorder.take(
            _Result(
                epoch=place,
                updates=self._updates,
                train_loss=values.get("train_loss", nan),
                valid_loss=gaps["valid_loss"],
                train_accuracy=gaps["train_accuracy"],
                valid_accuracy=gaps["valid_accuracy"],
                learning_rate=values.get("learning_rate"),
                metrics=own,
                number=number,
                not_finite={name: value for name, value in values.items() if not isfinite(value)},
            )
        )
        self._steering.count_epoch()

    def _must_be_open(self) -> None:
        if self._state != "open":
            raise RuntimeError(translate("record.not-begun" if self._state == "new" else "record.has-ended"))

    def note(self, text: str) -> None:
        """Write a note into the log, for everybody who watches the run.

        Raises:
            RuntimeError: the run has not begun, or has ended.
        """
        self._must_be_open()
        if not self._log.ours:
            return
        with self._busy:
            self._must_be_open()
            self._recorder.flush(self._seconds)
            self._log.write(Noted(epoch=self._epochs, text=clean_line(_text_of(text), _LONGEST_NOTE)))

    def setting(self, key: str, value: Value) -> Value:
        """The value that a viewer has set for ``key`` (such as ``learning_rate``); ``value`` if nobody has.

        Only settings that the program asks for here can be changed while it trains.
        """
        from tutor.labs.settings import key_of

        return self._settings.setdefault(key_of(key), value)

    @property
    def stopping(self) -> bool:
        """Whether somebody has asked the run to stop.

        Raises:
            RuntimeError: the run has not begun.
        """
        if self._state == "new":
            self._must_be_open()
        return self._steering.reason is not None

    # -- steering ----------------------------------------------------------------------------------------

    def _turn(self, key: str, value: Value) -> None:
        if key not in self._settings:
            raise ValueError(translate("runs.cannot-turn", key=key))
        self._settings[key] = value

    def end(self, reason: Reason) -> None:
        """End the run soon, for ``reason``. May be called from a signal handler."""
        self._steering.stop(reason)

    def listen(self) -> None:
        """Write the epochs that wait, obey the commands since the last call, and wait while the run is paused.

        Raises:
            RuntimeError: the run has not begun.
        """
        if self._state == "new":
            self._must_be_open()
        while self._hear():
            time.sleep(_WAIT_SECONDS)  # with no lock held: another thread may record an epoch, or leave the block

    def _hear(self) -> bool:
        """Obey the commands. Return whether the run has to wait."""
        if not self._log.ours:
            return False
        with self._busy:
            if self._state != "open":
                return False
            self._recorder.flush(self._seconds)
            self._steering.obey(self._log.poll(), self._epochs, self._updates)
            return self._steering.waiting and not self.stopping


def _check_metric(name: str) -> None:
    if name in _TAKEN or clean_line(name, LONGEST_METRIC) != name or not name:
        raise ValueError(translate("record.bad-name", name=clean_line(name, LONGEST_METRIC)))


_open: weakref.WeakSet[RecordLog] = weakref.WeakSet()


class RecordLog:
    """The log of a run that another program trains. Its failures must never end the training.

    While the disk is full, events wait in memory, and are written as soon as there is room again. A process forked off
    the training writes nothing and closes its copy of the lock; otherwise the run would seem alive as long as its
    children.

    Args:
        folder: The run's folder.
        lock: The descriptor of its lock; `close` releases it, and so does a failure to create or begin the log.
        clock: Seconds that never run backwards.

    Raises:
        OSError: the log cannot be created.
    """

    def __init__(self, folder: Path, lock: int, clock: Callable[[], float]) -> None:
        try:
            self._log: LogWriter[Event] = LogWriter(folder / EVENTS_FILE, reserve=RESERVE_BYTES)
            self._inbox = Inbox(folder / CONTROL_FILE)
        except OSError:
            release(lock)
            raise
        self._lock = lock
        self._clock = clock
        self._owner = os.getpid()
        self._waiting: list[Event] = []
        self._tried = 0.0
        self._trouble = ""
        _open.add(self)

    @property
    def ours(self) -> bool:
        """Whether this process opened the log, and is not a fork of the one that did."""
        return self._owner == os.getpid()

    def begin(self, event: Event) -> None:
        """Write the first event.

        Raises:
            OSError: there is no room for it. The log is closed then, so that the run does not seem alive.
        """
        try:
            self._log.write(event)
        except OSError:
            self.close(0)
            raise

    def write(self, event: Event) -> None:
        """Write an event, now or as soon as there is room."""
        if not self.ours:
            return
        self._waiting.append(event)
        if not self._trouble or self._clock() - self._tried >= _RETRY_SECONDS:
            self._flush()

    def _flush(self) -> None:
        self._tried = self._clock()
        while self._waiting:
            try:
                self._log.write(self._waiting[0])
            except OSError as error:
                self._complain(error.strerror or str(error))
                return
            except (TypeError, ValueError, OverflowError) as error:
                # An event that cannot be encoded as JSON is dropped: it must not hold up those after it.
                self._complain(str(error))
            del self._waiting[0]
        self._trouble = ""

    def _complain(self, reason: str) -> None:
        del self._waiting[:-_MOST_WAITING]
        if not self._trouble:
            warnings.warn(translate("record.cannot-write", reason=reason), RuntimeWarning, stacklevel=2)
        self._trouble = reason

    def poll(self) -> list[Command]:
        """Return the commands since the last poll."""
        return self._inbox.poll() if self.ours else []

    def close(self, epoch: int) -> None:
        """End the log. If events are still waiting for room, the last event says so in the reserved space."""
        if not self.ours:
            return
        self._flush()
        self._log.release_reserve()
        self._flush()
        if self._waiting:
            self._waiting = [Failed(epoch=epoch, message=translate("runs.failed-disk", reason=self._trouble))]
            self._flush()
        self._log.close()
        self._inbox.close()
        _open.discard(self)
        release(self._lock)

    def _leave_to_parent(self) -> None:
        os.close(self._lock)


def _after_fork() -> None:
    for log in list(_open):
        log._leave_to_parent()  # noqa: SLF001 - of this module
    _open.clear()


os.register_at_fork(after_in_child=_after_fork)
