"""Shades of a field."""

from __future__ import annotations

import numpy as np
import pytest

from tests.charts.shapes import text_of
from tutor.charts.canvas import ASCII_SHADES, SHADES, heat_rows
from tutor.charts.plot import Grid


@pytest.mark.parametrize(("ascii", "shades"), [(False, SHADES), (True, ASCII_SHADES)])
def test_without_colour_each_shade_stands_for_as_many_levels(ascii: bool, shades: str) -> None:
    width = len(shades) * 2
    rows = heat_rows(np.arange(64)[None, :], 63, Grid(width, 1, ascii), colour=False)
    assert text_of(rows, width, 1) == "".join(shade * 2 for shade in shades)
