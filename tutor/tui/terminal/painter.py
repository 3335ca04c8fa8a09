"""The difference between what the terminal shows and what it should, in few bytes."""

from __future__ import annotations

import sys
from typing import NamedTuple

from tutor.tui.terminal.cells import BLANK, REST, Cells
from tutor.tui.terminal.pens import PLAIN, change, pen_for_blank

UNKNOWN = "\0"
"""The text of a cell of which nobody knows what the terminal shows there."""
_NEAR = 6
"""Cells between two that differ up to which both are drawn in one go."""
_FEW = 60
"""Up to how many strokes changing the pen less often is worth jumping to and fro."""
_MOVE_AND_PEN = 24
"""Characters that a move of the cursor and a change of the pen take, about."""
_WORTH_ERASING = 5
"""Blanks up to the edge from which on erasing them is shorter than writing them."""


class Stroke(NamedTuple):
    """Cells of one row to be drawn: ``columns`` of those from ``start`` to ``end``; none of them: to be erased."""

    y: int
    start: int
    end: int
    columns: tuple[int, ...]
    odd: bool = False


class Painter:
    """Keeps what the terminal shows, and makes it show a `Cells`.

    Args:
        cells: What it should show.
    """

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self.forget()

    def forget(self) -> None:
        """Nothing is known of what the terminal shows: the next painting paints everything."""
        width, height = self._cells.width, self._cells.height
        self._texts = [[UNKNOWN] * width for _ in range(height)]
        self._pens = [[PLAIN] * width for _ in range(height)]
        self._seen = [-1] * height
        self._odd: set[int] = set()
        self._pen: str | None = None
        self._at: tuple[int, int] | None = None
        self._out: list[str] = []

    def lose_cursor(self) -> None:
        """Something else was sent that may have moved the cursor or changed the pen."""
        self._pen = self._at = None

    @property
    def stale(self) -> bool:
        """Whether the terminal may show something else than it should."""
        return self._seen != self._cells.touched

    def paint(self, budget: int = sys.maxsize) -> str:
        """What makes the terminal show the cells; the rest stays for the next time where it is over ``budget``.

        Args:
            budget: Characters; what was drawn last goes first where they do not suffice. At least one row is painted.
        """
        cells = self._cells
        rows = [y for y in range(cells.height) if self._seen[y] != cells.touched[y]]
        if budget < sys.maxsize:
            rows.sort(key=lambda y: -cells.touched[y])
        strokes: list[Stroke] = []
        expected = 0
        self._out = []
        for y in rows:
            if expected >= budget:
                break
            of_row = self._strokes(y)
            strokes += of_row
            expected += sum(_MOVE_AND_PEN + stroke.end - stroke.start for stroke in of_row)
            self._seen[y] = cells.touched[y]
        for stroke in self._in_order(strokes):
            self._draw(stroke)
        for y in {stroke.y for stroke in strokes}:
            (self._odd.add if cells.is_odd(y) else self._odd.discard)(y)
            self._texts[y], self._pens[y] = cells.texts[y].copy(), cells.pens[y].copy()
        if not self.stale and cells.parked not in {None, (0, 0), self._at}:  # an input method follows it
            self._move(min(cells.cursor[0], cells.width - 1), min(cells.cursor[1], cells.height - 1))
        return "".join(self._out)

    def _in_order(self, strokes: list[Stroke]) -> list[Stroke]:
        """A few strokes all over the screen, as of a chart and its figures, are drawn pen by pen; many, row by row."""
        if len(strokes) > _FEW:
            return strokes
        pens = list(dict.fromkeys([self._pen, *(self._cells.pens[stroke.y][stroke.start] for stroke in strokes)]))
        return sorted(strokes, key=lambda stroke: pens.index(self._cells.pens[stroke.y][stroke.start]))

    def _put(self, text: str) -> None:
        self._out.append(text)

    def _strokes(self, y: int) -> list[Stroke]:
        """What is to be drawn of row ``y``."""
        cells = self._cells
        if cells.is_odd(y) or y in self._odd:
            return [Stroke(y, 0, cells.width, tuple(range(cells.width)), odd=True)]
        tail = self._tail(y)
        groups: list[list[int]] = []
        for x in self._differing(y):
            if x >= tail:
                break
            if groups and x - groups[-1][-1] <= _NEAR:
                groups[-1].append(x)
            else:
                groups.append([x])
        strokes = [Stroke(y, group[0], group[-1] + 1, tuple(group)) for group in groups]
        return [*strokes, Stroke(y, tail, cells.width, ())] if tail < cells.width else strokes

    def _draw(self, stroke: Stroke) -> None:
        cells, y = self._cells, stroke.y
        texts, pens = cells.texts[y], cells.pens[y]
        columns, index = stroke.columns, 0
        while index < len(columns):
            first = last = columns[index]
            pen = pens[first]
            index += 1
            if texts[first] == REST:
                continue
            while index < len(columns) and columns[index] == last + 1 and pens[last + 1] == pen:
                last += 1
                index += 1
            self._reach(first, y)
            text = "".join(texts[first : last + 1])
            if not self._will_do(text, pen):
                self._use(pen)
            self._put(text)
            end = last + 2 if last + 1 < cells.width and texts[last + 1] == REST else last + 1
            self._at = (end, y) if end < cells.width else None
        if not stroke.columns:
            self._reach(stroke.start, y)
            self._use(PLAIN)
            self._put("\x1b[K")
        if stroke.odd:  # terminals may disagree about where the cursor is now
            self._at = None

    def _differing(self, y: int) -> list[int]:
        """The columns of the cells to be written. Wide characters, old and new, are written whole."""
        cells = self._cells
        texts, pens, old_texts, old_pens = cells.texts[y], cells.pens[y], self._texts[y], self._pens[y]
        found = [
            x
            for x, (text, pen, old_text, old_pen) in enumerate(zip(texts, pens, old_texts, old_pens, strict=True))
            if text != old_text or pen != old_pen
        ]
        if REST not in texts and REST not in old_texts:
            return found
        whole = set(found)
        for x in found:
            if x and REST in {texts[x], old_texts[x]}:
                whole.add(x - 1)
            if x + 1 < cells.width and REST in {texts[x + 1], old_texts[x + 1]}:
                whole.add(x + 1)
        return sorted(whole)

    def _tail(self, y: int) -> int:
        """From which column on row ``y`` is to be erased; its width where it is not."""
        cells = self._cells
        texts, pens, old_texts, old_pens = cells.texts[y], cells.pens[y], self._texts[y], self._pens[y]
        start = cells.width
        differing = 0
        while start and texts[start - 1] == BLANK and pens[start - 1] == PLAIN:
            start -= 1
            if old_texts[start] != BLANK or old_pens[start] != PLAIN:
                differing += 1
                last = start
        return last if differing >= _WORTH_ERASING else cells.width

    def _use(self, pen: str) -> None:
        if pen != self._pen:
            self._put(change(self._pen, pen) if self._pen is not None else f"\x1b[0;{pen}m" if pen else "\x1b[m")
            self._pen = pen

    def _will_do(self, text: str, pen: str) -> bool:
        """Whether the pen in use shows ``text`` as ``pen`` would."""
        if pen == self._pen:
            return True
        return self._pen is not None and not text.strip(BLANK) and pen_for_blank(self._pen) == pen

    def _reach(self, x: int, y: int) -> None:
        """Bring the cursor to a cell: by writing again what lies between, or by a move, whichever is shorter."""
        if self._at == (x, y):
            return
        if self._at is not None and self._at[1] == y and 0 < x - self._at[0] <= 8:
            start = self._at[0]
            texts, pens = self._cells.texts[y], self._cells.pens[y]
            between = "".join(texts[start:x])
            same = all(self._will_do(texts[column], pens[column]) for column in range(start, x))
            if same and texts[start] != REST and len(between.encode()) <= len(self._way(x, y)):
                self._put(between)
                self._at = (x, y)
                return
        self._move(x, y)

    def _move(self, x: int, y: int) -> None:
        self._put(self._way(x, y))
        self._at = (x, y)

    def _way(self, x: int, y: int) -> str:
        """The shortest sequence that moves the cursor."""
        column = f"{x + 1}" if x else ""
        ways = [f"\x1b[{y + 1};{column}H" if x else f"\x1b[{y + 1}H"]
        if self._at is not None:
            from_x, from_y = self._at
            if from_y == y:
                ways.append(f"\x1b[{column}G" if x else "\r")
                if x > from_x:
                    ways.append(f"\x1b[{x - from_x if x - from_x > 1 else ''}C")
            elif x == 0 and y == from_y + 1:
                ways.append("\r\n")
            elif x == from_x:
                ways.append(f"\x1b[{y + 1}d")
        return min(ways, key=len)
