"""Nothing that a file holds can steer the terminal."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tutor.foundation.safe_text import harmless, harmless_line


def test_an_escape_sequence_becomes_visible_text() -> None:
    assert harmless("a\x1b[31mred\x07") == "a�[31mred�"


def test_line_ends_are_folded_and_tabs_are_spaces() -> None:
    assert harmless("a\r\nb\rc\td") == "a\nb\nc    d"


def test_a_bidirectional_override_cannot_turn_a_line_around() -> None:
    assert "\u202e" not in harmless("abc\u202edef")


@given(st.text())
def test_no_control_character_is_left(text: str) -> None:
    assert all(unicodedata.category(each) != "Cc" for each in harmless_line(text))
    assert harmless(harmless(text)) == harmless(text)
