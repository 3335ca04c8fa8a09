"""What a chart is made of: rows of spans, each a text with the names of its ink and its ground.

A span names roles, never colours, so the same chart serves a dark theme, a light theme and no colour at all. A chart
without room, or without anything to draw yet, is a `sentence` or a list of `figures`, which are rows too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tutor.foundation.text import cell_width, centre, pad, wrapped

HEAT_LEVELS = 16
"""The number of inks that shade a field: ``heat0`` (lowest) to ``heat15``."""

CLASS_INKS = 10
"""The number of inks for classes; the eleventh class has the ink of the first."""

INKS: tuple[str, ...] = (
    "text", "muted", "axis", "rule", "bar-rest",
    "train", "valid", "train-raw", "valid-raw", "pinned1", "pinned2", "pinned3", "pinned4",
    "good", "bad", "accent", "cursor", "point", "path", "best",
    *(f"class{number}" for number in range(CLASS_INKS)),
    "field",
    *(f"field{number}" for number in range(CLASS_INKS)),
    *(f"heat{number}" for number in range(HEAT_LEVELS)),
)  # fmt: skip
"""Every role that a span can name as its ink or ground; a front gives each one a colour."""


class Span(NamedTuple):
    """A piece of a row: ``text`` in ``ink`` on ``ground``, both names of roles; None is the ground of the screen."""

    text: str
    ink: str = "text"
    ground: str | None = None


Row = list[Span]
Rows = list[Row]


def add_span(row: Row, span: Span) -> None:
    """Append ``span`` to ``row``, in place; if it looks like the last span, the two become one."""
    if row and row[-1].ink == span.ink and row[-1].ground == span.ground:
        row[-1] = Span(row[-1].text + span.text, span.ink, span.ground)
    else:
        row.append(span)


def row_width(row: Iterable[Span]) -> int:
    """Return the width of ``row`` in cells."""
    return sum(cell_width(span.text) for span in row)


def plain_row(row: Iterable[Span]) -> str:
    """Return the text of ``row`` without its inks."""
    return "".join(span.text for span in row)


def plain_text(rows: Iterable[Iterable[Span]]) -> str:
    """Return the text of ``rows`` without inks, one line each, as a pipe or a test reads it."""
    return "\n".join(plain_row(row) for row in rows)


def fit_row(row: Sequence[Span], width: int) -> Row:
    """Return ``row`` in exactly ``width`` cells: cut at the right edge, or filled with spaces."""
    fitted: Row = []
    left = width
    for span in row:
        wide = cell_width(span.text)
        if wide > left:
            if left > 0:
                fitted.append(span._replace(text=pad(span.text, left)))
            return fitted
        if wide:
            fitted.append(span)
        left -= wide
    if left > 0:
        fitted.append(Span(" " * left))
    return fitted


def fit_rows(rows: Sequence[Sequence[Span]], width: int, height: int) -> Rows:
    """Return ``rows`` as exactly ``height`` rows of exactly ``width`` cells."""
    fitted = [fit_row(row, width) for row in rows[:height]]
    fitted.extend(fit_row((), width) for _ in range(height - len(fitted)))
    return fitted


def spread_row(left: Sequence[Span], right: Sequence[Span], width: int) -> Row:
    """Return a row with ``left`` and ``right`` at its edges, or with ``left`` alone if both do not fit."""
    gap = width - row_width(left) - row_width(right)
    if gap < (1 if left and right else 0):
        return fit_row(left, width)
    return [*left, *([Span(" " * gap)] if gap else []), *right]


def flow(items: Sequence[Row], width: int, most: int) -> Rows:
    """Return ``items`` of a legend side by side with two cells between them, on at most ``most`` rows."""
    rows: Rows = []
    for item in items:
        if rows and row_width(rows[-1]) + 2 + row_width(item) <= width:
            rows[-1] = [*rows[-1], Span("  "), *item]
        elif len(rows) < most:
            rows.append(list(item))
    return [fit_row(row, width) for row in rows]


def overlaid(row: Sequence[Span], at: int, text: str, ink: str) -> Row:
    """Return ``row`` with ``text`` in ``ink`` over it from cell ``at``; its characters must be one cell wide each."""
    end = at + cell_width(text)
    before: Row = []
    after: Row = []
    place = 0
    for span in row:
        stop = place + len(span.text)
        if place < at:
            before.append(span._replace(text=span.text[: at - place]))
        if stop > end:
            after.append(span._replace(text=span.text[max(0, end - place) :]))
        place = stop
    return [*before, Span(text, ink), *after]


SMALLEST_WIDTH = 20
SMALLEST_HEIGHT = 5


def too_small(width: int, height: int) -> bool:
    """Return whether ``width`` by ``height`` cells are too few for axes."""
    return width < SMALLEST_WIDTH or height < SMALLEST_HEIGHT


def sentence(text: str, width: int, height: int) -> Rows:
    """Return ``text`` in the middle of ``width`` by ``height`` cells, cut if it does not fit."""
    if width < 1 or height < 1:
        return [[] for _ in range(max(0, height))]
    # A Chinese character does not fit into one cell.
    lines = [line for line in wrapped(text, width) if cell_width(line) <= width][:height]
    above = (height - len(lines)) // 2
    rows: list[Row] = [[] for _ in range(above)]
    rows.extend([Span(centre(line, width), "muted")] for line in lines)
    return fit_rows(rows, width, height)


def figures(items: Sequence[tuple[str, str, str]], width: int, height: int) -> Rows:
    """Return names with their figures, ``(name, figure, ink)``, one on each row, for a chart without room."""
    rows = [[Span(f"{name} ", "muted"), Span(text, ink)] for name, text, ink in items]
    return fit_rows(rows, max(0, width), max(0, height))
