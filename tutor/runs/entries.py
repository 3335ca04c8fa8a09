"""One run as a list of runs shows it, read from the two ends of its log."""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tutor.foundation.files import open_file
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.labs.lab_config import LabConfig
from tutor.runs.beside import BESIDE_FILE
from tutor.runs.events import Epochs, Event, number_text
from tutor.runs.follower import EVENTS_FILE, LOCK_FILE
from tutor.runs.log import Reader
from tutor.runs.processes import is_held
from tutor.runs.summary import ENDED, RunSummary, State, fold, latest

_HEAD_BYTES = 64 * 1024
_TAIL_BYTES = 64 * 1024
_PROBES = 24
_PROBE_BYTES = 8 * 1024
SHAPE_PARTS = 32
SOURCE_FILE = "source"
"""Names the file that a run follows."""
COLUMNS_FILE = "columns"
"""Names columns of that file, as `tutor.tables.log_columns.parse_columns` reads them; missing if nobody named any."""
PIN_FILE = "pinned"
"""A run whose folder holds this file is never pruned."""


@dataclass(frozen=True, slots=True)
class RunEntry:
    """One run, as a list of runs shows it."""

    id: str
    folder: Path
    spec: LabConfig | None
    """None where the run died before its first word."""
    state: State
    epoch: int
    train_loss: float
    valid_loss: float
    """nan where there is none."""
    started_at: datetime
    """UTC."""
    valid: bool = False
    """Whether the losses in `shape` are of the validation data."""
    shape: tuple[float, ...] = ()
    """The loss over the whole run in `SHAPE_PARTS` parts or fewer, for a sparkline; nan where a part was not read."""
    size: int = 0
    """Bytes that its folder takes."""
    pinned: bool = False
    """Whether it is kept however many runs there are."""
    epochs_planned: int = 0
    """How many epochs were asked for; 0 where nobody said."""
    recorded: bool = False
    """Whether a program of the learner's own trained, and not a worker of ours."""
    followed: bool = False
    """Whether only the log of such a program is read."""
    problem: str = ""
    """Why its folder or its log cannot be read; empty if they can."""

    number: float | None = None
    """What the program that trains calls the last epoch; None if it counts from 1."""

    @property
    def place(self) -> str:
        """How far it is: ``12/200``, or ``12`` if nobody said how many epochs there will be."""
        if self.number is not None:
            return number_text(self.number)
        return f"{self.epoch}/{self.epochs_planned}" if self.epochs_planned else f"{self.epoch}"

    @property
    def short_id(self) -> str:
        """The last four characters of the id."""
        return self.id[-4:]

    @property
    def lab(self) -> str:
        """The id of the run's lab."""
        return self.spec.id if self.spec is not None else ""

    def title_in(self, language: str) -> str:
        """What it trains, in words; why nobody knows if it cannot be read."""
        if self.problem:
            return translate("runs.unreadable", reason=self.problem)
        return harmless_line(self.spec.title_in(language)) if self.spec is not None else ""

    @property
    def alive(self) -> bool:
        """Whether it still goes on, or waits."""
        return self.state not in ENDED


def entry_of(folder: Path) -> RunEntry:
    """The entry of a run's folder, whatever is wrong with it. The cost does not grow with the run."""
    alive = is_held(folder / LOCK_FILE)
    problem, size = "", 0
    events: list[Event] = []
    between: list[Event] = []
    try:
        size = size_of(folder)
        events, between = _read(folder / EVENTS_FILE)
    except FileNotFoundError:
        pass  # a run that has not begun, or was removed meanwhile
    except OSError as error:
        problem = error.strerror or str(error)
    summary = fold(RunSummary(whole=False), events)
    state = summary.state
    if problem:
        state = "unreadable"
    elif not summary.ended and not alive:
        state = "died"
    return RunEntry(
        id=folder.name,
        folder=folder,
        spec=summary.spec,
        state=state,
        epoch=summary.epoch,
        train_loss=summary.train_losses[-1] if summary.train_losses else math.nan,
        valid_loss=latest(summary.valid_losses),
        started_at=_time_of(folder),
        valid=bool(summary.valid_losses),
        shape=_shape([*events, *between], summary.epoch, valid=bool(summary.valid_losses)),
        size=size,
        pinned=is_kept(folder),
        epochs_planned=summary.epochs_planned,
        recorded=summary.recorded,
        followed=summary.followed,
        problem=problem,
        number=summary.numbers[-1] if summary.numbers else None,
    )


def is_kept(folder: Path) -> bool:
    """Whether a run is pinned, or compared with others of its lab: it is never pruned then."""
    return any(os.path.lexists(folder / name) for name in (PIN_FILE, BESIDE_FILE))


def size_of(folder: Path) -> int:
    """The bytes that a run's folder takes.

    Raises:
        OSError: it cannot be listed, or is no folder.
    """
    total = 0
    for file in folder.iterdir():
        with contextlib.suppress(OSError):  # it went away meanwhile
            total += file.stat().st_size if file.is_file() else 0
    return total


def _shape(events: Iterable[Event], epochs: int, *, valid: bool) -> tuple[float, ...]:
    """The last loss in each part of the run."""
    parts = min(SHAPE_PARTS, epochs)
    shape = [math.nan] * parts
    for event in events:
        if isinstance(event, Epochs) and parts:
            for index, loss in enumerate(event.valid if valid else event.train):
                place = (event.first + index - 1) * parts // epochs
                if loss is not None and 0 <= place < parts:
                    shape[place] = loss
    return tuple(shape)


def _read(log: Path) -> tuple[list[Event], list[Event]]:
    """The events at the head and the tail of ``log``, and some from in between, where there is much.

    Those at the ends fold to the right state and last epoch; those in between tell how the loss went.

    Raises:
        OSError: there is no log, or it cannot be read.
    """
    descriptor = open_file(log)
    try:
        head = os.pread(descriptor, _HEAD_BYTES + _TAIL_BYTES, 0)
        size = os.fstat(descriptor).st_size
        if size <= len(head):
            return _events(head), []
        tail_at = max(_HEAD_BYTES, size - _TAIL_BYTES)
        places = (_HEAD_BYTES + (tail_at - _HEAD_BYTES) * number // (_PROBES + 1) for number in range(1, _PROBES + 1))
        pieces = [os.pread(descriptor, _PROBE_BYTES, place) for place in places]
        tail = os.pread(descriptor, _TAIL_BYTES, tail_at)
    finally:
        os.close(descriptor)
    # Where a piece begins in the middle of a line, that line is skipped like any torn one.
    return _events(head[:_HEAD_BYTES]) + _events(tail), [event for piece in pieces for event in _events(piece)]


def _events(piece: bytes) -> list[Event]:
    reader: Reader[Event] = Reader(Event)
    return list(reader.each(piece))


def _time_of(folder: Path) -> datetime:
    try:
        return datetime.strptime(folder.name[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        pass
    try:
        return datetime.fromtimestamp(folder.lstat().st_mtime, UTC)
    except (OSError, ValueError, OverflowError):  # it went away, or lies beyond every calendar
        return datetime.fromtimestamp(0, UTC)
