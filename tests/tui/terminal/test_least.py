"""The least that the bench compares with: counted by hand, and never beaten by what is sent."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bench.least import Least, least_bytes
from tests.tui.terminal.referee import Referee, looks_of

PENS = ("", "\x1b[38;2;130;180;255m", "\x1b[38;2;242;184;102m", "\x1b[1;38;2;215;218;224;48;2;21;23;28m")
PIECE = st.tuples(
    st.integers(0, 29), st.integers(0, 7), st.sampled_from(PENS), st.text("ab ⠉1", min_size=1, max_size=6)
)


def test_a_row_of_figures_is_counted_by_hand() -> None:
    referee = Referee(20, 3)
    referee.write("\x1b[1;1Hloss 0.25\x1b[2;1Hstep 1999")
    referee.paint()
    before = looks_of(referee.diffed)
    referee.write("\x1b[1;1Hloss 0.26\x1b[2;1Hstep 2000")
    referee.paint()
    after = looks_of(referee.diffed)
    assert least_bytes(before, before, (9, 1)) == Least(0, 0)
    # From the end of "1999" four backspaces or a jump of four bytes, "2000", one up by two bytes and "6"
    # one cell further left would do for a cursor below; a move to the upper row and back costs more.
    assert least_bytes(before, after, (9, 1)).found == 4 + 4 + 2 + 1 + 1


@settings(max_examples=60)
@given(st.lists(PIECE, min_size=1, max_size=6), st.lists(PIECE, min_size=1, max_size=6))
def test_nothing_that_is_sent_goes_below_the_floor(
    first: list[tuple[int, int, str, str]], second: list[tuple[int, int, str, str]]
) -> None:
    referee = Referee(30, 8)
    for frame in (first, second):
        before, cursor = looks_of(referee.diffed), referee.diffed.cursor
        at = (cursor.x, cursor.y) if cursor.x < 30 else None
        pen = cursor.attrs
        lines = (pen.underscore, pen.strikethrough, pen.reverse)
        held = (pen.bg, pen.fg, pen.bold, pen.italics, pen.blink, *lines)
        for x, y, ink, text in frame:
            referee.write(f"\x1b[{y + 1};{x + 1}H{ink}{text[: 30 - x]}\x1b[0m")
        sent = len(referee.paint().encode())
        least = least_bytes(before, looks_of(referee.diffed), at, held)
        assert least.floor <= least.found
        assert least.floor <= sent
