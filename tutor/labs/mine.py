"""``[mine]`` of a lab: which part of its training is filled by which exercise, and the programs that do so.

A run that a learner's program trains keeps it in its folder, ``mine/SLOT.py``, so that it can be repeated. The worker
never runs such a program itself: see `tutor.sandbox.function_process`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import read_file, write_bytes, write_text
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import listed, translate

if TYPE_CHECKING:
    from tutor.labs.lab_config import LabConfig

SLOTS = (
    "optimizer", "loss", "schedule", "batches", "gradient", "output", "activation", "split", "metric", "backward",
    "train",
)  # fmt: skip
"""The parts of a training that a learner's function can take over."""
OWN_LOOP = "train"
"""The slot of a whole training loop. Nothing but its losses is known, so what shows or measures a model is left out."""
_OF_OWN_LOOP = frozenset({"train.epochs", "train.seed", "train.pace"})
"""The settings of a training loop of the learner's own, besides those of the data."""
_SLOTS_OF_FUNCTIONS = ("optimizer", "schedule")
"""The slots in the descent of a drawn function."""
_SLOTS_OF_EXAMPLES = ("split", "metric")
"""The slots of every training on examples, also one that follows no gradient."""
_PARAMETERS = {
    "loss": 2, "schedule": 2, "batches": 3, "gradient": 4, "output": 1, "activation": 1, "split": 3, "metric": 2,
    "backward": 6, OWN_LOOP: 5,
}  # fmt: skip
"""How many parameters the function of a slot has; a step of an optimizer has as many as its state needs."""
STEP_NUMBER, RATE = "t", "lr"
"""Parameters of an optimizer's step. What stands between the gradient and the first of them is its state."""
_THETA_AND_G = 2
_GROUPS, _GUESSES = "groups", "guesses"
FOLDER = "mine"
"""The folder in that of a run with the programs that train it."""
LARGEST_PROGRAM = 100_000
_FUNCTIONS_FILE = "functions.json"
_EXERCISE = re.compile(r"(?:[a-z0-9][a-z0-9-]{0,59}:)?[a-z0-9][a-z0-9-]{0,59}")
"""An id, with or without the pack of its lesson."""


@dataclass(frozen=True, slots=True)
class MineProgram:
    """A learner's program that fills a slot.

    Args:
        exercise: The id of the exercise.
        function: The name of its function.
        parameters: The names of the function's parameters, as the exercise has them.
        source: The program.
        others: The names of its further functions, with their parameters, in the order of the exercise.
    """

    exercise: str
    function: str
    parameters: tuple[str, ...]
    source: str
    others: tuple[tuple[str, tuple[str, ...]], ...] = ()


Programs = Mapping[str, MineProgram]
"""By slot."""


def fault_of_slot(slot: str, exercise: object) -> tuple[str, str]:
    """What is wrong with an entry of ``[mine]``, and a hint; both are empty if nothing is."""
    if slot not in SLOTS:
        near = nearest(slot, SLOTS)
        hint = translate("runs.did-you-mean", name=near) if near else translate("mine.slots-are", known=listed(SLOTS))
        return translate("mine.no-such-slot", slot=slot), hint
    if not isinstance(exercise, str) or not _EXERCISE.fullmatch(exercise):
        return translate("mine.not-an-exercise", slot=slot), ""
    return "", ""


def idle_with_own_loop(key: str) -> bool:
    """Whether the setting ``key`` has no effect on a training loop of the learner's own, which has its own model."""
    return not key.startswith("data.") and key not in _OF_OWN_LOOP


def refuse_unfit(spec: LabConfig, programs: Programs) -> None:
    """Refuse programs that a lab has no place for, as far as its configuration alone can tell.

    Raises:
        TutorError: One of them does not fit the lab or its slot; the message says why.
    """
    fault = (
        _fault_of_lab(spec, programs)
        or _fault_of_parameters(programs)
        or _fault_of_model(spec, programs)
        or _fault_of_split(spec, programs)
    )
    if fault is not None:
        message, hint = fault
        raise TutorError(message, hint=hint, exit_code=ExitCode.USAGE)


def _fault_of_lab(spec: LabConfig, programs: Programs) -> tuple[str, str] | None:
    """Which slots the lab does not have at all."""
    model, data = spec.model, spec.data
    fitting: tuple[str, ...] = () if model.name == "function" else _SLOTS_OF_EXAMPLES
    if spec.follows_gradient:
        fitting = SLOTS if model.kind.network else (*fitting, *_SLOTS_OF_FUNCTIONS)
    missing = {"activation": not (model.kind.layers and model.hidden), "split": data.source.whole}
    missing |= dict.fromkeys(("metric", OWN_LOOP), data.folds > 0)
    unfit = [slot for slot in programs if slot not in fitting or missing.get(slot)]
    if OWN_LOOP in programs:
        unfit += [slot for slot in programs if slot not in {OWN_LOOP, "split", *unfit}]
    return (translate("mine.does-not-fit", slots=listed(unfit)), "") if unfit else None


