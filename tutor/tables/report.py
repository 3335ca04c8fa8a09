"""Notes on how a table was read: sentences for the learner about everything that was changed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import listed, translate
from tutor.tables.columns import Column
from tutor.tables.dialect import SPACES, Dialect
from tutor.tables.encoding import Encoding
from tutor.tables.numbers import COMMA, POINT

LONGEST_SHOWN = 60
"""How many characters of a cell or a name are shown."""
_NAMES_SHOWN = 6
_COMMAS = frozenset(",，٫")
_ROW_NUMBERS = re.compile(
    r"(?:.{0,80}[\W_])?(?:id|idx|index|no|nr|row|rowid|serial)\.?|(?-i:.{0,80}[a-z]I[Dd])|.{0,80}(?:序号|编号|行号|学号)",
    re.IGNORECASE,
)
"""Names of columns that may only number the rows, such as ``id``, ``row_id`` and ``PassengerId``."""
_SEPARATOR_NOTES = {
    ";": "tables.note-semicolon",
    "\t": "tables.note-tab",
    "|": "tables.note-bar",
    "，": "tables.note-wide-comma",
    "；": "tables.note-wide-semicolon",
    SPACES: "tables.note-spaces",
}


def shown(text: str) -> str:
    """A cell or a name as the interface shows it: on one line, without control characters, and shortened."""
    text = harmless_line(text)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def names_shown(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    first = listed(shown(name) for name in names[:_NAMES_SHOWN])
    if len(names) <= _NAMES_SHOWN:
        return first
    return translate("tables.and-more", names=first, count=len(names) - _NAMES_SHOWN)


@dataclass(frozen=True, slots=True)
class Report:
    """How a file was read.

    Args:
        encoding: Its encoding.
        dialect: Its layout.
        index: The names of columns that only number or name the rows; ``#1`` is the first one if it has no name.
    """

    encoding: Encoding
    dialect: Dialect
    index: tuple[str, ...] = ()

    def notes(self, used: Collection[str] = ()) -> list[str]:
        """Notes on the file as a whole; empty for UTF-8 with commas.

        Args:
            used: The names of the columns that are used, even if they only number the rows.
        """
        dialect = self.dialect
        notes = [self.encoding.note()]
        if dialect.separator in _SEPARATOR_NOTES:
            notes.append(translate(_SEPARATOR_NOTES[dialect.separator]))
        if dialect.title_lines:
            notes.append(translate("tables.note-head-line", line=dialect.head_line))
        if dialect.comments:
            notes.append(translate("tables.note-comments", count=dialect.comments))
        if dialect.dropped:
            notes.append(translate("tables.note-empty-columns", count=len(dialect.dropped)))
        if self.index and not set(self.index) & set(used):
            key = "tables.note-row-names" if dialect.row_names else "tables.note-index"
            notes.append(translate(key, columns=names_shown(self.index)))
        return list(filter(None, notes))


def column_notes(columns: Iterable[Column]) -> list[str]:
    """Notes on how the numbers of these columns were read, and on what looks wrong."""
    columns = list(columns)
    numeric = [column for column in columns if not column.holds_words]
    notes = number_notes(numeric)
    for column in columns:
        if words := column.empty_words():
            cells = listed(f"“{shown(text)}” ({count})" for text, count in list(words.items())[:_NAMES_SHOWN])
            notes.append(translate("tables.note-empty-words", column=shown(column.name), cells=cells))
    notes += [
        translate("tables.note-counts-rows", column=shown(column.name))
        for column in numeric
        if _ROW_NUMBERS.fullmatch(column.name) and column.counts_rows
    ]
    for column in numeric:
        if (sentinel := column.sentinel()) is not None:
            value, count = sentinel
            notes.append(translate("tables.note-sentinel", column=shown(column.name), value=f"{value:g}", count=count))
    return notes


def number_notes(numeric: list[Column]) -> list[str]:
    """Notes on the marks, percent signs, currencies and units that were read in columns of numbers."""
    notes: list[str] = []
    commas = [column.name for column in numeric if column.decision.decimal == COMMA and _has_commas(column)]
    if commas:
        notes.append(translate("tables.note-decimal-commas", columns=names_shown(commas)))
    notes += _thousands_notes(numeric)
    if assumed := [column for column in numeric if column.decision.assumed]:
        cell, names = assumed[0].ambiguous[POINT].cell, names_shown([column.name for column in assumed])
        notes.append(translate("tables.note-assumed-point", columns=names, cell=shown(cell)))
    notes += _affix_notes(numeric)
    return notes


def total_notes(columns: Iterable[Column]) -> list[str]:
    """A note if the last row looks like the sum of the others; for all columns of the file."""
    return [
        translate("tables.note-total", column=shown(column.name), cell=shown(word))
        for column in columns
        if (word := column.total())
    ][:1]


def _has_commas(column: Column) -> bool:
    """Whether any cell has a comma. ``1.050.000`` has none, although it shows that the comma is the decimal mark."""
    marks = column.decimals | column.ambiguous
    return COMMA in marks and (column.words is None or any(not _COMMAS.isdisjoint(cell) for cell in column.words))


def _thousands_notes(columns: list[Column]) -> list[str]:
    grouped = [
        column
        for column in columns
        if column.grouped is not None or (column.decision.decimal and set(column.ambiguous) - {column.decision.decimal})
    ]
    if not grouped:
        return []
    first = grouped[0]
    place = first.grouped or next(iter(first.ambiguous.values()))
    names = names_shown([column.name for column in grouped])
    return [translate("tables.note-thousands", columns=names, cell=shown(place.cell))]


def _affix_notes(columns: list[Column]) -> list[str]:
    by_affix: dict[str, list[str]] = {}
    for column in columns:
        if column.affix:
            by_affix.setdefault(column.affix, []).append(column.name)
    return [
        translate("tables.note-percent", columns=names_shown(names))
        if affix == "%"
        else translate("tables.note-affix", affix=shown(affix), columns=names_shown(names))
        for affix, names in by_affix.items()
    ]
