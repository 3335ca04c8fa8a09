"""All sweeps of a learner: one folder each, named by what decides its losses, so that the same sweep continues."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tutor.foundation import private
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import write_text
from tutor.foundation.translate import translate
from tutor.labs.limits import Limits
from tutor.runs.control import CONTROL_FILE
from tutor.runs.follower import LOCK_FILE
from tutor.runs.processes import hold, is_held, start_worker
from tutor.runs.sweep.plan import SweepPlan
from tutor.runs.sweep.results import PLAN_FILE, RESULTS_FILE, RUNS_FOLDER, SweepFollower, SweepState, read_plan
from tutor.runs.worker.turns import TURNS

KEEP_SWEEPS = 20


@dataclass(frozen=True, slots=True)
class SweepEntry:
    """One sweep, as a list of sweeps shows it."""

    folder: Path
    plan: SweepPlan
    state: SweepState
    alive: bool

    @property
    def ended(self) -> int:
        """How many cells do not have to run again."""
        return self.plan.count - len(self.state.waiting(self.plan.count))


class Sweeps:
    """The learner's sweeps in one folder, which is created when the first one starts.

    Args:
        folder: Where they are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def folder_of(self, plan: SweepPlan) -> Path:
        """The folder of the sweep ``plan``, whether it exists or not."""
        return self.folder / plan.identity()

    def start(
        self, plan: SweepPlan, *, data_folder: Path, jobs: int | None = None, dask: str = "", fresh: bool = False
    ) -> Path:
        """Start a worker for the cells of ``plan`` that have no result yet, and return the sweep's folder at once.

        No worker is started if one is running already, or if nothing is left to do.

        Args:
            plan: What to run.
            data_folder: The folder of the data sets.
            jobs: How many runs at a time; None: as many as there are processors.
            dask: The address of a Dask scheduler whose workers run the cells; empty: processes of this machine.
            fresh: Delete all results first.

        Raises:
            TutorError: the folder cannot be written, or no process can be started.
        """
        Limits.of_environment().refuse_full(self.folder.parent)
        folder = self.folder_of(plan)
        try:
            private.make_folder(folder)
            lock = hold(folder / LOCK_FILE)
            if lock is None:
                return folder
            try:
                _make_ready(folder, plan, fresh=fresh)
                follower = SweepFollower(folder)
                follower.poll()
                if follower.state.waiting(plan.count):
                    words = ["--data-folder", str(data_folder.resolve()), "--jobs", str(jobs or processors())]
                    start_worker("tutor.runs.sweep.worker", folder, [*words, *(["--dask", dask] if dask else [])], lock)
            finally:
                os.close(lock)
        except OSError as error:
            reason = error.strerror or str(error)
            raise TutorError(translate("sweep.cannot-start", reason=reason), exit_code=ExitCode.CANNOT_WRITE) from error
        self._prune(folder)
        return folder

    def all(self) -> list[SweepEntry]:
        """All sweeps, the last started first."""
        found = []
        for folder in self._folders():
            try:
                plan = read_plan(folder)
            except TutorError:
                continue
            follower = SweepFollower(folder)
            follower.poll()
            found.append(SweepEntry(folder, plan, follower.state, follower.alive))
        return found

    def delete(self, folder: Path) -> None:
        """Remove a sweep that is not running, with its runs.

        Raises:
            TutorError: it is still running, or cannot be removed.
        """
        if is_held(folder / LOCK_FILE):
            raise TutorError(translate("sweep.still-running"), exit_code=ExitCode.USAGE)
        try:
            _remove(folder)
        except OSError as error:
            reason = error.strerror or str(error)
            raise TutorError(translate("runs.cannot-delete", reason=reason), exit_code=ExitCode.CANNOT_WRITE) from error

    def _folders(self) -> list[Path]:
        plans = []
        try:
            for path in self.folder.glob(f"[0-9a-f]*/{PLAN_FILE}"):
                with suppress(OSError):  # a circular link, or a plan that was just removed, must not hide other sweeps
                    plans.append((path.stat().st_mtime_ns, path.parent))
        except OSError:
            return []
        return [folder for _, folder in sorted(plans, reverse=True)]

    def _prune(self, keep: Path) -> None:
        """Remove the oldest sweeps beyond `KEEP_SWEEPS`. One that cannot be removed stays."""
        for folder in self._folders()[KEEP_SWEEPS:]:
            if folder != keep and not is_held(folder / LOCK_FILE):
                try:
                    _remove(folder)
                except OSError:
                    continue


def processors() -> int:
    """How many processors this process may use; one, if its runs take turns with those of others."""
    if TURNS in os.environ:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _make_ready(folder: Path, plan: SweepPlan, *, fresh: bool) -> None:
    """Write the plan, and remove commands that were meant for an earlier worker."""
    (folder / CONTROL_FILE).unlink(missing_ok=True)
    if fresh:
        (folder / RESULTS_FILE).unlink(missing_ok=True)
        if (folder / RUNS_FOLDER).is_dir():
            shutil.rmtree(folder / RUNS_FOLDER)
    write_text(folder / PLAN_FILE, msgspec.json.encode(plan).decode())


def _remove(folder: Path) -> None:
    """Remove a sweep's folder; a list of sweeps sees it complete or not at all."""
    aside = folder.with_name(f".removed-{folder.name}")
    folder.rename(aside)
    shutil.rmtree(aside)
