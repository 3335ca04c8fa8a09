"""What the next run of a lab would begin with, shown before there is a run."""

from __future__ import annotations

from pathlib import Path

from tutor.labs.lab_config import LabConfig
from tutor.runs.summary import PanelView, RunSummary


class Preview:
    """The views of one spec before its first epoch.

    Args:
        data_folder: The folder of the course's data.
    """

    def __init__(self, data_folder: Path | None) -> None:
        self._data_folder = data_folder
        self._known: tuple[LabConfig | None, dict[str, PanelView]] = (None, {})
        self._count = 1

    def knows(self, spec: LabConfig) -> bool:
        """Whether the views are those of ``spec``."""
        return self._known[0] == spec

    def is_wanted(self, summary: RunSummary | None, spec: LabConfig) -> bool:
        """Whether the views of ``spec`` are missing: no run has begun, or one by hand has made no move yet."""
        begun = summary is not None and (not spec.manual or summary.epoch > 0)
        return not begun and not self.knows(spec)

    def is_ahead(self, logged: PanelView | None, spec: LabConfig) -> bool:
        """Whether this knows moves by hand that the worker, which has just started, has not drawn yet.

        Args:
            logged: The view in the worker's log.
            spec: The present values of the controls.
        """
        return spec.manual and self.knows(spec) and logged is not None and not logged.epoch

    def view(self, panel: str, spec: LabConfig) -> PanelView | None:
        """The view of a panel; None if the known views are those of another spec.

        If the learner is the optimizer, the last one stays until the worker, which is starting, draws the next.
        """
        return self._known[1].get(panel) if spec.manual or self.knows(spec) else None

    def read(self, spec: LabConfig) -> None:
        """Compute the views of ``spec``. It takes a while, so call it in a thread."""
        from tutor.runs.in_process import initial_views

        views = initial_views(spec, self._data_folder)
        self._count += 1
        for view in views.values():
            view.version = -self._count  # differs from the version of every view in a log
        self._known = (spec, views)
