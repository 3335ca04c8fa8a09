"""Opens the session of a lab, of a run, or of a cell of a sweep. It reads logs to their end, so call it in a thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tutor.foundation.errors import TutorError
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import read_config
from tutor.labs.mine import Programs, read_programs, refuse_unfit
from tutor.runs.session.mine import FindPrograms
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
    find_programs: FindPrograms | None = None,
) -> LabSession:
    """Open a session of a lab, which joins the run that `joinable` finds, if any.

    Args:
        runs: The learner's runs.
        spec: The lab, with ``overrides`` applied.
        overrides: The settings that the place it is opened from changes.
        shown: The run that is in view at that place.
        data_folder: The folder of the course's data.
        find_programs: See `LabSession`.

    Raises:
        TutorError: One of the learner's programs does not fit this lab.
    """
    session = LabSession(runs, spec, data_folder=data_folder, find_programs=find_programs)
    refuse_unfit(spec, session.mine.programs)
    run_id = joinable(runs, spec, overrides, shown, session.mine.programs)
    if run_id is not None:
        session.join(run_id)
        session.catch_up()
        session.take_over()
    return session


def open_run(
    runs: Runs,
    run_id: str,
    compared: Sequence[str] = (),
    *,
    data_folder: Path | None = None,
    find_programs: FindPrograms | None = None,
) -> LabSession:
    """Open a session of one run of any lab, whether it is running or has ended.

    Args:
        runs: The learner's runs.
        run_id: The run.
        compared: Runs to compare it with, pinned for this session only.
        data_folder: The folder of the course's data.
        find_programs: See `LabSession`.

    Raises:
        TutorError: one of the runs does not exist.
    """
    spec = runs.entry(run_id).spec or read_config(runs.folder_of(run_id))
    session = LabSession(runs, spec, data_folder=data_folder, find_programs=find_programs)
    session.pins.lasting = not compared
    for other in compared:
        session.join(other)
        session.catch_up()
        session.pin()
    session.join(run_id)
    session.catch_up()
    return session


def open_cell(
    runs: Runs, folder: Path, *, data_folder: Path | None = None, find_programs: FindPrograms | None = None
) -> LabSession:
    """Open a session of the run of one cell of a sweep. A run started there is an ordinary run.

    Args:
        runs: The learner's runs.
        folder: The folder of the cell's run.
        data_folder: The folder of the course's data.
        find_programs: See `LabSession`.
    """
    session = LabSession(
        RunsWithCell(runs, folder), read_config(folder), data_folder=data_folder, find_programs=find_programs
    )
    session.join(folder.name)
    session.catch_up()
    return session


def joinable(
    runs: RunList,
    spec: LabConfig,
    overrides: Mapping[str, object],
    shown: str | None = None,
    programs: Programs | None = None,
) -> str | None:
    """The run of this lab to join: a running one; else ``shown``; else the newest one if it was left in the middle.

    A lab opened with overrides joins only a run of exactly that spec, and every lab only a run that is trained by the
    same ``programs`` of the learner, in the same version. ``shown`` is a run that the learner sees already; it may have
    ended or been deleted since.
    """
    programs = programs or {}
    for entry in runs.running():
        if entry.lab == spec.id and _same(entry, spec, overrides, programs):
            return entry.id
    entries = runs.all()
    if shown is not None and any(entry.id == shown for entry in entries):
        return shown
    newest = next((entry for entry in entries if entry.lab == spec.id), None)
    # A run by hand that ended because nobody was watching is where the learner left it.
    left = {"died", "stopped"} if spec.manual else {"died"}
    if newest is not None and newest.state in left and _same(newest, spec, overrides, programs):
        return newest.id
    return None


def _same(entry: RunEntry, spec: LabConfig, overrides: Mapping[str, object], programs: Programs) -> bool:
    if entry.spec is None:
        return not overrides and not programs
    if not _trained_by(entry, programs):
        return False
    # The run says which slots the learner's functions fill, the lab which ones they may fill.
    return not overrides or replace(entry.spec, mine=spec.mine) == spec


def _trained_by(entry: RunEntry, programs: Programs) -> bool:
    """Whether the programs that train a run are exactly these."""
    slots = entry.spec.mine if entry.spec is not None else {}
    if slots != {slot: each.exercise for slot, each in programs.items()}:
        return False
    try:
        kept = read_programs(entry.folder, slots)
    except TutorError:
        return False
    return all(kept[slot].source == each.source for slot, each in programs.items())
