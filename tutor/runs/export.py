"""A run's epochs for other programs: a table of comma-separated values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import inf
from pathlib import Path

import msgspec

from tutor.foundation.files import write_text
from tutor.foundation.safe_text import harmless_line
from tutor.runs.events import Epochs, Event, number_text
from tutor.runs.follower import Follower
from tutor.runs.worker.recorder import SERIES


def epochs_of(folder: Path) -> Iterator[Epochs]:
    """Every `Epochs` event of a run's log that no later one replaces, in bounded pieces."""
    firsts = [event.first for event in _each(folder)]
    # From the end: an epoch counts if no later event begins at it or before it.
    until: list[float] = [inf, *accumulate(reversed(firsts), min)]
    for event, end in zip(_each(folder), reversed(until[:-1]), strict=False):
        if event.first + len(event.train) <= end:
            yield event
        elif event.first < end:
            yield _shortened(event, int(end) - event.first)


def _shortened(event: Epochs, count: int) -> Epochs:
    """The first ``count`` epochs of an event."""
    return msgspec.structs.replace(
        event,
        train=event.train[:count], valid=event.valid[:count],
        train_accuracy=event.train_accuracy[:count], valid_accuracy=event.valid_accuracy[:count],
        metrics={name: values[:count] for name, values in event.metrics.items()},
    )  # fmt: skip


def _each(folder: Path) -> Iterator[Epochs]:
    follower = Follower(folder)
    while events := _next(follower):
        yield from (event for event in events if isinstance(event, Epochs))


def _next(follower: Follower) -> list[Event]:
    """The next events; a piece without a whole line in it is not the end."""
    while True:
        before = follower.position
        events = follower.poll(1 << 20)
        if events or follower.position == before:
            return events


def metrics_of(folder: Path) -> tuple[str, ...]:
    """What a program of the learner's own measured besides, by its names, in the order in which it told of it."""
    return tuple(dict.fromkeys(name for event in epochs_of(folder) for name in event.metrics))


def rows_of(event: Epochs, metrics: Sequence[str] = ()) -> Iterator[tuple[float, tuple[float | None, ...]]]:
    """What each epoch of an event is called, with its values in the order of `SERIES`, then of ``metrics``.

    A value is None if it was not measured.
    """
    others = (event.metrics.get(name, []) for name in metrics)
    series = (event.train, event.valid, event.train_accuracy, event.valid_accuracy, *others)
    named = list(zip((*SERIES, *metrics), series, strict=True))
    for index in range(len(event.train)):
        values = (
            values[index] if index < len(values) and values[index] is not None else event.odd(name, index)
            for name, values in named
        )
        yield event.number(index), tuple(values)


def csv_lines(folder: Path) -> Iterator[str]:
    """A run as CSV: a heading, then a line an epoch; an empty cell if a number was not measured."""
    metrics = metrics_of(folder)
    yield ",".join(("epoch", *SERIES, *map(_cell, metrics))) + "\n"
    for event in epochs_of(folder):
        for epoch, values in rows_of(event, metrics):
            yield f"{number_text(epoch)}," + ",".join("" if each is None else repr(each) for each in values) + "\n"


def _cell(name: str) -> str:
    """A name as the cell of a heading."""
    name = harmless_line(name)
    return '"' + name.replace('"', '""') + '"' if set(name) & set(',"') else name


def write_csv(folder: Path, path: Path) -> None:
    """Write a run as a CSV file.

    Raises:
        OSError: it cannot be written.
    """
    write_text(path, "".join(csv_lines(folder)))
