"""Text from outside made harmless before it can reach a terminal."""

from __future__ import annotations

import re

# C0 and C1 controls, DEL, line and paragraph separators, bidirectional overrides and isolates, tags and
# byte-order marks: nothing here is ever part of a lesson's visible text, and each can move a cursor,
# rename a window or turn a line around.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def harmless(text: str) -> str:
    r"""``text`` with every control character replaced by ``�``; newlines stay, a tab becomes four spaces.

    ``\r\n`` and a lone ``\r`` become ``\n`` first.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return _HARMFUL.sub("\ufffd", text)


def harmless_line(text: str) -> str:
    """`harmless`, and on one line: newlines become spaces."""
    return harmless(text).replace("\n", " ")
