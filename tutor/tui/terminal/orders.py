"""Control sequences: the shortest ones that move a terminal's cursor or change its pen (colours and attributes)."""

from __future__ import annotations

from functools import lru_cache

_DOWN = "\v"
"""One row down in the same column. A line feed would go to the first column if the system adds a carriage return."""
_UP = "\x1bM"


@lru_cache(1 << 15)
def cursor_move(start: tuple[int, int] | None, x: int, y: int, sure: bool = True) -> str:
    """The shortest sequence that moves the cursor to column ``x`` of row ``y``, both from 0.

    Args:
        start: The cursor's present column and row; None if unknown.
        x: The new column.
        y: The new row.
        sure: Whether all terminals agree about the present column; if not, no relative step across is used.
    """
    straight = f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"
    if start is None or start == (x, y):
        return straight if start is None or not sure else ""
    steps = _across(start[0], x, sure) + _upright(start[1], y)
    return steps if len(steps) < len(straight) else straight


def _across(start: int, x: int, sure: bool) -> str:
    if x == start and sure:
        return ""
    sequences = [f"\x1b[{x + 1}G" if x else "\r"]
    if sure:
        count = abs(x - start)
        sequences.append("\b" * count if x < start else f"\x1b[{count if count > 1 else ''}C")
        if x < start:
            sequences.append(f"\x1b[{count}D")
    return min(sequences, key=len)


def _upright(start: int, y: int) -> str:
    if y == start:
        return ""
    count = abs(y - start)
    number = count if count > 1 else ""
    steps = (_DOWN if y > start else _UP) * count
    return min(f"\x1b[{y + 1}d", f"\x1b[{number}{'B' if y > start else 'A'}", steps, key=len)


PLAIN = ""
"""The pen of a terminal that has been reset."""
_OFF = {
    "1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29", "21": "24",
    "51": "54", "52": "54", "53": "55",
}  # fmt: skip
"""The code that switches each attribute off, and with it those that have the same code."""
_SEEN_ON_BLANKS = frozenset({"4", "7", "8", "9", "21", "51", "52", "53"})
_COLOUR_LENGTH = {"2": 5, "5": 3}
"""How many parameters a colour of 24 bits (2) or of 256 colours (5) takes."""


@lru_cache(4096)
def parts(pen: str) -> tuple[frozenset[str], str, str] | None:
    """The attributes, the foreground and the background of a pen; None if it has an unknown code."""
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
    """What a blank shows of ``pen``: the background, and all of it if an attribute such as underline is visible."""
    found = parts(pen)
    if found is None or found[0] & _SEEN_ON_BLANKS:
        return pen
    return found[2]


@lru_cache(8192)
def pen_change(old: str, new: str) -> str:
    """The shortest sequence that changes the pen ``old`` into ``new``; empty if they are the same."""
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
