"""What a chart is made of: rows of spans, each span a text with the name of its ink and of its ground.

A span names roles, never colours, so that the same chart serves a dark theme, a light one and no colour at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tutor.foundation.text import cell_width, centre, pad, wrapped

HEAT_LEVELS = 16
"""How many inks shade a field: ``heat0`` (lowest) to ``heat15``."""

CLASS_INKS = 10
"""How many inks tell classes apart; the eleventh class shares the first one's."""

INKS: tuple[str, ...] = (
    "text", "muted", "axis",
    "train", "valid", "pinned1", "pinned2", "pinned3", "pinned4",
    "good", "bad", "accent", "cursor", "point", "path", "best",
    *(f"class{number}" for number in range(CLASS_INKS)),
    "field",
    *(f"field{number}" for number in range(CLASS_INKS)),
    *(f"heat{number}" for number in range(HEAT_LEVELS)),
)  # fmt: skip
"""Every role that a span can name as its ink or ground; a front gives each a colour."""


class Span(NamedTuple):
    """A piece of a row: ``text`` drawn in ``ink`` on ``ground`` (both role names; no ground: the screen's own)."""

    text: str
    ink: str = "text"
    ground: str | None = None


Row = list[Span]
Rows = list[Row]


def add_span(row: Row, span: Span) -> None:
    """Put ``span`` at the end of ``row``, as one with the last one where they look alike; in place."""
    if row and row[-1].ink == span.ink and row[-1].ground == span.ground:
        row[-1] = Span(row[-1].text + span.text, span.ink, span.ground)
    else:
        row.append(span)


def row_width(row: Iterable[Span]) -> int:
    """The cells that ``row`` takes."""
    return sum(cell_width(span.text) for span in row)


def plain_row(row: Iterable[Span]) -> str:
    """The text of ``row`` without its inks."""
    return "".join(span.text for span in row)


def plain_text(rows: Iterable[Iterable[Span]]) -> str:
    """The text of ``rows``, one line each, without inks: what a pipe or a test reads."""
    return "\n".join(plain_row(row) for row in rows)


def fit_row(row: Sequence[Span], width: int) -> Row:
    """``row`` in exactly ``width`` cells: cut at the right edge, or filled up with spaces."""
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
    """``rows`` as exactly ``height`` rows of exactly ``width`` cells."""
    fitted = [fit_row(row, width) for row in rows[:height]]
    fitted.extend(fit_row((), width) for _ in range(height - len(fitted)))
    return fitted


def spread_row(left: Sequence[Span], right: Sequence[Span], width: int) -> Row:
    """``left`` against the left edge and ``right`` against the right one; ``right`` goes where both do not fit."""
    gap = width - row_width(left) - row_width(right)
    if gap < (1 if left and right else 0):
        return fit_row(left, width)
    return [*left, *([Span(" " * gap)] if gap else []), *right]


def overlaid(row: Sequence[Span], at: int, text: str, ink: str) -> Row:
    """``row``, whose characters are one cell wide each, with ``text`` in ``ink`` over it from cell ``at``."""
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
