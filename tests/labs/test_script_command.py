"""The command that a lab gives for the script in view writes that script."""

from __future__ import annotations

import itertools
import shlex
from pathlib import Path

from tutor.foundation.paths import lessons_folder
from tutor.labs.lab_files import load_lab, parse_setting
from tutor.labs.mine import MineProgram
from tutor.labs.script.command import script_command

LABS = lessons_folder() / "labs"


def test_the_command_has_every_setting_and_every_function_of_the_learner() -> None:
    changes = {"model.hidden": [16, 8], "optimizer.name": "momentum", "train.epochs": 7, "data.test_fraction": 0.25}
    config = load_lab("digits-net", LABS, {**changes, "model.batch_norm": True})
    step = MineProgram("momentum-step", "step", ("theta", "g", "m", "lr"), "")
    words = shlex.split(script_command(config, LABS, {"optimizer": step}))
    assert words[:3] == ["tutor", "code", "digits-net"]
    assert "model.hidden=16,8" in words
    assert words[-2:] == ["--mine", "optimizer=momentum-step"]
    read = dict(parse_setting(word) for before, word in itertools.pairwise(words) if before == "--set")
    assert load_lab("digits-net", LABS, read) == config


def test_a_lab_as_its_file_has_it_needs_no_setting_and_a_foreign_one_has_no_command(tmp_path: Path) -> None:
    config = load_lab("digits-net", LABS)
    assert script_command(config, LABS, {}) == "tutor code digits-net"
    assert script_command(config, tmp_path, {}) == ""
    assert script_command(config, None, {}) == ""
