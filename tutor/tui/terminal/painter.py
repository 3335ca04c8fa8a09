"""The difference between what the terminal shows and what it should, in few bytes."""

from __future__ import annotations

import sys

from tutor.tui.terminal.cells import BLANK, REST, Cells
from tutor.tui.terminal.pens import PLAIN, change, pen_for_blank

UNKNOWN = "\0"
"""The text of a cell of which nobody knows what the terminal shows there."""
_WORTH_ERASING = 5
"""Blanks up to the edge from which on erasing them is shorter than writing them."""


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
        self._length = 0

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
        self._out, self._length = [], 0
        for y in rows:
            if self._length and self._length >= budget:
                break
            self._paint_row(y)
            self._seen[y] = cells.touched[y]
        if not self.stale and cells.parked not in {None, (0, 0), self._at}:  # an input method follows it
            self._move(min(cells.cursor[0], cells.width - 1), min(cells.cursor[1], cells.height - 1))
        return "".join(self._out)

    def _put(self, text: str) -> None:
        self._out.append(text)
        self._length += len(text)

    def _paint_row(self, y: int) -> None:
        cells = self._cells
        texts, pens = cells.texts[y], cells.pens[y]
        tail = self._tail(y)
        odd = cells.is_odd(y) or y in self._odd
        for x in range(cells.width) if odd else self._differing(y):
            if x >= tail:
                break
            if texts[x] != REST:
                self._reach(x, y)
                if not self._will_do(texts[x], pens[x]):
                    self._use(pens[x])
                self._put(texts[x])
                end = x + 2 if x + 1 < cells.width and texts[x + 1] == REST else x + 1
                self._at = (end, y) if end < cells.width else None
        if tail < cells.width:
            self._reach(tail, y)
            self._use(PLAIN)
            self._put("\x1b[K")
        if odd:  # terminals may disagree about where the cursor is now
            self._at = None
        (self._odd.add if cells.is_odd(y) else self._odd.discard)(y)
        self._texts[y], self._pens[y] = texts.copy(), pens.copy()

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
        return text == BLANK and self._pen is not None and pen_for_blank(self._pen) == pen

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
