"""The command that writes a script which is in view."""

from __future__ import annotations

import shlex
from pathlib import Path

from tutor.course.lab_shelf import LabShelf
from tutor.foundation.errors import TutorError
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab, setting_word
from tutor.labs.mine import Programs
from tutor.labs.settings import SETTINGS

_NOT_IN_A_SCRIPT = ("show.", "challenge.", "train.pace")


def script_command(config: LabConfig, labs: LabShelf | Path | None, programs: Programs) -> str:
    """``tutor code LAB`` with the settings that differ from the lab's file, and the parts that are the learner's.

    Args:
        config: What the script trains.
        labs: The labs of the course; None without a course.
        programs: The learner's functions in it, by slot.

    Returns:
        The command; empty if this is no lab of the course, so that the learner has to name a file.
    """
    try:
        lab = load_lab(config.id, labs) if labs is not None else None
    except TutorError:
        lab = None
    if lab is None or Path(config.id).exists():
        return ""
    words = ["tutor", "code", config.id]
    for key, setting in SETTINGS.items():
        value = setting.get(config)
        same = value == setting.get(lab) or value is None
        # The command refuses a setting that changes nothing.
        if not same and not key.startswith(_NOT_IN_A_SCRIPT) and not setting.idle_reason(config):
            words += ["--set", setting_word(key, value)]
    for slot, program in programs.items():
        words += ["--mine", f"{slot}={program.exercise}"]
    return shlex.join(words)
