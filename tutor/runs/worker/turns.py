"""Turns on a machine that a class shares: as many runs train at once as there are turns, and one of each learner.

A turn is a lock on a file, so it comes back when its holder ends, however it ends, and no server has to count. A run
holds one only while it computes: not while it is paused, waits for the learner, or rests between two epochs at its
pace. So thirty learners can watch thirty runs on two processors.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from tutor.foundation import paths
from tutor.foundation.files import open_file

TURNS = "TUTOR_TURNS"
"""The environment variable that names the folder of the turns: a file for each, with a number as its name."""
WAITING = "waiting"
"""The file in it that everybody who waits for a turn locks together, so that whoever has one knows."""
TURN_SECONDS = 1.0
"""How long a run computes before it lets another one compute, if one waits."""
LOOK_SECONDS = 0.05
"""How often a waiting run looks for a turn."""
SAY_SECONDS = 0.5
"""After this time of waiting a run says so."""
_OWN = "turn"


class Turns:
    """The turns of a class, as one run sees them.

    Args:
        folder: Their folder, which need only be readable.
        own: A file that all runs of the same learner share.
    """

    def __init__(self, folder: Path, own: Path) -> None:
        self._files = sorted(each for each in folder.iterdir() if each.name.isdecimal())
        self._first = os.getpid() % max(1, len(self._files))
        self._waiting = open_file(folder / WAITING)
        self._own = open_file(own, os.O_RDWR | os.O_CREAT)
        self._held: int | None = None
        self._waits = False

    @classmethod
    def of_environment(cls) -> Turns | None:
        """The turns that the environment names; None if there are none to wait for."""
        folder = os.environ.get(TURNS)
        if not folder:
            return None
        try:
            return cls(Path(folder), paths.data_folder() / _OWN)
        except OSError:
            return None  # a class that is served no more

    @property
    def count(self) -> int:
        """How many runs may compute at once."""
        return len(self._files)

    def take(self) -> bool:
        """Take a turn, if one is free. Return whether this run holds one now."""
        if self._held is None and _lock(self._own, fcntl.LOCK_EX):
            files = self._files[self._first :] + self._files[: self._first]
            self._held = next((held for each in files if (held := _locked(each)) is not None), None)
            if self._held is None:
                fcntl.flock(self._own, fcntl.LOCK_UN)
        if self._held is not None or not self._files:
            self._wait_no_more()
            return True
        self._waits = self._waits or _lock(self._waiting, fcntl.LOCK_SH)
        return False

    def _wait_no_more(self) -> None:
        if self._waits:
            fcntl.flock(self._waiting, fcntl.LOCK_UN)
            self._waits = False

    def give(self) -> None:
        """Give the turn back, and wait for none."""
        self._wait_no_more()
        if self._held is not None:
            os.close(self._held)
            self._held = None
            fcntl.flock(self._own, fcntl.LOCK_UN)

    @property
    def is_wanted(self) -> bool:
        """Whether another run waits for a turn."""
        if not _lock(self._waiting, fcntl.LOCK_EX):
            return True
        fcntl.flock(self._waiting, fcntl.LOCK_UN)
        return False

    def close(self) -> None:
        """Give the turn back, and wait for none any more."""
        self.give()
        for each in (self._own, self._waiting):
            os.close(each)


def _locked(path: Path) -> int | None:
    """Return a descriptor that holds the lock of a file; None if another process has it."""
    with suppress(OSError):
        descriptor = open_file(path)
        if _lock(descriptor, fcntl.LOCK_EX):
            return descriptor
        os.close(descriptor)
    return None


def _lock(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
