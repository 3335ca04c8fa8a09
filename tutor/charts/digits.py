"""Handwritten digits with what a model reads in them: a sample that stays, and below it some that it reads wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tutor.charts.canvas import ASCII_SHADES, HEAT_INKS, colour_rows, shade_rows
from tutor.charts.cells import HEAT_LEVELS, Row, Rows, Span, fit_row, fit_rows, sentence
from tutor.charts.loss import flow
from tutor.charts.plot import Grid
from tutor.foundation.text import centre, shorten
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from numpy.typing import NDArray

_INK = 9
"""The darkest pixel."""
_GAP = 2
_BLOCKS, _ASCII_BLOCKS = " ▄▀█", " .'#"
"""A cell by its two pixels, where there is no colour: none, the lower one, the upper one, both."""
_LOWEST_INK = 4
"""From here on a pixel counts as drawn, where there is no colour."""


class Digit(NamedTuple):
    """A digit of ``pixels``, a figure each from 0 (paper) to 9 (ink), by rows from the top."""

    pixels: str
    true: str
    predicted: str


def digits_chart(
    sample: Sequence[Digit],
    missed: Sequence[Digit],
    width: int,
    height: int,
    *,
    side: int = 8,
    wrong: int = 0,
    count: int = 0,
    colour: bool = True,
    ascii: bool = False,
) -> Rows:
    """Digits in rows, below each ``predicted (true)`` and a sign that says whether the two are the same.

    Args:
        sample: digits that stay where they are.
        missed: digits that are read wrongly; they take the last row where there is room for two.
        width: in cells.
        height: in cells.
        side: pixels across and down.
        wrong: how many of all ``count`` digits are read wrongly.
        count: how many there are; 0 where nothing was read yet.
        colour: whether there are colours; else a pixel is there or not.
        ascii: whether to draw with ASCII alone: one shade a pixel where there are the rows for it.
    """
    shades = ascii and height >= side + 2
    tall = (side if shades else -(-side // 2)) + 1
    across = (width + _GAP) // (side + _GAP)
    if not sample or side < 1 or across < 1 or height < tall + 1:
        return sentence(translate("charts.nothing-yet" if not sample else "charts.too-small"), width, height)
    draw = _Pen(side, colour=colour and not ascii, ascii=ascii, shades=shades)
    with_missed = bool(missed) and height > 2 * tall
    named = height > 2 * tall + 1  # without: they all have the sign of the wrong ones, which stands in the heading
    room = height - 1 - (tall + named if with_missed else 0)
    lines = max(1, room // tall)
    rows: Rows = flow(_heading(wrong, count, ascii=ascii), width, 1)
    for first in range(0, min(len(sample), lines * across), across):
        rows += draw.row(sample[first : first + across])
    if with_missed:
        rows += [[Span(translate("digits.missed"), "muted")]] if named else []
        rows += draw.row(missed[:across])
    return fit_rows(rows, width, height)


def _heading(wrong: int, count: int, *, ascii: bool) -> list[Row]:
    items: list[Row] = [[Span(translate("digits.heading"), "muted")]]
    if count:
        wrongly = translate("digits.wrong", wrong=wrong, count=count)
        items.append([Span("x " if ascii else "✗ ", "bad"), Span(wrongly, "text")])
    return items


class _Pen:
    """Draws rows of digits, all in the same manner."""

    def __init__(self, side: int, *, colour: bool, ascii: bool, shades: bool) -> None:
        self._side, self._colour, self._ascii, self._shades = side, colour, ascii, shades
        self._grid = Grid(side, side if shades else -(-side // 2), ascii)

    def row(self, digits: Sequence[Digit]) -> Rows:
        """``digits`` side by side, and the line of what each is read as."""
        drawn = [self._digit(digit.pixels) for digit in digits]
        rows: Rows = [[] for _ in range(self._grid.height)]
        for digit in drawn:
            for row, line in zip(rows, digit, strict=True):
                row += [*line, Span(" " * _GAP)]
        return [*rows, [span for digit in digits for span in self._label(digit)]]

    def _digit(self, pixels: str) -> Rows:
        side = self._side
        levels = np.array([int(pixel) for pixel in pixels], dtype=np.int64).reshape(side, side)
        if self._shades:
            return shade_rows(levels, ASCII_SHADES, "text", self._grid)
        if side % 2:
            levels = np.vstack([levels, np.zeros((1, side), dtype=np.int64)])
        if self._colour:
            return colour_rows(levels * (HEAT_LEVELS - 1) // _INK, HEAT_INKS, self._grid)
        blocks = _ASCII_BLOCKS if self._ascii else _BLOCKS
        return [_blocks(levels[at], levels[at + 1], blocks) for at in range(0, len(levels), 2)]

    def _label(self, digit: Digit) -> Row:
        right = digit.predicted == digit.true
        if not digit.predicted:
            return fit_row([Span(centre(f"({shorten(digit.true, self._side - 2)})", self._side), "muted")], self._pitch)
        each = max(1, (self._side - 5) // 2)
        sign = ("=" if right else "x") if self._ascii else ("✓" if right else "✗")
        text = f"{shorten(digit.predicted, each)} ({shorten(digit.true, each)}) "
        return fit_row([Span(text, "text"), Span(sign, "good" if right else "bad")], self._pitch)

    @property
    def _pitch(self) -> int:
        return self._side + _GAP


def _blocks(upper: NDArray[np.int64], lower: NDArray[np.int64], blocks: str) -> Row:
    kinds = 2 * (upper >= _LOWEST_INK) + (lower >= _LOWEST_INK)
    return [Span("".join(blocks[kind] for kind in kinds.tolist()), "text")]
