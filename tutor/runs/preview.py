"""What the panels of a run would show before its first epoch: so that a lab is a picture before it is played."""

from __future__ import annotations

from pathlib import Path

from tutor.labs.lab_config import LabConfig
from tutor.runs.summary import PanelView


def opening_views(spec: LabConfig, data_folder: Path | None) -> dict[str, PanelView]:
    """The panels of ``spec`` as its data and its untrained model make them, by name.

    Nothing is trained and nothing is written. This imports NumPy and reads the data: call it beside the event loop.

    Args:
        spec: What would be asked.
        data_folder: Where data sets lie as files.

    Returns:
        What there is; nothing where the run cannot be had, for then the run itself says why.
    """
    from tutor.foundation.errors import TutorError
    from tutor.runs.worker.adapter import MlTrainee

    try:
        trainee = MlTrainee(spec, data_folder)
        views = {panel: PanelView(scene=scene) for panel, scene in trainee.scenes()}
        for panel, frame in trainee.frames():
            views.setdefault(panel, PanelView()).frame = frame
    except (TutorError, ValueError, ArithmeticError, MemoryError):
        return {}
    return views
