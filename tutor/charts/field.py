"""Fields: a colour for every place of the plane, two to a cell, straight from numbers.

A half block shows its upper half in the ink and its lower half in the ground, so a field has twice the rows of
its cells. Without colour, or in ASCII, each cell is one shade character instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tutor.charts.cells import HEAT_LEVELS, Row, Rows, Span
from tutor.charts.plot import Grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

HALF = "▀"
ASCII_SHADES = " .:-=+*#%@"
SHADES = " ·░▒▓█"


def resampled(values: NDArray[np.int64], rows: int, columns: int) -> NDArray[np.int64]:
    """``values`` (rows from the top, columns) with the nearest value taken for each of ``rows`` by ``columns``."""
    down = (np.arange(rows) * 2 + 1) * values.shape[0] // (2 * rows)
    across = (np.arange(columns) * 2 + 1) * values.shape[1] // (2 * columns)
    return values[np.ix_(down, across)]


def colour_rows(values: NDArray[np.int64], inks: Sequence[str], grid: Grid) -> Rows:
    """``values`` (indices into ``inks``, rows from the top) as half blocks on ``grid``."""
    fine = resampled(values, 2 * grid.height, grid.width)
    return [_half_blocks(fine[2 * row], fine[2 * row + 1], inks) for row in range(grid.height)]


def shade_rows(values: NDArray[np.int64], shades: Sequence[str], ink: str, grid: Grid) -> Rows:
    """``values`` (indices into ``shades``, rows from the top) as one character a cell on ``grid``."""
    coarse = resampled(values, grid.height, grid.width)
    return [[Span("".join(shades[value] for value in row), ink)] for row in coarse.tolist()]


def heat_rows(levels: NDArray[np.int64], most: int, grid: Grid, *, colour: bool) -> Rows:
    """``levels`` from 0 to ``most`` as shades: dark is low. In colour the roles ``heat0`` to ``heat15``."""
    if colour and not grid.ascii:
        return colour_rows(levels * (HEAT_LEVELS - 1) // max(1, most), HEAT_INKS, grid)
    shades = ASCII_SHADES if grid.ascii else SHADES
    return shade_rows(levels * len(shades) // (most + 1), shades, "muted", grid)


HEAT_INKS = tuple(f"heat{level}" for level in range(HEAT_LEVELS))


def _half_blocks(upper: NDArray[np.int64], lower: NDArray[np.int64], inks: Sequence[str]) -> Row:
    changes = np.flatnonzero((np.diff(upper) != 0) | (np.diff(lower) != 0)) + 1
    edges = [0, *changes.tolist(), len(upper)]
    return [Span(HALF * (stop - start), inks[upper[start]], inks[lower[start]]) for start, stop in pairwise(edges)]
