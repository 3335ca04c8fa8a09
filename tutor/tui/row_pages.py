"""Pages made of rows for a `RowList`: headings, sentences, charts, and rows that lead on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from tutor.charts.cells import Row, Rows, Span, plain_row
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import shorten, wrapped
from tutor.tui.widgets.row_list import RowItem

MARGIN = 2
"""Cells left of everything on a page."""


def blank() -> RowItem:
    """An empty row."""
    return RowItem("", lambda _width: [], selectable=False)


def heading(text: str) -> RowItem:
    """A heading."""
    return fixed(lambda width: [Span(shorten(f"{'':{MARGIN}}{text}", width), "accent bold")])


def fixed(draw: Callable[[int], Row]) -> RowItem:
    """A row to read, not to choose."""
    return RowItem("", draw, selectable=False)


def sentence_items(text: str, width: int, ink: str = "muted") -> list[RowItem]:
    """A sentence of ours over as many rows as ``width`` cells need."""
    lines = wrapped(harmless_line(text), max(10, width - 2 * MARGIN))
    return [fixed(_row_of([Span(" " * MARGIN), Span(line, ink)])) for line in lines]


def way(key: str, letter: str, text: str) -> RowItem:
    """A row that leads on: the key that does the same, and what it does."""

    def draw(width: int) -> Row:
        room = max(0, width - 8)
        return [Span(f"  {letter}", "key"), Span("   "), Span(shorten(harmless_line(text), room))]

    return RowItem(key, draw)


def chart_items(draw: Callable[[int, int], Rows], height: int) -> list[RowItem]:
    """A picture over ``height`` rows.

    Args:
        draw: Draws it in a width and a height in cells; called once for each width.
        height: Its rows.
    """
    drawn: dict[int, Rows] = {}

    def row(at: int) -> Callable[[int], Row]:
        def of_width(width: int) -> Row:
            room = max(1, width - 2 * MARGIN)
            if room not in drawn:
                drawn[room] = draw(room, height)
            rows = drawn[room]
            return [Span(" " * MARGIN), *rows[at]] if at < len(rows) else []

        return of_width

    return [fixed(row(at)) for at in range(height)]


def day_label(day: date) -> str:
    """A day below a chart: its month and its number."""
    return f"{day.month}/{day.day}"


def rows_as_text(items: Iterable[RowItem], width: int) -> Sequence[str]:
    """What a page says, row by row: for tests and for what is not drawn on a screen."""
    return [plain_row(item.draw(width)).rstrip() for item in items]


def _row_of(row: Row) -> Callable[[int], Row]:
    return lambda _width: row
