"""A run's epochs for other programs: a table of comma-separated values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tutor.foundation.atomic_file import write_text
from tutor.foundation.safe_text import harmless_line
from tutor.runs.events import Epochs, Event
from tutor.runs.follower import Follower
from tutor.runs.recorder import SERIES


def epochs_of(folder: Path) -> Iterator[Epochs]:
    """Every `Epochs` event of a run's log, in bounded pieces."""
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


def rows_of(event: Epochs, metrics: Sequence[str] = ()) -> Iterator[tuple[int, tuple[float | None, ...]]]:
    """Each epoch of an event with its values in the order of `SERIES`, then of ``metrics``; None for none."""
    others = (event.metrics.get(name, []) for name in metrics)
    series = (event.train, event.valid, event.train_accuracy, event.valid_accuracy, *others)
    for index in range(len(event.train)):
        yield event.first + index, tuple(each[index] if index < len(each) else None for each in series)


def csv_lines(folder: Path) -> Iterator[str]:
    """A run as CSV: a heading, then a line an epoch; an empty cell where a number is missing or not finite."""
    metrics = metrics_of(folder)
    yield ",".join(("epoch", *SERIES, *map(_cell, metrics))) + "\n"
    for event in epochs_of(folder):
        for epoch, values in rows_of(event, metrics):
            yield f"{epoch}," + ",".join("" if each is None else repr(each) for each in values) + "\n"


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
