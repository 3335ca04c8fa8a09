"""Results of epochs on their way into the log: gathered, then written as arrays, none left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from math import isfinite
from typing import Generic, Protocol, TypeVar

from tutor.runs.events import Epochs, Event

_LONGEST_NUMBER = 17
"""Bytes of such a number in JSON and its comma, at most."""
_ROOM = 3800
"""Bytes for the numbers of one event, so that its line stays whole."""


class Result(Protocol):
    """What a training tells of one epoch; `tutor.ml.training.EpochResult` is one."""

    @property
    def epoch(self) -> int: ...  # noqa: D102 - named for what they are
    @property
    def updates(self) -> int: ...  # noqa: D102
    @property
    def train_loss(self) -> float: ...  # noqa: D102
    @property
    def valid_loss(self) -> float | None: ...  # noqa: D102
    @property
    def train_accuracy(self) -> float | None: ...  # noqa: D102
    @property
    def valid_accuracy(self) -> float | None: ...  # noqa: D102
    @property
    def gradient_norm(self) -> float | None: ...  # noqa: D102
    @property
    def learning_rate(self) -> float | None: ...  # noqa: D102


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
        series = 1 + sum(each is not None for each in (last.valid_loss, last.train_accuracy, last.valid_accuracy))
        metrics = [self._metrics_of(each) for each in waiting] if self._metrics_of is not None else []
        names = list(dict.fromkeys(chain.from_iterable(metrics)))
        size = max(1, _ROOM // ((series + len(names)) * _LONGEST_NUMBER))
        for start in range(0, len(waiting), size):
            piece = slice(start, start + size)
            others = {name: _short(each.get(name) for each in metrics[piece]) for name in names}
            self._emit(_event(waiting[piece], seconds, others))
        waiting.clear()


def _short(values: Iterable[float | None]) -> list[float | None]:
    """``values`` to nine digits: all of a float32, in half the bytes and half the time to read of a double."""
    return [None if each is None or not isfinite(each) else float(f"{each:.9g}") for each in values]


def _event(results: Sequence[Result], seconds: float, metrics: dict[str, list[float | None]]) -> Epochs:
    last = results[-1]
    return Epochs(
        first=results[0].epoch,
        train=_short(each.train_loss for each in results),
        valid=[] if last.valid_loss is None else _short(each.valid_loss for each in results),
        train_accuracy=[] if last.train_accuracy is None else _short(each.train_accuracy for each in results),
        valid_accuracy=[] if last.valid_accuracy is None else _short(each.valid_accuracy for each in results),
        updates=last.updates,
        seconds=round(seconds, 4),
        learning_rate=last.learning_rate,
        gradient_norm=_short([last.gradient_norm])[0],
        metrics=metrics,
    )
