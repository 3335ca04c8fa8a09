"""One run on the lab's screen: joined where it goes on, as it ended where it has ended.

A run that a program of the learner's own trains is watched, paused and stopped here, and begun there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language, translate
from tutor.labs.spec_file import read_spec
from tutor.tui.screens.lab.screen import LabScreen

if TYPE_CHECKING:
    from tutor.runs.session.session import LabSession

_OF_OUR_OWN_RUNS = {
    "start", "step", "restart", "reroll", "reroll_data", "faster", "slower", "undo", "redo", "nudge", "type", "less",
    "more", "next", "previous",
}  # fmt: skip
"""What only a worker of ours can do."""


class RunScreen(LabScreen):
    """A run, whichever lab it is of.

    Args:
        run_id: The run.
        beside: Runs to compare it with, pinned beside it.
    """

    CSS_PATH = "lab/lab.tcss"  # it is looked for beside the module of each class

    def __init__(self, run_id: str, beside: Sequence[str] = ()) -> None:
        super().__init__(run_id[-4:])
        self._run_id = run_id
        self._beside = tuple(beside)

    def _make_session(self) -> LabSession:
        from tutor.runs.session.session import LabSession

        runs = self.services.runs
        spec = runs.entry(self._run_id).spec or read_spec(runs.folder_of(self._run_id))
        course = self.services.course
        session = LabSession(runs, spec, data_folder=course.data_folder if course else None)
        session.pins.lasting = not self._beside
        for other in self._beside:
            session.join(other)
            session.catch_up()
            session.pin()
        session.join(self._run_id)
        session.catch_up()
        return session

    def breadcrumb(self) -> list[str]:
        """What another program trains is a run, and no lab."""
        if self.session is None or not self.session.recorded:
            return super().breadcrumb()
        title = harmless_line(self.session.running_spec.title_in(language()))
        return [translate("record.run", run=self._run_id[-4:], title=title)]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What another program trains cannot be begun or turned from here."""
        summary = self.session.summary if self.session is not None else None
        if summary is not None and summary.recorded and action in _OF_OUR_OWN_RUNS:
            return False
        if summary is not None and summary.followed and action in {"pause", "resume"}:
            return False
        return super().check_action(action, parameters)
