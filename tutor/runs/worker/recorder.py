"""Epochs on their way into the log: gathered, then written as arrays, with nine digits a number, none left out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from math import inf, isfinite
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from msgspec import UNSET

from tutor.runs.events import Epochs, Event

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LONGEST_NUMBER = 17
"""Bytes of such a number in JSON and its comma, at most."""
_ROOM = 3800
"""Bytes for the numbers of one event, so that its line stays whole."""

SERIES = ("train_loss", "valid_loss", "train_accuracy", "valid_accuracy")
"""What is measured each epoch, as columns are called; the first always, the others where the last epoch has them."""
DIGITS = 9
_MANY = 64
"""From so many numbers on it is quicker to round them together."""
_POWERS = [float(f"1e{power}") for power in range(23)]
"""The powers of ten that a double holds exactly."""
_UNSURE = 1e-6
"""So near to a half the error of one product might decide which way it is rounded."""


class Result(Protocol):
    """What a training tells of one epoch; `tutor.ml.training.EpochResult` is one."""

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


class ForeignResult(Result, Protocol):
    """What another program tells of one epoch: it names its own metrics, and may count in its own way."""

    @property
    def metrics(self) -> Mapping[str, float]: ...
    @property
    def number(self) -> float | None: ...
    @property
    def not_finite(self) -> Mapping[str, float]: ...


R = TypeVar("R", bound=Result)


class Recorder(Generic[R]):
    """Gathers results and writes them as `Epochs` events of at most about 4 kB.

    Args:
        emit: Takes each event.
        foreign: A result as one of another program; None if a worker of ours trains.
    """

    def __init__(self, emit: Callable[[Event], None], foreign: Callable[[R], ForeignResult] | None = None) -> None:
        self._emit = emit
        self._foreign = foreign
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
        foreign = list(map(self._foreign, waiting)) if self._foreign is not None else []
        for name in dict.fromkeys(chain.from_iterable(each.metrics for each in foreign)):
            names.append(name)
            told += [each.metrics.get(name) for each in foreign]
        # Rounded together, whatever the series and the events: a number alone costs ten times as much.
        rounded = nine_digits(told)
        count = len(waiting)
        columns = [rounded[start : start + count] for start in range(0, len(rounded), count)]
        # A name may stand twice: with its numbers, and with the letters of those that are not finite.
        room = _ROOM - 2 * sum(len(name.encode()) for name in names if name not in SERIES)
        size = max(1, room // ((len(names) + bool(foreign)) * _LONGEST_NUMBER))
        written = 0
        try:
            for start in range(0, count, size):
                piece = slice(start, min(start + size, count))
                series = dict(zip(names, (column[piece] for column in columns), strict=True))
                self._emit(_epochs_event(waiting[piece], seconds, series, foreign[piece]))
                written = piece.stop
        finally:
            # What was written is never written again, not even if an event in the middle found no room.
            del waiting[:written]


def _epochs_event(
    results: Sequence[Result],
    seconds: float,
    series: dict[str, list[float | None]],
    foreign: Sequence[ForeignResult],
) -> Epochs:
    """One event; whatever in ``series`` is none of `SERIES` is a metric of the program's own."""
    last = results[-1]
    numbers = [each.epoch if each.number is None else each.number for each in foreign]
    not_finite = {
        name: "".join(map(_letter, (each.not_finite.get(name, 0.0) for each in foreign)))
        for name in dict.fromkeys(chain.from_iterable(each.not_finite for each in foreign))
    }
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
        numbers=numbers if numbers != [each.epoch for each in foreign] else UNSET,
        not_finite=not_finite or UNSET,
    )


def _letter(value: float) -> str:
    """See `Epochs.not_finite`."""
    return "n" if value != value else "+" if value == inf else "-" if value == -inf else "."


def nine_digits(values: Sequence[float | None]) -> list[float | None]:
    """``values`` to nine digits each, as ``float(f"{value:.9g}")`` has them; None for what is not finite.

    Many are rounded together where the program has NumPy anyway, twenty times as quick. The result is the same, bit
    for bit, so that it does not hang on how many epochs were written at once.
    """
    numpy: Any = sys.modules.get("numpy")
    if numpy is None or len(values) < _MANY:
        return [None if each is None else _round_one(each) for each in values]
    return _round_many(values, numpy)


def _round_one(value: float) -> float | None:
    return float(f"{value:.9g}") if isfinite(value) else None


def _round_many(values: Sequence[float | None], numpy: Any) -> list[float | None]:
    numbers: NDArray[Any] = numpy.array(values, dtype=numpy.float64)  # None becomes nan
    with numpy.errstate(all="ignore"):
        places = DIGITS - 1 - numpy.floor(numpy.log10(numpy.abs(numbers)))
        # nan becomes 0; what is beyond both ends is left to the check of its size.
        places = numpy.fmin(numpy.fmax(places, 0), len(_POWERS) - 1)
        powers = numpy.array(_POWERS).take(places.astype(numpy.intp))
        scaled = numbers * powers
        whole = numpy.rint(scaled)
        # Both are whole numbers that a double holds exactly, so this is the double that is nearest to the decimal.
        rounded = whole / powers
        size = numpy.abs(scaled)
        sure = numpy.abs(scaled - whole) < 0.5 - _UNSURE
        sure &= size > 10.0 ** (DIGITS - 1) - 0.5
        sure &= size < 10.0**DIGITS
    result: list[float | None] = rounded.tolist()
    if not sure.all():
        for index in numpy.flatnonzero(~sure).tolist():
            value = values[index]
            result[index] = None if value is None else _round_one(value)
    return result
