"""Opens sessions: of a lab, of a run, of one cell of a sweep. Logs are read to their end: for a thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import read_config
from tutor.runs.session.runs import RunList, RunsWithCell
from tutor.runs.session.session import LabSession

if TYPE_CHECKING:
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
    spec = runs.entry(run_id).spec or read_config(runs.folder_of(run_id))
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
    session = LabSession(RunsWithCell(runs, folder), read_config(folder), data_folder=data_folder)
    session.join(folder.name)
    session.catch_up()
    return session


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
