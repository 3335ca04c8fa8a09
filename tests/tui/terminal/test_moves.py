"""Moves of the cursor: they end where they should, whatever the emulator, and are never longer than the plain one."""

from __future__ import annotations

import pyte
from hypothesis import given
from hypothesis import strategies as st

from tutor.tui.terminal.orders import cursor_move

PLACES = st.tuples(st.integers(0, 29), st.integers(0, 11))


@given(PLACES, PLACES, st.booleans())
def test_a_move_ends_where_it_should(start: tuple[int, int], end: tuple[int, int], sure: bool) -> None:
    screen = pyte.Screen(30, 12)
    screen.cursor.x, screen.cursor.y = start
    steps = cursor_move(start, *end, sure)
    pyte.Stream(screen).feed(steps)
    assert (screen.cursor.x, screen.cursor.y) == end
    assert len(steps) <= len(f"\x1b[{end[1] + 1};{end[0] + 1}H")
    assert set("".join(screen.display)) == {" "}


@given(PLACES, PLACES)
def test_where_terminals_may_disagree_about_the_column_no_step_is_counted_from_it(
    start: tuple[int, int], end: tuple[int, int]
) -> None:
    screen = pyte.Screen(30, 12)
    screen.cursor.x, screen.cursor.y = (start[0] + 5) % 30, start[1]
    pyte.Stream(screen).feed(cursor_move(start, *end, False))
    assert (screen.cursor.x, screen.cursor.y) == end


def test_neighbouring_rows_are_reached_in_few_bytes() -> None:
    assert cursor_move((79, 3), 77, 4) == "\b\b\v"
    assert cursor_move((79, 4), 76, 3) == "\b\b\b\x1bM"
    assert cursor_move((40, 3), 41, 3) == "\x1b[C"
    assert cursor_move((40, 3), 0, 4) == "\r\v"
    assert cursor_move(None, 0, 0) == "\x1b[H"
    assert cursor_move((4, 4), 4, 4) == ""
