"""Folds the events of a log into the summary that every viewer shows, so that all viewers show the same numbers."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, nan
from typing import Any, Literal, NamedTuple, cast

from msgspec import UNSET

from tutor.foundation.translate import translate
from tutor.labs.lab_config import LabConfig
from tutor.labs.mine import OWN_LOOP
from tutor.runs.events import (
    FOLLOWED,
    RECORDED,
    UNKNOWN_EPOCHS,
    Changed,
    DataFacts,
    Diverged,
    Epochs,
    Event,
    Failed,
    Finished,
    Noted,
    Paced,
    Paused,
    Queued,
    Reason,
    Refused,
    Resumed,
    Started,
    View,
    number_text,
)

State = Literal["starting", "running", "paused", "finished", "stopped", "diverged", "failed", "died", "unreadable"]
ENDED: frozenset[State] = frozenset({"finished", "stopped", "diverged", "failed", "died", "unreadable"})

Fact = float | bool | str
_MAX_NOT_FINITE = 10_000
_MAX_LOST = 1_000_000
"""Lost epochs of a run that are filled with nan. No worker leaves a larger gap; filling one would only take memory."""
_MAX_METRICS = 40
_MAX_TIMES = 400


class End(NamedTuple):
    """One way in which a run ends. A run that failed or died gives no reason, so it has no `End`.

    Args:
        state: Whether the run did all that it was asked to do, was cut short, or diverged.
        sentence: A key for `translate`; the sentence may use ``epochs``, ``updates`` and ``seconds``.
        expected: Whether it ended as somebody asked, so that there is nothing to explain.
    """

    state: Literal["finished", "stopped", "diverged"]
    sentence: str
    expected: bool = False


ENDS: Mapping[Reason, End] = {
    "epochs": End("finished", "ends.epochs", expected=True),
    "no-improvement": End("finished", "ends.no-improvement"),
    "stop": End("stopped", "ends.stop", expected=True),
    "signal": End("stopped", "ends.signal"),
    "seconds": End("stopped", "ends.seconds"),
    "idle": End("stopped", "ends.idle"),
    "unwatched": End("stopped", "ends.unwatched"),
    "log-size": End("stopped", "ends.log-size"),
    "quiet": End("finished", "ends.quiet"),
    "gone": End("finished", "ends.gone"),
    "diverged": End("diverged", "runs.diverged"),
}


@dataclass(slots=True)
class PanelView:
    """What one panel shows now."""

    scene: dict[str, object] = field(default_factory=dict)
    frame: dict[str, object] = field(default_factory=dict)
    epoch: int = 0
    version: int = 0
    """Rises with every change; a panel is drawn again only after a change."""


@dataclass(slots=True)
class RunSummary:
    """The current state of a run. ``train_losses[0]`` is the loss of epoch 1; a loss that is not finite is nan."""

    state: State = "starting"
    run: str = ""
    started_at: str = ""
    spec: LabConfig | None = None
    versions: dict[str, str] = field(default_factory=dict)
    data: DataFacts | None = None
    epoch: int = 0
    updates: int = 0
    seconds: float = 0.0
    pace: float = 0.0
    clock: list[tuple[int, float]] = field(default_factory=list)
    """Epochs and the seconds at their ends, at most `_MAX_TIMES` of them, for `times`."""
    clock_every: int = 1
    """A time is kept after at least this many epochs."""
    learning_rate: float | None = None
    gradient_norm: float | None = None
    train_losses: array[float] = field(default_factory=lambda: array("d"))
    valid_losses: array[float] = field(default_factory=lambda: array("d"))
    train_accuracies: array[float] = field(default_factory=lambda: array("d"))
    valid_accuracies: array[float] = field(default_factory=lambda: array("d"))
    metrics: dict[str, array[float]] = field(default_factory=dict)
    """Further series that the learner's own program measures, by name."""
    numbers: array[float] = field(default_factory=lambda: array("d"))
    """The number that another program gives each epoch; empty if it counts them 1, 2, 3."""
    not_finite: dict[str, dict[int, float]] = field(default_factory=dict)
    """By series and epoch, each nan and infinity that was measured, up to `_MAX_NOT_FINITE` of a series."""
    best_valid_loss: float = nan
    best_epoch: int = 0
    worst_train_loss: float = nan
    worst_epoch: int = 0
    changes: list[Changed] = field(default_factory=list)
    notes: list[Noted] = field(default_factory=list)
    views: dict[str, PanelView] = field(default_factory=dict)
    reason: Reason | None = None
    """Why it ended; see `ENDS`. None while it is running, and if it gave no reason."""
    worker_message: str = ""
    """A sentence of the worker: what went wrong, or what it refused last."""
    hint: str = ""
    diverged: bool = False
    queued_behind: int = 0
    """How many runs train at once, while this one waits for its turn to be one of them; 0 if it does not wait."""
    final_facts: dict[str, float] = field(default_factory=dict)
    version: int = 0
    """Rises with every event."""
    log_version: int = 0
    """The version of the log; see `tutor.runs.events.LOG_VERSION`."""
    lost: int = 0
    """Lines of the log that could not be read."""
    lost_epochs: int = 0
    """Epochs whose lines could not be read, which are nan in `train_losses`."""
    whole: bool = True
    """Whether the log is folded from its beginning, so that a gap in the epochs means lost lines, and becomes nan."""
    extremes_stale: bool = False
    """Whether epochs were replaced, so that the best and the worst epoch have to be found again."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ENDED

    @property
    def recorded(self) -> bool:
        """Whether the learner's own program trains, and not a worker of tutor."""
        return self.data is not None and self.data.task in {RECORDED, FOLLOWED}

    @property
    def followed(self) -> bool:
        """Whether tutor only reads the log of such a program and cannot steer it."""
        return self.data is not None and self.data.task == FOLLOWED

    @property
    def epochs_planned(self) -> int:
        """How many epochs there will be; 0 if that is not known, or not yet."""
        if self.spec is None or (self.recorded and self.spec.train.epochs == UNKNOWN_EPOCHS):
            return 0
        changed_epochs = next((change.epochs for change in reversed(self.changes) if change.epochs), 0)
        return changed_epochs or (self.data.epochs if self.data is not None else 0) or self.spec.train.epochs

    def number_of(self, epoch: int) -> float:
        """The number that the training program gives the epoch at place ``epoch``."""
        if epoch == self.epoch and self.numbers:
            return self.numbers[-1]
        return self.numbers[epoch - 1] if 0 < epoch <= len(self.numbers) else epoch

    def epoch_text(self, epoch: int | None = None) -> str:
        """`number_of` as text, for the last epoch unless another is given."""
        return number_text(self.number_of(self.epoch if epoch is None else epoch))

    def times(self) -> list[tuple[int, float]]:
        """Epochs and the seconds of training at their ends, both rising, from among the first to the last one."""
        last = (self.epoch, self.seconds)
        kept = [each for each in self.clock if each[0] < last[0] and each[1] <= last[1]]
        return [*kept, last] if self.epoch else []

    def series(self, name: str) -> array[float]:
        """The series ``name``: ``train_loss`` and the like, or a metric; empty if there is none."""
        own = {
            "train_loss": self.train_losses,
            "valid_loss": self.valid_losses,
            "train_accuracy": self.train_accuracies,
            "valid_accuracy": self.valid_accuracies,
        }
        return own[name] if name in own else self.metrics.get(name, array("d"))

    def progress_text(self) -> str:
        """The progress, such as ``12/200``; ``12`` if the total is unknown or epochs have numbers of their own."""
        planned = "" if self.numbers or not self.epochs_planned else f"/{self.epochs_planned}"
        return f"{self.epoch_text()}{planned}"

    def last_value(self, name: str) -> float | None:
        """The value of a series in the last epoch, nan and infinity included; None if it was not measured then."""
        series, not_finite = self.series(name), self.not_finite.get(name, {})
        if self.epoch in not_finite:
            return not_finite[self.epoch]
        return series[-1] if series and isfinite(series[-1]) else None

    def measured(self, name: str) -> float | None:
        """The last measured value of a series, nan and infinity included; None if there is none."""
        series, not_finite = self.series(name), self.not_finite.get(name, {})
        place = next((index for index in range(len(series), 0, -1) if isfinite(series[index - 1])), 0)
        last_not_finite = next(reversed(not_finite), 0)
        if not place and not last_not_finite:
            return None
        return not_finite[last_not_finite] if last_not_finite > place else series[place - 1]

    @property
    def message(self) -> str:
        """What the learner should know now, in the interface language; empty if there is nothing to say."""
        if self.state == "died":
            return translate("runs.died", epoch=self.epoch) if self.epoch else translate("runs.died-at-start")
        if self.queued_behind and self.state == "running":
            return translate("turns.waits", count=self.queued_behind)
        # A search may try all there is in fewer epochs than planned; a loop of the learner's own should not.
        too_early = self._own_loop and self.ended_early
        if self.reason is not None and (too_early or not ENDS[self.reason].expected):
            return self.end_sentence
        return self.worker_message

    @property
    def ended_early(self) -> bool:
        """Whether a search, or a training loop of the learner's own, came to its end before all planned epochs."""
        of_itself = self._own_loop or (self.spec is not None and self.spec.optimizer.name == "search")
        return of_itself and self.reason == "epochs" and not self.diverged and self.epoch < self.epochs_planned

    @property
    def _own_loop(self) -> bool:
        return self.spec is not None and OWN_LOOP in self.spec.mine

    @property
    def end_sentence(self) -> str:
        """How it ended, in the interface language; empty if it is running, or ended without giving a reason."""
        if self.reason is None:
            return ""
        if self.ended_early:
            key = "mine.loop-ended" if self._own_loop else "ends.early"
            return translate(key, epochs=self.epoch, planned=self.epochs_planned)
        seconds = self.spec.train.max_seconds if self.spec is not None else 0.0
        values = {"epochs": self.epoch, "updates": self.updates, "seconds": f"{seconds:g}"}
        return translate(ENDS[self.reason].sentence, **values)

    def facts(self) -> dict[str, Fact]:
        """The facts that conditions, figures and goals refer to, as far as this run has them.

        ``final.*`` belong to the last epoch, ``best.*`` to the one with the lowest validation loss, ``worst.*`` to the
        one with the highest training loss.
        """
        facts: dict[str, Fact] = {
            "diverged": self.diverged,
            "state": self.state,
            "epochs": self.epoch,
            "updates": self.updates,
            "seconds": self.seconds,
        }
        if self.data is not None:
            facts["parameters"] = self.data.parameters
        if self.learning_rate is not None:
            facts["learning_rate"] = self.learning_rate
        for name, series in (
            ("train_loss", self.train_losses),
            ("valid_loss", self.valid_losses),
            ("train_accuracy", self.train_accuracies),
            ("valid_accuracy", self.valid_accuracies),
        ):
            if series:
                facts[f"final.{name}"] = series[-1]
                facts[f"first.{name}"] = series[0]
        if self.train_losses and self.spec is not None and self.spec.loss.name == "function":
            facts["final.f"] = self.train_losses[-1]  # the loss of a drawn function is its height
        for name, series in self.metrics.items():
            facts.setdefault(f"final.{name}", series[-1] if series else nan)
        if self.gradient_norm is not None:
            facts["final.gradient_norm"] = self.gradient_norm
        if self.best_epoch:
            facts["best.valid_loss"] = self.best_valid_loss
            facts["best.epoch"] = self.number_of(self.best_epoch)
        if self.worst_epoch:
            facts["worst.train_loss"] = self.worst_train_loss
            facts["worst.epoch"] = self.number_of(self.worst_epoch)
        facts.update(self.final_facts)
        return facts


