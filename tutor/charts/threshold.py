"""The examples of two classes along one feature, and the threshold that separates them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tutor.charts.boundary import ASCII_GLYPHS, GLYPHS
from tutor.charts.canvas import overlay, scenery
from tutor.charts.cells import CLASS_INKS, Row, Rows, Span, flow, sentence, too_small
from tutor.charts.loss_history import float_array
from tutor.charts.numbers import figure
from tutor.charts.plot import Grid, Mark, canvas, canvas_grid, dot_columns, dot_rows, framed
from tutor.charts.scale import Scale, bar_scale, tight_scale
from tutor.foundation.text import shorten
from tutor.foundation.translate import translate
from tutor.tables.distinct import distinct


def threshold_chart(
    values: Sequence[float],
    counts_by_class: Mapping[str, Sequence[int]],
    width: int,
    height: int,
    *,
    threshold: float | None = None,
    mistakes: float | None = None,
    ascii: bool = False,
) -> Rows:
    """Draw a histogram of each class as columns of signs, and the threshold.

    Args:
        values: The values that the feature takes, ascending.
        counts_by_class: By class, how many examples have each of ``values``.
        width: The width in cells.
        height: The height in rows.
        threshold: The value from which on the model predicts the second class.
        mistakes: The fraction of examples on the wrong side.
        ascii: Whether to draw in plain ASCII.
    """
    across = float_array(values)
    if too_small(width, height):
        return sentence(translate("charts.too-small"), width, height)
    heaps = {name: float_array(counts)[: len(across)] for name, counts in counts_by_class.items()}
    tallest = max((float(np.nanmax(heap)) for heap in heaps.values() if np.isfinite(heap).any()), default=0.0)
    if not np.isfinite(across).any() or tallest <= 0:
        return sentence(translate("charts.nothing-yet"), width, height)
    legend = _legend(list(heaps), width, height, threshold, mistakes, ascii=ascii)
    body = height - len(legend)
    finite = across[np.isfinite(across)]
    places = distinct(finite)
    gap = float(np.diff(places).min()) if len(places) > 1 else 1.0
    x = tight_scale(
        float(finite.min()) - gap / 2, float(finite.max()) + gap / 2, ticks=max(2, width // 12), ascii=ascii
    )
    y = bar_scale(tallest, body - 2, whole=True, ascii=ascii)
    grid = canvas_grid(y, width, body, ascii=ascii)
    marks = [_heap(number, across, heap, x, y, grid, len(heaps), gap) for number, heap in enumerate(heaps.values())]
    under = scenery(grid, marks)
    place = float_array([threshold])[0]
    lines = [_line(float(place), x, grid)] if np.isfinite(place) else []
    return [*legend, *framed(x, y, overlay(under, canvas(grid, lines)) if lines else under, width, body, ascii=ascii)]


def _heap(
    number: int,
    across: np.ndarray[tuple[int], np.dtype[np.float64]],
    heap: np.ndarray[tuple[int], np.dtype[np.float64]],
    x: Scale,
    y: Scale,
    grid: Grid,
    classes: int,
    gap: float,
) -> Mark:
    """Return the signs of one class: a column at each value, as high as its count, beside those of other classes."""
    good = np.isfinite(across[: len(heap)]) & np.isfinite(heap) & (heap > 0)
    shift = (number - (classes - 1) / 2) * gap / (classes + 1)
    at = dot_columns(across[: len(heap)][good] + shift, x, grid) // grid.dots_across
    tops = dot_rows(heap[good], y, grid) // grid.dots_up
    columns = np.concatenate([np.full(top + 1, column) for column, top in zip(at, tops, strict=True)] or [at])
    rows = np.concatenate([np.arange(top + 1) for top in tops] or [tops])
    inside = (columns >= 0) & (columns < grid.width)
    ink = number % CLASS_INKS
    glyph = (ASCII_GLYPHS if grid.ascii else GLYPHS)[ink]
    return Mark(
        columns[inside] * grid.dots_across, rows[inside] * grid.dots_up, f"class{ink}", glyph=glyph, plain=glyph
    )


def _line(threshold: float, x: Scale, grid: Grid) -> Mark:
    column = int(np.clip(dot_columns(float_array([threshold]), x, grid)[0], 0, grid.columns - 1))
    rows = np.arange(grid.height, dtype=np.int64) * grid.dots_up
    return Mark(np.full_like(rows, column), rows, "cursor", glyph="|" if grid.ascii else "┃")


def _legend(
    names: Sequence[str], width: int, height: int, threshold: float | None, mistakes: float | None, *, ascii: bool
) -> Rows:
    if height < 7:
        return []
    glyphs = ASCII_GLYPHS if ascii else GLYPHS
    items: list[Row] = [
        [Span(f"{glyphs[number % CLASS_INKS]} ", f"class{number % CLASS_INKS}"), Span(shorten(name, 12), "muted")]
        for number, name in enumerate(names)
    ]
    if threshold is not None:
        bar = "|" if ascii else "┃"
        text = translate("charts.threshold", value=figure(threshold, ascii=ascii))
        items.append([Span(f"{bar} ", "cursor"), Span(text, "muted")])
    if mistakes is not None:
        items.append([Span(translate("charts.mistakes", share=f"{mistakes:.1%}"), "text")])
    return flow(items, width, 1 if height < 12 else 2)
