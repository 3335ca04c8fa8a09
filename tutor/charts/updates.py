"""The loss of every update: a batch's before it, and that of all examples at the end of each epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tutor.charts.cells import Row, Rows, Span, sentence, too_small
from tutor.charts.loss import flow
from tutor.charts.loss_history import numbers
from tutor.charts.plot import (
    canvas,
    canvas_grid,
    column_extremes,
    extent,
    finite_pairs,
    framed,
    point_marks,
    series_mark,
)
from tutor.charts.scale import tight_scale, window_scale, with_room
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from tutor.charts.loss_history import Numbers


def updates_chart(
    losses: Numbers,
    last: int,
    width: int,
    height: int,
    *,
    epochs: tuple[Numbers, Numbers] = ((), ()),
    ascii: bool = False,
) -> Rows:
    """The losses of the updates up to the ``last`` as a line, and points for whole epochs.

    Args:
        losses: Of the last updates, in their order.
        last: The number of the last one, from 1.
        width: Cells across.
        height: Rows.
        epochs: After which updates an epoch ended, and the loss over all examples there.
        ascii: Whether to draw in plain ASCII.
    """
    if too_small(width, height):
        return sentence(translate("charts.too-small"), width, height)
    values = numbers(losses)
    update = np.arange(last - len(values) + 1, last + 1, dtype=np.float64)
    at, values = finite_pairs(update, values)
    ends, whole = finite_pairs(*epochs)
    up = extent(values, whole)
    if not len(values) or up is None:
        return sentence(translate("charts.nothing-yet"), width, height)
    legend = _legend(width, height, ascii=ascii)
    body = height - len(legend)
    first = int(update[0])
    x = window_scale(first, max(last, first + 1), ticks=max(2, min(7, width // 10)))
    y = tight_scale(*with_room(up), ticks=max(2, min(5, (body - 2) // 3 + 1)), ascii=ascii)
    grid = canvas_grid(y, width, body, ascii=ascii)
    marks = [
        series_mark(column_extremes(at, values, x, grid), y, grid, "train", "line", "*"),
        point_marks(ends, whole, x, y, grid, "valid", "●", "O"),
    ]
    return [*legend, *framed(x, y, canvas(grid, marks), width, body, ascii=ascii)]


def _legend(width: int, height: int, *, ascii: bool) -> Rows:
    if height < 7:
        return []
    arrow = "->" if ascii else "→"
    items: list[Row] = [
        [Span("* " if ascii else "── ", "train"), Span(translate("charts.batch-loss"), "muted")],
        [Span("O " if ascii else "● ", "valid"), Span(translate("charts.whole-loss"), "muted")],
        [Span(f"{translate('charts.update')} {arrow}", "muted")],
    ]
    return flow(items, width, 1)
