"""Widths are cells, not characters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.foundation.text import cell_width, centre, chop, pad, pad_left, shorten

printable = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Mn", "Me", "Cf")), max_size=60)


def test_a_chinese_character_is_two_cells() -> None:
    assert cell_width("学习率 η") == 8


def test_padding_fills_cells_and_never_halves_a_wide_character() -> None:
    assert pad("学习", 5) == "学习 "
    assert pad("学习率", 5) == "学习 "
    assert pad_left("学", 4) == "  学"
    assert centre("学", 6) == "  学  "


def test_shortening_says_that_something_was_cut() -> None:
    assert shorten("gradient", 5) == "grad…"
    assert shorten("学习率", 5) == "学习…"
    assert shorten("学习率", 6) == "学习率"
    assert shorten("anything", 0) == ""


@given(printable, st.integers(1, 40))
def test_fitted_text_has_the_width_asked_for(text: str, width: int) -> None:
    assert cell_width(pad(text, width)) == width
    assert cell_width(pad_left(text, width)) == width
    assert cell_width(shorten(text, width)) <= width


@given(printable, st.integers(2, 40))
def test_chopping_keeps_every_character(text: str, width: int) -> None:
    pieces = chop(text, width)
    assert "".join(pieces) == text
    assert all(cell_width(piece) <= width for piece in pieces)
