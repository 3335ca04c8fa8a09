"""All runs of a learner: one folder a run, named ``YYYYMMDD-HHMMSS-<4 hex>``; the last four are its short id."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tutor.runs.follower import Follower
from tutor.runs.spec import RunSpec
from tutor.runs.summary import State


@dataclass(frozen=True, slots=True)
class RunEntry:
    """One run, as a list of runs shows it."""

    id: str
    folder: Path
    lab: str
    title: dict[str, str]
    state: State
    epoch: int
    epochs_planned: int
    train_loss: float
    valid_loss: float
    started_at: float
    """Seconds since 1970."""

    @property
    def short_id(self) -> str:
        """The last four characters of the id."""
        return self.id[-4:]


class Runs:
    """The learner's runs under one folder (made when the first run starts)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self, spec: RunSpec, *, data_folder: Path | None = None) -> str:
        """Start a worker for ``spec`` and return the run's id at once.

        The worker is a process and a session of its own: it outlives this one.

        Raises:
            TutorError: the folder cannot be written to, or no process can be started.
        """
        raise NotImplementedError

    def folder_of(self, run_id: str) -> Path:
        """The folder of a run, by id or short id.

        Raises:
            TutorError: there is no such run, or the short id means several.
        """
        raise NotImplementedError

    def follow(self, run_id: str) -> Follower:
        """A new viewer of a run."""
        return Follower(self.folder_of(run_id))

    def newest_for(self, lab: str) -> str | None:
        """The id of the newest run of a lab that lives or ended by itself; None where there is none."""
        raise NotImplementedError

    def running(self) -> list[RunEntry]:
        """Runs whose worker lives, newest first. Cheap enough for every few seconds."""
        raise NotImplementedError

    def all(self) -> list[RunEntry]:
        """All runs, newest first."""
        raise NotImplementedError

    def delete(self, run_id: str) -> None:
        """Remove a run that has ended."""
        raise NotImplementedError

    def prune(self, *, keep: int = 50, megabytes: float = 200.0) -> int:
        """Remove the oldest ended runs beyond ``keep`` or ``megabytes``. Returns how many went."""
        raise NotImplementedError
