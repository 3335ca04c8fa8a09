"""Code as Markdown, whatever stands in it."""

from __future__ import annotations

import re

from tutor.foundation.safe_text import harmless

_TICKS = re.compile("`+")
_SHORTEST_FENCE = 3


def inline_code(text: str) -> str:
    """Return one line as inline code that no backtick in it can end."""
    longest = max(map(len, _TICKS.findall(text)), default=0)
    ticks = "`" * (longest + 1)
    return f"{ticks} {text} {ticks}" if longest else f"`{text}`"


def fenced(text: str, language: str = "") -> str:
    """Return ``text`` as a block of code that no line of it can end."""
    tildes = (len(line) for line in text.split("\n") if line.strip() and not line.strip().strip("~"))
    fence = "~" * max(_SHORTEST_FENCE, max(tildes, default=0) + 1)
    return f"{fence}{language}\n{harmless(text).rstrip()}\n{fence}"
