"""The norm of the gradient and that of the parameters beside the training loss, epoch by epoch, on one log scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tutor.charts.cells import Row, Rows, Span, sentence, too_small
from tutor.charts.loss import flow
from tutor.charts.loss_history import numbers
from tutor.charts.numbers import figure
from tutor.charts.plot import canvas, canvas_grid, column_extremes, extent, finite_pairs, framed, series_mark
from tutor.charts.scale import log_scale, window_scale
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tutor.charts.loss_history import Numbers
    from tutor.charts.plot import Pattern

_LINES: tuple[tuple[str, Pattern, str, str, str, str], ...]
_LINES = (
    ("charts.loss", "line", "train", "── ", "*", "* "),
    ("norms.gradient", "dashed", "accent", "╌╌ ", "+", "+ "),
    ("norms.parameters", "dotted", "muted", "·· ", "o", "o "),
)
"""Name, pattern and ink of each line; its sign in the legend; how it is drawn, and its sign, in ASCII."""


def norms_chart(
    epochs: Numbers,
    losses: Numbers,
    gradients: Numbers,
    parameters: Numbers,
    width: int,
    height: int,
    *,
    ascii: bool = False,
) -> Rows:
    """Three lines over the epochs, each with its last figure in the legend.

    Values that are not above zero have no place on a logarithmic axis and are left out.
    """
    if too_small(width, height):
        return sentence(translate("charts.too-small"), width, height)
    place = numbers(epochs)
    lines = [finite_pairs(place, numbers(values)) for values in (losses, gradients, parameters)]
    lines = [(at[values > 0], values[values > 0]) for at, values in lines]
    up, over = extent(*(values for _, values in lines)), extent(place)
    if up is None or over is None:
        return sentence(translate("charts.nothing-yet"), width, height)
    legend = _legend([values for _, values in lines], width, height, ascii=ascii)
    body = height - len(legend)
    first, last = int(over[0]), int(over[1])
    x = window_scale(first, max(last, first + 1), ticks=max(2, min(7, width // 10)))
    y = log_scale(*up, ticks=max(2, min(5, (body - 2) // 3 + 1)), ascii=ascii)
    grid = canvas_grid(y, width, body, ascii=ascii)
    marks = [
        series_mark(column_extremes(at, values, x, grid), y, grid, ink, pattern, plain)
        for (at, values), (_, pattern, ink, _, plain, _) in zip(lines, _LINES, strict=True)
        if len(values)
    ]
    return [*legend, *framed(x, y, canvas(grid, marks), width, body, ascii=ascii)]


def _legend(lines: list[NDArray[np.float64]], width: int, height: int, *, ascii: bool) -> Rows:
    if height < 7:
        return []
    items: list[Row] = []
    for values, (name, _, ink, sign, _, plain_sign) in zip(lines, _LINES, strict=True):
        if not len(values):
            continue
        now = figure(float(values[-1]), digits=3, ascii=ascii)
        items.append(
            [Span(plain_sign if ascii else sign, ink), Span(f"{translate(name)} ", "muted"), Span(now, "text")]
        )
    return flow(items, width, 2 if height >= 12 else 1)
