"""What the next run of a lab would begin with, shown before there is one."""

from __future__ import annotations

from pathlib import Path

from tutor.labs.lab_config import LabConfig
from tutor.runs.summary import PanelView, RunSummary


class Preview:
    """The pictures of one spec before its first epoch.

    Args:
        data_folder: Where the course's data lies.
    """

    def __init__(self, data_folder: Path | None) -> None:
        self._data_folder = data_folder
        self._known: tuple[LabConfig | None, dict[str, PanelView]] = (None, {})
        self._count = 1

    def knows(self, spec: LabConfig) -> bool:
        """Whether the pictures are of ``spec``."""
        return self._known[0] == spec

    def is_wanted(self, summary: RunSummary | None, spec: LabConfig) -> bool:
        """Whether the pictures of ``spec`` are missing: no run has begun, or one by hand that has made no move yet."""
        begun = summary is not None and (not spec.manual or summary.epoch > 0)
        return not begun and not self.knows(spec)

    def is_ahead(self, told: PanelView | None, spec: LabConfig) -> bool:
        """Whether moves by hand are known here that the worker, which has just started, has not drawn yet.

        Args:
            told: The picture that its log tells of.
            spec: How the controls stand.
        """
        return spec.manual and self.knows(spec) and told is not None and not told.epoch

    def view(self, panel: str, spec: LabConfig) -> PanelView | None:
        """The picture of a panel; None where those known are of another spec.

        Where the learner is the optimizer, the last one stays until the worker, which is starting, draws the next.
        """
        return self._known[1].get(panel) if spec.manual or self.knows(spec) else None

    def read(self, spec: LabConfig) -> None:
        """Find out: for a thread."""
        from tutor.runs.in_process import initial_views

        views = initial_views(spec, self._data_folder)
        self._count += 1
        for view in views.values():
            view.version = -self._count  # a picture of its own, other than any that the log will tell of
        self._known = (spec, views)