def latest(series: Sequence[float]) -> float:
    """The last value that was measured and is finite; nan if there is none."""
    return next((value for value in reversed(series) if isfinite(value)), nan)


def fold(summary: RunSummary, events: Iterable[Event]) -> RunSummary:
    """Fold ``events`` into ``summary``, in place, and return it.

    The result depends only on the events and their order, never on how they were split into calls.
    """
    for event in events:
        _FOLD[type(event)](summary, event)
        summary.version += 1
    if summary.extremes_stale:
        _find_extremes(summary)
    return summary


def _started(summary: RunSummary, event: Started) -> None:
    summary.state = "running"
    summary.run = event.run
    summary.log_version = event.version
    summary.started_at = event.at
    summary.spec = event.spec
    summary.versions = event.versions
    summary.data = event.data
    summary.pace = event.spec.train.pace
    summary.learning_rate = event.spec.optimizer.learning_rate


def _append(series: array[float], before: int, values: list[float | None]) -> list[float]:
    """Append ``values`` to ``series``, with nan for None. A series shorter than ``before`` is filled with nan first.

    Returns:
        The values that are numbers; if all are, as usual, that is the list itself and not a copy.
    """
    if not values:
        return []
    if len(series) < before:
        series.fromlist([nan] * (before - len(series)))
    whole = cast("list[float]", values)
    try:
        # Packing raises if a value is None. That is faster than looking for None first, and faster than `fromlist`.
        series.frombytes(struct.pack(f"{len(whole)}d", *whole))
    except struct.error:
        series.fromlist([nan if each is None else each for each in values])
        return [each for each in values if each is not None]
    return whole


