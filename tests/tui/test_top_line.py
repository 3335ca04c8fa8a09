"""The breadcrumb: what gives way first where there is little room."""

from __future__ import annotations

import pytest

from tutor.charts.cells import Span, row_width
from tutor.tui.widgets.frame import GAP, breadcrumb_row, status_row

TRAIL = ["tutor", "3 Gradient descent: which way is down", "Quiz"]


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (80, "tutor › 3 Gradient descent: which way is down › Quiz"),
        (30, "tutor › 3 Gradient des… › Quiz"),
        (24, "tutor › 3 Gradie… › Quiz"),
        (20, "3 Gradi… › Quiz"),
        (8, "Quiz"),
        (1, "Quiz"),
    ],
)
def test_the_middle_shrinks_then_the_outermost_goes_and_the_last_stays(room: int, shown: str) -> None:
    assert "".join(span.text for span in breadcrumb_row(TRAIL, room)) == shown


@pytest.mark.parametrize("room", range(4, 60))
def test_it_fits_where_the_last_part_does(room: int) -> None:
    assert row_width(breadcrumb_row(TRAIL, room)) <= room


STATUS = [Span("第 2 题，共 12 题"), Span(GAP), Span("✓ 0 "), Span("✗ 2"), Span(GAP), Span("● "), Span("1 个训练中")]


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (42, "第 2 题，共 12 题   ✓ 0 ✗ 2   ● 1 个训练中"),
        (41, "第 2 题，共 12 题   ✓ 0 ✗ 2"),
        (26, "第 2 题，共 12 题"),
        (4, "第 2 题，共 12 题"),
    ],
)
def test_what_the_status_says_last_goes_first(room: int, shown: str) -> None:
    assert "".join(span.text for span in status_row(STATUS, room)) == shown
