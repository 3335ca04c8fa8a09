"""A word to whoever looks elsewhere: a bell, or a notice that the terminal shows on the desktop.

``OSC 9`` is understood by iTerm2, Windows Terminal, WezTerm, Ghostty and kitty, ``OSC 777`` by urxvt, foot, WezTerm and
Ghostty. tmux passes either on only in its own wrapper, and only with ``allow-passthrough``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TextIO

from tutor.foundation.safe_text import harmless_line

OFF: Final = ""
BELL: Final = "bell"
OSC_9: Final = "osc9"
OSC_777: Final = "osc777"
WAYS: Final = (OFF, BELL, OSC_9, OSC_777)

_LONGEST = 160
"""Cells of a notice."""
_BELL = "\a"


def notice_sequence(text: str, way: str, environment: Mapping[str, str]) -> str:
    """What to write to a terminal for a notice; empty if it is off.

    Args:
        text: The notice. Control characters are removed, and a long text is cut.
        way: One of `WAYS`; another value counts as off.
        environment: The environment variables: in tmux the sequence is wrapped.
    """
    from tutor.foundation.text import shorten  # imported here, because every start reads the settings, and so `WAYS`

    # A semicolon parts the fields of OSC 777, and a digit with one would be a command of OSC 9 in ConEmu.
    said = shorten(harmless_line(text), _LONGEST).replace(";", ",")
    if way == BELL:
        return _BELL
    if way == OSC_9:
        sequence = f"\x1b]9;{said}{_BELL}"
    elif way == OSC_777:
        sequence = f"\x1b]777;notify;tutor;{said}{_BELL}"
    else:
        return ""
    if environment.get("TMUX"):
        return f"\x1bPtmux;{sequence.replace(chr(27), chr(27) * 2)}\x1b\\"
    return sequence


def notify(stream: TextIO | None, text: str, way: str, environment: Mapping[str, str]) -> None:
    """Send a notice to a stream if it is a terminal."""
    sequence = notice_sequence(text, way, environment)
    try:
        if sequence and stream is not None and stream.isatty() and environment.get("TERM", "dumb") != "dumb":
            stream.write(sequence)
            stream.flush()
    except (OSError, ValueError):
        return  # the terminal is gone, or the stream is closed
