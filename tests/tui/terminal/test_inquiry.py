"""What the terminal tells about itself is taken out of the input, in pieces or late, and keys stay keys."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.tui.terminal.inquiry import Inquiry, TerminalAnswered

LIGHT = b"\x1b]11;rgb:ffff/ffff/dddd\x1b\\"
DARK = b"\x1b]11;rgb:0000/2b2b/3636\x07"
NARROW = b"\x1b[1;2R"
WIDE = b"\x1b[1;3R"


def feed(*pieces: bytes) -> tuple[bytes, TerminalAnswered | None]:
    inquiry = Inquiry()
    inquiry.questions()
    keys, told = b"", None
    for piece in pieces:
        passed, answer = inquiry.strip(piece)
        keys, told = keys + passed, told or answer
    return keys, told


@pytest.mark.parametrize(
    ("answers", "light", "wide"),
    [
        (LIGHT + NARROW, True, False),
        (DARK + NARROW, False, False),
        (b"\x1b]11;rgba:ff/ff/ff/ff\x07" + WIDE, True, True),
        (NARROW, None, False),
        (b"\x1b]11;rgb:8/8/8\x07" + NARROW, True, False),
    ],
)
def test_a_terminal_tells_its_ground_and_its_width(answers: bytes, light: bool | None, wide: bool) -> None:
    keys, told = feed(answers)
    assert keys == b""
    assert told is not None
    assert (told.light_ground, told.wide_signs) == (light, wide)


@given(
    cuts=st.lists(st.integers(0, 60), max_size=6),
    before=st.sampled_from([b"", b"j", b"\x1b[A", "好".encode()]),
    between=st.sampled_from([b"", b"q", b"\x1b[B"]),
    after=st.sampled_from([b"", b" ", b"\x1bOP"]),
)
def test_answers_in_pieces_among_keys_leave_the_keys(
    cuts: list[int], before: bytes, between: bytes, after: bytes
) -> None:
    whole = before + LIGHT + between + WIDE + after
    edges = [0, *sorted(cut for cut in cuts if cut < len(whole)), len(whole)]
    keys, told = feed(*(whole[start:end] for start, end in pairwise(edges) if start < end))
    assert keys == before + between + after
    assert told is not None
    assert (told.light_ground, told.wide_signs) == (True, True)


def test_a_lone_escape_is_a_key_after_a_pause() -> None:
    assert feed(b"\x1b", b"") == (b"\x1b", None)


def test_later_input_is_never_held_back_or_changed() -> None:
    inquiry = Inquiry()
    inquiry.questions()
    inquiry.strip(NARROW)
    for later in (b"\x1b", b"\x1b[1;2R", LIGHT):  # shift+F3 looks like a position
        assert inquiry.strip(later) == (later, None)


@given(st.binary(max_size=200))
def test_no_input_is_lost_or_stops_it(data: bytes) -> None:
    inquiry = Inquiry()
    inquiry.questions()
    kept, told = inquiry.strip(data)
    rest, _ = inquiry.strip(b"")
    if told is None and b"\x1b]11;rgb" not in data:
        assert kept + rest == data
