"""What our signs become where there is no Unicode: ASCII ones of the same width."""

from __future__ import annotations

import codecs
import io
import os
from typing import TextIO

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
