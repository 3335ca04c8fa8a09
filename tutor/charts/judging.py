"""Charts that judge a classifier of two classes, in a square from 0 to 1: ROC, precision-recall, reliability."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tutor.charts.canvas import overlay, scenery
from tutor.charts.cells import Row, Rows, Span, flow, sentence, too_small
from tutor.charts.loss_history import float_array
from tutor.charts.numbers import figure
from tutor.charts.plot import (
    Grid,
    Mark,
    canvas,
    canvas_grid,
    column_extremes,
    finite_pairs,
    framed,
    path_mark,
    point_marks,
    series_mark,
)
from tutor.charts.scale import Scale, row_scale, tight_scale
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from tutor.charts.loss_history import Numbers

_DIGITS = 3


def roc_chart(
    curve: tuple[Numbers, Numbers],
    width: int,
    height: int,
    *,
    point: tuple[float | None, float | None] = (None, None),
    threshold: float | None = None,
    auc: float | None = None,
    ascii: bool = False,
) -> Rows:
    """Draw the ROC curve, the diagonal of guessing, and the threshold in use as a point on the curve.

    Args:
        curve: False positive rate and recall at falling thresholds.
        width: The width in cells.
        height: The height in rows.
        point: The same two at the threshold in use.
        threshold: The threshold in use.
        auc: The area under the curve.
        ascii: Whether to draw in plain ASCII.
    """
    return _chart(
        curve,
        ([0.0, 1.0], [0.0, 1.0]),
        point,
        [
            _line(translate("panel.roc-title"), "train", "──", "*", ascii=ascii),
            _figure("charts.auc", auc, ascii=ascii),
            _figure("charts.threshold-short", threshold, sign="O" if ascii else "●", ascii=ascii),
            _figure("charts.false-positive-rate", point[0], sign=">" if ascii else "→", ascii=ascii),
            _figure("charts.recall", point[1], sign="^" if ascii else "↑", ascii=ascii),
            _line(translate("panel.guessing"), "muted", "··", ".", ascii=ascii),
        ],
        width,
        height,
        ascii=ascii,
    )


def precision_recall_chart(
    curve: tuple[Numbers, Numbers],
    width: int,
    height: int,
    *,
    point: tuple[float | None, float | None] = (None, None),
    threshold: float | None = None,
    f1: float | None = None,
    base: float | None = None,
    ascii: bool = False,
) -> Rows:
    """Draw precision over recall, what guessing reaches, and the threshold in use as a point on the curve.

    Args:
        curve: Recall and precision at falling thresholds.
        width: The width in cells.
        height: The height in rows.
        point: The same two at the threshold in use.
        threshold: The threshold in use.
        f1: F1 at that threshold.
        base: The fraction of positive examples, which is the precision of guessing.
        ascii: Whether to draw in plain ASCII.
    """
    level = float_array([base, base])
    return _chart(
        curve,
        ([0.0, 1.0], level),
        point,
        [
            _line(translate("panel.precision-recall-title"), "train", "──", "*", ascii=ascii),
            _figure("charts.threshold-short", threshold, sign="O" if ascii else "●", ascii=ascii),
            _figure("charts.recall", point[0], sign=">" if ascii else "→", ascii=ascii),
            _figure("charts.precision", point[1], sign="^" if ascii else "↑", ascii=ascii),
            _figure("charts.f1", f1, ascii=ascii),
            _line(translate("panel.guessing"), "muted", "··", ".", ascii=ascii),
        ],
        width,
        height,
        ascii=ascii,
    )


def reliability_chart(
    said: Numbers,
    came_true: Numbers,
    errors: Numbers,
    width: int,
    height: int,
    *,
    gap: float | None = None,
    ascii: bool = False,
) -> Rows:
    """Draw how often what was said comes true, each bin with its standard error, and the diagonal.

    Args:
        said: The mean probability in each bin.
        came_true: The fraction of its examples that are positive.
        errors: The standard error of that fraction.
        width: The width in cells.
        height: The height in rows.
        gap: The mean distance between both over all examples.
        ascii: Whether to draw in plain ASCII.
    """
    right, up = (">", "^") if ascii else ("→", "↑")
    return _chart(
        (said, came_true),
        ([0.0, 1.0], [0.0, 1.0]),
        (None, None),
        [
            [Span("o " if ascii else "● ", "train"), Span(f"{translate('charts.came-true')} {up}", "muted")],
            [Span(f"{translate('charts.said')} {right}", "muted")],
            [Span(translate("charts.average-gap", gap=figure(gap, digits=_DIGITS, ascii=ascii)), "text")],
            _line(translate("panel.said-exactly"), "muted", "··", ".", ascii=ascii),
        ],
        width,
        height,
        errors=errors,
        ascii=ascii,
    )


def _chart(
    curve: tuple[Numbers, Numbers],
    reference: tuple[Numbers, Numbers],
    point: tuple[float | None, float | None],
    legend: Sequence[Row],
    width: int,
    height: int,
    *,
    errors: Numbers | None = None,
    ascii: bool = False,
) -> Rows:
    """Draw a dotted reference, a curve and a point on it; with ``errors``, points with error bars for the curve."""
    if too_small(width, height):
        return sentence(translate("charts.too-small"), width, height)
    across, up = finite_pairs(*curve)
    if not len(across):
        return sentence(translate("charts.nothing-yet"), width, height)
    top = flow(legend, width, 1 if height < 12 else 2) if height >= 7 else []
    body = height - len(top)
    x = tight_scale(0.0, 1.0, ticks=max(2, min(6, width // 12)), ascii=ascii)
    y = row_scale(0.0, 1.0, body - 2, zero=True, ascii=ascii)
    grid = canvas_grid(y, width, body, ascii=ascii)
    between = np.linspace(0.0, 1.0, grid.columns)
    diagonal = np.interp(between, *finite_pairs(*reference)) if len(finite_pairs(*reference)[0]) else between[:0]
    under = [series_mark(column_extremes(between[: len(diagonal)], diagonal, x, grid), y, grid, "muted", "dotted", ".")]
    if errors is None:
        over = [path_mark(across, up, x, y, grid, "train", "*")]
    else:
        over = [*_bars(across, up, float_array(errors), x, y, grid), _dots(across, up, x, y, grid, "train", "o")]
    rows = overlay(scenery(grid, under), canvas(grid, over))
    at = finite_pairs([point[0]], [point[1]])
    if len(at[0]):
        rows = overlay(rows, canvas(grid, [_dots(*at, x, y, grid, "cursor", "O")]))
    return [*top, *framed(x, y, rows, width, body, ascii=ascii)]


def _dots(
    across: np.ndarray[tuple[int], np.dtype[np.float64]],
    up: np.ndarray[tuple[int], np.dtype[np.float64]],
    x: Scale,
    y: Scale,
    grid: Grid,
    ink: str,
    plain: str,
) -> Mark:
    return point_marks(across, up, x, y, grid, ink, "●", plain)


def _bars(
    across: np.ndarray[tuple[int], np.dtype[np.float64]],
    up: np.ndarray[tuple[int], np.dtype[np.float64]],
    errors: np.ndarray[tuple[int], np.dtype[np.float64]],
    x: Scale,
    y: Scale,
    grid: Grid,
) -> list[Mark]:
    """Return a vertical line of one standard error up and down for each point."""
    return [
        path_mark([at, at], [max(0.0, middle - error), min(1.0, middle + error)], x, y, grid, "valid", "|")
        for at, middle, error in zip(across.tolist(), up.tolist(), errors.tolist(), strict=False)
        if np.isfinite(error)
    ]


def _line(name: str, ink: str, sign: str, plain: str, *, ascii: bool) -> Row:
    return [Span(f"{plain if ascii else sign} ", ink), Span(name, "muted")]


def _figure(key: str, value: float | None, *, sign: str = "", ascii: bool) -> Row:
    """Return a figure with its name; the sign says what it is in the chart, such as the arrow of its axis."""
    ink = "cursor" if sign in {"●", "O"} else "muted"
    head = [Span(f"{sign} ", ink)] if sign else []
    return [*head, Span(f"{translate(key)} ", "muted"), Span(figure(value, digits=_DIGITS, ascii=ascii), "text")]
