"""Hold the scripts of labs to what they promise: the losses of the lab, without tutor."""

from __future__ import annotations

import json
import math
import subprocess  # scripts run in a process of their own, as a learner's would
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from tutor.course.lesson import Fault, Place
from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import list_labs, load_lab
from tutor.labs.script.script import make_script, reason_against
from tutor.ml.datasets import load_dataset
from tutor.ml.factory import make_training

TOLERANCE = 1e-5
"""The relative difference of two losses up to which they are the same. On one machine it is below 1e-6; another one
rounds products of float32 differently."""
_PLACED_TOLERANCE = 1e-3
"""The same where units are placed on the examples: their gradients begin near 0, so rounding decides their signs."""
_EPOCHS, _EPOCHS_OF_ONE_UPDATE = 2, 20
_SECONDS = 120.0
_RUNNER = """
import contextlib, io, json, runpy, sys
for file in sys.argv[1:]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        runpy.run_path(file, run_name="__main__")
    print(json.dumps([[float(cell) for cell in row.split()[1:]] for row in printed.getvalue().splitlines()[1:]]))
"""
"""Runs scripts one after the other and prints the losses of each, a row for each epoch, as a line of JSON."""
Losses = list[list[float]]
"""For each epoch the training loss and, if there is one, the validation loss."""


def faults_of_scripts(course_folder: Path) -> tuple[list[Fault], int]:
    """Run the scripts of all labs for a few epochs. Return the faults, and how many scripts there are."""
    configs = dict(_written_labs(course_folder))
    with tempfile.TemporaryDirectory() as folder:
        scripts = [make_script(config, course_folder / "data") for config in configs.values()]
        for each in scripts:
            each.write(Path(folder))
        losses = losses_of_scripts([Path(folder) / f"{each.stem}.py" for each in scripts])
    faults = []
    for (path, config), script in zip(configs.items(), losses, strict=True):
        difference = largest_difference(script, losses_of_lab(config, course_folder / "data"))
        if not difference <= (_PLACED_TOLERANCE if config.model.placed else TOLERANCE):
            faults.append(Fault(Place(path, 1), translate("script.differs", difference=f"{difference:.1e}")))
    return faults, len(configs)


def _written_labs(course_folder: Path) -> Iterator[tuple[Path, LabConfig]]:
    """The labs that can be written as scripts, each with a few epochs only."""
    for name in list_labs(course_folder / "labs"):
        path = course_folder / "labs" / f"{name}.toml"
        try:
            config = load_lab(path, path.parent)
        except TutorError:
            continue  # the check of labs has said so
        if not reason_against(config):
            one_update = config.optimizer.name == "gd" or not config.train.batch_size
            epochs = min(_EPOCHS_OF_ONE_UPDATE if one_update else _EPOCHS, config.train.epochs)
            yield path, replace(config, train=replace(config.train, epochs=epochs, updates=0))


def losses_of_scripts(files: list[Path]) -> list[Losses]:
    """What scripts print, each up to the first that fails; empty for that one and those after it."""
    command = [sys.executable, "-I", "-c", _RUNNER, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    found: list[Losses] = [json.loads(line) for line in done.stdout.splitlines()]
    return [*found, *([[]] * (len(files) - len(found)))]


def losses_of_lab(config: LabConfig, data_folder: Path) -> Losses:
    """The losses of a lab, as a run has them."""
    data = load_dataset(config.data, data_folder=data_folder)
    training = make_training(data, config.model, config.loss.name, config.optimizer, config.train, config.loss.offset)
    return [[each.train_loss, *([] if each.valid_loss is None else [each.valid_loss])] for each in training.epochs()]


def largest_difference(ours: Losses, theirs: Losses) -> float:
    """The largest relative difference of two losses; infinite if there are more of one than of the other."""
    if list(map(len, ours)) != list(map(len, theirs)) or not ours:
        return math.inf
    pairs = [
        (mine, lab)
        for of_ours, of_lab in zip(ours, theirs, strict=True)
        for mine, lab in zip(of_ours, of_lab, strict=True)
    ]
    return max(_difference(mine, lab) for mine, lab in pairs)


def _difference(ours: float, theirs: float) -> float:
    if ours == theirs or (math.isnan(ours) and math.isnan(theirs)):
        return 0.0
    difference = abs(ours - theirs) / max(abs(ours), abs(theirs))
    return math.inf if math.isnan(difference) else difference
