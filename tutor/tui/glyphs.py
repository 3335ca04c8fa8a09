"""Signs that carry meaning beside colour, and what they become where there is no Unicode.

Screens and widgets write the Unicode sign. In ASCII mode `AsciiFilter` turns every sign into one of the same
width on its way to the terminal, so no screen has to know.
"""

from __future__ import annotations

import os
from functools import lru_cache

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

RIGHT = "✓"
WRONG = "✗"
HERE = "▸"
RUNNING = "●"
AGAIN = "↻"
WARNING = "▲"
FULL = "━"
EMPTY = "─"
ELLIPSIS = "…"

_ASCII = str.maketrans(
    {
        "✓": "v", "✗": "x", "▸": ">", "▶": ">", "●": "*", "○": "o", "◉": "*", "■": "#", "□": "-", "☐": "-", "☑": "x",
        "↻": "@", "▲": "!", "△": "!", "▼": "v", "█": "#", "▓": "#", "▒": "+", "░": ".", "…": "~", "›": ">", "‹": "<",
        "·": "-", "•": "*", "⇄": "/", "→": ">", "←": "<", "↑": "^", "↓": "v", "⌫": "<", "─": "-", "━": "=", "│": "|",
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
    """Whether the locale promises UTF-8.

    The environment is asked rather than Python, which takes the C locale for UTF-8.
    """
    for variable in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = os.environ.get(variable)
        if value:
            return "utf8" in value.lower().replace("-", "")
    return False


@lru_cache(4096)
def _ascii_segment(segment: Segment) -> Segment:
    return Segment(to_ascii(segment.text), segment.style, segment.control)


class AsciiFilter(LineFilter):
    """Everything on its way to the terminal, in ASCII signs."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments with ASCII signs of the same width."""
        return [_ascii_segment(segment) for segment in segments]
