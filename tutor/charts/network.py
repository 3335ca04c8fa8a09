"""What happens inside a network while it trains: gradients, losses of updates, norms, shapes, a gradient check."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from tutor.charts.bars import Bar, bar_chart
from tutor.charts.cells import Row, Rows, Span, fit_row, fit_rows, flow, sentence, too_small
from tutor.charts.loss_history import float_array
from tutor.charts.numbers import count, figure
from tutor.charts.plot import (
    Grid,
    canvas,
    canvas_grid,
    column_extremes,
    extent,
    finite_pairs,
    framed,
    path_mark,
    point_marks,
    series_mark,
)
from tutor.charts.scale import Scale, row_log_scale, row_scale, tight_scale, window_scale
from tutor.foundation.text import cell_width, pad, pad_left
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tutor.charts.loss_history import Numbers
    from tutor.charts.plot import Pattern

_PERCENT_SHOWN = 90
"""The percentage of the batches that fit into the chart; a few long ones may leave it."""


def gradients_chart(
    batches: tuple[Numbers, Numbers],
    width: int,
    height: int,
    *,
    batch_size: int,
    angle: float,
    ascii: bool = False,
) -> Rows:
    """Draw gradients as arrows from one point; the gradient of all examples points to the right and has length 1.

    Args:
        batches: The component of each batch's gradient along that arrow, and its length at right angles to it. The
            side on which a batch is drawn means nothing, because there are as many dimensions as parameters.
        width: The width in cells.
        height: The height in rows.
        batch_size: How many examples a batch has.
        angle: The usual angle between a batch's gradient and the gradient of all examples, in degrees.
        ascii: Whether to draw in plain ASCII.
    """
    if too_small(width, height):
        return sentence(translate("charts.too-small"), width, height)
    along, across = finite_pairs(*batches)
    legend = _gradients_legend(width, height, batch_size, angle, ascii=ascii)
    body = height - len(legend)
    far = float(np.percentile(across, _PERCENT_SHOWN)) if len(across) else 0.0
    ends = np.percentile(along, [100 - _PERCENT_SHOWN, _PERCENT_SHOWN]).tolist() if len(along) else [0.0, 1.0]
    reach = (min(0.0, ends[0]), max(1.0, ends[1]))
    # The labels of the axis take room that depends on the axis, so the second pass is right.
    grid = Grid(max(1, width - 7), max(1, body - 2), ascii)
    for _ in range(2):
        x, y = _equal_axes(reach, max(far, 0.3), grid, width, body, ascii=ascii)
        grid = canvas_grid(y, width, body, ascii=ascii)
    sides = np.where(np.arange(len(across)) % 2 == 0, 1.0, -1.0) * across
    marks = [
        path_mark([0.0, to], [0.0, up], x, y, grid, "point", plain=".")
        for to, up in zip(along.tolist(), sides.tolist(), strict=True)
    ]
    marks += [
        point_marks(along, sides, x, y, grid, "point", "•", "o"),
        path_mark([0.0, 1.0], [0.0, 0.0], x, y, grid, "train", plain="="),
        point_marks([1.0], [0.0], x, y, grid, "train", "▶", ">"),
    ]
    return [*legend, *framed(x, y, canvas(grid, marks), width, body, ascii=ascii)]


def _equal_axes(
    along: tuple[float, float], across: float, grid: Grid, width: int, body: int, *, ascii: bool
) -> tuple[Scale, Scale]:
    """Return two axes of the same unit, so that angles are true. A cell of plain ASCII is twice as high as wide."""
    dot_height = 2.0 if ascii else 1.0
    low, high = along[0] - 0.1, along[1] + 0.1
    unit = max((high - low) / grid.columns, 2.2 * across / (grid.rows * dot_height))
    half, middle = unit * grid.columns / 2, (low + high) / 2
    up = unit * grid.rows * dot_height / 2
    x = tight_scale(middle - half, middle + half, ticks=max(2, width // 14), ascii=ascii)
    y = tight_scale(-up, up, ticks=max(2, min(5, (body - 2) // 3 + 1)), ascii=ascii)
    return x, y


def _gradients_legend(width: int, height: int, batch_size: int, angle: float, *, ascii: bool) -> Rows:
    if height < 7:
        return []
    items: list[Row] = [
        [Span("=> " if ascii else "─▶ ", "train"), Span(translate("charts.all-examples"), "muted")],
        [Span("o " if ascii else "• ", "point"), Span(translate("charts.batches-of", size=batch_size), "muted")],
        [Span(translate("charts.usual-angle", angle=f"{angle:.0f}"), "text")],
    ]
    return flow(items, width, 1)


def dead_units_chart(fractions: Sequence[float], width: int, height: int, *, dead: float, ascii: bool = False) -> Rows:
    """Draw the percentage of dead units in each hidden layer as a bar.

    Args:
        fractions: The fraction of dead units in each hidden layer, from the first.
        width: The width in cells.
        height: The height in rows.
        dead: The fraction of all hidden units.
        ascii: Whether to draw in plain ASCII.
    """
    bars = [Bar(str(layer), 100 * fraction, "valid") for layer, fraction in enumerate(fractions, start=1)]
    title = translate("charts.dead-units", percent=f"{100 * dead:.0f}")
    return bar_chart(bars, width, height, title=title, top=100.0, ascii=ascii)


def updates_chart(
    losses: Numbers,
    last: int,
    width: int,
    height: int,
    *,
    epochs: tuple[Numbers, Numbers] = ((), ()),
    ascii: bool = False,
) -> Rows:
    """Draw the batch losses of the updates up to the ``last`` as a line, and the loss after each epoch as points.

    Args:
        losses: The batch losses of the last updates, in order.
        last: The number of the last update, from 1.
        width: The width in cells.
        height: The height in rows.
        epochs: The update after which each epoch ended, and the loss over all examples at its end.
        ascii: Whether to draw in plain ASCII.
    """
    if too_small(width, height):
        return sentence(translate("charts.too-small"), width, height)
    values = float_array(losses)
    update = np.arange(last - len(values) + 1, last + 1, dtype=np.float64)
    at, values = finite_pairs(update, values)
    ends, whole = finite_pairs(*epochs)
    up = extent(values, whole)
    if not len(values) or up is None:
        return sentence(translate("charts.nothing-yet"), width, height)
    legend = _updates_legend(width, height, ascii=ascii)
    body = height - len(legend)
    first = int(update[0])
    x = window_scale(first, max(last, first + 1), ticks=max(2, min(7, width // 10)))
    y = row_scale(*up, body - 2, ascii=ascii)
    grid = canvas_grid(y, width, body, ascii=ascii)
    marks = [
        series_mark(column_extremes(at, values, x, grid), y, grid, "train", "line", "*"),
        point_marks(ends, whole, x, y, grid, "valid", "●", "O"),
    ]
    return [*legend, *framed(x, y, canvas(grid, marks), width, body, ascii=ascii)]


def _updates_legend(width: int, height: int, *, ascii: bool) -> Rows:
    if height < 7:
        return []
    arrow = "->" if ascii else "→"
    items: list[Row] = [
        [Span("* " if ascii else "── ", "train"), Span(translate("charts.batch-loss"), "muted")],
        [Span("O " if ascii else "● ", "valid"), Span(translate("charts.whole-loss"), "muted")],
        [Span(f"{translate('charts.update')} {arrow}", "muted")],
    ]
    return flow(items, width, 1)


_CHANGES_FROM = 10
_NORM_LINES: tuple[tuple[str, Pattern, str, str, str, str], ...]
_NORM_LINES = (
    ("charts.loss", "line", "train", "── ", "*", "* "),
    ("norms.gradient", "dashed", "accent", "╌╌ ", "+", "+ "),
    ("norms.parameters", "dotted", "muted", "·· ", "o", "o "),
)
"""Name, pattern and ink of each line, its sign in the legend, and in ASCII its character and its sign."""


def norms_chart(
    epochs: Numbers,
    losses: Numbers,
    gradients: Numbers,
    parameters: Numbers,
    width: int,
    height: int,
    *,
    changes: Numbers = (),
    ascii: bool = False,
) -> Rows:
    """Draw loss, gradient norm and parameter norm by epoch on one logarithmic axis; the legend has the last figures.

    Values of zero or less have no place on a logarithmic axis and are left out. ``changes`` are, for each layer, how
    far its parameters moved in the last epoch, as a fraction of their length; they have a row if there is room.
    """
    if too_small(width, height):
        return sentence(translate("charts.too-small"), width, height)
    place = float_array(epochs)
    lines = [finite_pairs(place, float_array(values)) for values in (losses, gradients, parameters)]
    lines = [(at[values > 0], values[values > 0]) for at, values in lines]
    up, over = extent(*(values for _, values in lines)), extent(place)
    if up is None or over is None:
        return sentence(translate("charts.nothing-yet"), width, height)
    legend = _norms_legend([values for _, values in lines], width, height, ascii=ascii)
    moved = float_array(changes)
    if len(moved) and height >= _CHANGES_FROM:
        texts = (f"{layer} {figure(value, digits=2, ascii=ascii)}" for layer, value in enumerate(moved.tolist(), 1))
        legend.append(fit_row([Span(f"{translate('norms.changes')}  ", "muted"), Span("   ".join(texts))], width))
    body = height - len(legend)
    first, last = int(over[0]), int(over[1])
    x = window_scale(first, max(last, first + 1), ticks=max(2, min(7, width // 10)))
    y = row_log_scale(*up, body - 2, ascii=ascii)
    grid = canvas_grid(y, width, body, ascii=ascii)
    marks = [
        series_mark(column_extremes(at, values, x, grid), y, grid, ink, pattern, plain)
        for (at, values), (_, pattern, ink, _, plain, _) in zip(lines, _NORM_LINES, strict=True)
        if len(values)
    ]
    return [*legend, *framed(x, y, canvas(grid, marks), width, body, ascii=ascii)]


def _norms_legend(lines: list[NDArray[np.float64]], width: int, height: int, *, ascii: bool) -> Rows:
    if height < 7:
        return []
    items: list[Row] = []
    for values, (name, _, ink, sign, _, plain_sign) in zip(lines, _NORM_LINES, strict=True):
        if not len(values):
            continue
        now = figure(float(values[-1]), digits=3, ascii=ascii)
        items.append(
            [Span(plain_sign if ascii else sign, ink), Span(f"{translate(name)} ", "muted"), Span(now, "text")]
        )
    return flow(items, width, 2 if height >= 12 else 1)


RIGHT = 1e-5
"""Two gradients that differ by less than this, relative to their lengths, differ only by rounding."""

_GAP = 3


def shapes_table(layers: Sequence[tuple[str, Sequence[int]]], width: int, height: int, *, ascii: bool = False) -> Rows:
    """Draw a table with name, shape and size of each array of parameters, and the number of parameters."""
    if not layers or height < 1:
        return sentence(translate("charts.nothing-yet"), width, height)
    sizes = [prod(shape) for _, shape in layers]
    times = " x " if ascii else " × "
    rows = [(translate("charts.layer"), translate("charts.shape"), translate("charts.count"))]
    for (name, shape), size in zip(layers, sizes, strict=True):
        rows.append((name, times.join(map(str, shape)), count(size)))
    rows.append((translate("charts.in-all"), "", count(sum(sizes))))
    if len(rows) > height > 2:
        rows = [*rows[: height - 1], rows[-1]]
    inks = ["muted", *["text"] * (len(rows) - 2), "train"]
    return fit_rows(_columns(rows, inks), width, height)


def gradient_check_table(
    names: Sequence[str],
    computed: Sequence[float],
    measured: Sequence[float],
    width: int,
    height: int,
    *,
    difference: float,
    ascii: bool = False,
) -> Rows:
    """Draw a table of derivatives by backpropagation and by finite differences, with the verdict above it.

    Args:
        names: The names of the parameters.
        computed: The derivatives by backpropagation.
        measured: The derivatives by finite differences.
        width: The width in cells.
        height: The height in rows.
        difference: The difference over all checked parameters, relative to the lengths of the gradients.
        ascii: Whether to draw in plain ASCII.
    """
    size = min(len(names), len(computed), len(measured))
    if not size or height < 1:
        return sentence(translate("charts.nothing-yet"), width, height)
    right = difference < RIGHT
    sign = ("ok" if right else "!!") if ascii else ("✓" if right else "✗")
    ink = "good" if right else "bad"
    verdict = translate("charts.agrees" if right else "charts.disagrees")
    note = translate("charts.difference", difference=f"{difference:.1e}")
    slope = "dL/d" if ascii else "∂L/∂"
    rows: list[Sequence[str]] = [(slope, translate("charts.backpropagation"), translate("charts.measured"))]
    inks = ["muted"]
    for index in _evenly_spread(size, height - 2):
        rows.append((names[index], *(figure(float(each[index]), ascii=ascii) for each in (computed, measured))))
        inks.append("text" if _close(float(computed[index]), float(measured[index])) else "bad")
    head = [Span(f"{sign} {verdict}", ink), Span(f"   {note}", "muted")]
    return fit_rows([head, *_columns(rows, inks)], width, height)


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= 0.01 * (abs(one) + abs(other)) + 1e-6


def _evenly_spread(size: int, room: int) -> list[int]:
    """Return at most ``room`` of ``size`` indices, evenly spread."""
    if size <= room:
        return list(range(size))
    if room < 1:
        return []
    return sorted({round(index * (size - 1) / max(1, room - 1)) for index in range(room)})


def _columns(rows: Sequence[Sequence[str]], inks: Sequence[str]) -> Rows:
    """Align the first column to the left and the others to the right, each as wide as its widest text."""
    widths = [max(cell_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    gap = " " * _GAP
    lines = []
    for row in rows:
        first, *others = (
            pad_left(text, wide) if column else pad(text, wide)
            for column, (text, wide) in enumerate(zip(row, widths, strict=True))
        )
        lines.append(gap.join([first, *others]))
    return [[Span(line, ink)] for line, ink in zip(lines, inks, strict=True)]
