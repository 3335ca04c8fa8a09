"""The run of one cell of a sweep, on the lab's screen; what is begun from there is a run like any other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tutor.labs.spec_file import read_spec
from tutor.tui.screens.lab.screen import LabScreen

if TYPE_CHECKING:
    from tutor.labs.lab_config import RunSpec
    from tutor.runs.follower import Follower
    from tutor.runs.registry import Runs
    from tutor.runs.session.session import LabSession


class _WithCell:
    """The learner's runs, and one of a sweep."""

    def __init__(self, runs: Runs, folder: Path) -> None:
        self._runs = runs
        self._folder = folder

    def start(self, spec: RunSpec, *, data_folder: Path | None = None) -> str:
        """Start a worker, among the learner's runs."""
        return self._runs.start(spec, data_folder=data_folder)

    def follow(self, run_id: str) -> Follower:
        """Follow a run."""
        from tutor.runs.follower import Follower

        return Follower(self._folder) if run_id == self._folder.name else self._runs.follow(run_id)

    def keep_beside(self, run_id: str, number: int | None) -> None:
        """Keep a run for comparison, or no longer; the cell itself is kept by its sweep."""
        if run_id != self._folder.name:
            self._runs.keep_beside(run_id, number)

    def beside(self, spec: RunSpec) -> list[tuple[int, str]]:
        """The learner's runs that are kept for comparison."""
        return self._runs.beside(spec)


class CellScreen(LabScreen):
    """A run of a sweep.

    Args:
        folder: Its folder.
    """

    CSS_PATH = "lab/lab.tcss"  # it is looked for beside the module of each class

    def __init__(self, folder: Path) -> None:
        super().__init__(folder.name[-4:])
        self._folder = folder

    def _make_session(self) -> LabSession:
        from tutor.runs.session.session import LabSession

        course = self.services.course
        runs = _WithCell(self.services.runs, self._folder)
        session = LabSession(runs, read_spec(self._folder), data_folder=course.data_folder if course else None)
        session.join(self._folder.name)
        session.catch_up()
        return session
