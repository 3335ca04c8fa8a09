"""What tutor leaves out for a learner who is served by somebody else's account, and must not leave the course there.

The server sets the variables; the kernel enforces the same where it can, see `tutor.serve.confine`.
"""

from __future__ import annotations

import os
from pathlib import Path

from tutor.foundation.files import whole_path
from tutor.foundation.paths import data_folder

SERVED = "TUTOR_SERVED"
"""The environment variable that says so: no program but tutor is started, and no file outside is opened by name."""
EXERCISES = "TUTOR_EXERCISES"
"""The environment variable that is ``off`` if learners may not run programs of their own."""


def is_served() -> bool:
    """Whether tutor runs for a learner on somebody else's account."""
    return bool(os.environ.get(SERVED))


def may_open(path: Path) -> bool:
    """Whether a file that was named by its path may be opened: served learners have only their own folder."""
    return not is_served() or whole_path(path).is_relative_to(data_folder())


def exercises_are_off() -> bool:
    """Whether learners may not run programs of their own here."""
    return os.environ.get(EXERCISES) == "off"
