"""Every frame that the difference makes shows what the undiffed one would."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.terminal.referee import Referee
from tutor.foundation.text import cell_width
from tutor.tui.terminal.cells import Cells
from tutor.tui.terminal.orders import parts, pen_change, pen_for_blank
from tutor.tui.terminal.painter import Painter

COLOURS = st.one_of(
    st.integers(0, 7).map(str), st.integers(0, 255).map(lambda n: f"8;5;{n}"),
    st.tuples(*[st.integers(0, 255)] * 3).map(lambda rgb: "8;2;" + ";".join(map(str, rgb))),
)  # fmt: skip
PENS = st.one_of(
    st.just(""),
    st.sampled_from(["1;38;2;215;218;224;48;2;21;23;28", "38;2;130;180;255;48;2;21;23;28", "48;2;21;23;28", "7", "4"]),
    st.tuples(
        st.lists(st.sampled_from("134579"), unique=True).map(sorted), st.none() | COLOURS, st.none() | COLOURS
    ).map(lambda pen: ";".join([*pen[0], *([f"3{pen[1]}"] if pen[1] else []), *([f"4{pen[2]}"] if pen[2] else [])])),
)
TEXTS = st.text(st.sampled_from("ab  ─│▁█⠉⢸学习·—“▶✓"), min_size=1, max_size=30)


@dataclass(frozen=True)
class Piece:
    """A text somewhere on the screen, cut to it like Textual cuts it."""

    x: int
    y: int
    pen: str
    text: str

    def written(self, width: int, covered: list[str]) -> str:
        """What Textual would write; it never writes over half a wide character: those become blanks with it."""
        text = ""
        for character in self.text:
            if self.x + cell_width(text + character) > width:
                break
            text += character
        end = self.x + cell_width(text)
        before, after = covered[self.x] == "", end < width and covered[end] == ""
        x = self.x - before
        text = " " * before + text + " " * after
        body = f"\x1b[{self.pen}m{text}\x1b[0m" if self.pen else text
        return f"\x1b[{self.y + 1};{x + 1}H{body}"


def pieces(width: int, height: int) -> st.SearchStrategy[list[list[Piece]]]:
    piece = st.builds(Piece, st.integers(0, width - 1), st.integers(0, height - 1), PENS, TEXTS)
    return st.lists(st.lists(piece, min_size=1, max_size=8), min_size=1, max_size=6)


SIZES = st.tuples(st.integers(1, 40), st.integers(1, 8))


@settings(max_examples=150)
@given(st.data(), SIZES, st.lists(SIZES, max_size=2), st.none() | st.integers(1, 200))
def test_every_frame_shows_what_the_undiffed_one_does(
    data: st.DataObject, first: tuple[int, int], later: list[tuple[int, int]], budget: int | None
) -> None:
    referee = Referee(*first)
    for number, (width, height) in enumerate([first, *later]):
        if number:
            referee.resize(width, height)
            blank = "\n".join(f"\x1b[{y + 1};1H{' ' * width}" for y in range(height))
            referee.write(blank.rstrip("\n"))
        for frame in data.draw(pieces(width, height)):
            for piece in frame:
                referee.write(piece.written(width, referee.cells.texts[piece.y]))
            if budget is None:
                referee.paint()
            else:
                referee.paint_all(budget)
            referee.check()


def test_what_did_not_change_costs_nothing() -> None:
    referee = Referee(80, 24)
    line = "\x1b[3;1H\x1b[38;2;1;2;3mloss 0.1234\x1b[0m" + " " * 69
    referee.write(line)
    assert referee.paint()
    referee.write(line)
    assert not referee.paint()
    referee.write(line.replace("0.1234", "0.1235"))
    assert len(referee.paint()) < 40
    referee.check()


def test_blanks_up_to_the_edge_are_erased() -> None:
    referee = Referee(80, 2)
    referee.write("\x1b[1;1H" + "x" * 80)
    referee.paint()
    referee.write("\x1b[1;1Hx" + " " * 79)
    assert len(referee.paint()) < 15
    referee.check()


def test_each_pen_is_taken_up_once_where_that_is_shorter() -> None:
    referee = Referee(80, 24)
    row = "\x1b[{};10H\x1b[38;2;130;180;255m{}\x1b[38;2;242;184;102m{}\x1b[0m"
    for number in range(1, 20):
        referee.write(row.format(number, "1", "2"))
    referee.paint()
    for number in range(1, 20):
        referee.write(row.format(number, "3", "4"))
    frame = referee.paint()
    assert frame.count("m") <= 2
    assert len(frame) < 170
    referee.check()


def test_what_was_drawn_last_goes_first_where_the_line_is_slow() -> None:
    cells = Cells(20, 3)
    painter = Painter(cells)
    painter.paint()
    for y, text in ((1, "old"), (2, "older"), (0, "newest")):
        cells.feed(f"\x1b[{y + 1};1H{text}")
    assert "newest" in painter.paint(1)
    assert painter.stale
    assert "older" in painter.paint(1)
    assert "old" in painter.paint(1)
    assert not painter.stale


def test_characters_of_no_width_are_written_with_their_whole_row() -> None:
    referee = Referee(12, 1)
    referee.write("\x1b[1;1He\u0301tude 1    ")
    referee.paint()
    referee.write("\x1b[1;1He\u0301tude 2    ")
    assert "e\u0301tude 2" in referee.paint()


def test_the_cursor_stands_where_the_input_is() -> None:
    referee = Referee(20, 3)
    referee.write("\x1b[2;1Hname\x1b[2;6H")
    referee.paint()
    assert (referee.diffed.cursor.x, referee.diffed.cursor.y) == (5, 1)


def test_what_is_not_drawing_is_handed_on() -> None:
    cells = Cells(10, 2)
    others = cells.feed("\x1b[?1049h\x1b[1;1Hab\x1b[?25l\x1b[?2026h\a\x1b]52;c;YQ==\a\x1b[>1ucd\x1b[?2026l")
    assert others == "\x1b[?1049h\x1b[?25l\a\x1b]52;c;YQ==\a\x1b[>1u"
    assert "".join(cells.texts[0]) == "abcd      "


# -- pens -----------------------------------------------------------------------------------------------------

ALL_PENS = st.one_of(
    PENS, st.lists(st.sampled_from(["1", "2", "3", "4", "21", "53", "8", "31", "92", "107", "38;5;3"])).map(";".join)
)
_GROUPS = {
    "22": "12", "23": "3", "24": ["4", "21"], "25": "56", "27": "7", "28": "8", "29": "9", "54": ["51", "52"],
    "55": ["53"],
}  # fmt: skip


def state_after(sequence: str, state: dict[str, str]) -> dict[str, str]:
    """SGR by the book, one code after the other."""
    state = dict(state)
    codes = sequence.split(";")
    while codes:
        code = codes.pop(0)
        if code in {"38", "48"}:
            length = {"2": 4, "5": 2}[codes[0]]
            state[code[0]], codes = ";".join(codes[:length]), codes[length:]
        elif code in {"", "0"}:
            state = {}
        elif code in {"39", "49"}:
            state.pop(code[0], None)
        elif code in _GROUPS:
            for each in _GROUPS[code]:
                state.pop(f"attribute {each}", None)
        elif len(code) == 2 and code[0] in "34" and code[1] in "01234567":
            state[code[0]] = code
        elif len(code) >= 2 and code[0] in "91" and code != "9":
            state["3" if code[0] == "9" else "4"] = code
        else:
            state[f"attribute {code}"] = code
    return state


@given(ALL_PENS, ALL_PENS)
def test_a_change_of_pen_ends_at_the_new_pen(old: str, new: str) -> None:
    state = state_after(old, {})
    sequence = pen_change(old, new)
    if sequence:
        assert sequence.startswith("\x1b[")
        state = state_after(sequence[2:-1], state)
    assert state == state_after(new, {})
    assert len(sequence) <= len(f"\x1b[0;{new}m")


def test_what_is_not_understood_is_set_as_a_whole() -> None:
    assert parts("38;9;1") is None
    assert pen_change("1", "58;5;1") == "\x1b[0;58;5;1m"


def test_the_ink_of_a_blank_is_left_out() -> None:
    assert pen_for_blank("1;38;2;4;31;7;48;2;21;23;28") == "48;2;21;23;28"
    assert pen_for_blank("38;5;7;48;5;1") == "48;5;1"
    assert pen_for_blank("4;31") == "4;31"
    assert pen_for_blank("7;38;2;1;2;3") == "7;38;2;1;2;3"
    assert not pen_for_blank("2;3;92")
