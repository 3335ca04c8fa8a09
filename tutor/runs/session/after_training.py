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
    from tutor.runs.worker.adapter import MlTrainee


@dataclass(frozen=True, slots=True)
class Wish:
    """A run that has ended, and the settings at which it is to be seen."""

    folder: Path
    values: tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What panels show and what facts say at a wish."""

    wish: Wish
    views: Mapping[str, PanelView] = field(default_factory=dict)
    facts: Mapping[str, float] = field(default_factory=dict)


class AfterTraining:
    """The run that was computed last, at the settings of last.

    Args:
        data_folder: Where the course's data lies.
    """

    def __init__(self, data_folder: Path | None) -> None:
        self._data_folder = data_folder
        self._trainee: tuple[Path, MlTrainee | None] | None = None
        self._count = 0
        self._seen: Seen | None = None

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

    def wish(self, summary: RunSummary, folder: Path, spec: LabConfig) -> Wish | None:
        """What of ``spec`` a run that has ended takes and did not end with; None if there is nothing."""
        ran = summary.spec
        if ran is None or not summary.ended:
            return None
        ended_with = {change.key: change.value for change in summary.changes}
        keys = [control.key for control in spec.controls.values() if not SETTINGS[control.key].trains]
        values = {key: SETTINGS[key].get(spec) for key in keys if self.takes(key, summary, folder)}
        if all(value == ended_with.get(key, SETTINGS[key].get(ran)) for key, value in values.items()):
            return None
        return Wish(folder, tuple(values.items()))

    def knows(self, wish: Wish) -> bool:
        """Whether it was tried to compute ``wish``."""
        return self._seen is not None and self._seen.wish == wish

    def seen(self, wish: Wish | None) -> Seen | None:
        """What was computed for ``wish``; for another one of the same run until it is there, so nothing flickers."""
        seen = self._seen
        return seen if wish is not None and seen is not None and seen.wish.folder == wish.folder else None

    def read(self, wish: Wish, summary: RunSummary) -> None:
        """Compute ``wish``, a wish of the run of ``summary``: for a thread.

        If the parameters cannot be read, or the data is not the same any more, there is nothing to see.
        """
        trainee = self._trained(wish.folder, summary)
        if trainee is None:
            self._seen = Seen(wish)
            return
        frames, facts = trainee.after_training(dict(wish.values))
        self._count += 1
        views = {}
        for panel, frame in frames.items():
            scene = summary.views[panel].scene if panel in summary.views else {}
            views[panel] = PanelView(scene, frame, summary.epoch, version=-2_000_000 - self._count)
        self._seen = Seen(wish, views, facts)

    def _trained(self, folder: Path, summary: RunSummary) -> MlTrainee | None:
        """The training of the run as it ended; kept until another run is asked for."""
        from tutor.foundation.errors import TutorError
        from tutor.runs.worker.adapter import MlTrainee

        if self._trainee is None or self._trainee[0] != folder:
            trainee: MlTrainee | None = None
            try:
                if summary.spec is not None:
                    trainee = MlTrainee(summary.spec, self._data_folder)
                    trainee.load(folder / WEIGHTS_FILE)
            except (TutorError, OSError, ValueError, ArithmeticError, MemoryError):
                trainee = None
            self._trainee = folder, trainee
        return self._trainee[1]
