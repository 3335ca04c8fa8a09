"""Canvases laid over each other: scenery that stays, fields of colour, and what moves above them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from tutor.charts.cells import HEAT_LEVELS, Row, Rows, Span
from tutor.charts.plot import Grid, Mark, canvas

_KEPT = 12
_scenery: OrderedDict[tuple[object, ...], Rows] = OrderedDict()


def scenery(grid: Grid, marks: Sequence[Mark]) -> Rows:
    """`canvas`, kept: the points of a data set are drawn once, not with every frame of the curve through them."""
    key = (grid, *(_key(mark) for mark in marks))
    drawn = _scenery.pop(key, None)
    if drawn is None:
        drawn = canvas(grid, marks)
        while len(_scenery) >= _KEPT:
            _scenery.pop(next(iter(_scenery)), None)
    _scenery[key] = drawn
    return drawn


def _key(mark: Mark) -> tuple[object, ...]:
    return (mark.columns.tobytes(), mark.rows.tobytes(), mark.ink, mark.lines, mark.breaks, mark.glyph, mark.plain)


def overlay(under: Sequence[Row], over: Sequence[Row]) -> Rows:
    """``over`` on ``under``, cell by cell: where ``over`` has a space, ``under`` shows; its ground stays."""
    return [_overlay_row(below, above) for below, above in zip(under, over, strict=True)]


def _overlay_row(under: Row, over: Row) -> Row:
    if all(span.text.isspace() and span.ground is None for span in over):
        return under
    below = [Span(cell, span.ink, span.ground) for span in under for cell in span.text]
    above = [Span(cell, span.ink, span.ground) for span in over for cell in span.text]
    merged = [
        low if high.text == " " and high.ground is None else _on_ground(high, low)
        for low, high in zip(below, above, strict=True)
    ]
    return joined(merged)


def _on_ground(high: Span, low: Span) -> Span:
    if high.ground is not None or low.ground is None:
        return high
    if low.ground.startswith("heat"):
        # On a heat map what lies above is as bright as the place is dark, so that it shows everywhere.
        bright = int(low.ground.removeprefix("heat")) < HEAT_LEVELS // 2
        return Span(high.text, f"heat{HEAT_LEVELS - 1 if bright else 0}", low.ground)
    return Span(high.text, high.ink, low.ground)


def joined(cells: Sequence[Span]) -> Row:
    """``cells`` with neighbours of the same ink and ground made one span."""
    row: Row = []
    for cell in cells:
        if row and row[-1].ink == cell.ink and row[-1].ground == cell.ground:
            row[-1] = Span(row[-1].text + cell.text, cell.ink, cell.ground)
        else:
            row.append(cell)
    return row
