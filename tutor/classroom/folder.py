"""Where a class lies on the disk, and which seat in it the environment gives to this process.

FOLDER/class.jsonl           what the teachers do
FOLDER/runs/                 the runs that the whole class watches
FOLDER/exports/              tables of answers
FOLDER/learners/NAME/        the home of a learner (``TUTOR_HOME``)
FOLDER/learners/NAME/class.jsonl   what that learner does
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tutor.foundation import paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import named_path, whole_path
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate

CLASS = "TUTOR_CLASS"
"""The environment variable that names the folder of the class that a learner belongs to."""
CLASS_NAME = "TUTOR_CLASS_NAME"
"""The environment variable that names the learner."""
NAMELESS = "TUTOR_CLASS_ANONYMOUS"
"""The environment variable that leaves names out of every poll."""
LOG = "class.jsonl"
MOST_LEARNERS = 1000
_MOST_RUNS = 500
"""How many names in a learner's folder of runs are looked at."""
_RUN = re.compile(r"\A\d{8}-\d{6}-[0-9a-f]{4}\Z")
_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class ClassFolder:
    """The folder of a class."""

    path: Path

    @property
    def log(self) -> Path:
        """The log of the teachers."""
        return self.path / LOG

    @property
    def learners(self) -> Path:
        """The folder of the learners' homes."""
        return self.path / "learners"

    @property
    def runs(self) -> Path:
        """The folder of the runs that the class watches."""
        return self.path / "runs"

    @property
    def exports(self) -> Path:
        """The folder of exported tables."""
        return self.path / "exports"

    @property
    def counting_lock(self) -> Path:
        """Held by the one teacher's process that writes tallies into the log."""
        return self.path / "counting.lock"

    def learner_log(self, name: str) -> Path:
        """The log of a learner."""
        return self.learners / name / LOG

    def names(self) -> list[str]:
        """Return the names of the learners that have a home, in order. A link is not a home."""
        try:
            with os.scandir(self.learners) as entries:
                some = list(islice(entries, MOST_LEARNERS))
        except OSError:
            return []
        return sorted(each.name for each in some if is_learner(each.name) and each.is_dir(follow_symlinks=False))

    def runs_of(self, name: str, most: int) -> list[Path]:
        """Return the folders of a learner's newest runs."""
        try:
            with os.scandir(self.learners / name / "runs") as entries:
                found = [
                    each.name
                    for each in islice(entries, _MOST_RUNS)
                    if _RUN.match(each.name) and each.is_dir(follow_symlinks=False)
                ]
        except OSError:
            return []
        return [self.learners / name / "runs" / each for each in sorted(found, reverse=True)[:most]]


def is_learner(name: str) -> bool:
    """Return whether a folder may be the home of a learner of that name."""
    return 0 < len(name) <= _LONGEST_NAME and name[0] != "." and name.isprintable() and name == harmless_line(name)


def class_folder(path: Path | str) -> ClassFolder:
    """Return the class in a folder that somebody named.

    Raises:
        TutorError: There is no such folder.
    """
    folder = whole_path(named_path(path))
    if not folder.is_dir():
        raise TutorError(translate("class.no-folder", folder=str(path)), exit_code=ExitCode.USAGE)
    return ClassFolder(folder)


@dataclass(frozen=True, slots=True)
class Membership:
    """A learner's seat in a class.

    Args:
        folder: The class.
        name: The learner.
        home: The learner's own folder.
        nameless: Whether names are left out of every poll.
    """

    folder: ClassFolder
    name: str
    home: Path
    nameless: bool = False

    @property
    def log(self) -> Path:
        """The learner's own log."""
        return self.home / LOG


def membership_of_environment() -> Membership | None:
    """Return the seat that the environment gives to this process; None if it is not in a class."""
    folder = os.environ.get(CLASS)
    if not folder:
        return None
    home = paths.data_folder()
    name = os.environ.get(CLASS_NAME) or home.name
    return Membership(ClassFolder(whole_path(named_path(folder))), name, home, bool(os.environ.get(NAMELESS)))
