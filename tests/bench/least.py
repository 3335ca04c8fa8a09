"""The smallest cell-by-cell difference between two screens, counted apart from the code that sends one.

Which order of the changed cells takes the fewest bytes is a travelling salesman's question, so two figures frame the
answer. ``found`` is the best of several orders, each bettered by moving cells about in it for as long as that helps:
somebody who knows both screens can do it. ``floor`` is what no order can go below: every changed cell, the cheapest
way to each run of them from any other, and each pen taken up once. The least lies between the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

Look = tuple[object, ...]
"""Text, ground, and where there is ink to see: ink, bold, italics, blink, underline, strike-through, reverse."""
Pen = tuple[object, ...]
"""Ground, ink, and the attributes of a look."""

_OFF = ("22", "23", "25", "24", "29", "27")
_ON = ("1", "3", "5", "4", "9", "7")
_PLAIN: Pen = ("default", "default", False, False, False, False, False, False)
_MAX_ROUNDS = 6


class Least(NamedTuple):
    """Bytes: the best order found, and what no order can go below."""

    found: int
    floor: int


class Run(NamedTuple):
    """Changed cells of row ``y`` in one pen, from column ``start`` to ``end``; of blanks the ground alone matters."""

    y: int
    start: int
    end: int
    pen: Pen
    blank: bool
    size: int


def least_bytes(
    before: Sequence[Sequence[Look]],
    after: Sequence[Sequence[Look]],
    cursor: tuple[int, int] | None,
    pen: Pen = _PLAIN,
) -> Least:
    """Bytes of the changed cells, of the moves to them and of the changes of the pen between them.

    Args:
        before: Each cell's text and pen, by row.
        after: The same afterwards.
        cursor: Where the cursor is before.
        pen: The pen in use before.
    """
    runs = [run for y, rows in enumerate(zip(before, after, strict=True)) for run in _runs_of(y, *rows)]
    if not runs:
        return Least(0, 0)
    found = min(_bettered(order, after, cursor, pen) for order in _orders(runs, pen))
    return Least(found, min(found, _floor(runs, after, cursor, pen)))


def _runs_of(y: int, old_row: Sequence[Look], new_row: Sequence[Look]) -> list[Run]:
    runs: list[Run] = []
    for x, (old, new) in enumerate(zip(old_row, new_row, strict=True)):
        if old == new or not new[0]:
            continue
        blank, size = len(new) == 2, len(str(new[0]).encode())
        pen: Pen = (*new[1:], *_PLAIN[1:]) if blank else new[1:]
        end = x + 1 + (x + 1 < len(new_row) and not new_row[x + 1][0])
        last = runs[-1] if runs else None
        if last is not None and last.end == x:
            if last.pen == pen or (blank and _shows_blank(last.pen, pen)):
                runs[-1] = last._replace(end=end, size=last.size + size, blank=last.blank and blank)
                continue
            if last.blank and _shows_blank(pen, last.pen):
                runs[-1] = last._replace(end=end, size=last.size + size, blank=False, pen=pen)
                continue
        runs.append(Run(y, x, end, pen, blank, size))
    tail = len(new_row)
    while tail and new_row[tail - 1] == (" ", "default"):
        tail -= 1
    return [
        *(run for run in runs if run.start < tail),
        *_erased([run for run in runs if run.start >= tail], len(new_row)),
    ]


def _erased(runs: list[Run], width: int) -> list[Run]:
    """Blanks at the end of a row: written, or erased up to the edge by three bytes."""
    if not runs or sum(run.size for run in runs) <= 3:
        return runs
    return [runs[0]._replace(end=width, size=3)]


def _shows_blank(pen: Pen, blank: Pen) -> bool:
    return pen[0] == blank[0] and not any(pen[5:])


# -- orders -----------------------------------------------------------------------------------------------------


def _orders(runs: list[Run], pen: Pen) -> list[list[Run]]:
    """Row by row, pen by pen, and always the nearest in the same pen."""
    pens = list(dict.fromkeys([pen, *(run.pen for run in runs)]))
    by_pen = sorted(runs, key=lambda run: pens.index(run.pen))
    turning = sorted(runs, key=lambda run: (k := pens.index(run.pen), run.y if k % 2 else -run.y))
    return [runs, by_pen, turning]


def _bettered(order: list[Run], after: Sequence[Sequence[Look]], cursor: tuple[int, int] | None, pen: Pen) -> int:
    """The bytes of ``order`` after pieces of it have been moved elsewhere for as long as that saves any."""
    best = _cost(order, after, cursor, pen)
    if len(order) > 60:
        return best
    for _ in range(_MAX_ROUNDS):
        start = best
        for length in (1, 2, 3):
            for index in range(len(order) - length + 1):
                piece, rest = order[index : index + length], order[:index] + order[index + length :]
                for place in range(max(0, index - 12), min(len(rest), index + 12) + 1):
                    for turned in (piece, piece[::-1]) if length > 1 else (piece,):
                        tried = rest[:place] + turned + rest[place:]
                        cost = _cost(tried, after, cursor, pen)
                        if cost < best:
                            best, order = cost, tried
        if best == start:
            break
    return best


def _cost(order: list[Run], after: Sequence[Sequence[Look]], cursor: tuple[int, int] | None, pen: Pen) -> int:
    total, at = 0, cursor
    for run in order:
        total += _reach_bytes(at, run, after[run.y], pen)
        if not (run.blank and _shows_blank(pen, run.pen)):
            total += _pen_bytes(pen, run.pen)
            pen = run.pen
        total += run.size
        at = (run.end, run.y) if run.end < len(after[run.y]) else None
    return total


def _floor(runs: list[Run], after: Sequence[Sequence[Look]], cursor: tuple[int, int] | None, pen: Pen) -> int:
    pens = list(dict.fromkeys([pen, *(run.pen for run in runs if not run.blank)]))
    ends = [cursor, *((run.end, run.y) for run in runs if run.end < len(after[run.y]))]
    total = sum(run.size for run in runs)
    for run in runs:
        ways = [_move_bytes(at, run.start, run.y) for at in ends if at != (run.end, run.y)]
        gaps = [run.start - other.end for other in runs if other.y == run.y and other.end <= run.start]
        total += min([_straight(run.start, run.y), *ways, *gaps])
    return total + sum(min(_pen_bytes(other, each) for other in pens if other != each) for each in pens[1:])


# -- steps ------------------------------------------------------------------------------------------------------


def _reach_bytes(at: tuple[int, int] | None, run: Run, row: Sequence[Look], pen: Pen) -> int:
    """By a move, or by writing again what lies between where the pen in use shows it."""
    moved = _move_bytes(at, run.start, run.y)
    if at is None or at[1] != run.y or not 0 < run.start - at[0] < moved:
        return moved
    between = row[at[0] : run.start]
    same = all(_shows_blank(pen, each[1:]) if len(each) == 2 else each[1:] == pen for each in between)
    return min(moved, sum(len(str(each[0]).encode()) for each in between)) if same else moved


def _straight(x: int, y: int) -> int:
    return len(f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H")


def _move_bytes(at: tuple[int, int] | None, x: int, y: int) -> int:
    straight = _straight(x, y)
    if at is None:
        return straight
    right, down = x - at[0], y - at[1]
    across = (
        [0] if not right else [1] if not x else [len(f"\x1b[{x + 1}G"), len(f"\x1b[{abs(right)}C") - (abs(right) == 1)]
    )
    if right < 0:
        across.append(-right)  # backspaces
    upright = [0] if not down else [len(f"\x1b[{y + 1}d"), len(f"\x1b[{abs(down)}B") - (abs(down) == 1)]
    if down:
        upright.append(down if down > 0 else -2 * down)  # vertical tabs, reverse indices
    return min(straight, min(across) + min(upright))


def _pen_bytes(old: Pen, new: Pen) -> int:
    """One SGR with just the parts that differ, or a whole one."""
    if old == new:
        return 0
    codes = [_colour(new[0], 40)] if old[0] != new[0] else []
    codes += [_colour(new[1], 30)] if old[1] != new[1] else []
    attributes = list(zip(old[2:], new[2:], _ON, _OFF, strict=True))
    codes += [on if now else off for was, now, on, off in attributes if was != now]
    whole = [_colour(each, base) for each, base in zip(new, (40, 30), strict=False) if each != "default"]
    whole += [on for _, now, on, _ in attributes if now]
    return min(len(f"\x1b[{';'.join(codes)}m"), len(f"\x1b[{';'.join(['0', *whole])}m") if whole else 3)


def _colour(name: object, base: int) -> str:
    text = str(name)
    if text == "default":
        return str(base + 9)
    if len(text) == 6 and all(each in "0123456789abcdef" for each in text):
        return f"{base + 8};2;" + ";".join(str(int(text[index : index + 2], 16)) for index in (0, 2, 4))
    return str(base + 1)
