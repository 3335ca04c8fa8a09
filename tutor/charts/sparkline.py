"""A series in one row of cells, such as the loss of a run. Lists of runs load this module, so it needs no NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

_BARS = "▁▂▃▄▅▆▇█"
_ASCII_BARS = "_.-:=+*#"


def sparkline(values: Sequence[float], width: int, *, ascii: bool = False) -> str:
    """Draw ``values`` as bars in at most ``width`` cells; the lowest value is the lowest bar, a missing one is blank.

    Args:
        values: The series; values that are not finite are left out.
        width: The width in cells. Of the values that share a cell, the last finite one is shown.
        ascii: Whether to draw in plain ASCII.
    """
    cells = min(width, len(values))
    if cells <= 0:
        return ""
    shown: list[float | None] = [None] * cells
    for index, value in enumerate(values):
        if isfinite(value):
            shown[index * cells // len(values)] = value
    finite = [each for each in shown if each is not None]
    if not finite:
        return " " * cells
    low, high = min(finite), max(finite)
    bars = _ASCII_BARS if ascii else _BARS
    return "".join(" " if each is None else bars[_level(each, low, high, len(bars))] for each in shown)


def _level(value: float, low: float, high: float, levels: int) -> int:
    # All halved, so that not even the widest range of floats overflows.
    span = high / 2 - low / 2
    return min(levels - 1, int((value / 2 - low / 2) / span * levels)) if span > 0 else 0
