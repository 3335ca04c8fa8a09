"""The smallest cell-by-cell difference between two screens, counted apart from the code that sends one."""

from __future__ import annotations

from collections.abc import Sequence

Look = tuple[object, ...]


def _pen(look: Look) -> tuple[object, ...]:
    return look[1:]


def _colour(name: object, base: int) -> str:
    if name == "default":
        return str(base + 9)
    text = str(name)
    if len(text) == 6 and all(each in "0123456789abcdef" for each in text):
        return f"{base + 8};2;" + ";".join(str(int(text[index : index + 2], 16)) for index in (0, 2, 4))
    return str(base + 1)


def _pen_bytes(old: Look | None, new: Look) -> int:
    """One SGR with just the parts that differ."""
    if old is not None and old[0] == new[0] and len(old) == len(new) and old[1:] == new[1:]:
        return 0
    codes = []
    if old is None or old[0] != new[0]:
        codes.append(_colour(new[0], 40))
    if len(new) > 1:  # a blank has a ground alone
        if old is None or len(old) < 2 or old[1] != new[1]:
            codes.append(_colour(new[1], 30))
        before = old[2:] if old is not None and len(old) > 2 else (False,) * len(new[2:])
        codes += ["22" if was else "1" for was, now in zip(before, new[2:], strict=True) if was != now]
    return len("\x1b[" + ";".join(codes) + "m") if codes else 0


def _move_bytes(at: tuple[int, int] | None, x: int, y: int) -> int:
    ways = [len(f"\x1b[{y + 1};{x + 1}H")]
    if at is not None and at[1] == y:
        if at[0] == x:
            return 0
        ways.append(len(f"\x1b[{x + 1}G"))
        if x > at[0]:
            ways.append(len(f"\x1b[{x - at[0]}C"))
    elif at is not None and at[0] == x:
        ways.append(len(f"\x1b[{y + 1}d"))
    elif at is not None and x == 0 and y == at[1] + 1:
        ways.append(2)
    return min(ways)


def least_bytes(
    before: Sequence[Sequence[Look]], after: Sequence[Sequence[Look]], cursor: tuple[int, int] | None
) -> int:
    """Bytes of the changed cells, of the moves to them and of the changes of the pen between them.

    Args:
        before: Each cell's text and pen, by row.
        after: The same afterwards.
        cursor: Where the cursor is before.
    """
    total = 0
    at = cursor
    pen: Look | None = None
    for y, (old_row, new_row) in enumerate(zip(before, after, strict=True)):
        for x, (old, new) in enumerate(zip(old_row, new_row, strict=True)):
            if old == new or not new[0]:
                continue
            gap = 0 if at is None or at[1] != y or x <= at[0] else x - at[0]
            between = [row[0] for row in new_row[x - gap : x]]
            same_pen = gap and all(_pen(row) == pen for row in new_row[x - gap : x])
            written = sum(len(str(text).encode()) for text in between) if same_pen else 1 << 30
            total += min(_move_bytes(at, x, y), written)
            if new[0] != " " or pen is None or _pen(new)[:1] != pen[:1]:
                total += _pen_bytes(pen, _pen(new))
                pen = _pen(new)
            total += len(str(new[0]).encode())
            wide = x + 1 < len(new_row) and not new_row[x + 1][0]
            at = (x + 1 + wide, y)
    return total
