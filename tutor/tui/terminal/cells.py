"""What the screen should show, as cells. Textual's output is read into them instead of being sent.

Textual draws by moving the cursor, changing the pen, writing text and breaking lines, which is understood here.
Everything else (modes, queries, titles, the bell) is passed to the terminal unchanged, except hyperlinks: links in
lessons lead to places inside tutor, and a hyperlink takes more bytes than its words.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tutor.foundation.text import cell_width
from tutor.tui.terminal.orders import PLAIN, pen_for_blank

BLANK = " "
REST = ""
"""The text of the second cell of a wide character."""

_TOKENS = re.compile(
    r"\x1b\[(?P<row>\d{0,6});?(?P<column>\d{0,6})H"
    r"|\x1b\[(?P<pen>[\d;]*)m"
    r"|(?P<mark>\x1b\[\?2026[hl])"
    r"|(?P<link>\x1b\]8;[^\x07\x1b]*(?:\x07|\x1b\\))"
    r"|(?P<other>\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1bP(?:[^\x1b]|\x1b\x1b)*\x1b\\|\x1b[^\[\]]|[\x00-\x09\x0b-\x1f])"
    r"|(?P<line>\n)"
    r"|(?P<text>[^\x00-\x1f]+)",
    re.DOTALL,
)
_NARROW = re.compile("[\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482\u2500-\u25fc\u2800-\u28ff]*").fullmatch
"""Texts in which every character takes one cell: most of what is drawn, and quick to recognise."""


@lru_cache(4096)
def _width(character: str) -> int:
    return cell_width(character)


class Cells:
    """A screen of ``width`` by ``height`` cells, each with a text and a pen (the parameters of an SGR sequence).

    Attributes:
        texts: By row, the text of each cell; `REST` after a wide character.
        pens: By row, the pen of each cell.
        touched: By row, the number of the last write, by which rows can be sorted.
        cursor: The column and row of Textual's cursor, from 0.
        parked: The same if Textual moved it there without writing anything after; else None.
    """

    def __init__(self, width: int, height: int) -> None:
        self.cursor = (0, 0)
        self.parked: tuple[int, int] | None = None
        self._pen = PLAIN
        self._clock = 0
        self.texts: list[list[str]] = []
        self.pens: list[list[str]] = []
        self.touched: list[int] = []
        self.resize(width, height)

    def resize(self, width: int, height: int) -> None:
        """Change the size. What fits stays until Textual draws everything again."""
        self.width, self.height = width, height
        rows = min(height, len(self.texts))
        for y in range(rows):
            texts, pens = self.texts[y], self.pens[y]
            if len(texts) > width and texts[width] == REST:
                texts[width - 1] = BLANK
            self.texts[y] = (texts + [BLANK] * (width - len(texts)))[:width]
            self.pens[y] = (pens + [PLAIN] * (width - len(pens)))[:width]
        del self.texts[height:], self.pens[height:], self.touched[height:]
        self.texts += [[BLANK] * width for _ in range(height - rows)]
        self.pens += [[PLAIN] * width for _ in range(height - rows)]
        self.touched += [0] * (height - rows)

    def is_odd(self, y: int) -> bool:
        """Whether row ``y`` has characters of zero width, which terminals show differently."""
        return max(map(len, self.texts[y])) > 1

    def feed(self, data: str) -> str:
        """Read what Textual wrote. Returns the parts that are meant for the terminal itself, in order."""
        others = []
        for token in _TOKENS.finditer(data):
            kind = token.lastgroup
            if kind == "text":
                self._write(token["text"])
            elif kind == "pen":
                self._change_pen(token["pen"])
            elif kind == "column":
                self.cursor = self.parked = (int(token["column"] or 1) - 1, int(token["row"] or 1) - 1)
            elif kind == "line":
                self.cursor = (0, self.cursor[1] + 1)
            elif kind == "other":
                others.append(token["other"])
        return "".join(others)

    def _change_pen(self, codes: str) -> None:
        if codes in {"", "0"}:
            self._pen = PLAIN
        elif codes.startswith("0;"):
            self._pen = codes[2:]
        else:
            self._pen = f"{self._pen};{codes}" if self._pen else codes

    def _write(self, text: str) -> None:
        x, y = self.cursor
        self.parked = None
        if not (0 <= y < self.height and 0 <= x < self.width):
            return
        self._clock += 1
        self.touched[y] = self._clock
        if _NARROW(text):
            self._write_narrow(text[: self.width - x], x, y)
        else:
            self._write_any(text, x, y)

    def _write_narrow(self, text: str, x: int, y: int) -> None:
        end = x + len(text)
        self._cut_wide(x, end, y)
        self.texts[y][x:end] = text
        pen = self._pen
        if BLANK not in text:
            self.pens[y][x:end] = [pen] * len(text)
        else:
            blank = pen_for_blank(pen)
            self.pens[y][x:end] = [blank if each == BLANK else pen for each in text]
        self.cursor = (end, y)

    def _write_any(self, text: str, x: int, y: int) -> None:
        texts, pens = self.texts[y], self.pens[y]
        for written in text:
            character, width = written, _width(written)
            if width == 0:
                if x > 0:
                    owner = x - 1 if texts[x - 1] != REST else x - 2
                    texts[owner] += character
                continue
            if x >= self.width:
                break
            if x + width > self.width:  # only half of it fits
                character, width = BLANK, 1
            self._cut_wide(x, x + width, y)
            texts[x] = character
            pens[x] = pen_for_blank(self._pen) if character == BLANK else self._pen
            if width == 2:
                texts[x + 1], pens[x + 1] = REST, self._pen
            x += width
        self.cursor = (x, y)

    def _cut_wide(self, start: int, end: int, y: int) -> None:
        """Blank the other half of a wide character that is partly overwritten."""
        texts = self.texts[y]
        if start > 0 and texts[start] == REST:
            texts[start - 1] = BLANK
        if end < self.width and texts[end] == REST:
            texts[end] = BLANK
