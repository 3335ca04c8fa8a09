"""A bar chart: a number for each of a few things, such as the cards due on each day.

A bar can have two parts, one on the other: the right answers of a day, and above them the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tutor.charts.cells import Row, Rows, Span, figures, fit_row, sentence, too_small
from tutor.charts.numbers import figure
from tutor.charts.plot import Grid, Mark, canvas, canvas_grid, framed
from tutor.charts.scale import Scale, bar_scale
from tutor.foundation.text import cell_width, shorten
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EIGHTHS = "▁▂▃▄▅▆▇█"
_LEAST_TOP = 4.0
"""The axis of bars that are all low goes up to this, so that they look low."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Args:
        label: The text below it.
        value: Its height, 0 or more; None if there is no value, which is not the same as 0.
        ink: The role that colours it.
        more: The height of a second part that stands on the first one, 0 or more.
        more_ink: The role that colours the second part.
    """

    label: str
    value: float | None
    ink: str = "train"
    more: float = 0.0
    more_ink: str = "train-raw"

    @property
    def total(self) -> float:
        """The height of the whole bar."""
        return (self.value or 0.0) + self.more


def bar_chart(
    bars: Sequence[Bar], width: int, height: int, *, title: str = "", legend: Row | None = None,
    top: float | None = None, ascii: bool = False, colour: bool = True,
) -> Rows:  # fmt: skip
    """Draw ``bars`` side by side from 0, the line below them, upwards; if there are too many, the last are left out.

    The border between the parts of a bar is as exact as its top, an eighth of a row. Only if both lie in the same
    cell, which cannot show three colours, that cell shows the part that fills more of it.

    Args:
        bars: The bars from left to right.
        width: The width in cells.
        height: The height in rows, including the title.
        title: What the bars show, written above them.
        legend: What the parts of the bars are, written behind the title.
        top: The upper end of the axis; by default a round number above the highest bar.
        ascii: Whether to draw in plain ASCII.
        colour: Whether two colours of blocks can be told apart. If not, the second parts are shaded.
    """
    if not bars:
        return sentence(translate("charts.nothing-yet"), width, height)
    if too_small(width, height):
        return figures([(bar.label, _figures(bar, ascii=ascii), bar.ink) for bar in bars], width, height)
    heading: Rows = [fit_row([Span(shorten(title, width), "text"), *(legend or ())], width)] if title else []
    body = height - len(heading)
    y = _heights(bars, body - 2, top, ascii=ascii)
    grid = canvas_grid(y, width, body, ascii=ascii)
    shown = bars[: max(1, grid.width // 2)]
    wide = max(1, grid.width // len(shown))
    marks = [mark for at, bar in enumerate(shown) for mark in _marks(bar, at, wide, y, grid, colour=colour)]
    x = _places(shown, wide, grid)
    drawn = [[_grounded(span) for span in row] for row in canvas(grid, marks)]
    return [*heading, *framed(x, y, drawn, width, body, ascii=ascii)]


def _figures(bar: Bar, *, ascii: bool) -> str:
    """The value of a bar, or both of its parts, in figures."""
    if not bar.more:
        return figure(bar.value, ascii=ascii)
    return f"{figure(bar.value or 0.0, ascii=ascii)}+{figure(bar.more, ascii=ascii)}"


def _heights(bars: Sequence[Bar], rows: int, top: float | None, *, ascii: bool) -> Scale:
    """Return the axis of the heights: 0 is the line below the bars."""
    values = [bar.total for bar in bars]
    whole = all(value == round(value) for value in values)
    highest = top if top is not None else max(*values, _LEAST_TOP)
    return bar_scale(highest, rows, whole=whole, ascii=ascii)


def _marks(bar: Bar, at: int, wide: int, y: Scale, grid: Grid, *, colour: bool) -> list[Mark]:
    """Return the cells of a bar: whole ones with a part of one on top. Any part above 0 has at least an eighth."""
    if bar.total <= 0:
        return []
    thick = max(1, wide - 1) if wide < 6 else wide - 2
    columns = np.arange(at * wide, at * wide + thick)
    fine = colour and not grid.ascii
    top = _eighths(bar.total, y, grid)
    border = _border(bar, top, y, grid, fine=fine) if bar.more > 0 else top
    whole, part = divmod(border, 8)
    marks = [_block(columns, np.arange(whole), "█", bar.ink, grid)] if whole else []
    if part and border == top:
        marks.append(_block(columns, np.array([whole]), _EIGHTHS[part - 1], bar.ink, grid))
    elif part:  # the rest of the cell belongs to the second part
        both = f"{bar.ink}{_ON}{bar.more_ink}"
        marks.append(_block(columns, np.array([whole]), _EIGHTHS[part - 1], both, grid))
    if border == top:
        return marks
    full, end = divmod(top, 8)
    start = -(-border // 8)
    if full > start:
        glyph = "█" if fine else "░"
        marks.append(_block(columns, np.arange(start, full), glyph, bar.more_ink, grid, plain=":"))
    if end:
        marks.append(_block(columns, np.array([full]), _EIGHTHS[end - 1], bar.more_ink, grid, plain=":"))
    return marks


def _eighths(value: float, y: Scale, grid: Grid) -> int:
    """Return the height of a value above 0 in eighths of a row; in whole rows if there are no smaller blocks."""
    # The lowest dot of a canvas is half a dot above its lower edge.
    dots = y.fraction(value) * (grid.rows - 1) + 0.5
    eighths = max(1, min(8 * grid.height, round(dots / grid.dots_up * 8)))
    return 8 * max(1, round(eighths / 8)) if grid.ascii else eighths


def _border(bar: Bar, top: int, y: Scale, grid: Grid, *, fine: bool) -> int:
    """Return where the second part of a bar begins, in eighths of a row."""
    if not bar.value or bar.value <= 0:
        return 0
    border = max(1, min(top - 1, _eighths(bar.value, y, grid)))
    row = border // 8 * 8
    if not fine:
        return min(top, row if border - row < 4 else row + 8)
    if top >= row + 8:
        return border
    return row if border - row < top - border else top  # both ends are in one cell


_ON = "|"
"""Parts the inks of a cell that shows both parts of a bar."""


def _grounded(span: Span) -> Span:
    ink, _, ground = span.ink.partition(_ON)
    return Span(span.text, ink, ground) if ground else span


def _block(
    columns: NDArray[np.int64], rows: NDArray[np.int64], glyph: str, ink: str, grid: Grid, plain: str = "#"
) -> Mark:
    across, up = np.meshgrid(columns * grid.dots_across, rows * grid.dots_up)
    return Mark(across.ravel(), up.ravel(), ink, glyph=plain if grid.ascii else glyph, plain=plain)


def _places(bars: Sequence[Bar], wide: int, grid: Grid) -> Scale:
    """Return the axis below the bars: a label in the middle of each bar, or of as many as have room."""
    room = max(cell_width(bar.label) for bar in bars) + 1
    every = max(1, -(-room // wide))
    thick = max(1, wide - 1) if wide < 6 else wide - 2
    ticks = tuple(float((at * wide + (thick - 1) // 2) * grid.dots_across) for at in range(0, len(bars), every))
    return Scale(
        0.0, float(max(1, grid.columns - 1)), ticks, tuple(bars[at].label for at in range(0, len(bars), every))
    )
