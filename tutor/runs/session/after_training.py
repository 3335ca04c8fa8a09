"""A run that has ended, at other values of settings that have no effect on the training.

A decision threshold or a temperature changes what a trained model is used for, and not what it has learned. So when
such a control is turned after the end, nothing is trained again: the parameters that the run kept are loaded, and its
panels and facts are computed from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.labs.lab_config import LabConfig
from tutor.labs.panels import panel_class
from tutor.labs.settings import SETTINGS
from tutor.runs.follower import WEIGHTS_FILE
from tutor.runs.summary import PanelView, RunSummary

if TYPE_CHECKING:
    from tutor.runs.worker.adapter import TrainingAdapter


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """A run that has ended, and the settings at which it is to be reviewed."""

    folder: Path
    values: tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What panels show and what facts say at the settings of a request."""

    request: ReviewRequest
    views: Mapping[str, PanelView] = field(default_factory=dict)
    facts: Mapping[str, float] = field(default_factory=dict)


class AfterTraining:
    """The run that was computed last, at the settings of last.

    Args:
        data_folder: Where the course's data lies.
    """

    def __init__(self, data_folder: Path | None) -> None:
        self._data_folder = data_folder
        self._adapter: tuple[Path, TrainingAdapter | None] | None = None
        self._count = 0
        self._reviewed: Reviewed | None = None

    @staticmethod
    def takes(key: str, summary: RunSummary, folder: Path) -> bool:
        """Whether the setting ``key`` can still be turned in a run that has ended."""
        spec = summary.spec
        return (
            spec is not None
            and summary.ended
            and not summary.recorded
            and spec.model.kind.network
            and not spec.data.folds
            and not SETTINGS[key].idle_reason(spec)
            and any(key in panel_class(panel).after_training for panel in spec.show.panels)
            and (folder / WEIGHTS_FILE).is_file()
        )

    def request(self, summary: RunSummary, folder: Path, spec: LabConfig) -> ReviewRequest | None:
        """What of ``spec`` a run that has ended takes and did not end with; None if there is nothing."""
        ran = summary.spec
        if ran is None or not summary.ended:
            return None
        ended_with = {change.key: change.value for change in summary.changes}
        keys = [control.key for control in spec.controls.values() if not SETTINGS[control.key].trains]
        values = {key: SETTINGS[key].get(spec) for key in keys if self.takes(key, summary, folder)}
        if all(value == ended_with.get(key, SETTINGS[key].get(ran)) for key, value in values.items()):
            return None
        return ReviewRequest(folder, tuple(values.items()))

    def knows(self, request: ReviewRequest) -> bool:
        """Whether ``request`` was computed, or cannot be."""
        return self._reviewed is not None and self._reviewed.request == request

    def reviewed(self, request: ReviewRequest | None) -> Reviewed | None:
        """What was computed for ``request``; for another one of the same run until it is there, so nothing flickers."""
        reviewed = self._reviewed
        if request is None or reviewed is None or reviewed.request.folder != request.folder:
            return None
        return reviewed

    def read(self, request: ReviewRequest, summary: RunSummary) -> None:
        """Compute ``request``, which is for the run of ``summary``. It takes a while, so call it in a thread.

        If the parameters cannot be read, or the data is not the same any more, there is nothing to see.
        """
        adapter = self._trained(request.folder, summary)
        if adapter is None:
            self._reviewed = Reviewed(request)
            return
        frames, facts = adapter.after_training(dict(request.values))
        self._count += 1
        views = {}
        for panel, frame in frames.items():
            scene = summary.views[panel].scene if panel in summary.views else {}
            views[panel] = PanelView(scene, frame, summary.epoch, version=-2_000_000 - self._count)
        self._reviewed = Reviewed(request, views, facts)

    def _trained(self, folder: Path, summary: RunSummary) -> TrainingAdapter | None:
        """The training of the run as it ended; kept until another run is asked for."""
        from tutor.foundation.errors import TutorError
        from tutor.runs.worker.adapter import TrainingAdapter

        if self._adapter is None or self._adapter[0] != folder:
            adapter: TrainingAdapter | None = None
            try:
                if summary.spec is not None:
                    adapter = TrainingAdapter(summary.spec, self._data_folder)
                    adapter.load(folder / WEIGHTS_FILE)
            except (TutorError, OSError, ValueError, ArithmeticError, MemoryError):
                adapter = None
            self._adapter = folder, adapter
        return self._adapter[1]
