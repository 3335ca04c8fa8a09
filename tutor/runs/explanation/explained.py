"""The next update of a lab at any epoch, explained.

A run keeps its losses and no parameters in between. But the same settings and the same changes at the same epochs give
the same numbers, bit for bit. So the parameters at an epoch are found by training up to it once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import listed, translate
from tutor.labs.lab_config import LabConfig
from tutor.labs.limits import MOST_EXPLAINED
from tutor.ml.cross_validation import CrossValidation
from tutor.ml.models import MODELS
from tutor.ml.network.training import NetworkTraining
from tutor.ml.network.update_trace import UpdateTrace, can_trace
from tutor.runs.events import Changed
from tutor.runs.explanation.stages import Facts, Stage, stages_of, units_at
from tutor.runs.worker.adapter import TrainingAdapter


@dataclass(frozen=True, slots=True)
class ExplainedUpdate:
    """One update of a lab.

    Args:
        epoch: The finished epochs before it.
        trace: Its numbers.
        facts: What its stages say besides numbers.
    """

    epoch: int
    trace: UpdateTrace
    facts: Facts

    @property
    def examples(self) -> int:
        """How many examples the batch has."""
        return self.trace.batch_size

    def stages(self, example: int = 0) -> list[Stage]:
        """Its stages, with the numbers of one example, counted from 0; in the language in use."""
        return stages_of(self.trace, self.facts, example)

    def units(self, stage: Stage, example: int = 0) -> list[list[tuple[str, str]]]:
        """For a drawing of the network: the inputs and the units of each layer by name, with their values so far."""
        return units_at(self.trace, stage, example)


def explain_update(
    spec: LabConfig,
    data_folder: Path | None,
    epoch: int = 0,
    changes: Iterable[Changed] = (),
    stopped: Callable[[], bool] = lambda: False,
) -> ExplainedUpdate:
    """Explain the first update after an epoch. It trains up to that epoch, so call it in a thread.

    Args:
        spec: The lab.
        data_folder: The folder of the data sets.
        epoch: The finished epochs; 0 for the very first update.
        changes: The settings that were changed on the way; see `tutor.runs.summary.RunSummary.changes`.
        stopped: Asked between two epochs; if it says so, training ends where it is.

    Raises:
        TutorError: This lab's update cannot be explained; the message says why.
    """
    refuse_impossible(spec)
    bare = replace(spec, show=replace(spec.show, panels=("loss",)))
    adapter = TrainingAdapter(bare, data_folder)
    training = adapter.context.training
    if isinstance(training, CrossValidation):
        raise TutorError(translate("explain.folds"))
    if not isinstance(training, NetworkTraining):
        raise TutorError(translate("explain.no-network"))
    parameters = training.network.parameters.size
    if parameters > MOST_EXPLAINED:
        raise TutorError(translate("explain.too-many", count=parameters, most=MOST_EXPLAINED))
    if not can_trace(training.network):
        raise TutorError(translate("explain.dense-only"))
    done = _train(adapter, epoch, changes, stopped)
    trace = training.trace_update()
    if not trace.finite:
        raise TutorError(translate("explain.not-finite"))
    context = adapter.context
    facts = Facts(spec, context.dataset, context.feature_names, context.target_name, context.class_names)
    return ExplainedUpdate(done, trace, facts)


def refuse_impossible(spec: LabConfig) -> None:
    """Refuse what is known before the data is read.

    Raises:
        TutorError: This lab's update cannot be explained; the message says why.
    """
    if not MODELS[spec.model.name].network:
        raise TutorError(translate("explain.no-network"))
    if spec.optimizer.name == "least-squares":
        raise TutorError(translate("explain.closed-form"))


def refuse_mine(slots: Iterable[str]) -> None:
    """Refuse a run that the learner's functions have trained: only the built-in ones can be traced.

    Args:
        slots: What the learner's functions filled.

    Raises:
        TutorError: There are any.
    """
    if filled := list(slots):
        raise TutorError(translate("explain.mine", slots=listed(filled)))


def _train(adapter: TrainingAdapter, epoch: int, changes: Iterable[Changed], stopped: Callable[[], bool]) -> int:
    """Train up to an epoch with the changes on the way. Returns the epoch reached."""
    waiting = sorted(changes, key=lambda change: change.epoch)
    done = 0

    def turn() -> None:
        while waiting and waiting[0].epoch <= done:
            change = waiting.pop(0)
            adapter.change_setting(change.key, change.value)

    turn()
    epochs = adapter.epochs()
    while done < epoch and not stopped() and next(epochs, None) is not None:
        done += 1
        turn()
    return done
