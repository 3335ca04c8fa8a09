"""Makes the script of a lab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tutor.foundation.errors import TutorError
from tutor.foundation.pack_ids import MARK
from tutor.foundation.translate import translate
from tutor.labs.lab_config import LabConfig
from tutor.labs.mine import Programs, refuse_unfit
from tutor.labs.script.facts import look_at
from tutor.labs.script.function_source import function_source
from tutor.labs.script.numpy_source import numpy_source
from tutor.labs.script.stages import StageName, lines_by_stage
from tutor.labs.script.torch_source import torch_source
from tutor.ml.settings import WITHOUT_GRADIENT

Kind = Literal["numpy", "pytorch"]
KINDS: tuple[Kind, ...] = ("numpy", "pytorch")


@dataclass(frozen=True, slots=True)
class Script:
    """A script and the arrays that it reads.

    Args:
        stem: Its name without the ending.
        source: Its text.
        arrays: By name; empty if it reads none.
        stages: The numbers of the lines, from 1, that run in each stage of an update; empty if nobody asks for them:
            only what NumPy trains is explained.
    """

    stem: str
    source: str
    arrays: Mapping[str, NDArray[Any]]
    stages: Mapping[StageName, Sequence[int]] = field(default_factory=dict)

    def write(self, folder: Path) -> list[Path]:
        """Write the script and, if it reads any, its arrays, as new files. Returns them.

        Raises:
            OSError: They cannot be written, or are there already.
        """
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{self.stem}.py"
        with file.open("x", encoding="utf-8", newline="\n") as text:
            text.write(self.source)
        if not self.arrays:
            return [file]
        data = file.with_suffix(".npz")
        with data.open("xb") as opened:
            np.savez_compressed(opened, allow_pickle=False, **self.arrays)
        return [file, data]


_SLOTS = {"optimizer", "loss", "schedule", "batches", "gradient", "output"}
"""The slots in which a script has the learner's function."""


def reason_against(config: LabConfig, kind: Kind = "numpy", programs: Programs | None = None) -> str:
    """Why there is no script of a lab, as a sentence; empty if there is one."""
    model, optimizer = config.model.kind, config.optimizer.name
    drawn = config.model.name == "function"
    checks = {
        "script.no-by-hand": config.manual,
        "script.no-rule": model.rule or model.guesses,
        "script.no-naive": config.model.name == "naive",
        "script.no-other-model": not (model.network or drawn),
        "script.no-no-training": optimizer in WITHOUT_GRADIENT and optimizer != "least-squares",
        "script.no-folds": config.data.folds > 0,
        "script.no-drawn-torch": drawn and kind == "pytorch",
        "script.no-solved-torch": optimizer == "least-squares" and kind == "pytorch",
        "script.no-own-slot": not _SLOTS.issuperset(programs or ()),
        "script.no-own-torch": bool(programs) and kind == "pytorch",
    }
    return next((translate(key) for key, holds in checks.items() if holds), "")


def make_script(
    config: LabConfig, data_folder: Path | None, kind: Kind = "numpy", programs: Programs | None = None, stem: str = ""
) -> Script:
    """Write what a lab trains as a script.

    Args:
        config: The lab.
        data_folder: The folder of the data sets.
        kind: ``numpy`` or ``pytorch``.
        programs: The learner's functions that take the place of built-in parts, by slot.
        stem: The name of the script without its ending; the lab's id if it is empty.

    Raises:
        TutorError: There is no such script, a program does not fit the lab, or the data cannot be loaded.
    """
    reason = reason_against(config, kind, programs)
    if reason:
        raise TutorError(reason)
    stem, programs = stem or config.id.replace(MARK, "-"), programs or {}
    refuse_unfit(config, programs)
    if config.model.name == "function":
        return Script(stem, function_source(config, programs, stem), {})
    facts, arrays = look_at(config, data_folder, with_orders=kind == "pytorch")
    if kind == "pytorch":
        return Script(stem, torch_source(config, facts, stem), arrays)
    lines = numpy_source(config, facts, programs, stem)
    return Script(stem, "\n".join(lines) + "\n", arrays, lines_by_stage(lines))
