"""The best attempt at the goal of a lab, in a few cells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tutor.charts.cells import Row, Span, row_width, spread_row
from tutor.charts.numbers import figure
from tutor.foundation.text import shorten
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


def tried_labs(labs: Iterable[ListedLab]) -> list[ListedLab]:
    """The labs with an attempt at their goal, the newest attempt first."""
    tried = [(lab.best.at, lab) for lab in labs if lab.best is not None]
    return [lab for _, lab in sorted(tried, key=lambda pair: pair[0], reverse=True)]


def lab_row(lab: ListedLab, width: int, *, ascii: bool) -> Row:
    """A lab by its title, with the best value and whether the goal is reached."""
    ends = best_cells(lab, ascii=ascii)
    return spread_row([Span("  "), Span(shorten(lab.heading.title, max(4, width - row_width(ends) - 4)))], ends, width)
