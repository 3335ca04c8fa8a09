"""A run as a figure for a report: its loss chart as SVG."""

from __future__ import annotations

from pathlib import Path

from tutor.charts.loss import train_line, valid_line
from tutor.charts.loss_history import LossHistory
from tutor.charts.loss_svg import loss_svg
from tutor.foundation.files import write_text
from tutor.foundation.translate import language, translate
from tutor.labs.controls import value_text
from tutor.runs.comparison import title_of_key
from tutor.runs.follower import RunFollower
from tutor.runs.summary import RunSummary


def figure_of(summary: RunSummary) -> str:
    """Return the loss of a run by epoch as an SVG document."""
    lines = [train_line(LossHistory(summary.train_losses))]
    if summary.valid_losses:
        lines.append(valid_line(LossHistory(summary.valid_losses)))
    spec = summary.spec
    changes = [
        (change.epoch, f"{title_of_key(spec, change.key)} {value_text(change.key, change.value)}")
        for change in summary.changes
        if spec is not None and not spec.manual
    ]
    title = spec.title_in(language()) if spec is not None else summary.run
    planned = summary.epochs_planned or None
    return loss_svg(lines, title=title, y_name=translate("charts.loss"), planned=planned, changes=changes)


def write_figure(folder: Path, to: Path) -> Path:
    """Write the figure of the run in ``folder`` and return its path.

    Raises:
        OSError: it cannot be written there.
    """
    write_text(to, figure_of(RunFollower(folder).catch_up()))
    return to
