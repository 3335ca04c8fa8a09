"""Text from outside made harmless before it can reach a terminal."""

from __future__ import annotations

import json
import re

# C0 and C1 controls, DEL, line and paragraph separators, bidirectional overrides and isolates, tags, byte-order marks
# and halves of surrogate pairs: none of them is ever part of text that is to be seen, and each can move a cursor,
# rename a window, turn a line around or be refused by whoever encodes it.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
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


def harmless_value(value: object) -> object:
    """Plain values (as JSON and TOML give them) with `harmless` texts and, as keys, texts of one line."""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, list):
        return [harmless_value(each) for each in value]
    if isinstance(value, dict):
        return {harmless_line(str(key)): harmless_value(each) for key, each in value.items()}
    return value


def harmless_json(text: str) -> str:
    """JSON that says the same as ``text``, with what `harmless` takes out written as escapes."""
    return _HARMFUL.sub(lambda found: json.dumps(found[0])[1:-1].replace("\x7f", "\\u007f"), text)
