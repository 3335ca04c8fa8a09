"""A small network drawn as a diagram: a row of units for each layer, from the inputs at the top down to the outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tutor.charts.cells import Row, Rows, fit_row, fit_rows, overlaid, sentence, too_small
from tutor.charts.plot import Grid, canvas, path_mark
from tutor.charts.scale import tight_scale
from tutor.foundation.text import cell_width, shorten
from tutor.foundation.translate import translate

_UNIT = 9
"""The fewest cells that a unit takes."""
_LEAST_EDGES, _MOST_EDGES = 2, 5
"""Rows of the edges between two layers."""


class Unit(NamedTuple):
    """A unit: its name and its value as text, each of characters of one cell."""

    name: str
    value: str = ""


def network_diagram(
    layers: Sequence[Sequence[Unit]], width: int, height: int, *, active: int | None = None, ascii: bool = False
) -> Rows:
    """Draw the units of each layer and the edges between them.

    Args:
        layers: The units of each layer; the first layer is the inputs.
        width: The width in cells. If a layer does not fit, its last units are left out, and a sign stands for them.
        height: The height in rows.
        active: The index of the layer to emphasize, with the edges that lead to it.
        ascii: Whether to draw in plain ASCII.
    """
    gaps = len(layers) - 1
    edges = min(_MOST_EDGES, (height - 2 * len(layers)) // max(1, gaps))
    if too_small(width, height) or not layers or (gaps and edges < _LEAST_EDGES):
        return sentence(translate("charts.too-small"), width, height)
    shown = [_fitting(layer, width, ascii=ascii) for layer in layers]
    rows: Rows = []
    for index, units in enumerate(shown):
        here = index == active
        if index:
            rows += _edges(len(shown[index - 1]), len(units), width, edges, "accent" if here else "axis", ascii=ascii)
        rows += [
            _labels([unit.name for unit in units], width, "accent" if here else "text"),
            _labels([unit.value for unit in units], width, "accent" if here else "muted"),
        ]
    return fit_rows(rows, width, height)


def _fitting(layer: Sequence[Unit], width: int, *, ascii: bool) -> list[Unit]:
    most = max(1, width // _UNIT)
    if len(layer) <= most:
        return list(layer)
    return [*layer[: most - 1], Unit("..." if ascii else "…", f"+{len(layer) - most + 1}")]


def _middle(index: int, count: int, width: int) -> float:
    """The middle of a unit, in cells from the left."""
    return (index + 0.5) * width / count


def _labels(texts: Sequence[str], width: int, ink: str) -> Row:
    row: Row = fit_row((), width)
    room = width // max(1, len(texts))
    for index, text in enumerate(shorten(each, room - 1) for each in texts):
        left = round(_middle(index, len(texts), width) - cell_width(text) / 2)
        row = overlaid(row, max(0, min(left, width - cell_width(text))), text, ink)
    return fit_row(row, width)


def _edges(above: int, below: int, width: int, height: int, ink: str, *, ascii: bool) -> Rows:
    grid = Grid(width, height, ascii)
    x, y = tight_scale(0.0, float(width)), tight_scale(0.0, 1.0)
    marks = [
        path_mark([_middle(one, above, width), _middle(other, below, width)], [1.0, 0.0], x, y, grid, ink)
        for one in range(above)
        for other in range(below)
    ]
    return canvas(grid, marks)
