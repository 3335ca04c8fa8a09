"""The names and values of curves at their right ends, instead of a legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.charts.cells import Row, Rows, Span
from tutor.foundation.text import cell_width, pad, pad_left, shorten

LONGEST_NAME = 14
"""The cells that a name has at the end of a curve."""


@dataclass(frozen=True, slots=True)
class LineEnd:
    """What stands at the right end of a curve.

    Args:
        sign: The sign of the curve.
        name: Its name; empty if only the value is shown.
        value: Its value as text.
        ink: Its colour role.
        row: The row of cells that it ends in, 0 at the top.
    """

    sign: str
    name: str
    value: str
    ink: str
    row: int


def ends_width(ends: Sequence[LineEnd]) -> int:
    """Return the width in cells that the ends of curves need."""
    return sum(_widths(ends)) + 2 if ends else 0


def end_rows(ends: Sequence[LineEnd], height: int) -> Rows:
    """Return ``height`` rows of `ends_width` cells with one end each, at its curve or pushed apart from the others.

    Args:
        ends: The ends, at most ``height`` of them.
        height: The height in rows.
    """
    sign, name, value = _widths(ends)
    blank = Span(" " * ends_width(ends))
    rows: Rows = [[blank] for _ in range(height)]
    placed = sorted(ends, key=lambda end: end.row)
    at = [max(0, min(height - 1, end.row)) for end in placed]
    for index in range(1, len(at)):
        at[index] = max(at[index], at[index - 1] + 1)
    for index in range(len(at) - 1, -1, -1):
        at[index] = min(at[index], height - len(at) + index)
    for row, end in zip(at, placed, strict=True):
        name_text = pad(shorten(end.name, name - 1), name) if name else ""
        rows[row] = [Span(f" {pad(end.sign, sign)} {name_text}{pad_left(end.value, value)}", end.ink)]
    return rows


def named(end: LineEnd) -> Row:
    """Return the sign and the name of a curve for a legend, if only values are at the ends."""
    return [Span(f"{end.sign} ", end.ink), Span(end.name, "muted")]


def _widths(ends: Sequence[LineEnd]) -> tuple[int, int, int]:
    sign = max((cell_width(end.sign) for end in ends), default=0)
    name = min(LONGEST_NAME, max((cell_width(end.name) for end in ends), default=0))
    value = max((cell_width(end.value) for end in ends), default=0)
    return sign, name + 1 if name else 0, value
