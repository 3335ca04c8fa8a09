"""The best attempt at the goal of a lab, in a few cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.charts.cells import Row, Span
from tutor.charts.numbers import figure
from tutor.tui.themes import RIGHT

if TYPE_CHECKING:
    from tutor.runs.lab_list import ListedLab

OPEN_GOAL = "○"
"""The sign of a goal that was tried and not reached."""


def best_cells(lab: ListedLab, *, ascii: bool) -> Row:
    """The sign of the goal and the best value; nothing for a lab that was not tried."""
    if lab.best is None:
        return []
    value = figure(lab.best.value, digits=4, ascii=ascii) if lab.best.value is not None else ""
    sign, ink = (RIGHT, "good") if lab.best.met else (OPEN_GOAL, "muted")
    return [Span(f"{sign} {value}".rstrip(), ink)]
