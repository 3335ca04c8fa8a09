"""The losses of one lab twice, for a glance: trained by a learner's function, and then by the built-in.

Both are runs with workers of their own, in a folder that is deleted afterwards: they are not among the learner's runs.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from msgspec.structs import replace

from tutor.labs.lab_config import LabConfig
from tutor.labs.mine import Programs
from tutor.runs.follower import RunFollower
from tutor.runs.registry import Runs
from tutor.runs.summary import ENDED, RunSummary

LONGEST_SECONDS = 8.0
"""How long each of the two runs may train."""


class MineCurves:
    """Trains a lab with learners' programs, then without.

    Args:
        spec: The lab. It trains at full speed, for `LONGEST_SECONDS` at most.
        programs: By slot.
        data_folder: The folder of the course's data.
    """

    def __init__(self, spec: LabConfig, programs: Programs, data_folder: Path | None) -> None:
        seconds = min(spec.train.max_seconds, LONGEST_SECONDS)
        self._spec = replace(
            spec,
            train=replace(spec.train, pace=0.0, max_seconds=seconds),
            show=replace(spec.show, panels=("loss",)),
        )
        self._waiting: list[Programs] = [programs, {}]
        self._data_folder = data_folder
        self._folder: Path | None = None
        self._followers: list[RunFollower] = []

    def poll(self) -> bool:
        """Read what was trained since the last call, and start the next run after one that has ended.

        Returns:
            Whether another call may bring more.

        Raises:
            TutorError: A run cannot be started.
            OSError: There is no room for its folder.
        """
        if self._followers:
            self._followers[-1].poll()
        if self._followers and self._followers[-1].summary.state not in ENDED:
            return True
        if not self._waiting:
            return False
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="tutor-curves-"))
        runs = Runs(self._folder)
        self._followers.append(
            runs.follow(runs.start(self._spec, data_folder=self._data_folder, programs=self._waiting.pop(0)))
        )
        return True

    @property
    def mine(self) -> RunSummary | None:
        """The run that the learner's functions train; None before it has begun."""
        return self._followers[0].summary if self._followers else None

    @property
    def built_in(self) -> RunSummary | None:
        """The run that the built-in functions train; None before it has begun."""
        return self._followers[1].summary if len(self._followers) > 1 else None

    def close(self) -> None:
        """End the runs and delete them. Closing twice does no harm."""
        self._waiting.clear()
        if self._folder is not None:
            # A worker whose folder is gone ends by itself.
            shutil.rmtree(self._folder, ignore_errors=True)
