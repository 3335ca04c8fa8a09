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
        "≡": "=", "↕": "^", "▮": "=", "▾": "v", "╋": "+",
        **dict.fromkeys(map(chr, range(0x2801, 0x2900)), "."), "\u2800": " ",
    }
)  # fmt: skip


def to_ascii(text: str) -> str:
    """Return ``text`` with each of our signs replaced by an ASCII one of the same width; letters stay."""
    return text if text.isascii() else text.translate(_ASCII)


def terminal_speaks_unicode() -> bool:
    """Return whether Unicode signs can be shown: the locale is UTF-8 and the terminal has glyphs for them.

    This reads the environment, because Python treats the C locale as UTF-8. The Linux console understands UTF-8 too,
    but its fonts lack the signs and the Braille dots of the charts.
    """
    if os.environ.get("TERM") == "linux":
        return False
    for variable in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = os.environ.get(variable)
        if value:
            return "utf8" in value.lower().replace("-", "")
    return False


def fit_stream(stream: TextIO | None) -> None:
    """Make ``stream`` accept every text: signs that its encoding or its terminal lacks are written in ASCII.

    Letters that the encoding lacks become question marks.
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
    """Return the encoding that the other end of ``stream`` expects, even after `fit_stream` changed the stream."""
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
    """Return the characters that could not be encoded, and the index behind them."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return error.object[error.start : error.end], error.end


ColourDepth = Literal["none", "16", "256", "16777216"]

_TRUE_COLOUR = ("alacritty", "foot", "wezterm", "ghostty", "xterm-kitty", "xterm-ghostty", "-direct")
"""Parts of the names of terminals that show 24-bit colours; over SSH their COLORTERM does not arrive."""


def is_true_colour_by_name() -> bool:
    """Return whether TERM names a terminal that is known to show 24-bit colours."""
    term = os.environ.get("TERM", "")
    return any(name in term for name in _TRUE_COLOUR)


def colour_depth() -> tuple[ColourDepth, str]:
    """Return how many colours will be used, and the environment variable that decides it."""
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
    """Return columns and lines of the terminal on standard output; None if it is a pipe, a file or has no size.

    COLUMNS and LINES are ignored: a shell that exports them does not update them when the window changes.
    """
    try:
        size = os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1)
    except (OSError, ValueError):
        return None
    return size if size.columns > 0 else None