def _truncate(summary: RunSummary, keep: int) -> None:
    """Drop the epochs after the first ``keep``; others will take their place. New series objects let viewers notice."""
    summary.train_losses = summary.train_losses[:keep]
    summary.valid_losses = summary.valid_losses[:keep]
    summary.train_accuracies = summary.train_accuracies[:keep]
    summary.valid_accuracies = summary.valid_accuracies[:keep]
    summary.metrics = {name: series[:keep] for name, series in summary.metrics.items()}
    summary.numbers = summary.numbers[:keep]
    for name, not_finite in summary.not_finite.items():
        summary.not_finite[name] = {place: value for place, value in not_finite.items() if place <= keep}
    summary.extremes_stale = True


def _find_extremes(summary: RunSummary) -> None:
    summary.extremes_stale = False
    worst = max(((loss, -epoch) for epoch, loss in enumerate(summary.train_losses, 1) if loss == loss), default=None)
    best = min(((loss, epoch) for epoch, loss in enumerate(summary.valid_losses, 1) if loss == loss), default=None)
    summary.worst_train_loss, summary.worst_epoch = (worst[0], -worst[1]) if worst else (nan, 0)
    summary.best_valid_loss, summary.best_epoch = best or (nan, 0)


def _fold_foreign(summary: RunSummary, event: Epochs, before: int) -> None:
    """Fold what only the logs of other programs have: their own epoch numbers, and values that are not finite."""
    if event.numbers is not UNSET:
        places = range(len(summary.numbers) + 1, before + 1)
        summary.numbers.extend(float(place) for place in places)
        summary.numbers.extend(event.number(index) for index in range(len(event.train)))
    elif summary.numbers:
        summary.numbers.extend(float(event.first + index) for index in range(len(event.train)))
    for name, letters in event.not_finite.items() if event.not_finite is not UNSET else ():
        not_finite = summary.not_finite.setdefault(name, {})
        for index in range(min(len(letters), len(event.train))):
            if (value := event.odd(name, index)) is not None and len(not_finite) < _MAX_NOT_FINITE:
                not_finite[event.first + index] = value


