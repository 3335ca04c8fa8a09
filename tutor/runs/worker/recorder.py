"""Gathers the results of epochs and writes them into the log as arrays, none left out, with nine digits per number."""

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
"""Bytes of a number with nine digits in JSON and its comma, at most."""
_NUMBER_BYTES = 3800
"""Bytes for the numbers of one event, so that its line is short enough to be written whole."""

SERIES = ("train_loss", "valid_loss", "train_accuracy", "valid_accuracy")
"""The series that an event has: always the first, and each of the others that the last epoch has a value for."""
DIGITS = 9
_MANY = 64
"""If there are at least this many numbers, rounding them together is faster."""
_POWERS = [float(f"1e{power}") for power in range(23)]
"""The powers of ten that a double holds exactly."""
_UNSURE = 1e-6
"""This close to a half, the rounding error of one product might decide which way a number is rounded."""


class Result(Protocol):
    """The result of one epoch; `tutor.ml.training.EpochResult` is one."""

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
    """The result of one epoch of another program, which has metrics and may number its epochs in its own way."""

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
        emit: Called with each event.
        foreign: Turns a result into one with metrics, for a run of another program; None for a run of tutor.
    """

    def __init__(self, emit: Callable[[Event], None], foreign: Callable[[R], ForeignResult] | None = None) -> None:
        self._emit = emit
        self._foreign = foreign
        self._unwritten: list[R] = []
        self.take = self._unwritten.append
        """Add one result. Like `take_all` it is the bound method of a list, for speed."""
        self.take_all = self._unwritten.extend
        """Add some results."""

    @property
    def last_unwritten(self) -> tuple[int, int] | None:
        """The epoch and the updates of the last result that is not written yet; None if all are."""
        return (self._unwritten[-1].epoch, self._unwritten[-1].updates) if self._unwritten else None

    def flush(self, seconds: float) -> None:
        """Write all results that are not written yet. ``seconds`` is the time since the start of the run."""
        unwritten = self._unwritten
        if not unwritten:
            return
        last = unwritten[-1]
        names = [name for name in SERIES if name == SERIES[0] or getattr(last, name) is not None]
        values = [value for name in names for value in map(attrgetter(name), unwritten)]
        foreign = list(map(self._foreign, unwritten)) if self._foreign is not None else []
        for name in dict.fromkeys(chain.from_iterable(each.metrics for each in foreign)):
            names.append(name)
            values += [each.metrics.get(name) for each in foreign]
        # All series and events are rounded together: rounding one number at a time takes ten times as long.
        rounded = nine_digits(values)
        count = len(unwritten)
        columns = [rounded[start : start + count] for start in range(0, len(rounded), count)]
        # A name may appear twice: with its numbers, and with the letters of those that are not finite.
        room = _NUMBER_BYTES - 2 * sum(len(name.encode()) for name in names if name not in SERIES)
        size = max(1, room // ((len(names) + bool(foreign)) * _LONGEST_NUMBER))
        written = 0
        try:
            for start in range(0, count, size):
                part = slice(start, min(start + size, count))
                series = dict(zip(names, (column[part] for column in columns), strict=True))
                self._emit(_epochs_event(unwritten[part], seconds, series, foreign[part]))
                written = part.stop
        finally:
            # Nothing is written twice, even if there was no room for an event in the middle.
            del unwritten[:written]


def _epochs_event(
    results: Sequence[Result],
    seconds: float,
    series: dict[str, list[float | None]],
    foreign: Sequence[ForeignResult],
) -> Epochs:
    """Make one event. Every entry of ``series`` that is not in `SERIES` is a metric."""
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
    """Round each value to nine digits, as ``float(f"{value:.9g}")`` does; None if it is not finite.

    Nine digits are all of a float32, in half the bytes of a double and half the time to read it. If the program has
    imported NumPy anyway, many values are rounded together, twenty times as fast. The result is the same, bit for bit,
    so it does not depend on how many epochs are written at once.
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
        # nan becomes 0; values beyond both ends fail the check of their size below.
        places = numpy.fmin(numpy.fmax(places, 0), len(_POWERS) - 1)
        powers = numpy.array(_POWERS).take(places.astype(numpy.intp))
        scaled = numbers * powers
        whole = numpy.rint(scaled)
        # A double holds both exactly, so their quotient is the double that is nearest to the decimal number.
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
