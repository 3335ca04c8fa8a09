"""Results of epochs on their way into the log: gathered, then written as arrays, none left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import Generic, Protocol, TypeVar

from tutor.runs.digits import nine_digits
from tutor.runs.events import Epochs, Event

_LONGEST_NUMBER = 17
"""Bytes of such a number in JSON and its comma, at most."""
_ROOM = 3800
"""Bytes for the numbers of one event, so that its line stays whole."""

SERIES = ("train_loss", "valid_loss", "train_accuracy", "valid_accuracy")
"""What is measured each epoch, as columns are called; the first always, the others where the last epoch has them."""


class Result(Protocol):
    """What a training tells of one epoch; `tutor.ml.options.EpochResult` is one."""

    @property
    def epoch(self) -> int: ...
    @property
    def updates(self) -> int: ...
    @property
    def train_loss(self) -> float: ...
    @property
    def valid_loss(self) -> float | None: ...
    @property
    def train_accuracy(self) -> float | None: ...
    @property
    def valid_accuracy(self) -> float | None: ...
    @property
    def gradient_norm(self) -> float | None: ...
    @property
    def learning_rate(self) -> float | None: ...


R = TypeVar("R", bound=Result)


class Recorder(Generic[R]):
    """Gathers results and writes them as `Epochs` events of at most about 4 kB.

    Args:
        emit: Takes each event.
        metrics_of: The other numbers of a result, by names that whoever trains gave them; None where there are none.
    """

    def __init__(
        self, emit: Callable[[Event], None], metrics_of: Callable[[R], Mapping[str, float]] | None = None
    ) -> None:
        self._emit = emit
        self._metrics_of = metrics_of
        self._waiting: list[R] = []
        self.take = self._waiting.append
        """Keep one result. A bound method of a list: this is called for every epoch."""

    @property
    def reached(self) -> tuple[int, int] | None:
        """The epoch and the updates of the last result that still waits; None where none does."""
        return (self._waiting[-1].epoch, self._waiting[-1].updates) if self._waiting else None

    def flush(self, seconds: float) -> None:
        """Write everything that waits. ``seconds`` is the time of the run up to now."""
        waiting = self._waiting
        if not waiting:
            return
        last = waiting[-1]
        names = [name for name in SERIES if name == SERIES[0] or getattr(last, name) is not None]
        told = [value for name in names for value in map(attrgetter(name), waiting)]
        others = [self._metrics_of(each) for each in waiting] if self._metrics_of is not None else []
        for name in dict.fromkeys(chain.from_iterable(others)):
            names.append(name)
            told += [each.get(name) for each in others]
        # Rounded together, whatever the series and the events: a number alone costs ten times as much.
        rounded = nine_digits(told)
        count = len(waiting)
        columns = [rounded[start : start + count] for start in range(0, len(rounded), count)]
        size = max(1, _ROOM // (len(names) * _LONGEST_NUMBER))
        for start in range(0, count, size):
            piece = slice(start, min(start + size, count))
            series = dict(zip(names, (column[piece] for column in columns), strict=True))
            self._emit(_event(waiting[piece], seconds, series))
        waiting.clear()


def _event(results: Sequence[Result], seconds: float, series: dict[str, list[float | None]]) -> Epochs:
    """One event; whatever in ``series`` is none of `SERIES` is a metric of the program's own."""
    last = results[-1]
    train, valid, train_accuracy, valid_accuracy = (series.pop(name, []) for name in SERIES)
    return Epochs(
        first=results[0].epoch,
        train=train,
        valid=valid,
        train_accuracy=train_accuracy,
        valid_accuracy=valid_accuracy,
        updates=last.updates,
        seconds=round(seconds, 4),
        learning_rate=last.learning_rate,
        gradient_norm=nine_digits([last.gradient_norm])[0],
        metrics=series,
    )
