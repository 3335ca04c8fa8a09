"""From one pen to another in as few bytes as possible."""

from __future__ import annotations

from functools import lru_cache

PLAIN = ""
"""The pen of a terminal that was reset."""
_OFF = {
    "1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29", "21": "24",
    "51": "54", "52": "54", "53": "55",
}  # fmt: skip
"""What switches an attribute off; others go with it where they share it."""
_SEEN_ON_BLANKS = frozenset({"4", "7", "8", "9", "21", "51", "52", "53"})
_COLOUR_LENGTH = {"2": 5, "5": 3}
"""How many parameters a colour of 24 bits (2) or of 256 colours (5) takes."""


@lru_cache(4096)
def parts(pen: str) -> tuple[frozenset[str], str, str] | None:
    """The attributes, the ink and the ground of a pen; None where it holds what is not understood."""
    attributes: set[str] = set()
    ink = ground = ""
    codes = pen.split(";") if pen else []
    while codes:
        code = codes[0]
        length = _COLOUR_LENGTH.get(codes[1], 0) if code in {"38", "48"} and len(codes) > 1 else 1
        if not length or len(codes) < length:
            return None
        word, codes = ";".join(codes[:length]), codes[length:]
        if code == "38" or (code.isdigit() and (30 <= int(code) <= 37 or 90 <= int(code) <= 97)):
            ink = word
        elif code == "48" or (code.isdigit() and (40 <= int(code) <= 47 or 100 <= int(code) <= 107)):
            ground = word
        elif code == "39":
            ink = ""
        elif code == "49":
            ground = ""
        elif code in _OFF:
            attributes.add(code)
        else:
            return None
    return frozenset(attributes), ink, ground


@lru_cache(4096)
def pen_for_blank(pen: str) -> str:
    """``pen`` without what cannot be seen where nothing is written: all but the ground, unless a line shows the ink."""
    found = parts(pen)
    if found is None or found[0] & _SEEN_ON_BLANKS:
        return pen
    return found[2]


@lru_cache(8192)
def change(old: str, new: str) -> str:
    """The shortest sequence that turns the pen ``old`` into ``new``; empty where they are the same."""
    if old == new:
        return ""
    whole = f"\x1b[0;{new}m" if new else "\x1b[m"
    before, after = parts(old), parts(new)
    if before is None or after is None:
        return whole
    codes = [_OFF[each] for each in sorted(before[0] - after[0])]
    kept = {each for each in before[0] & after[0] if _OFF[each] not in codes}
    codes = [*dict.fromkeys(codes), *sorted(after[0] - kept)]
    if before[1] != after[1]:
        codes.append(after[1] or "39")
    if before[2] != after[2]:
        codes.append(after[2] or "49")
    if not codes:
        return ""
    step = f"\x1b[{';'.join(codes)}m"
    return step if len(step) <= len(whole) else whole
