"""Labs inside this process: a run to its end, flat out, or only what the panels show before the first epoch.

For ``tutor check --run``, for tests, and to repeat a run exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from tutor.labs.lab_config import LabConfig
from tutor.runs.control import Command, Set, Stop
from tutor.runs.events import Changed, Event
from tutor.runs.summary import PanelView, RunSummary, fold
from tutor.runs.worker.job import TrainingJob


def run_to_end(
    spec: LabConfig,
    data_folder: Path | None,
    on_event: Callable[[Event], None] | None = None,
    *,
    changes: Iterable[Changed] = (),
    perturbation: int | None = None,
) -> RunSummary:
    """Train ``spec`` to its end, without a pace and without a process.

    A run whose optimiser is the learner is evaluated once, with the parameters that the spec gives.

    Args:
        spec: What is asked.
        data_folder: Where data sets lie as files; None where the run needs none.
        on_event: Is shown each event as it comes.
        changes: Controls to turn again, each after the epoch at which it was applied: with those of an earlier
            run of the same spec (`RunSummary.changes`), the losses are that run's, bit for bit.
        perturbation: Which rounding to try, as another processor may have it; see `tutor.ml.diagnostics`. None: that
            of this machine.

    Returns:
        The summary; its state is ``failed`` where the run could not go on.
    """
    summary = RunSummary()

    def emit(event: Event) -> None:
        fold(summary, [event])
        if on_event is not None:
            on_event(event)

    waiting = sorted(changes, key=lambda change: change.epoch)

    def commands(epoch: int) -> list[Command]:
        due: list[Command] = []
        while waiting and waiting[0].epoch <= epoch:
            change = waiting.pop(0)
            due.append(Set(key=change.key, value=change.value))
        if spec.manual and not waiting:
            due.append(Stop())
        return due

    flat_out = msgspec.structs.replace(spec, train=msgspec.structs.replace(spec.train, pace=0.0))
    TrainingJob(
        flat_out,
        data_folder,
        emit=emit,
        run_id="in-process",
        commands=commands if waiting else None,
        every_epoch=bool(waiting),
        perturbation=perturbation,
    ).run()
    return summary


def initial_views(spec: LabConfig, data_folder: Path | None) -> dict[str, PanelView]:
    """The panels of ``spec`` as its data and its untrained model make them, by name.

    Nothing is trained and nothing is written. This imports NumPy and reads the data: call it beside the event loop.

    Args:
        spec: What would be asked.
        data_folder: Where data sets lie as files.

    Returns:
        What there is; nothing where the run cannot be had, for then the run itself says why.
    """
    from tutor.foundation.errors import TutorError
    from tutor.runs.worker.adapter import TrainingAdapter

    try:
        training = TrainingAdapter(spec, data_folder)
        views = {panel: PanelView(scene=scene) for panel, scene in training.scenes()}
        for panel, frame in training.frames():
            views.setdefault(panel, PanelView()).frame = frame
    except (TutorError, ValueError, ArithmeticError, MemoryError):
        return {}
    return views
