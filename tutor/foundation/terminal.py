"""What the terminal can show: which characters, how many colours, and how large it is."""

from __future__ import annotations

import codecs
import io
import os
import sys
from typing import Literal, TextIO

_ASCII = str.maketrans(
    {
        "✓": "v", "✗": "x", "▸": ">", "▶": ">", "●": "*", "○": "o", "◉": "*", "■": "#", "□": "-", "☐": "-", "☑": "x",
        "↻": "@", "▲": "!", "△": "!", "▼": "v", "█": "#", "▓": "#", "▒": "+", "░": ".", "…": "~", "›": ">", "‹": "<",
        "·": "*", "•": "*", "⇄": "/", "→": ">", "←": "<", "↑": "^", "↓": "v", "⌫": "<", "─": "-", "━": "=", "│": "|",
        "┃": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+", "┬": "+", "┴": "+", "┼": "+", "╌": "-",
        "╴": "-", "╶": "-", "╭": "+", "╮": "+", "╰": "+", "╯": "+", "║": "|", "═": "=", "▀": "\"", "▄": "_", "▌": "|",
        "▐": "|", "▎": "|", "▏": "|", "▁": "_", "▂": "_", "▃": "_", "▅": "#", "▆": "#", "▇": "#", "▔": "-", "⏸": "=",
        "–": "-", "—": "-", "−": "-", "×": "x", "÷": "/", "≤": "<", "≥": ">", "≈": "~", "±": "~", "‾": "-", "¬": "!",
        "“": '"', "”": '"', "‘": "'", "’": "'", "★": "*", "☆": "o", "◆": "*", "◇": "o", "§": "S", "⏎": "<",
        "≡": "=", "↕": "^",
        **dict.fromkeys(map(chr, range(0x2801, 0x2900)), "."), "\u2800": " ",
    }
)  # fmt: skip


def to_ascii(text: str) -> str:
    """``text`` with every sign of ours replaced by an ASCII one of the same width; letters stay."""
    return text if text.isascii() else text.translate(_ASCII)


def terminal_speaks_unicode() -> bool:
    """Whether UTF-8 signs will be seen as what they are: the locale promises it, and the terminal can draw them.

    The environment is asked rather than Python, which takes the C locale for UTF-8. The console of Linux speaks
    it too, but its fonts have no room for the signs and the dots that charts are drawn with.
    """
    if os.environ.get("TERM") == "linux":
        return False
    for variable in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = os.environ.get(variable)
        if value:
            return "utf8" in value.lower().replace("-", "")
    return False


def fit_stream(stream: TextIO | None) -> None:
    """Let ``stream`` take every text: what its encoding or its terminal lacks is written in ASCII signs.

    Letters are kept where the stream can carry them, else they become question marks.
    """
    if not isinstance(stream, io.TextIOWrapper):
        return
    codecs.register_error("tutor-signs", _signs_or_question_marks)
    codecs.register_error("tutor-letters", _signs_or_utf8)
    if codecs.lookup(stream.encoding).name != "utf-8":
        stream.reconfigure(errors="tutor-signs")
    elif stream.isatty() and not terminal_speaks_unicode():
        stream.reconfigure(encoding="ascii", errors="tutor-letters")


def encoding_of(stream: TextIO | None) -> str:
    """The encoding that the other end of ``stream`` reads, whatever `fit_stream` did to it."""
    if stream is None or stream.errors == "tutor-letters":
        return "utf-8"
    return stream.encoding or "utf-8"


def _signs_or_question_marks(error: UnicodeError) -> tuple[str, int]:
    text, end = _refused(error)
    return "".join(each if each.isascii() else "?" for each in to_ascii(text)), end


def _signs_or_utf8(error: UnicodeError) -> tuple[bytes, int]:
    text, end = _refused(error)
    return to_ascii(text).encode("utf-8", "replace"), end


def _refused(error: UnicodeError) -> tuple[str, int]:
    """The letters that could not be encoded, and where the text goes on behind them."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return error.object[error.start : error.end], error.end


ColourDepth = Literal["none", "16", "256", "16777216"]

_TRUE_COLOUR = ("alacritty", "foot", "wezterm", "ghostty", "xterm-kitty", "xterm-ghostty", "-direct")
"""What the names of terminals contain that show 24-bit colours but whose COLORTERM never arrives over SSH."""


def is_true_colour_by_name() -> bool:
    """Whether TERM names a terminal that is known to show 24-bit colours."""
    term = os.environ.get("TERM", "")
    return any(name in term for name in _TRUE_COLOUR)


def colour_depth() -> tuple[ColourDepth, str]:
    """How many colours will be used, and the variable that decides it."""
    term = os.environ.get("TERM", "").lower()
    if os.environ.get("NO_COLOR"):
        return "none", "NO_COLOR"
    if term in {"", "dumb", "unknown"}:
        return "none", "TERM"
    if os.environ.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"}:
        return "16777216", "COLORTERM"
    if is_true_colour_by_name():
        return "16777216", "TERM"
    return ("256" if term.endswith("256color") else "16"), "TERM"


def terminal_size() -> os.terminal_size | None:
    """Columns and lines of the terminal on standard output; None where that is a pipe, a file or says nothing.

    COLUMNS and LINES are not asked: a shell that exports them leaves them as they were when its window changes.
    """
    try:
        size = os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1)
    except (OSError, ValueError):
        return None
    return size if size.columns > 0 else None
