"""The cells of a CSV file, read line by line and no more of them than memory bears; faults have file and line."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import listed, translate
from tutor.ml.datasets.csv_columns import Column
from tutor.ml.datasets.dataset import Floats

MOST_CELLS = 1_000_000
"""Of a larger file only the first rows are used, and that is said."""
MOST_COLUMNS = 500
FEWEST_ROWS = 4
LONGEST_LINE = 1_000_000
"""Characters."""
LONGEST_CELL = 60
"""Characters of a cell that are shown."""
NAMES_SHOWN = 20
_SEPARATORS = ",;\t|"
_ROWS_AT_ONCE = 2000
_QUOTED = re.compile(r'"[^"]*"')
_NOT_UTF8 = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The columns of a file.

    Args:
        path: where it lies.
        columns: by name, in their order; all are of one length.
        rows: n.
        cut: whether the file has more rows than these.
    """

    path: Path
    columns: dict[str, Column]
    rows: int
    cut: bool = False

    @property
    def names(self) -> list[str]:
        """Of the columns."""
        return list(self.columns)

    def column(self, name: str) -> Column:
        """A column by name.

        Raises:
            TutorError: there is none.
        """
        if name not in self.columns:
            known = listed(self.names[:NAMES_SHOWN])
            raise TutorError(
                translate("ml.no-such-column", column=harmless_line(name), known=known), hint=self.did_you_mean(name)
            )
        return self.columns[name]

    def numbers(self, name: str, *, missing_allowed: bool = False) -> Floats:
        """A column of finite numbers, (n,), with nan where a number is missing and that is allowed.

        Raises:
            TutorError: there is no such column, or one of its cells is no number.
        """
        column = self.column(name)
        fault = column.first_word or column.endless
        if fault is None and column.missing and not missing_allowed:
            raise TutorError(
                translate("ml.csv-missing-number", path=self.path, column=name, count=column.missing),
                hint=translate("ml.csv-not-a-number-hint"),
            )
        if fault is not None:
            line, cell = fault
            shown = harmless_line(cell[:LONGEST_CELL])
            raise TutorError(
                translate("ml.csv-not-a-number", path=self.path, line=line, column=name, cell=shown),
                hint=translate("ml.csv-not-a-number-hint"),
            )
        return column.numbers

    def did_you_mean(self, name: str) -> str:
        """Which column may have been meant by ``name``, as a hint."""
        near = nearest(name, self.names)
        if near:
            return translate("ml.did-you-mean", near=near)
        return translate("ml.csv-columns", known=listed(self.names[:NAMES_SHOWN]))


def read_sheet(path: Path) -> Sheet:
    """Read a file with a head line: commas, semicolons, tabs or bars between cells; UTF-8, or UTF-16 with its mark.

    Raises:
        TutorError: it cannot be read, or is no table that can be worked with.
    """
    try:
        if path.exists() and not path.is_file():
            raise TutorError(translate("ml.csv-no-file", path=path), hint=translate("ml.csv-unreadable-hint"))
        with path.open("rb") as file:
            wide = file.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
        # Bytes that are no UTF-8 come through as marks, so that their line can be told.
        encoding, errors = ("utf-16", "strict") if wide else ("utf-8-sig", "surrogateescape")
        with path.open(encoding=encoding, errors=errors) as text:
            return _read(path, text)
    except OSError as error:
        raise TutorError(
            translate("ml.csv-unreadable", path=path, reason=error.strerror or str(error)),
            hint=translate("ml.csv-unreadable-hint"),
        ) from error
    except UnicodeError as error:
        raise TutorError(translate("ml.csv-broken-utf16", path=path), hint=translate("ml.csv-utf8-hint")) from error


def _lines(path: Path, file: TextIO) -> Iterator[str]:
    """The lines of the file, each short enough and made of text."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) >= LONGEST_LINE:
            message = translate("ml.csv-long-line", path=path, line=number, most=LONGEST_LINE)
            raise TutorError(message, hint=translate("ml.csv-ragged-hint"))
        if "\0" in line:
            raise TutorError(translate("ml.csv-zero-byte", path=path, line=number), hint=translate("ml.csv-utf8-hint"))
        if not line.isascii() and _NOT_UTF8.search(line):
            raise TutorError(translate("ml.csv-not-utf8", path=path, line=number), hint=translate("ml.csv-utf8-hint"))
        yield line


def _separator(head: str) -> str:
    """The character that stands most often between the names of the head line."""
    bare = _QUOTED.sub("", head)
    return max(_SEPARATORS, key=bare.count)


def _read(path: Path, file: TextIO) -> Sheet:
    lines = _lines(path, file)
    head = next(lines, "")
    separator = _separator(head)

    def all_lines() -> Iterator[str]:
        yield head
        yield from lines

    reader = csv.reader(all_lines(), delimiter=separator)
    try:
        names = _names(path, next(reader, []))
        columns = {name: Column(name, decimal_commas=separator == ";") for name in names}
        rows = _rows(path, reader, len(names))
        most = MOST_CELLS // len(names)
        count = 0
        while batch := list(islice(rows, min(_ROWS_AT_ONCE, most - count))):
            numbers = [line for line, _ in batch]
            for column, cells in zip(columns.values(), zip(*(row for _, row in batch), strict=True), strict=True):
                column.take(cells, numbers)
            count += len(batch)
        cut = count == most and next(rows, None) is not None
    except csv.Error as error:
        raise TutorError(
            translate("ml.csv-broken", path=path, line=reader.line_num, reason=str(error)),
            hint=translate("ml.csv-ragged-hint"),
        ) from error
    if count < FEWEST_ROWS:
        raise TutorError(translate("ml.csv-too-short", path=path, count=count, fewest=FEWEST_ROWS))
    return Sheet(path, columns, count, cut)


def _rows(path: Path, reader: Iterator[list[str]], width: int) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, each with the line it ends on and as wide as the head."""
    for row in reader:
        line: int = reader.line_num  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != width:
            told = translate("ml.csv-ragged", path=path, line=line, count=len(row), expected=width)
            raise TutorError(told, hint=translate("ml.csv-ragged-hint"))
        yield line, row


def _names(path: Path, head: list[str]) -> list[str]:
    """The names in the head line, all different; a column without one is called by its number."""
    cells = [harmless_line(cell.strip())[:LONGEST_CELL] for cell in head]
    if not any(cells):
        raise TutorError(translate("ml.csv-empty", path=path), hint=translate("ml.csv-empty-hint"))
    if len(cells) > MOST_COLUMNS:
        raise TutorError(
            translate("ml.csv-too-wide", path=path, most=MOST_COLUMNS), hint=translate("ml.csv-too-large-hint")
        )
    if all(_is_number(cell) for cell in cells):
        raise TutorError(translate("ml.csv-numbers-as-head", path=path), hint=translate("ml.csv-empty-hint"))
    names = [cell or f"#{number}" for number, cell in enumerate(cells, 1)]
    twice = next((name for index, name in enumerate(names) if name in names[:index]), None)
    if twice is not None:
        raise TutorError(
            translate("ml.csv-same-columns", path=path, column=twice), hint=translate("ml.csv-same-columns-hint")
        )
    return names


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
