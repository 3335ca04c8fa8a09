"""Text from outside, made harmless before it can reach a terminal."""

from __future__ import annotations

import json
import re

# C0 and C1 controls, DEL, line and paragraph separators, bidirectional overrides and isolates, tags, byte-order marks
# and halves of surrogate pairs. Visible text contains none of them, and each can move the cursor, rename the window,
# reverse a line or make an encoder fail.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_HARMFUL_ASCII = [sign for sign in map(chr, range(128)) if _HARMFUL.match(sign)]


def harmless(text: str) -> str:
    r"""Return ``text`` with every control character replaced by ``�``; newlines stay, a tab becomes four spaces.

    ``\r\n`` and a lone ``\r`` become ``\n`` first.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return _HARMFUL.sub("\ufffd", text)


def is_harmless(text: str) -> bool:
    """Return whether `harmless` surely leaves ``text`` as it is. Fast, but False for every newline and tab."""
    return text.isprintable()  # what is harmful is a control, a format, a separator or a surrogate character


def harmless_line(text: str) -> str:
    """Return ``text`` made `harmless` and on one line: newlines become spaces."""
    return harmless(text).replace("\n", " ")


def harmless_value(value: object) -> object:
    """Return a parsed JSON or TOML value with every text in it made `harmless`, and every key on one line."""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, list):
        return [harmless_value(each) for each in value]
    if isinstance(value, dict):
        return {harmless_line(str(key)): harmless_value(each) for key, each in value.items()}
    return value


def json_line(value: object) -> str:
    """Return a value as JSON on one line, made harmless by `harmless_json`."""
    return harmless_json(json.dumps(value, ensure_ascii=False))


def harmless_json(text: str) -> str:
    """Return JSON of the same meaning, with each character that `harmless` would replace written as an escape."""
    if text.isascii() and not any(sign in text for sign in _HARMFUL_ASCII):
        return text  # this check is ten times as fast, and there may be much text
    return _HARMFUL.sub(lambda found: json.dumps(found[0])[1:-1].replace("\x7f", "\\u007f"), text)
