"""ASCII mode keeps every width, and every sign has a stand-in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from textual.color import Color

from tutor.foundation.text import cell_width
from tutor.tui import themes
from tutor.tui.themes import AsciiFilter, terminal_speaks_unicode, to_ascii


@given(st.text())
def test_ascii_signs_are_as_wide_as_what_they_stand_for(text: str) -> None:
    assert cell_width(to_ascii(text)) == cell_width(text)


def test_every_sign_of_ours_becomes_ascii() -> None:
    signs = [value for name, value in vars(themes).items() if name.isupper() and isinstance(value, str)]
    assert len(signs) > 5
    assert all(to_ascii(sign).isascii() for sign in signs)


def test_lines_boxes_and_braille_become_ascii() -> None:
    assert to_ascii("┌─┐│└┘├┤┼━█░▁▂▄▌⠙⣿").isascii()
    assert to_ascii("╭╮╰╯╌║═").isascii()


def test_letters_stay() -> None:
    assert to_ascii("学习率 η naïve") == "学习率 η naïve"


def test_the_filter_keeps_styles() -> None:
    segments = AsciiFilter().apply([Segment("✓ done"), Segment("plain")], Color(0, 0, 0))
    assert [segment.text for segment in segments] == ["v done", "plain"]


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LANG": "en_GB.UTF-8"}, True),
        ({"LANG": "zh_CN.utf8"}, True),
        ({"LANG": "C"}, False),
        ({}, False),
        ({"LC_ALL": "C", "LANG": "en_GB.UTF-8"}, False),
        ({"LC_ALL": "", "LC_CTYPE": "C.UTF-8"}, True),
    ],
)
def test_the_locale_says_whether_unicode_is_spoken(
    variables: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert terminal_speaks_unicode() is expected
