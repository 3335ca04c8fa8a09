"""Finds the sequences that turn what the terminal shows into what it should show, in few bytes."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tutor.tui.terminal.cells import BLANK, REST, Cells
from tutor.tui.terminal.orders import PLAIN, cursor_move, pen_change, pen_for_blank

UNKNOWN = "\0"
"""The text of a cell whose content on the terminal is unknown."""
_NEAR = 8
"""Up to so many equal cells between two that differ may be written again instead of moving the cursor over them."""
_CLOSE = 4
"""Moving the cursor over so many cells takes at least as many bytes as writing them."""
_MANY = 800
"""With more strokes than this, looking for a better order takes too long."""
_MOVE_AND_PEN = 24
"""About how many characters a move of the cursor and a change of the pen take."""
_WORTH_ERASING = 5
"""From so many blanks up to the edge on, erasing is shorter than writing them."""
_SURE = re.compile("[\x20-\x7e\u2800-\u28ff]*").fullmatch
"""Texts in which every character takes one cell on every terminal."""


class Run(NamedTuple):
    """Neighbouring cells of one row in one pen: ``text`` from column ``start`` up to ``end``; "" erases them."""

    y: int
    start: int
    end: int
    pen: str
    text: str


class Stroke(NamedTuple):
    """Runs of row ``y`` that are written in this order. ``odd``: terminals may disagree about where they end."""

    y: int
    runs: tuple[Run, ...]
    odd: bool = False


class Painter:
    """Remembers what the terminal shows, and makes it show the cells.

    Args:
        cells: What the terminal should show.
    """

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self.forget()

    def forget(self) -> None:
        """Forget what the terminal shows, so that the next `paint` paints everything."""
        width, height = self._cells.width, self._cells.height
        self._texts = [[UNKNOWN] * width for _ in range(height)]
        self._pens = [[PLAIN] * width for _ in range(height)]
        self._seen = [-1] * height
        self._odd: set[int] = set()
        self._pen: str | None = None
        self._at: tuple[int, int] | None = None
        self._sure = True
        self._out: list[str] = []

    def lose_cursor(self) -> None:
        """Forget cursor and pen, because something else was sent that may have changed them."""
        self._pen = self._at = None

    @property
    def stale(self) -> bool:
        """Whether the terminal may not show what it should."""
        return self._seen != self._cells.touched

    def paint(self, budget: int = sys.maxsize) -> str:
        """The sequences that make the terminal show the cells; what exceeds ``budget`` stays for the next call.

        Args:
            budget: In characters. If it is too small, the rows written last are painted first, and at least one.
        """
        cells = self._cells
        rows = [y for y in range(cells.height) if self._seen[y] != cells.touched[y]]
        if budget < sys.maxsize:
            rows.sort(key=lambda y: -cells.touched[y])
        strokes: list[Stroke] = []
        expected = 0
        for y in rows:
            if expected >= budget:
                break
            of_row = self._strokes(y)
            strokes += of_row
            expected += sum(_MOVE_AND_PEN + stroke.runs[-1].end - stroke.runs[0].start for stroke in of_row)
            self._seen[y] = cells.touched[y]
        self._draw(strokes)
        for y in {stroke.y for stroke in strokes}:
            (self._odd.add if cells.is_odd(y) else self._odd.discard)(y)
            self._texts[y], self._pens[y] = cells.texts[y].copy(), cells.pens[y].copy()
        if not self.stale and cells.parked not in {
            None,
            (0, 0),
            self._at,
        }:  # input methods open their window at the cursor
            self._move(min(cells.cursor[0], cells.width - 1), min(cells.cursor[1], cells.height - 1))
        return "".join(self._out)

    # -- what to draw ------------------------------------------------------------------------------------

    def _strokes(self, y: int) -> list[Stroke]:
        """What to draw of row ``y``."""
        cells = self._cells
        if cells.is_odd(y) or y in self._odd:
            return [Stroke(y, tuple(self._runs(y, range(cells.width))), odd=True)]
        tail = self._tail(y)
        strokes = [Stroke(y, (run,)) for run in self._runs(y, [x for x in self._differing(y) if x < tail])]
        return [*strokes, Stroke(y, (Run(y, tail, cells.width, PLAIN, ""),))] if tail < cells.width else strokes

    def _runs(self, y: int, columns: Iterable[int]) -> list[Run]:
        """The cells of row ``y`` in ``columns``, with neighbours joined if one pen shows them all.

        Up to `_CLOSE` equal cells between two are written again if the same pen shows them: moving the cursor over them
        is not shorter, and fewer runs are quicker to order and to draw.
        """
        texts, pens = self._cells.texts[y], self._cells.pens[y]
        runs: list[Run] = []
        start, end, pen, blank, inked = 0, -1, PLAIN, PLAIN, False  # the run so far; ``blank``: its pen for blanks
        for x in columns:
            text, own = texts[x], pens[x]
            if 0 < x - end <= _CLOSE and end >= 0 and inked and text != REST:
                between = "".join(texts[end:x])
                if between.isascii() and len(between) == x - end and _alike(texts[end:x], pens[end:x], pen, blank):
                    end = x
            if end == x:
                if own == pen or text == REST or (text == BLANK and own == blank):
                    end += 1
                    inked = inked or text != BLANK
                    continue
                if not inked and pen_for_blank(own) == pen:
                    end, pen, blank, inked = x + 1, own, pen, True
                    continue
            if text != REST:
                if end >= 0:
                    runs.append(Run(y, start, end, pen, "".join(texts[start:end])))
                start, end, pen, blank, inked = x, x + 1, own, pen_for_blank(own), text != BLANK
        if end >= 0:
            runs.append(Run(y, start, end, pen, "".join(texts[start:end])))
        return runs

    def _differing(self, y: int) -> list[int]:
        """The columns of the cells to write. Old and new wide characters are always written whole."""
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
        """The column from which row ``y`` is erased; its width if it is not."""
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

    # -- drawing it --------------------------------------------------------------------------------------

    def _draw(self, strokes: Sequence[Stroke]) -> None:
        """Draw ``strokes`` in that order, of some, which takes the fewest bytes."""
        begin, best = (self._at, self._sure, self._pen), -1
        for order in self._orders(strokes):
            self._at, self._sure, self._pen = begin
            self._out = []
            for stroke in order:
                for run in stroke.runs:
                    self._draw_run(run)
                if stroke.odd:
                    self._at = None
            length = len("".join(self._out).encode())
            if best < 0 or length < best:
                best, out, end = length, self._out, (self._at, self._sure, self._pen)
        self._out = out
        self._at, self._sure, self._pen = end

    def _orders(self, strokes: Sequence[Stroke]) -> list[Sequence[Stroke]]:
        """Orders to try: row by row; pen by pen from the top; pen by pen with every second one from the bottom."""
        inks = [stroke.runs[0].pen for stroke in strokes]
        for index, stroke in enumerate(strokes):  # blanks are drawn together with what is before them
            if index and not stroke.runs[0].text.strip(BLANK) and pen_for_blank(inks[index - 1]) == inks[index]:
                inks[index] = inks[index - 1]
        pens = list(dict.fromkeys([self._pen, *inks] if self._pen in inks else inks))
        if len(pens) < 2 or len(strokes) > _MANY:
            return [strokes]
        by_pen = [[stroke for stroke, ink in zip(strokes, inks, strict=True) if ink == pen] for pen in pens]
        turning = [group[::-1] if index % 2 else group for index, group in enumerate(by_pen)]
        return [strokes, *([stroke for group in groups for stroke in group] for groups in (by_pen, turning))]

    def _draw_run(self, run: Run) -> None:
        self._reach(run.start, run.y)
        if not run.text:
            self._use(PLAIN)
            self._out.append("\x1b[K")
            return
        if not self._shows_alike(run.text, run.pen):
            self._use(run.pen)
        self._write(run.text, run.end, run.y)

    def _write(self, text: str, end: int, y: int) -> None:
        """Write ``text`` at the cursor; it ends before column ``end``."""
        self._out.append(text)
        self._sure = self._sure and _SURE(text) is not None
        self._at = (end, y) if end < self._cells.width else None

    def _use(self, pen: str) -> None:
        if pen != self._pen:
            self._out.append(
                pen_change(self._pen, pen) if self._pen is not None else f"\x1b[0;{pen}m" if pen else "\x1b[m"
            )
            self._pen = pen

    def _shows_alike(self, text: str, pen: str) -> bool:
        """Whether the present pen shows ``text`` as ``pen`` would."""
        if pen == self._pen:
            return True
        return self._pen is not None and not text.strip(BLANK) and pen_for_blank(self._pen) == pen

    def _reach(self, x: int, y: int) -> None:
        """Bring the cursor to a cell by writing again what is in between, or by moving it, whichever is shorter."""
        if self._at == (x, y):
            return
        if self._at is not None and self._at[1] == y and 0 < x - self._at[0] <= _NEAR:
            start = self._at[0]
            texts, pens = self._cells.texts[y], self._cells.pens[y]
            between = "".join(texts[start:x])
            same = all(self._shows_alike(texts[column], pens[column]) for column in range(start, x))
            if same and texts[start] != REST and len(between.encode()) <= len(cursor_move(self._at, x, y, self._sure)):
                self._write(between, x, y)
                return
        self._move(x, y)

    def _move(self, x: int, y: int) -> None:
        self._out.append(cursor_move(self._at, x, y, self._sure))
        self._at, self._sure = (x, y), True


def _alike(texts: Sequence[str], pens: Sequence[str], pen: str, blank: str) -> bool:
    """Whether ``pen``, which is ``blank`` on blanks, shows these cells as their own pens do."""
    return all(own == pen or (own == blank and text == BLANK) for text, own in zip(texts, pens, strict=True))