def _fault_of_parameters(programs: Programs) -> tuple[str, str] | None:
    """Whose parameters are not those of its slot."""
    for slot, program in programs.items():
        wanted, got = _PARAMETERS.get(slot), len(program.parameters)
        if wanted is not None and got != wanted:
            return translate("mine.other-parameters", function=program.function, slot=slot, wanted=wanted, got=got), ""
    if "optimizer" in programs:
        step_parameters(programs["optimizer"])
    activation = programs.get("activation")
    if activation is not None and not activation.others:
        return translate("mine.needs-slope", function=activation.function), ""
    return None


def _fault_of_model(spec: LabConfig, programs: Programs) -> tuple[str, str] | None:
    """What the model or the loss of the lab has to be for one of its programs, and is not."""
    from tutor.ml.datasets.dataset import CLASSIFICATION  # late, because lessons are read without NumPy

    model, loss, classifies = spec.model, spec.loss.name, spec.task == CLASSIFICATION
    if "gradient" in programs and ((model.kind.layers and model.hidden) or classifies):
        return translate("mine.needs-line"), ""
    if "output" in programs and loss != "cross-entropy":
        return translate("mine.needs-cross-entropy"), ""
    plain = spec.sums_sigmoids and model.activation == "sigmoid" and not (model.dropout or model.batch_norm)
    if "backward" in programs and not (plain and loss == "mse"):
        return translate("mine.needs-sigmoids"), ""
    metric = programs.get("metric")
    if metric is not None and takes_classes(metric) and spec.task and not classifies:
        return translate("mine.needs-classes", function=metric.function), ""
    return None


def _fault_of_split(spec: LabConfig, programs: Programs) -> tuple[str, str] | None:
    """Why the data of the lab cannot be split by the program that would split it."""
    split, data = programs.get("split"), spec.data
    if split is None:
        return None
    if not keeps_groups(split):
        return None if data.folds else (translate("mine.needs-folds", function=split.function), "")
    if data.folds:
        return translate("mine.needs-no-folds", function=split.function), ""
    if data.source.task and not data.source.grouped:
        return translate("ml.no-groups"), translate("ml.no-groups-hint")
    return None


def takes_classes(metric: MineProgram) -> bool:
    """Whether a metric compares classes, which it gets as ``guesses``, rather than numbers."""
    return metric.parameters[:1] == (_GUESSES,)


def keeps_groups(split: MineProgram) -> bool:
    """Whether a split gets ``groups`` and keeps each on one side; another one cuts folds."""
    return split.parameters[:1] == (_GROUPS,)


def step_parameters(program: MineProgram) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which of the number of the step and the learning rate a step gets, in its order, and its state's names.

    Raises:
        TutorError: It gets neither, so nobody can tell what is state.
    """
    given = program.parameters[_THETA_AND_G:]
    inputs = tuple(name for name in given if name in {STEP_NUMBER, RATE})
    if not inputs or given[given.index(inputs[0]) : given.index(inputs[-1]) + 1] != inputs:
        message = translate("mine.not-a-step", function=program.function)
        raise TutorError(message, exit_code=ExitCode.USAGE)
    return inputs, given[: given.index(inputs[0])]


def write_programs(run_folder: Path, programs: Programs) -> None:
    """Keep the programs that train a run in its folder.

    Raises:
        OSError: They cannot be written.
    """
    if not programs:
        return
    folder = run_folder / FOLDER
    folder.mkdir(exist_ok=True)
    for slot, each in programs.items():
        write_bytes(folder / f"{slot}.py", each.source.encode("utf-8", errors="replace"))
    functions: dict[str, list[object]] = {}
    for slot, each in programs.items():
        first = [each.function, *each.parameters]
        # A program with one function is written as it was before there were programs with several.
        others = [[name, *parameters] for name, parameters in each.others]
        functions[slot] = [first, *others] if others else [*first]
    write_text(folder / _FUNCTIONS_FILE, json.dumps(functions))


def read_programs(run_folder: Path, mine: Mapping[str, str]) -> dict[str, MineProgram]:
    """Return the programs that train a run.

    Args:
        run_folder: Its folder.
        mine: Its ``[mine]``.

    Raises:
        TutorError: One of them is missing or damaged.
    """
    if not mine:
        return {}
    folder = run_folder / FOLDER
    try:
        functions = json.loads(read_file(folder / _FUNCTIONS_FILE, LARGEST_PROGRAM))
        found = {}
        for slot, exercise in mine.items():
            (function, parameters), *others = _functions(functions[slot])
            source = read_file(folder / f"{slot}.py", LARGEST_PROGRAM).decode()
            found[slot] = MineProgram(exercise, function, parameters, source, tuple(others))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise TutorError(translate("mine.not-kept", slots=listed(mine))) from error
    return found


def _functions(kept: object) -> list[tuple[str, tuple[str, ...]]]:
    """The functions of a program with their parameters: one list of names, or several."""
    if not isinstance(kept, list) or not kept:
        raise ValueError
    found = []
    for each in kept if isinstance(kept[0], list) else [kept]:
        function, *parameters = map(_identifier, each)
        found.append((function, tuple(parameters)))
    return found


def _identifier(name: object) -> str:
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError
    return name
