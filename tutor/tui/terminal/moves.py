"""From one cell to another in as few bytes as possible."""

from __future__ import annotations

from functools import lru_cache

_DOWN = "\v"
"""One row down in the same column; a line feed would go to the first one, where the system adds a return to it."""
_UP = "\x1bM"


@lru_cache(1 << 15)
def way(start: tuple[int, int] | None, x: int, y: int, sure: bool = True) -> str:
    """The shortest sequence that moves the cursor to column ``x`` of row ``y``, both from 0.

    Args:
        start: Where the cursor is, column and row; None where nobody knows.
        x: The column.
        y: The row.
        sure: Whether terminals agree about the column it is in; no step is counted from there where they do not.
    """
    straight = f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"
    if start is None or start == (x, y):
        return straight if start is None or not sure else ""
    steps = _across(start[0], x, sure) + _upright(start[1], y)
    return steps if len(steps) < len(straight) else straight


def _across(start: int, x: int, sure: bool) -> str:
    if x == start and sure:
        return ""
    ways = [f"\x1b[{x + 1}G" if x else "\r"]
    if sure:
        count = abs(x - start)
        ways.append("\b" * count if x < start else f"\x1b[{count if count > 1 else ''}C")
        if x < start:
            ways.append(f"\x1b[{count}D")
    return min(ways, key=len)


def _upright(start: int, y: int) -> str:
    if y == start:
        return ""
    count = abs(y - start)
    number = count if count > 1 else ""
    ways = [f"\x1b[{y + 1}d", f"\x1b[{number}{'B' if y > start else 'A'}", (_DOWN if y > start else _UP) * count]
    return min(ways, key=len)
