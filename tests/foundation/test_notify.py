"""A word to whoever looks elsewhere: clean, bounded, wrapped for tmux, and only on a terminal."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.foundation.notify import BELL, OFF, OSC_9, OSC_777, notice_sequence, notify
from tutor.foundation.text import cell_width
from tutor.tui.terminal.cells import _TOKENS


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("way", "sequence"),
    [(OFF, ""), (BELL, "\a"), (OSC_9, "\x1b]9;done\a"), (OSC_777, "\x1b]777;notify;tutor;done\a"), ("other", "")],
)
def test_each_way_has_its_sequence(way: str, sequence: str) -> None:
    assert notice_sequence("done", way, {}) == sequence


def test_tmux_gets_it_in_its_wrapper() -> None:
    assert notice_sequence("done", OSC_9, {"TMUX": "x"}) == "\x1bPtmux;\x1b\x1b]9;done\a\x1b\\"
    assert notice_sequence("done", BELL, {"TMUX": "x"}) == "\a"


@given(st.text(max_size=400), st.sampled_from([{}, {"TMUX": "x"}]))
def test_no_text_ends_the_sequence_early(text: str, environment: dict[str, str]) -> None:
    sequence = notice_sequence(text, OSC_777, environment)
    assert (sequence.count("\a"), sequence.count(";")) == (1, 3 + bool(environment))
    assert cell_width(sequence.rpartition(";")[2].partition("\a")[0]) <= 160
    (token,) = _TOKENS.finditer(sequence)
    assert token["other"] == sequence, "the driver passes it on whole"


def test_only_a_terminal_gets_it() -> None:
    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe, None):
        notify(stream, "done", BELL, {"TERM": "xterm"})
    notify(terminal, "done", BELL, {"TERM": "dumb"})
    notify(terminal, "done", OFF, {"TERM": "xterm"})
    terminal.close()
    notify(terminal, "done", BELL, {"TERM": "xterm"})
    assert pipe.getvalue() == ""


def test_a_terminal_gets_it_once() -> None:
    terminal = Terminal()
    notify(terminal, "done", BELL, {"TERM": "xterm"})
    assert terminal.getvalue() == "\a"