def _epochs(summary: RunSummary, event: Epochs) -> None:
    summary.queued_behind = 0
    before = len(summary.train_losses)
    if summary.whole and event.first <= before:
        before = max(0, event.first - 1)
        _truncate(summary, before)
    gap = event.first - 1 - before
    if summary.whole and 0 < gap <= _MAX_LOST - summary.lost_epochs:
        summary.train_losses.fromlist([nan] * gap)
        summary.lost_epochs += gap
        before = event.first - 1
    # JSON has no infinity and no nan, so every value that is not null is finite.
    highest = max(_append(summary.train_losses, before, event.train), default=nan)
    if highest > summary.worst_train_loss or (isfinite(highest) and not summary.worst_epoch):
        summary.worst_train_loss = highest
        summary.worst_epoch = event.first + event.train.index(highest)
    lowest = min(_append(summary.valid_losses, before, event.valid), default=nan)
    if lowest < summary.best_valid_loss or (isfinite(lowest) and not summary.best_epoch):
        summary.best_valid_loss = lowest
        summary.best_epoch = event.first + event.valid.index(lowest)
    _append(summary.train_accuracies, before, event.train_accuracy)
    _append(summary.valid_accuracies, before, event.valid_accuracy)
    for name, values in event.metrics.items():
        if name not in summary.metrics and len(summary.metrics) >= _MAX_METRICS:
            continue
        _append(summary.metrics.setdefault(name, array("d")), before, values)
    if event.numbers is not UNSET or event.not_finite is not UNSET or summary.numbers:
        _fold_foreign(summary, event, before)
    summary.epoch = event.first + len(event.train) - 1
    summary.updates = event.updates
    summary.seconds = event.seconds
    _note_time(summary)
    summary.learning_rate = event.learning_rate
    summary.gradient_norm = event.gradient_norm


