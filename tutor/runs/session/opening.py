"""Opens sessions: of a lab, of a run, of one cell of a sweep. Logs are read to their end: for a thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tutor.labs.lab_config import LabConfig
from tutor.labs.spec_file import read_spec
from tutor.runs.session.session import LabSession

if TYPE_CHECKING:
    from tutor.runs.follower import Follower
    from tutor.runs.registry import RunEntry, Runs


def open_lab(
    runs: Runs,
    spec: LabConfig,
    overrides: Mapping[str, object],
    shown: str | None = None,
    *,
    data_folder: Path | None = None,
) -> LabSession:
    """A session of a lab; it has joined the run that `joinable` names, if any.

    Args:
        runs: The learner's runs.
        spec: The lab, with ``overrides``.
        overrides: What the place that it is opened from changes in the lab.
        shown: The run in view where it is opened.
        data_folder: Where the course's data lies.
    """
    session = LabSession(runs, spec, data_folder=data_folder)
    run_id = joinable(runs, spec, overrides, shown)
    if run_id is not None:
        session.join(run_id)
        session.catch_up()
        session.take_over()
    return session


def open_run(runs: Runs, run_id: str, beside: Sequence[str] = (), *, data_folder: Path | None = None) -> LabSession:
    """A session of one run, whichever lab it is of: joined if it goes on, else as it ended.

    Args:
        runs: The learner's runs.
        run_id: The run.
        beside: Runs to compare it with, pinned beside it.
        data_folder: Where the course's data lies.

    Raises:
        TutorError: one of the runs is not there.
    """
    spec = runs.entry(run_id).spec or read_spec(runs.folder_of(run_id))
    session = LabSession(runs, spec, data_folder=data_folder)
    session.pins.lasting = not beside
    for other in beside:
        session.join(other)
        session.catch_up()
        session.pin()
    session.join(run_id)
    session.catch_up()
    return session


def open_cell(runs: Runs, folder: Path, *, data_folder: Path | None = None) -> LabSession:
    """A session of the run of one cell of a sweep; what is begun from there is a run like any other.

    Args:
        runs: The learner's runs.
        folder: That of the cell's run.
        data_folder: Where the course's data lies.
    """
    session = LabSession(_WithCell(runs, folder), read_spec(folder), data_folder=data_folder)
    session.join(folder.name)
    session.catch_up()
    return session


class _WithCell:
    """The learner's runs, and one of a sweep."""

    def __init__(self, runs: Runs, folder: Path) -> None:
        self._runs = runs
        self._folder = folder

    def start(self, spec: LabConfig, *, data_folder: Path | None = None) -> str:
        """Start a worker, among the learner's runs."""
        return self._runs.start(spec, data_folder=data_folder)

    def follow(self, run_id: str) -> Follower:
        """Follow a run."""
        from tutor.runs.follower import Follower

        return Follower(self._folder) if run_id == self._folder.name else self._runs.follow(run_id)

    def keep_compared(self, run_id: str, number: int | None) -> None:
        """Keep a run for comparison, or no longer; the cell itself is kept by its sweep."""
        if run_id != self._folder.name:
            self._runs.keep_compared(run_id, number)

    def compared(self, spec: LabConfig) -> list[tuple[int, str]]:
        """The learner's runs that are kept for comparison."""
        return self._runs.compared(spec)


class RunList(Protocol):
    """What finding a run to join needs of `tutor.runs.registry.Runs`."""

    def running(self) -> Sequence[RunEntry]:
        """Runs whose worker lives, newest first."""

    def all(self) -> Sequence[RunEntry]:
        """All runs, newest first."""


def joinable(runs: RunList, spec: LabConfig, overrides: Mapping[str, object], shown: str | None = None) -> str | None:
    """The run of this lab to join: one that is going; else ``shown``; else the newest one, where it died unseen.

    A lab opened with overrides joins only a run of exactly that spec. ``shown`` is a run that the learner looks at
    already; it may have ended or been deleted since.
    """
    for entry in runs.running():
        if entry.lab == spec.id and _same(entry, spec, overrides):
            return entry.id
    entries = runs.all()
    if shown is not None and any(entry.id == shown for entry in entries):
        return shown
    newest = next((entry for entry in entries if entry.lab == spec.id), None)
    if newest is not None and newest.state == "died" and _same(newest, spec, overrides):
        return newest.id
    return None


def _same(entry: RunEntry, spec: LabConfig, overrides: Mapping[str, object]) -> bool:
    return not overrides or entry.spec == spec
