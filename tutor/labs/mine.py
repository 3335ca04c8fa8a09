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

from tutor.foundation.errors import TutorError
from tutor.foundation.files import read_file, write_bytes, write_text
from tutor.foundation.translate import listed, translate

SLOTS = (
    "optimizer", "loss", "schedule", "batches", "gradient", "output", "activation", "split", "metric", "backward",
    "train",
)  # fmt: skip
"""The parts of a training that a learner's function can take over."""
OWN_LOOP = "train"
"""The slot of a whole training loop. Nothing but its losses is known, so what shows or measures a model is left out."""
_OF_OWN_LOOP = frozenset({"train.epochs", "train.seed", "train.pace"})
"""The settings of a training loop of the learner's own, beside those of the data."""
FOLDER = "mine"
"""The folder in that of a run with the programs that train it."""
LARGEST_PROGRAM = 100_000
_FUNCTIONS_FILE = "functions.json"
_EXERCISE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


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
        return translate("mine.no-such-slot", slot=slot), translate("mine.slots-are", known=listed(SLOTS))
    if not isinstance(exercise, str) or not _EXERCISE.fullmatch(exercise):
        return translate("mine.not-an-exercise", slot=slot), ""
    return "", ""


def idle_with_own_loop(key: str) -> bool:
    """Whether the setting ``key`` has no effect on a training loop of the learner's own, which has its own model."""
    return not key.startswith("data.") and key not in _OF_OWN_LOOP


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
