"""One run as a list of runs shows it, read from the two ends of its log."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tutor.runs.follower import EVENTS_FILE, LOCK_FILE, LogReader
from tutor.runs.locks import is_held
from tutor.runs.spec import RunSpec
from tutor.runs.summary import ENDED, RunSummary, State, fold

_HEAD_BYTES = 64 * 1024
_TAIL_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class RunEntry:
    """One run, as a list of runs shows it."""

    id: str
    folder: Path
    spec: RunSpec | None
    """None where the run died before its first word."""
    state: State
    epoch: int
    train_loss: float
    valid_loss: float
    """nan where there is none."""
    started_at: datetime
    """UTC."""

    @property
    def short_id(self) -> str:
        """The last four characters of the id."""
        return self.id[-4:]

    @property
    def lab(self) -> str:
        """The id of the run's lab."""
        return self.spec.id if self.spec is not None else ""

    @property
    def epochs_planned(self) -> int:
        """How many epochs were asked for."""
        return self.spec.train.epochs if self.spec is not None else 0

    @property
    def alive(self) -> bool:
        """Whether it still goes on, or waits."""
        return self.state not in ENDED


def entry_of(folder: Path) -> RunEntry:
    """The entry of a run's folder. The cost does not grow with the run."""
    alive = is_held(folder / LOCK_FILE)
    summary = _both_ends(folder / EVENTS_FILE)
    state = summary.state
    if not summary.ended and not alive:
        state = "died"
    return RunEntry(
        id=folder.name,
        folder=folder,
        spec=summary.spec,
        state=state,
        epoch=summary.epoch,
        train_loss=summary.train_losses[-1] if summary.train_losses else math.nan,
        valid_loss=summary.valid_losses[-1] if summary.valid_losses else math.nan,
        started_at=_time_of(folder),
    )


def _both_ends(log: Path) -> RunSummary:
    """A summary of the head and the tail of ``log``: its losses have a gap, its last epoch and its state are right."""
    summary = RunSummary()
    try:
        with log.open("rb") as file:
            head = file.read(_HEAD_BYTES)
            size = file.seek(0, 2)
            file.seek(max(len(head), size - _TAIL_BYTES))
            tail = file.read()
    except OSError:
        return summary
    events = LogReader().feed(head)
    # Where the tail begins in the middle of a line, that line is skipped like any torn one.
    events += LogReader().feed(tail)
    return fold(summary, events)


def _time_of(folder: Path) -> datetime:
    try:
        return datetime.strptime(folder.name[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(folder.stat().st_mtime, UTC)
