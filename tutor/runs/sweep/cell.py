"""Trains cells of a sweep, wherever that is done: in a process of a pool, in a thread, or on another machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import count
from math import isfinite
from pathlib import Path

import msgspec

from tutor.foundation import paths
from tutor.foundation.outside_languages import speak
from tutor.foundation.translate import sentences
from tutor.labs.faults import LabError
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import config_text, with_overrides
from tutor.labs.limits import Limits
from tutor.runs.control import CONTROL_FILE, Command, Inbox, Stop
from tutor.runs.events import Event, View
from tutor.runs.follower import EVENTS_FILE
from tutor.runs.log import RESERVE_BYTES, LogWriter
from tutor.runs.summary import RunSummary, State, fold
from tutor.runs.worker.job import TrainingJob
from tutor.runs.worker.limits import limit_log
from tutor.runs.worker.turns import Turns

_PATIENCE = 4
"""How many times as long as its batch should take a cell may keep the outcomes before it waiting."""


@dataclass(frozen=True, slots=True)
class CellJob:
    """What a worker of the pool needs in order to run a cell."""

    spec: LabConfig
    """The config that all cells of a sweep have in common; without `changes`, that of the cell itself."""
    run: str
    """The name of the run, for its log."""
    data_folder: str
    """The folder of the data sets; if it does not exist on that machine, those of the tutor that is installed there."""
    folder: str
    """The run's folder, in which the log grows; empty: the log comes back with the outcome."""
    language: str
    changes: Mapping[str, object] = field(default_factory=dict)
    """What the cell changes in `spec`, by dotted key. The workers make the configs, because there may be thousands."""

    def config(self) -> LabConfig:
        """The config of the cell.

        Raises:
            LabError: it cannot be run.
        """
        return with_overrides(self.spec, self.changes) if self.changes else self.spec


@dataclass(frozen=True, slots=True)
class CellOutcome:
    """What a worker of the pool returns."""

    state: State
    train_loss: float | None
    """None if it is not finite."""
    valid_loss: float | None
    valid_accuracy: float | None
    epochs: int
    updates: int
    seconds: float
    message: str
    log: bytes = b""
    """The log of a run without a folder: every epoch, and the last view of every panel."""
    config: str = ""
    """The text of the config of a run without a folder; empty if it cannot be run."""


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What a worker of the pool returns for a batch of cells."""

    outcomes: tuple[CellOutcome, ...]
    """The outcomes of the first cells of the batch, at least one. Those after them were not trained to their end."""
    seconds: float
    """How long the whole batch took."""


def run_cells(
    jobs: Sequence[CellJob], seconds: float, is_abandoned: Callable[[], bool] = lambda: False
) -> BatchOutcome:
    """Train a batch of cells one after the other, each to its end and at full speed. A run that fails is an outcome.

    No cell waits long for the others of its batch. After ``seconds``, no further cell is begun. One that goes on for
    several times as long is given up, unless it is the first: then nothing waits for it.

    Args:
        jobs: At least one.
        seconds: How long the batch should take.
        is_abandoned: Returns whether nobody wants the outcomes any more. It is asked while a cell without a folder
            trains, which ends the batch.

    Raises:
        OSError: a log cannot be written.
    """
    speak(jobs[0].language)
    began = time.monotonic()
    outcomes: list[CellOutcome] = []

    def is_over() -> bool:
        return is_abandoned() or bool(outcomes and time.monotonic() - began > _PATIENCE * seconds)

    for job in jobs:
        if outcomes and time.monotonic() - began >= seconds:
            break
        outcome = _into_folder(job, Path(job.folder)) if job.folder else _into_memory(job, is_over)
        if outcomes and outcome.state == "stopped":
            break
        outcomes.append(outcome)
    return BatchOutcome(tuple(outcomes), time.monotonic() - began)


def _into_folder(job: CellJob, folder: Path) -> CellOutcome:
    """Train as an ordinary run, except that a viewer can only watch it or stop it."""
    log: LogWriter[Event] = LogWriter(folder / EVENTS_FILE, reserve=RESERVE_BYTES)
    with closing(log), closing(Inbox(folder / CONTROL_FILE)) as inbox:
        # No command but a stop: the result has to be that of the cell's own values.
        return _train(
            job,
            job.spec,
            log.write,
            lambda _epoch: [each for each in inbox.poll() if isinstance(each, Stop)],
            folder / EVENTS_FILE,
        )


def _into_memory(job: CellJob, is_over: Callable[[], bool]) -> CellOutcome:
    """Train without a file. The run is stopped when ``is_over``; one by hand ends by itself instead of waiting."""
    lines: dict[object, bytes] = {}
    numbers = count()

    def keep(event: Event) -> None:
        key = (event.panel, event.part) if isinstance(event, View) else next(numbers)
        lines.pop(key, None)
        lines[key] = msgspec.json.encode(event) + b"\n"

    try:
        spec = job.config()
    except LabError as error:
        return replace(_outcome(RunSummary(state="failed")), message=str(error))
    outcome = _train(job, spec, keep, None if spec.manual else lambda _epoch: [Stop()] if is_over() else [])
    return replace(outcome, log=b"".join(lines.values()), config=config_text(spec))


def _train(
    job: CellJob,
    config: LabConfig,
    emit: Callable[[Event], None],
    commands: Callable[[int], Iterable[Command]] | None,
    log: Path | None = None,
) -> CellOutcome:
    """Train a cell. ``log``: the file that ``emit`` writes to, if it writes to one."""
    summary, limits = RunSummary(), Limits.of_environment()
    if log is not None:
        emit = limit_log(emit, log, limits.log_mb, lambda: performance.stop("log-size"))

    def emit_and_fold(event: Event) -> None:
        emit(event)
        fold(summary, [event])

    spec = limits.within(config)
    flat_out = msgspec.structs.replace(spec, train=msgspec.structs.replace(spec.train, pace=0.0))
    data = Path(job.data_folder)
    if not data.is_dir():
        data = paths.shipped_lessons() / "data"
    performance = TrainingJob(
        flat_out, data, emit=emit_and_fold, run_id=job.run, commands=commands, turns=Turns.of_environment()
    )
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
