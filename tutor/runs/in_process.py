"""Runs without a process of their own: to the end at full speed, or only to what the panels show before training.

For ``tutor check --run``, for tests, and to repeat a run exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from tutor.labs.lab_config import LabConfig
from tutor.labs.mine import Programs
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
    programs: Programs | None = None,
) -> RunSummary:
    """Train ``spec`` to its end in this process, at full speed.

    If the learner is the optimizer, the model is evaluated once, with the parameters in the spec.

    Args:
        spec: The lab.
        data_folder: The folder of the data sets; None if the lab needs none.
        on_event: Called with each event.
        changes: Settings to change again, each after the epoch at which it was changed before. With those of an earlier
            run of the same spec (`RunSummary.changes`), the losses are the same, bit for bit.
        perturbation: The rounding to try, as another processor may have it; see `tutor.ml.diagnostics`. None: that of
            this machine.
        programs: What takes the place of parts of the training, by slot; each runs in a process of its own.

    Returns:
        The summary; its state is ``failed`` if the run could not continue.
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
        programs=programs,
    ).run()
    return summary


def initial_views(spec: LabConfig, data_folder: Path | None) -> dict[str, PanelView]:
    """What the panels of ``spec`` show before the first epoch, by name of panel.

    Nothing is trained and nothing is written. This imports NumPy and reads the data, so call it in a thread.

    Args:
        spec: The lab.
        data_folder: The folder of the data sets.

    Returns:
        The views; empty if the training cannot be made. The run itself then says why.
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
