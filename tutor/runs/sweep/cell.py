"""One cell of a sweep, wherever it is run: in a process of a pool, in a thread, or on another machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import count
from math import isfinite
from pathlib import Path

import msgspec

from tutor.foundation import paths
from tutor.foundation.outside_languages import speak
from tutor.foundation.translate import sentences
from tutor.labs.lab_config import LabConfig
from tutor.labs.limits import Limits
from tutor.runs.control import CONTROL_FILE, Command, Inbox, Stop
from tutor.runs.events import Event, View
from tutor.runs.follower import EVENTS_FILE
from tutor.runs.log import RESERVE_BYTES, Writer
from tutor.runs.summary import RunSummary, State, fold
from tutor.runs.worker.job import TrainingJob
from tutor.runs.worker.limits import limit_log


@dataclass(frozen=True, slots=True)
class CellJob:
    """What goes to whoever runs a cell."""

    spec: LabConfig
    run: str
    """The name of the run, for its log."""
    data_folder: str
    """Where data sets lie; where there is no such folder, those that came with the tutor over there."""
    folder: str
    """The run's folder, into which the log is written as the run goes on; empty: the log comes back instead."""
    language: str


@dataclass(frozen=True, slots=True)
class CellOutcome:
    """What comes back."""

    state: State
    train_loss: float | None
    """None where it is not finite."""
    valid_loss: float | None
    valid_accuracy: float | None
    epochs: int
    updates: int
    seconds: float
    message: str
    log: bytes = b""
    """The log of a run without a folder: every epoch, and the last picture of every panel."""


def run_cell(job: CellJob) -> CellOutcome:
    """Train one cell to its end, flat out. A run that cannot go on is an outcome too.

    Raises:
        OSError: its log cannot be written.
    """
    speak(job.language)
    return _into_folder(job, Path(job.folder)) if job.folder else _into_memory(job)


def _into_folder(job: CellJob, folder: Path) -> CellOutcome:
    """The run as a run like any other, but that a viewer may only watch it, or end it."""
    log: Writer[Event] = Writer(folder / EVENTS_FILE, reserve=RESERVE_BYTES)
    with closing(log), closing(Inbox(folder / CONTROL_FILE)) as inbox:
        # Whatever else a viewer may wish, the result has to be that of the cell's own values.
        return _perform(
            job,
            log.write,
            lambda _epoch: [each for each in inbox.poll() if isinstance(each, Stop)],
            folder / EVENTS_FILE,
        )


def _into_memory(job: CellJob) -> CellOutcome:
    lines: dict[object, bytes] = {}
    numbers = count()

    def keep(event: Event) -> None:
        key = (event.panel, event.part) if isinstance(event, View) else next(numbers)
        lines.pop(key, None)
        lines[key] = msgspec.json.encode(event) + b"\n"

    outcome = _perform(job, keep, None)
    return replace(outcome, log=b"".join(lines.values()))


def _perform(
    job: CellJob,
    emit: Callable[[Event], None],
    commands: Callable[[int], Iterable[Command]] | None,
    log: Path | None = None,
) -> CellOutcome:
    """Train a cell; ``log`` is the file that ``emit`` writes to, if it does."""
    summary, limits = RunSummary(), Limits.of_environment()
    if log is not None:
        emit = limit_log(emit, log, limits.log_mb, lambda: performance.stop("log-size"))

    def emit_and_fold(event: Event) -> None:
        emit(event)
        fold(summary, [event])

    spec = limits.within(job.spec)
    flat_out = msgspec.structs.replace(spec, train=msgspec.structs.replace(spec.train, pace=0.0))
    data = Path(job.data_folder)
    if not data.is_dir():
        data = paths.lessons_folder() / "data"
    performance = TrainingJob(flat_out, data, emit=emit_and_fold, run_id=job.run, commands=commands)
    performance.run()
    return _outcome(summary)


def _outcome(summary: RunSummary) -> CellOutcome:
    def last(losses: Sequence[float]) -> float | None:
        return losses[-1] if losses and isfinite(losses[-1]) else None

    return CellOutcome(
        state=summary.state,
        train_loss=last(summary.train_losses),
        valid_loss=last(summary.valid_losses),
        valid_accuracy=last(summary.valid_accuracies),
        epochs=summary.epoch,
        updates=summary.updates,
        seconds=summary.seconds,
        message=sentences(summary.message, summary.hint),
    )
