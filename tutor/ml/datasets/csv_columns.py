"""The columns of a table as they are read: each cell a number, a word or missing, in bounded memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from math import inf, nan

import numpy as np

from tutor.ml.datasets.dataset import Floats, Ints

MOST_WORDS = 1000
"""Beyond so many different words a column stops counting them: no use is made of so many."""
_MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "?"})


class Column:
    """One column, cell by cell.

    Args:
        name: as the head line has it.
        decimal_commas: whether ``4,5`` may be a number, as where semicolons separate the cells.
    """

    __slots__ = ("_codes", "_comma", "_numbers", "commas", "endless", "first_word", "missing", "name", "words")

    def __init__(self, name: str, *, decimal_commas: bool = False) -> None:
        self.name = name
        self._comma = decimal_commas
        self._numbers = array("d")
        self._codes = array("i")
        self.words: dict[str, int] | None = {}
        """By what is written in a cell, its number; None where there are more than `MOST_WORDS`."""
        self.missing = 0
        """How many cells hold nothing."""
        self.commas = False
        """Whether a decimal comma was read."""
        self.first_word: tuple[int, str] | None = None
        """Line and text of the first cell that is no number."""
        self.endless: tuple[int, str] | None = None
        """Line and text of the first number that is infinite."""

    def take(self, cells: Iterable[str], lines: Iterable[int]) -> None:
        """Add cells, each with the line of the file it stands on."""
        for cell, line in zip(cells, lines, strict=True):
            text = cell.strip()
            value = self._value(text)
            if value == value:
                if abs(value) == inf and self.endless is None:
                    self.endless = (line, text)
                code = self._code(text)
            elif text.lower() in _MISSING:
                self.missing += 1
                code = -1
            else:
                if self.first_word is None:
                    self.first_word = (line, text)
                code = self._code(text)
            self._numbers.append(value)
            self._codes.append(code)

    def _value(self, text: str) -> float:
        """The cell as a number; nan where it is none."""
        try:
            return float(text) if "_" not in text else nan
        except ValueError:
            pass
        if self._comma and text.count(",") == 1:
            try:
                value = float(text.replace(",", "."))
            except ValueError:
                return nan
            self.commas = True
            return value
        return nan

    def _code(self, text: str) -> int:
        if self.words is None:
            return 0
        code = self.words.setdefault(text, len(self.words))
        if code >= MOST_WORDS:
            self.words = None
        return code

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def numbers(self) -> Floats:
        """The cells as numbers, (n,); nan where there is none."""
        return np.array(self._numbers)

    @property
    def codes(self) -> Ints:
        """For each cell the number of its word, (n,); −1 where it is missing. Only where `words` are counted."""
        return np.array(self._codes, dtype=np.int64)

    @property
    def is_missing(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Which cells hold nothing, (n,)."""
        return np.array(self._codes) < 0

    @property
    def holds_words(self) -> bool:
        """Whether it is meant to hold words: more of its cells are words than numbers.

        A word among many numbers is a slip of the pen.
        """
        counted = int(np.count_nonzero(~np.isnan(self.numbers)))
        return len(self) - self.missing - counted > counted
