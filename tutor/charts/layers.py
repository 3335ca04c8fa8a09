"""Canvases laid over each other: scenery that stays, fields of colour, and what moves above them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import groupby

from tutor.charts.cells import HEAT_LEVELS, Row, Rows, Span, add_span
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
    row: Row = []
    below = _Cutter(under)
    for span in over:
        for text, clear in _runs(span):
            done = 0
            for low in below.take(len(text)):
                upper = span._replace(text=text[done : done + len(low.text)])
                add_span(row, low if clear else _on_ground(upper, low))
                done += len(low.text)
    return row


def _runs(span: Span) -> list[tuple[str, bool]]:
    """The text of a span in runs, each with whether one sees through it."""
    text, ground = span.text, span.ground
    if ground is not None or " " not in text:
        return [(text, False)]
    if text.isspace():
        return [(text, True)]
    return [("".join(run), clear) for clear, run in groupby(text, " ".__eq__)]


class _Cutter:
    """Gives the spans of a row from the left, cut where they are taken; every character is one cell wide."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self._index = self._from = 0

    def take(self, cells: int) -> Iterator[Span]:
        """The spans of the next ``cells``."""
        while cells > 0 and self._index < len(self._row):
            span = self._row[self._index]
            text = span.text[self._from : self._from + cells]
            cells -= len(text)
            self._from += len(text)
            if self._from >= len(span.text):
                self._index, self._from = self._index + 1, 0
            if text:
                yield span if text == span.text else span._replace(text=text)


def _on_ground(high: Span, low: Span) -> Span:
    if high.ground is not None or low.ground is None:
        return high
    if low.ground.startswith("heat"):
        # On a heat map what lies above is as bright as the place is dark, so that it shows everywhere.
        bright = int(low.ground.removeprefix("heat")) < HEAT_LEVELS // 2
        return Span(high.text, f"heat{HEAT_LEVELS - 1 if bright else 0}", low.ground)
    return Span(high.text, high.ink, low.ground)