def _note_time(summary: RunSummary) -> None:
    """Keep when the last epoch ended; if there are too many times, every other one is dropped."""
    clock = summary.clock
    while clock and clock[-1][0] >= summary.epoch:  # epochs were replaced
        clock.pop()
    if not clock or summary.epoch - clock[-1][0] >= summary.clock_every:
        clock.append((summary.epoch, summary.seconds))
    if len(clock) > _MAX_TIMES:
        del clock[::2]
        summary.clock_every *= 2


def _view(summary: RunSummary, event: View) -> None:
    panel = summary.views.setdefault(event.panel, PanelView())
    if event.part == "scene":
        panel.scene = event.data
    else:
        panel.frame = event.data
    panel.epoch = event.epoch
    panel.version += 1


def _changed(summary: RunSummary, event: Changed) -> None:
    summary.changes.append(event)
    summary.worker_message = ""
    if event.key == "optimizer.learning_rate" and isinstance(event.value, int | float):
        summary.learning_rate = float(event.value)


def _refused(summary: RunSummary, event: Refused) -> None:
    summary.worker_message = event.message


def _paced(summary: RunSummary, event: Paced) -> None:
    summary.pace = event.pace


def _paused(summary: RunSummary, _event: Paused) -> None:
    summary.state = "paused"


def _resumed(summary: RunSummary, _event: Resumed) -> None:
    summary.state = "running"


def _noted(summary: RunSummary, event: Noted) -> None:
    summary.notes.append(event)


def _queued(summary: RunSummary, event: Queued) -> None:
    summary.queued_behind = max(1, event.turns)


def _diverged(summary: RunSummary, event: Diverged) -> None:
    summary.diverged = True
    summary.epoch = max(summary.epoch, event.epoch)
    summary.updates = max(summary.updates, event.updates)


def _finished(summary: RunSummary, event: Finished) -> None:
    summary.reason = "diverged" if summary.diverged else event.reason
    summary.state = ENDS[summary.reason].state
    summary.epoch, summary.updates, summary.seconds = event.epoch, event.updates, event.seconds
    summary.final_facts = event.facts


def _failed(summary: RunSummary, event: Failed) -> None:
    summary.state = "failed"
    summary.worker_message, summary.hint = event.message, event.hint


_FOLD: dict[type[Event], Callable[[RunSummary, Any], None]] = {
    Started: _started,
    Epochs: _epochs,
    View: _view,
    Changed: _changed,
    Refused: _refused,
    Paced: _paced,
    Paused: _paused,
    Resumed: _resumed,
    Noted: _noted,
    Queued: _queued,
    Diverged: _diverged,
    Finished: _finished,
    Failed: _failed,
}


@dataclass(frozen=True, slots=True)
class Divergence:
    """How a run diverged, as far as its log shows.

    Args:
        rate: The learning rate at the end; None if there is none.
        since: The epoch after which it was set to that; 0 if it was so from the beginning.
        low: The lowest finite loss; None if there was none.
        high: The last finite loss, if it is higher than ``low``.
        finite: Whether the very last loss was finite.
    """

    rate: float | None
    since: int = 0
    low: float | None = None
    high: float | None = None
    finite: bool = False


def divergence_of(summary: RunSummary) -> Divergence | None:
    """How ``summary`` diverged; None if it did not."""
    if not summary.diverged:
        return None
    since = max((each.epoch for each in summary.changes if each.key == "optimizer.learning_rate"), default=0)
    finite = [loss for loss in summary.train_losses if isfinite(loss)]
    low, high = min(finite, default=None), finite[-1] if finite else None
    if low is None or high is None or high <= low:
        high = None
    return Divergence(
        summary.learning_rate, since, low, high, finite=bool(finite) and isfinite(summary.train_losses[-1])
    )
