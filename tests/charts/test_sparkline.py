"""A series in one row of cells."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.charts.sparkline import sparkline
from tutor.foundation.text import cell_width

FLOATS = st.lists(st.floats(allow_nan=True, allow_infinity=True))


def test_the_lowest_value_is_the_lowest_bar() -> None:
    assert sparkline([1.0, 0.5, 0.0], 3) == "█▅▁"
    assert sparkline([1.0, 0.5, 0.0], 3, ascii=True) == "#=_"


def test_values_that_share_a_cell_show_the_last() -> None:
    assert sparkline([9.0, 1.0, 9.0, 0.0], 2) == "█▁"


def test_gaps_and_lines_without_a_slope() -> None:
    assert sparkline([1.0, float("nan"), 1.0], 3) == "▁ ▁"
    assert sparkline([float("inf")], 3) == " "
    assert not sparkline([], 3)
    assert not sparkline([1.0], 0)


@given(FLOATS, st.integers(0, 40))
def test_it_never_takes_more_room_than_it_has(values: list[float], width: int) -> None:
    for ascii in (True, False):
        assert cell_width(sparkline(values, width, ascii=ascii)) == min(width, len(values))
