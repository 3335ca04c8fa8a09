"""A series in one row of cells: how a loss went, at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

_BARS = "▁▂▃▄▅▆▇█"
_ASCII_BARS = "_.-:=+*#"


def sparkline(values: Sequence[float], width: int, *, ascii: bool = False) -> str:
    """``values`` as bars in at most ``width`` cells, the lowest value the lowest bar; a blank where there is none.

    Args:
        values: The series; what is not finite is left out.
        width: In cells. Of the values that share a cell, the last finite one is shown.
        ascii: Draw with ASCII alone.
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
    # Halved, so that not even the widest range of floats overflows.
    span = high / 2 - low / 2
    return min(levels - 1, int((value / 2 - low / 2) / span * levels)) if span > 0 else 0
