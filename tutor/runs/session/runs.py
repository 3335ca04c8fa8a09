"""What a session needs of the registry and of a follower, and the learner's runs with a cell of a sweep added."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tutor.labs.lab_config import LabConfig
from tutor.labs.mine import Programs
from tutor.runs.follower import RunFollower
from tutor.runs.summary import RunSummary

if TYPE_CHECKING:
    from tutor.runs.events import Event
    from tutor.runs.registry import RunEntry, Runs


class FollowedRun(Protocol):
    """What a session needs of `tutor.runs.follower.RunFollower`."""

    folder: Path
    summary: RunSummary

    def poll(self, limit_bytes: int = ...) -> list[Event]:
        """Return the events since the last poll."""

    def catch_up(
        self, hear: Callable[[Event], object] | None = None, stopped: Callable[[], bool] | None = None
    ) -> RunSummary:
        """Read to the present end of the log."""


class RunStore(Protocol):
    """What a session needs of `tutor.runs.registry.Runs`."""

    def start(self, spec: LabConfig, *, data_folder: Path | None = None, programs: Programs | None = None) -> str:
        """Start a worker."""

    def follow(self, run_id: str) -> FollowedRun:
        """Follow a run."""

    def keep_compared(self, run_id: str, number: int | None) -> None:
        """Pin a run for comparison under a number; None: no longer."""

    def compared(self, spec: LabConfig) -> list[tuple[int, str]]:
        """Number and id of the runs that the lab of ``spec`` compares, the first one at the front."""


class RunList(Protocol):
    """What finding a run to join needs of `tutor.runs.registry.Runs`."""

    def running(self) -> Sequence[RunEntry]:
        """Runs whose worker is alive, newest first."""

    def all(self) -> Sequence[RunEntry]:
        """All runs, newest first."""


class RunsWithCell:
    """The learner's runs, and the run of one cell of a sweep."""

    def __init__(self, runs: Runs, folder: Path) -> None:
        self._runs = runs
        self._folder = folder

    def start(self, spec: LabConfig, *, data_folder: Path | None = None, programs: Programs | None = None) -> str:
        """Start a worker, among the learner's runs."""
        return self._runs.start(spec, data_folder=data_folder, programs=programs)

    def follow(self, run_id: str) -> RunFollower:
        """Follow a run."""
        return RunFollower(self._folder) if run_id == self._folder.name else self._runs.follow(run_id)

    def keep_compared(self, run_id: str, number: int | None) -> None:
        """Pin a run for comparison, or no longer; the run of the cell belongs to its sweep and is never marked."""
        if run_id != self._folder.name:
            self._runs.keep_compared(run_id, number)

    def compared(self, spec: LabConfig) -> list[tuple[int, str]]:
        """The learner's runs that are compared."""
        return self._runs.compared(spec)
