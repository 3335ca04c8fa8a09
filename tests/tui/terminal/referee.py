"""What two terminals show, compared by an emulator that knows nothing of ours."""

from __future__ import annotations

import re

import pyte

from tutor.tui.terminal.cells import Cells
from tutor.tui.terminal.painter import Painter

PRIVATE = re.compile(r"\x1b\[[<>=?][^a-zA-Z]*[a-zA-Z]|\x1b\]8;[^\x07\x1b]*\x1b\\")
"""What pyte would print instead of ignoring it."""
Look = tuple[object, ...]


def looks_of(screen: pyte.Screen) -> list[list[Look]]:
    """Every cell as a person sees it: the ink of a blank without a line shows nowhere."""
    rows = []
    for y in range(screen.lines):
        row: list[Look] = []
        for x in range(screen.columns):
            cell = screen.buffer[y][x]
            lines = (cell.underscore, cell.strikethrough, cell.reverse)
            if cell.data == " " and not any(lines):
                row.append((" ", cell.bg))
            else:
                row.append((cell.data, cell.bg, cell.fg, cell.bold, cell.italics, cell.blink, *lines))
        rows.append(row)
    return rows


class Referee:
    """One terminal gets what Textual writes, the other what the painter makes of it.

    Args:
        width: Of both, in cells.
        height: Of both.
    """

    def __init__(self, width: int, height: int) -> None:
        self.undiffed, self.diffed = pyte.Screen(width, height), pyte.Screen(width, height)
        self._undiffed, self._diffed = pyte.Stream(self.undiffed), pyte.Stream(self.diffed)
        for screen in (self.undiffed, self.diffed):
            screen.reset_mode(7, private=True)  # the driver switches wrapping off
        self.cells = Cells(width, height)
        self.painter = Painter(self.cells)
        self.sent = 0
        self.written = 0

    def resize(self, width: int, height: int) -> None:
        for screen in (self.undiffed, self.diffed):
            screen.resize(height, width)
        self.cells.resize(width, height)
        self.painter.forget()

    def write(self, data: str) -> None:
        """Textual writes a piece."""
        self.written += len(data.encode())
        self._undiffed.feed(PRIVATE.sub("", data))
        self.cells.feed(data)

    def paint(self, budget: int | None = None) -> str:
        """One frame."""
        frame = self.painter.paint() if budget is None else self.painter.paint(budget)
        self.sent += len(frame.encode())
        self._diffed.feed(frame)
        return frame

    def paint_all(self, budget: int) -> None:
        """Frames of at most about ``budget`` characters until nothing is left to do."""
        for _ in range(10_000):
            self.paint(budget)
            if not self.painter.stale:
                return
        raise AssertionError("it never ends")

    def check(self) -> None:
        """Both show the same."""
        for y, (undiffed, diffed) in enumerate(zip(looks_of(self.undiffed), looks_of(self.diffed), strict=True)):
            assert undiffed == diffed, f"row {y}"
