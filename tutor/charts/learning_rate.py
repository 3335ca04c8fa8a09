"""The learning rate over updates: as it was used, over what was planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tutor.charts.cells import Row, Rows, Span, flow, sentence, too_small
from tutor.charts.numbers import figure
from tutor.charts.plot import canvas, canvas_grid, column_extremes, extent, finite_pairs, framed, series_mark
from tutor.charts.scale import Scale, row_log_scale, row_scale, window_scale
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tutor.charts.loss_history import Numbers

_WIDE = 20.0
_MAX_WIDE = 1e6
"""What lies further below the highest rate is drawn at the foot of a logarithmic axis."""


def learning_rate_chart(
    used: tuple[Numbers, Numbers],
    width: int,
    height: int,
    *,
    planned: tuple[Numbers, Numbers] = ((), ()),
    ascii: bool = False,
) -> Rows:
    """What was used as a line, what was planned as a dotted one; the legend gives the rate used last.

    The axis of rates begins at zero. It is logarithmic if the range of a line is wide: if a quarter of it lies below
    a twentieth of its highest rate. So a decay that comes near zero only at its end is drawn as the line that it is.

    Args:
        used: Numbers of updates, and the learning rate at each.
        width: Cells across.
        height: Rows.
        planned: The same of what was planned.
        ascii: Whether to draw in plain ASCII.
    """
    if too_small(width, height):
        return sentence(translate("charts.too-small"), width, height)
    ahead, expected = finite_pairs(*planned)
    at, rates = finite_pairs(*used)
    over = extent(ahead, at)
    if over is None:
        return sentence(translate("charts.nothing-yet"), width, height)
    legend = _legend(rates, width, height, ascii=ascii)
    body = height - len(legend)
    x = window_scale(int(over[0]), int(over[1]), ticks=max(2, min(7, width // 10)))
    y = _rate_scale(expected, rates, rows=body - 2, ascii=ascii)
    grid = canvas_grid(y, width, body, ascii=ascii)
    marks = []
    if len(ahead):
        marks.append(series_mark(column_extremes(ahead, expected, x, grid), y, grid, "muted", "dotted", "."))
    if len(at):
        marks.append(series_mark(column_extremes(at, rates, x, grid), y, grid, "accent", "line", "*"))
    return [*legend, *framed(x, y, canvas(grid, marks), width, body, ascii=ascii)]


def _rate_scale(*lines: NDArray[np.float64], rows: int, ascii: bool) -> Scale:
    rates = np.concatenate(lines)
    positive, high = rates[rates > 0], float(rates.max())
    if any(len(line) and high > 0 and np.quantile(line, 0.25) < line.max() / _WIDE for line in lines):
        return row_log_scale(max(float(positive.min()), high / _MAX_WIDE), high, rows, ascii=ascii)
    low = min(0.0, float(rates.min()))
    return row_scale(low, high or 1.0, rows, zero=low == 0, ascii=ascii)


def _legend(used: NDArray[np.float64], width: int, height: int, *, ascii: bool) -> Rows:
    if height < 7:
        return []
    now = f" {figure(float(used[-1]), digits=3, ascii=ascii)}" if len(used) else ""
    items: list[Row] = [
        [Span("* " if ascii else "── ", "accent"), Span(translate("panel.learning-rate"), "muted"), Span(now, "text")],
        [Span(". " if ascii else "·· ", "muted"), Span(translate("panel.planned"), "muted")],
        [Span(f"{translate('charts.update')} {'->' if ascii else '→'}", "muted")],
    ]
    return flow(items, width, 1)
