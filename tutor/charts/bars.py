"""A bar chart: a number for each of a few things, such as the cards due on each day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tutor.charts.cells import Rows, Span, figures, fit_row, sentence, too_small
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
    """

    label: str
    value: float | None
    ink: str = "train"


def bar_chart(
    bars: Sequence[Bar], width: int, height: int, *, title: str = "", top: float | None = None, ascii: bool = False
) -> Rows:
    """Draw ``bars`` side by side from 0, the line below them, upwards; if there are too many, the last are left out.

    Args:
        bars: The bars from left to right.
        width: The width in cells.
        height: The height in rows, including the title.
        title: What the bars show, written above them.
        top: The upper end of the axis; by default a round number above the highest bar.
        ascii: Whether to draw in plain ASCII.
    """
    if not bars:
        return sentence(translate("charts.nothing-yet"), width, height)
    if too_small(width, height):
        return figures([(bar.label, figure(bar.value, ascii=ascii), bar.ink) for bar in bars], width, height)
    heading: Rows = [fit_row([Span(shorten(title, width), "text")], width)] if title else []
    body = height - len(heading)
    y = _heights(bars, body - 2, top, ascii=ascii)
    grid = canvas_grid(y, width, body, ascii=ascii)
    shown = bars[: max(1, grid.width // 2)]
    wide = max(1, grid.width // len(shown))
    marks = [mark for at, bar in enumerate(shown) for mark in _marks(bar, at, wide, y, grid)]
    x = _places(shown, wide, grid)
    return [*heading, *framed(x, y, canvas(grid, marks), width, body, ascii=ascii)]


def _heights(bars: Sequence[Bar], rows: int, top: float | None, *, ascii: bool) -> Scale:
    """Return the axis of the heights: 0 is the line below the bars."""
    values = [bar.value or 0.0 for bar in bars]
    whole = all(value == round(value) for value in values)
    highest = top if top is not None else max(*values, _LEAST_TOP)
    return bar_scale(highest, rows, whole=whole, ascii=ascii)


def _marks(bar: Bar, at: int, wide: int, y: Scale, grid: Grid) -> list[Mark]:
    """Return the cells of a bar: whole ones with a part of one on top. Any value above 0 has at least an eighth."""
    if bar.value is None or bar.value <= 0:
        return []
    thick = max(1, wide - 1) if wide < 6 else wide - 2
    columns = np.arange(at * wide, at * wide + thick)
    # The lowest dot of a canvas is half a dot above its lower edge.
    dots = y.fraction(min(bar.value, y.high)) * (grid.rows - 1) + 0.5
    eighths = max(1, min(8 * grid.height, round(dots / grid.dots_up * 8)))
    whole, part = divmod(eighths, 8)
    if grid.ascii:
        whole, part = max(1, round(eighths / 8)), 0
    marks = [_block(columns, np.arange(whole), "█", bar.ink, grid)] if whole else []
    if part:
        marks.append(_block(columns, np.array([whole]), _EIGHTHS[part - 1], bar.ink, grid))
    return marks


def _block(columns: NDArray[np.int64], rows: NDArray[np.int64], glyph: str, ink: str, grid: Grid) -> Mark:
    across, up = np.meshgrid(columns * grid.dots_across, rows * grid.dots_up)
    plain = "#" if grid.ascii else glyph
    return Mark(across.ravel(), up.ravel(), ink, glyph=plain, plain="#")


def _places(bars: Sequence[Bar], wide: int, grid: Grid) -> Scale:
    """Return the axis below the bars: a label in the middle of each bar, or of as many as have room."""
    room = max(cell_width(bar.label) for bar in bars) + 1
    every = max(1, -(-room // wide))
    thick = max(1, wide - 1) if wide < 6 else wide - 2
    ticks = tuple(float((at * wide + (thick - 1) // 2) * grid.dots_across) for at in range(0, len(bars), every))
    return Scale(
        0.0, float(max(1, grid.columns - 1)), ticks, tuple(bars[at].label for at in range(0, len(bars), every))
    )
