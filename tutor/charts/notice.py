"""What stands where a chart cannot: a sentence, or the figures alone."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.charts.cells import Row, Rows, Span, fit_rows
from tutor.foundation.text import cell_width, centre, wrapped

SMALLEST_WIDTH = 20
SMALLEST_HEIGHT = 5


def too_small(width: int, height: int) -> bool:
    """Whether ``width`` by ``height`` cells are too few for axes."""
    return width < SMALLEST_WIDTH or height < SMALLEST_HEIGHT


def sentence(text: str, width: int, height: int) -> Rows:
    """``text`` in the middle of ``width`` by ``height`` cells, cut where it does not fit."""
    if width < 1 or height < 1:
        return [[] for _ in range(max(0, height))]
    # A Chinese character has no place in a single cell.
    lines = [line for line in wrapped(text, width) if cell_width(line) <= width][:height]
    above = (height - len(lines)) // 2
    rows: list[Row] = [[] for _ in range(above)]
    rows.extend([Span(centre(line, width), "muted")] for line in lines)
    return fit_rows(rows, width, height)


def figures(items: Sequence[tuple[str, str, str]], width: int, height: int) -> Rows:
    """Names and figures, ``(name, figure, ink)``, one a row: what is left of a chart with no room."""
    rows = [[Span(f"{name} ", "muted"), Span(text, ink)] for name, text, ink in items]
    return fit_rows(rows, max(0, width), max(0, height))
