"""The columns of a table, read cell by cell in bounded memory: each cell is a number, a word or missing."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import suppress
from math import isinf, nan
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tutor.tables.dialect import tidy
from tutor.tables.distinct import distinct
from tutor.tables.numbers import (
    COMMA,
    MISSING,
    MISSING_AMONG_NUMBERS,
    POINT,
    SIGNS,
    Decision,
    Number,
    decide,
    is_currency,
    parse_cell,
)

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MAX_WORDS = 1000
"""A column with more distinct words than this stops counting them, because nothing uses so many."""
_MAX_AFFIXES = 20
_SENTINELS = (
    -9.0, -99.0, -999.0, -9999.0, -99999.0, -999999.0, 99.0, 999.0, 9999.0, 99999.0, 999999.0,
    77.0, 88.0, 777.0, 888.0, 7777.0, 8888.0, -77.0, -88.0, -777.0, -888.0, -7777.0, -8888.0,
    32767.0, -32768.0, 65535.0, 2147483647.0, -2147483648.0, 1e20, -1e20, 1e30, -1e30, 1e34, -1e34, 1e35,
)  # fmt: skip
"""Numbers that programs and surveys write for a missing value."""


_TOTALS = frozenset({
    "total", "totals", "grand total", "sum", "overall", "all", "summe", "gesamt", "insgesamt", "gesamtsumme", "somme",
    "suma", "totale", "totaal", "итого", "всего", "合计", "总计", "合計", "總計", "小计", "平均", "average", "mean",
    "mittelwert", "durchschnitt", "moyenne", "media", "avg",
})  # fmt: skip
"""Words that mark a row as the sum or the mean of all others."""


class Place(NamedTuple):
    """A cell: the line of the file on which its row begins, and its text."""

    line: int
    cell: str


class Fault(NamedTuple):
    """Why a column cannot be read as numbers.

    Args:
        reason: ``word``, ``endless`` (infinite), ``affix`` (a percent sign, unit or currency that other cells lack) or
            ``mark`` (another decimal mark than in the rest of the column).
        place: The first such cell.
    """

    reason: str
    place: Place


def _plain_value(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return nan
    return nan if isinf(value) else value


class Column:
    """One column, added cell by cell. `settle` then decides what its numbers mean.

    Args:
        name: Its full name in the header.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.words: dict[str, int] | None = {}
        """A code for each distinct cell text; None if there are more than `MAX_WORDS`."""
        self.empties: Counter[str] = Counter()
        """How often each way of writing a missing value occurs; ``""`` is an empty cell."""
        self.decimals: dict[str, Place] = {}
        """For each mark that some cell shows to be the decimal mark, the first such cell."""
        self.ambiguous: dict[str, Place] = {}
        """For each mark that may separate thousands or be the decimal mark, the first such cell."""
        self.affixes: dict[str, Place] = {}
        """For each percent sign, currency and unit of its numbers (``""`` for none), the first such cell."""
        self.grouped: Place | None = None
        """The first cell with separated thousands."""
        self.decision = Decision()
        self.holds_words = False
        """Whether it is a column of words: more of its cells are words than numbers.

        A single word among many numbers is a mistake in the file.
        """
        self.fault: Fault | None = None
        self._numbers = array("d")
        self._codes = array("i")
        self._word_values: Floats = np.empty(0)
        """What Python reads from each of `words` as a number; nan if it is not a number, or infinite."""
        self._ambiguous_rows: dict[str, array[int]] = {POINT: array("l"), COMMA: array("l")}
        self._affix_counts: Counter[str] = Counter()
        self._word_count = 0
        self._first_word: Place | None = None
        self._infinite: Place | None = None

    def add(self, cells: Sequence[str], lines: Sequence[int]) -> None:
        """Add cells, each with the line of the file on which its row begins."""
        self.add_stripped(list(map(str.strip, cells)), lines)

    def add_stripped(self, cells: list[str], lines: Sequence[int], signs: Collection[str] = SIGNS) -> None:
        """Add cells as `add` does, without spaces around them.

        Args:
            cells: The cells.
            lines: The line of each.
            signs: Those of `SIGNS` that these cells or cells of other columns have.
        """
        codes = self._known_codes(cells)
        values = None if codes is None else self._known_numbers(codes, signs)
        if values is None:
            values = self._parse_plain(cells, signs)
        if values is not None:
            self._affix_counts[""] += len(values)
            if cells and "" not in self.affixes:
                self.affixes[""] = Place(lines[0], cells[0])
            self._numbers.frombytes(values.tobytes())
        else:
            self._add_each(cells, lines)
        self._codes.extend(self._encode(cells) if codes is None else codes)

    def takes_numbers(self, signs: Collection[str]) -> bool:
        """Whether `add_numbers` may be called for cells that have only these of `SIGNS`."""
        return self.words is None and "" in self.affixes and self._is_decided(signs)

    def add_numbers(self, values: Floats) -> None:
        """Add finite numbers, (n,), as Python reads them from the cells: see `takes_numbers`."""
        self._affix_counts[""] += len(values)
        self._numbers.frombytes(values.tobytes())
        self._codes.frombytes(bytes(self._codes.itemsize * len(values)))

    def _is_decided(self, signs: Collection[str]) -> bool:
        """Whether numbers that have only these of `SIGNS` mean what Python reads."""
        return COMMA not in signs and not set(signs) - self.decimals.keys()

    def _known_codes(self, cells: list[str]) -> array[int] | None:
        """The codes of the cells if each is a word that was seen before, as in most batches; else None."""
        if self.words and len(cells) > 1:
            with suppress(KeyError):
                return array("i", itemgetter(*cells)(self.words))
        return None

    def _known_numbers(self, codes: array[int], signs: Collection[str]) -> Floats | None:
        """The cells with these codes if all are plain numbers, which is faster than reading them again; else None."""
        if not self.words or not self._is_decided(signs):
            return None
        if len(self._word_values) != len(self.words):
            self._word_values = np.array([_plain_value(word) for word in self.words])
        values: Floats = self._word_values[np.frombuffer(codes, np.intc)]
        return None if np.isnan(values).any() else values

    def _parse_plain(self, cells: list[str], signs: Collection[str]) -> Floats | None:
        """The cells as numbers if all are in plain notation, with points or commas, and add nothing new to the column.

        This reads nearly all columns, ten times as fast as cell by cell.
        """
        # Nearly always, everything is decided without looking at the signs of this column.
        joined = "" if self._is_decided(signs) else "\n".join(cells)
        plain = cells
        if COMMA in joined:
            if COMMA not in self.decimals or POINT in joined:
                return None
            plain = joined.replace(COMMA, POINT).split("\n")
        elif POINT not in self.decimals and POINT in joined:
            return None
        try:
            values = np.fromiter(map(float, plain), np.float64, len(plain))
        except ValueError:
            return None
        if "_" in joined or "n" in joined or "N" in joined or np.isinf(values).any():  # 1_000, nan, 1e999
            return None
        return values if len(values) == len(cells) else None

    def _add_each(self, cells: list[str], lines: Sequence[int]) -> None:
        counts = Counter(cells)
        parsed = {text: parse_cell(text) for text in counts}
        for text, number in parsed.items():  # in the order of their first occurrence
            place = Place(lines[cells.index(text)], text) if self._is_first(number) else _NOWHERE
            if number is None:
                self._count_word(text, counts[text], place)
            else:
                self._count_number(number, counts[text], place)
        start = len(self._numbers)
        self._numbers.extend(nan if (number := parsed[text]) is None else number.value for text in cells)
        if self.ambiguous:
            for index, text in enumerate(cells, start):
                number = parsed[text]
                if number is not None and number.ambiguous:
                    self._ambiguous_rows[number.ambiguous].append(index)

    def _is_first(self, number: Number | None) -> bool:
        """Whether a cell is the first of its kind, so that its place must be kept."""
        if number is None:
            return self._first_word is None
        return (
            (bool(number.decimal) and number.decimal not in self.decimals)
            or (bool(number.ambiguous) and number.ambiguous not in self.ambiguous)
            or (number.affix not in self.affixes and (len(self.affixes) < _MAX_AFFIXES or self._first_word is None))
            or (number.grouped and self.grouped is None)
            or (isinf(number.value) and self._infinite is None)
        )

    def _count_word(self, text: str, count: int, place: Place) -> None:
        lower = text.lower()
        if lower in MISSING or lower in MISSING_AMONG_NUMBERS:
            self.empties[text] += count
        else:
            self._word_count += count
            self._first_word = self._first_word or place

    def _count_number(self, number: Number, count: int, place: Place) -> None:
        affix = number.affix
        if affix not in self._affix_counts and len(self._affix_counts) >= _MAX_AFFIXES:
            self._word_count += count
            self._first_word = self._first_word or place
            return
        self._affix_counts[affix] += count
        self.affixes.setdefault(affix, place)
        if number.decimal:
            self.decimals.setdefault(number.decimal, place)
        if number.ambiguous:
            self.ambiguous.setdefault(number.ambiguous, place)
        if number.grouped:
            self.grouped = self.grouped or place
        if isinf(number.value):
            self._infinite = self._infinite or place

    def _encode(self, cells: list[str]) -> Sequence[int]:
        """The code of the word of each cell; −1 for a cell that counts as missing in any kind of column."""
        if self.words is None:
            return (
                array("i", bytes(4 * len(cells)))
                if not self.empties
                else [-1 if each.lower() in MISSING else 0 for each in cells]
            )
        words = self.words
        new = [text for text in dict.fromkeys(cells) if text not in words]
        if changed := {text: plain for text in new if (plain := tidy(text)) != text}:
            cells = [changed.get(text, text) for text in cells]
            new = list(dict.fromkeys(changed.get(text, text) for text in new))
        for text in new:
            if text not in words and text.lower() not in MISSING:
                words[text] = len(words)
        if len(words) > MAX_WORDS:
            self.words = None
        if len(cells) > 1:
            with suppress(KeyError):
                return array("i", itemgetter(*cells)(words))
        return array("i", [words.get(text, -1) for text in cells])

    def __len__(self) -> int:
        return len(self._numbers)

    def settle(self, file_decimals: set[str], *, decimal: str = "", point_is_usual: bool = True) -> None:
        """Decide the kind of the column and the meaning of its marks, once all cells have been added.

        Args:
            file_decimals: The marks that any column of the file shows to be the decimal mark.
            decimal: The decimal mark that the learner gives; empty to find out.
            point_is_usual: Whether points are decimal points in a column where each number has a point and three
                digits after it, although they might separate thousands.
        """
        self.decision = Decision(decimal) if decimal else decide(self.decimals, self.ambiguous, file_decimals)
        if self.decision.ambiguous and self._has_ungrouped_thousands(self.decision.ambiguous):
            self.decision = Decision(self.decision.ambiguous)
        numbers = sum(self._affix_counts.values())
        if self.decision.ambiguous == POINT and point_is_usual and len(self._ambiguous_rows[POINT]) == numbers:
            self.decision = Decision(POINT, assumed=True)
        words = self._word_count
        units = [affix for affix in self._affix_counts if _is_unit(affix)]
        if units and (len(self._affix_counts) > 1 or words):
            words += sum(self._affix_counts[unit] for unit in units)
        missing_words = sum(count for text, count in self.empties.items() if text.lower() not in MISSING)
        numbers += self._word_count - words
        self.holds_words = words + (0 if numbers else missing_words) > numbers
        self.fault = self._find_fault(units)

    def _find_fault(self, units: list[str]) -> Fault | None:
        faults = []
        if self._first_word is not None:
            faults.append(Fault("word", self._first_word))
        if self._infinite is not None:
            faults.append(Fault("endless", self._infinite))
        kinds = [affix for affix in self._affix_counts if affix]
        if len(kinds) > 1 or (kinds and "" in self._affix_counts and not is_currency(kinds[0])):
            main = self._affix_counts.most_common(1)[0][0]
            odd = [affix for affix in self._affix_counts if affix != main and (affix or not is_currency(main))]
            faults.append(Fault("affix", min(self.affixes[affix] for affix in odd)))
        decimal = self.decision.decimal
        wrong = [place for mark, place in self.decimals.items() if decimal and mark != decimal]
        if len(self.decimals) > 1 and not decimal:
            wrong = [max(self.decimals.values())]
        if wrong:
            faults.append(Fault("mark", wrong[0]))
        return min(faults, key=lambda fault: fault.place.line, default=None)

    def _has_ungrouped_thousands(self, mark: str) -> bool:
        """Whether the column has a large number without separators, so the mark cannot separate thousands."""
        numbers = np.abs(np.array(self._numbers))
        ambiguous = np.array(self._ambiguous_rows[mark], dtype=np.int64)
        shortest = float(numbers[ambiguous].min(initial=np.inf))
        numbers[ambiguous] = 0.0
        return bool((numbers >= (1000.0 if shortest < 10.0 else 10_000.0)).any())

    @property
    def numbers(self) -> Floats:
        """The cells as numbers, (n,); nan for a missing one."""
        numbers = np.array(self._numbers)
        for mark, rows in self._ambiguous_rows.items():
            if rows and self.decision.decimal not in {"", mark}:
                at = np.array(rows, dtype=np.int64)
                numbers[at] = np.round(numbers[at] * 1000.0)
        return numbers

    @property
    def codes(self) -> Ints:
        """The code of the word of each cell, (n,); −1 if it is missing. Meaningless if `words` is None."""
        return np.array(self._codes, dtype=np.int64)

    @property
    def is_missing(self) -> Flags:
        """Which cells are missing, (n,)."""
        return np.array(self._codes) < 0 if self.holds_words else np.isnan(np.array(self._numbers))

    @property
    def missing(self) -> int:
        """How many cells are missing."""
        return sum(self.empty_words(blank=True).values())

    def empty_words(self, *, blank: bool = False) -> dict[str, int]:
        """How often each way of writing a missing value occurs, the most frequent first.

        Args:
            blank: Whether empty cells count too, as ``""``.
        """
        return {
            text: count
            for text, count in self.empties.most_common()
            if (text or blank) and (not self.holds_words or text.lower() in MISSING)
        }

    @property
    def affix(self) -> str:
        """The percent sign, currency or unit of its numbers; empty if there is none."""
        return next((affix for affix, _ in self._affix_counts.most_common() if affix), "")

    @property
    def counts_rows(self) -> bool:
        """Whether each of its cells is the one above it plus 1."""
        numbers = np.array(self._numbers)
        return len(numbers) > 1 and bool((np.diff(numbers) == 1.0).all())

    @property
    def numbers_rows(self) -> bool:
        """Whether its cells are whole numbers, all different and none missing, like row numbers in any order."""
        numbers = np.array(self._numbers)
        whole = bool((numbers >= 0.0).all() and (numbers == np.round(numbers)).all())
        return whole and len(distinct(numbers)) == len(numbers)

    def padded(self) -> str:
        """A cell with a leading zero, such as the code ``007``; empty if there is none."""
        cells = self.words or {}
        return next((cell for cell in cells if cell[0] == "0" and len(cell) > 1 and cell.isdigit()), "")

    def total(self) -> str:
        """The last cell if it is a word such as ``Total`` that no other row has; else empty."""
        if not self.holds_words or self.words is None or not self._codes:
            return ""
        last = self._codes[-1]
        word = next((word for word, code in self.words.items() if code == last), "")
        return word if word.strip(":： ").casefold() in _TOTALS and self._codes.count(last) == 1 else ""

    def sentinel(self) -> tuple[float, int] | None:
        """A number that looks like the code of a missing value, such as −999 far from all others, and its count."""
        numbers = self.numbers
        finite = numbers[np.isfinite(numbers)]
        is_code = np.isin(finite, _SENTINELS)
        rest = finite[~is_code]
        if not len(rest) or not is_code.any():
            return None
        low, high = float(rest.min()), float(rest.max())
        for value, count in Counter(finite[is_code].tolist()).most_common():
            gap = low - value if value < 0 else value - high
            if count < len(rest) and gap > max(high - low, 0.5 * abs(value)):
                return value, count
        return None


_NOWHERE = Place(0, "")


def _is_unit(affix: str) -> bool:
    return bool(affix) and affix not in {"%", "‰"} and not is_currency(affix)
