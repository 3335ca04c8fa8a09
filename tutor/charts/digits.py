"""Handwritten digits with the model's predictions: a fixed sample, and below it some digits that it gets wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tutor.charts.canvas import ASCII_SHADES, HEAT_INKS, colour_rows, shade_rows
from tutor.charts.cells import HEAT_LEVELS, Row, Rows, Span, fit_row, fit_rows, flow, sentence
from tutor.charts.plot import Grid
from tutor.foundation.text import centre, shorten
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from numpy.typing import NDArray

_INK = 9
"""The darkest pixel."""
_GAP = 2
_BLOCKS, _ASCII_BLOCKS = " ▄▀█", " .'#"
"""A cell by its two pixels, if there is no colour: none, the lower one, the upper one, both."""
_LOWEST_INK = 4
"""If there is no colour, a pixel of at least this value is drawn."""


class Digit(NamedTuple):
    """A digit: its ``pixels``, each 0 (paper) to 9 (ink), by rows from the top, and its true and predicted class."""

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
    """Draw digits in rows, each above ``predicted (true)`` and a sign that says whether the two are the same.

    Args:
        sample: The digits that stay where they are.
        missed: Digits that the model gets wrong; they take the last row if there is room for two.
        width: The width in cells.
        height: The height in rows.
        side: The pixels of a digit across and down.
        wrong: How many of all ``count`` digits the model gets wrong.
        count: How many digits there are; 0 before the first prediction.
        colour: Whether there are colours; otherwise each pixel is either drawn or not.
        ascii: Whether to draw in plain ASCII, with one shade for each pixel if there are enough rows.
    """
    shades = ascii and height >= side + 2
    tall = (side if shades else -(-side // 2)) + 1
    across = (width + _GAP) // (side + _GAP)
    if not sample or side < 1 or across < 1 or height < tall + 1:
        return sentence(translate("charts.nothing-yet" if not sample else "charts.too-small"), width, height)
    draw = _Pen(side, colour=colour and not ascii, ascii=ascii, shades=shades)
    with_missed = bool(missed) and height > 2 * tall
    named = height > 2 * tall + 1  # otherwise the sign of a wrong prediction, which the heading explains, is enough
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
    """Draws rows of digits, all in the same way."""

    def __init__(self, side: int, *, colour: bool, ascii: bool, shades: bool) -> None:
        self._side, self._colour, self._ascii, self._shades = side, colour, ascii, shades
        self._grid = Grid(side, side if shades else -(-side // 2), ascii)

    def row(self, digits: Sequence[Digit]) -> Rows:
        """Draw ``digits`` side by side above a line with the prediction for each."""
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
