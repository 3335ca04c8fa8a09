"""A curve as a sum of hidden units: each unit from zero, the constant, and their sum beside the curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tutor.charts.cells import Row, Rows, Span, flow, sentence, too_small
from tutor.charts.loss_history import float_array
from tutor.charts.numbers import figure
from tutor.charts.plot import (
    Grid,
    Mark,
    canvas,
    canvas_grid,
    column_extremes,
    curve_mark,
    exclusive,
    extent,
    finite_pairs,
    framed,
    point_marks,
)
from tutor.charts.scale import row_scale, tight_scale
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tutor.charts.loss_history import Numbers

_POINTS = 240
_COLOURED = 7
"""Up to this many hidden units have a colour each; more are grey."""


def hidden_units_chart(
    curve: tuple[Numbers, Numbers],
    pieces: Sequence[Sequence[float]],
    width: int,
    height: int,
    *,
    constant: float,
    hard: bool,
    error: float | None = None,
    chosen: int | None = None,
    ascii: bool = False,
) -> Rows:
    """Draw the curve as points, the sum as a thick line, every unit c·σ(b + w·x) dashed and the constant dotted.

    So they are told apart without colour too. A cell has one colour: of the sum, else of the curve, else of a unit.

    Args:
        curve: x and y of the curve that the sum approximates.
        pieces: w, b and c of each hidden unit.
        width: The width in cells.
        height: The height in rows.
        constant: What is added to the sum of the hidden units.
        hard: Whether σ is the hard sigmoid, max(0, min(1, ½ + z/4)), or the soft one, 1 / (1 + e⁻ᶻ).
        error: The largest distance between the sum and the curve.
        chosen: The hidden unit whose two ends are marked.
        ascii: Whether to draw in plain ASCII.
    """
    x, y = finite_pairs(*curve)
    if too_small(width, height):
        return sentence(translate("charts.too-small"), width, height)
    across = extent(x)
    if across is None:
        return sentence(translate("charts.nothing-yet"), width, height)
    at = np.linspace(*across, _POINTS)
    drawn = [_hidden_unit(at, *(float(each) for each in piece), hard=hard) for piece in pieces]
    level = np.full_like(at, constant)
    total = np.sum([level, *drawn], axis=0)
    up = extent(y, level, *drawn) or (0.0, 1.0)
    legend = _legend(width, height, error, ascii=ascii)
    body = height - len(legend)
    right = tight_scale(*across, ticks=max(2, width // 14), ascii=ascii)
    upwards = row_scale(*up, body - 2, ascii=ascii)
    grid = canvas_grid(upwards, width, body, ascii=ascii)
    # The sum has the blue of training, so no unit has the blue of the first class.
    inks = [f"class{index % _COLOURED + 1}" if len(drawn) <= _COLOURED else "muted" for index in range(len(drawn))]
    marks = [
        _every_other(point_marks(at, level, right, upwards, grid, "muted", "·", "-"), grid),
        *(
            curve_mark(column_extremes(at, piece, right, grid), upwards, grid, ink, "dashed", ".")
            for ink, piece in zip(inks, drawn, strict=True)
        ),
        _every_other(point_marks(x, y, right, upwards, grid, "text", "•", "o"), grid),
        curve_mark(column_extremes(at, total, right, grid), upwards, grid, "train", "thick", "*"),
    ]
    marks = exclusive(marks, grid)
    if chosen is not None and 0 <= chosen < len(drawn) and pieces[chosen][0]:
        w, b = float(pieces[chosen][0]), float(pieces[chosen][1])
        ends = np.clip([(-2 - b) / w, (2 - b) / w], *across)
        heights = np.interp(ends, at, drawn[chosen])
        marks.append(point_marks(ends, heights, right, upwards, grid, "cursor", "◆", "@"))
    return [*legend, *framed(right, upwards, canvas(grid, marks), width, body, ascii=ascii)]


def _every_other(points: Mark, grid: Grid) -> Mark:
    """Return the points in every other column of cells, so that they do not look like a line."""
    shown = points.columns // grid.dots_across % 2 == 0
    return replace(points, columns=points.columns[shown], rows=points.rows[shown])


def _hidden_unit(x: NDArray[np.float64], w: float, b: float, c: float, *, hard: bool) -> NDArray[np.float64]:
    z = float_array(b + w * x)
    return c * (np.clip(0.5 + z / 4, 0.0, 1.0) if hard else 0.5 * (1 + np.tanh(z / 2)))


def _legend(width: int, height: int, error: float | None, *, ascii: bool) -> Rows:
    if height < 8:
        return []
    items: list[Row] = [
        [Span("* " if ascii else "━━ ", "train"), Span(translate("charts.sum-of-pieces"), "muted")],
        [Span("o " if ascii else "• ", "text"), Span(translate("charts.actual"), "muted")],
        [Span(". " if ascii else "╌╌ ", "class1"), Span(translate("charts.piece"), "muted")],
        [Span("- " if ascii else "· ", "muted"), Span(translate("charts.constant"), "muted")],
    ]
    if error is not None:
        items.insert(0, [Span(translate("charts.largest-error", error=figure(float(error), ascii=ascii)), "text")])
    return flow(items, width, 1 if height < 12 else 2)
