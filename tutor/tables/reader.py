"""Reads a whole table from a file, with limits on its size; errors give the file and the line."""

from __future__ import annotations

import os
import random
import re
import stat
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from io import StringIO, TextIOWrapper
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import listed, translate
from tutor.tables.columns import Column, Fault, Floats
from tutor.tables.dialect import (
    SAMPLE_LINES,
    SEPARATORS,
    BrokenRowError,
    Dialect,
    Row,
    clean_name,
    find_dialect,
    plain_text,
    split_plain,
)
from tutor.tables.encoding import SAMPLE, UTF8, Encoding, detect_encoding, foreign_format
from tutor.tables.numbers import COMMA, POINT, SIGNS, parse_cell
from tutor.tables.report import Report, shown

MOST_CELLS = 1_000_000
"""Of a larger file only some rows are used: a sample, or the first ones."""
MAX_COLUMNS = 5000
MIN_ROWS = 4
LONGEST_LINE = 1_000_000
"""Characters."""
LONGEST_NAME = 300
"""Characters of the name of a column or a class."""
NAMES_SHOWN = 20
_CELLS_IN_MESSAGE = 4
DECIMAL_MARKS = {"auto": "", "point": POINT, "comma": COMMA}
"""The decimal marks by their names in settings; ``auto`` detects the mark."""
_ROWS_PER_BATCH = 2000
_FIRST_BATCH = 200
_BLOCK = 1 << 16
"""How many characters are read at once."""
_INDEX_NAMES = frozenset({"", "#"})
_PANDAS_INDEX = re.compile(r"Unnamed: 0(?:\.[0-9]{1,3}){0,9}|level_0")
_UNDECODED = re.compile("[\udc80-\udcff]")
_SEARCH_BYTES = 32 << 20
"""How many bytes are searched for characters beyond ASCII."""


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a file.

    Args:
        path: The file.
        columns: The columns by name, in order, all of the same length.
        rows: The number of rows n.
        report: How the file was read.
        cut: Whether the file has more rows than these.
        total: The number of rows in the file, if they were counted for a sample.
        lines: The line of the file on which each row begins, n of them.
    """

    path: Path
    columns: dict[str, Column]
    rows: int
    report: Report
    cut: bool = False
    lines: Sequence[int] = ()
    total: int = 0

    @property
    def names(self) -> list[str]:
        """The names of the columns that are used by default: all but those that only number the rows."""
        return [name for name in self.columns if name not in self.report.index]

    def column(self, name: str) -> Column:
        """A column by name. The name may differ in its kinds of spaces.

        Raises:
            TutorError: There is no such column.
        """
        name = clean_name(name)
        if name not in self.columns:
            known = listed(map(shown, self.names[:NAMES_SHOWN]))
            raise TutorError(
                translate("ml.no-such-column", column=shown(name), known=known), hint=self.did_you_mean(name)
            )
        return self.columns[name]

    def numbers(self, name: str, *, missing_allowed: bool = False) -> Floats:
        """A column of finite numbers, (n,), with nan where a number is missing and that is allowed.

        Raises:
            TutorError: There is no such column, a cell is not a number, or a mark may be decimal or separate thousands.
        """
        column = self.column(name)
        if column.fault is not None:
            raise self._not_a_number(column, column.fault)
        if column.decision.ambiguous:
            raise self._ambiguous(column)
        if column.missing and not missing_allowed:
            raise TutorError(
                translate("tables.missing-number", path=self.path, column=shown(column.name), count=column.missing),
                hint=translate("ml.csv-not-a-number-hint"),
            )
        return column.numbers

    def _not_a_number(self, column: Column, fault: Fault) -> TutorError:
        line, cell = fault.place
        values = {"path": self.path, "line": line, "column": shown(column.name), "cell": shown(cell)}
        kinds = {"mark": column.decimals, "affix": column.affixes}.get(fault.reason, {})
        other = next((place.cell for place in kinds.values() if place != fault.place), None)
        if other is None:
            text = translate("tables.not-a-number", **values)
        else:
            key = "tables.two-marks" if fault.reason == "mark" else "tables.two-affixes"
            text = translate(key, **values, other=shown(other))
        return TutorError(text, hint=translate("ml.csv-not-a-number-hint"))

    def _ambiguous(self, column: Column) -> TutorError:
        mark = column.decision.ambiguous
        line, cell = column.ambiguous[mark]
        values = {"path": self.path, "line": line, "column": shown(column.name), "cell": shown(cell)}
        thousands, decimal = cell.replace(mark, ""), cell.replace(mark, ".")
        return TutorError(
            translate("tables.open-number", **values, whole=shown(thousands), part=shown(decimal)),
            hint=translate("tables.open-number-hint-comma" if mark == COMMA else "tables.open-number-hint-point"),
        )

    def did_you_mean(self, name: str) -> str:
        """A hint with the column that was probably meant by ``name``."""
        near = nearest(name, self.names)
        if near:
            return translate("ml.did-you-mean", near=shown(near))
        if len(self.columns) == 1:
            return translate("tables.one-column", name=shown(next(iter(self.columns))))
        return translate("tables.columns", known=listed(map(shown, self.names[:NAMES_SHOWN])))


def read_table(path: Path, *, decimal: str = "auto", fewest: int = MIN_ROWS, sample_seed: int | None = None) -> Table:
    """Read a table with a header, in any common encoding, with any common separator.

    Args:
        path: The file.
        decimal: The decimal mark, ``point`` or ``comma``; ``auto`` detects it.
        fewest: A table with fewer rows than this is refused.
        sample_seed: The seed of the sample that is drawn from the rows of a file with more than `MOST_CELLS` cells. The
            rows stay in the order of the file. None to take the first rows.

    Raises:
        TutorError: It cannot be read, or is not a usable table.
    """
    try:
        with open_bytes(path) as file:
            sample = file.read(SAMPLE)
            if kind := foreign_format(sample):
                message = translate("tables.foreign", path=path, kind=kind)
                raise TutorError(message, hint=translate("tables.foreign-hint"))
            encoding = detect_encoding(sample, more=len(sample) == SAMPLE)
            options = _Options(DECIMAL_MARKS[decimal], fewest, sample_seed)
            try:
                return _decode(path, file, encoding or UTF8, options)
            except _NotDecodedError as error:
                if encoding != UTF8 or (encoding := _later_encoding(file)) in {None, UTF8}:
                    raise _not_text(path, error.line, encoding or UTF8) from error
            try:
                return _decode(path, file, encoding, options)
            except _NotDecodedError as error:
                raise _not_text(path, error.line, UTF8) from error
    except OSError as error:
        raise TutorError(
            translate("ml.csv-unreadable", path=path, reason=error.strerror or str(error)),
            hint=translate("tables.unreadable-hint"),
        ) from error
    except UnicodeError as error:
        raise TutorError(translate("tables.broken-utf16", path=path), hint=translate("tables.utf8-hint")) from error


def open_bytes(path: Path) -> BinaryIO:
    """Open a regular file for reading; this never waits for a pipe or a device.

    Raises:
        OSError: It cannot be opened.
        TutorError: It is not a regular file.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise TutorError(translate("tables.no-file", path=path), hint=translate("tables.unreadable-hint"))
    return os.fdopen(descriptor, "rb")


class _Options(NamedTuple):
    """The decimal mark, the fewest rows, and the seed of a sample: see `read_table`."""

    decimal: str
    fewest: int
    sample_seed: int | None


class _NotDecodedError(Exception):
    """A line has bytes that are invalid in the encoding."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _not_text(path: Path, line: int, encoding: Encoding) -> TutorError:
    text = translate("tables.not-decoded", path=path, line=line, name=encoding.name)
    return TutorError(text, hint=translate("tables.utf8-hint"))


def _later_encoding(file: BinaryIO) -> Encoding | None:
    """The encoding of a file that begins with plain ASCII, detected from its later lines that are not ASCII."""
    file.seek(0)
    found, left = b"", _SEARCH_BYTES
    while left > 0 and len(found) < SAMPLE and (chunk := file.read(1 << 20)):
        left -= len(chunk)
        found += b"".join(line for line in chunk.splitlines(keepends=True) if not line.isascii())
    return detect_encoding(found[:SAMPLE], more=True)


def _decode(path: Path, file: BinaryIO, encoding: Encoding, options: _Options) -> Table:
    file.seek(0)
    errors = "strict" if encoding.codec.startswith(("utf-16", "utf-32")) else "surrogateescape"
    text = TextIOWrapper(file, encoding=encoding.codec, errors=errors)
    try:
        return _read(path, text, encoding, options)
    finally:
        text.detach()


def _lines(path: Path, file: TextIOWrapper) -> Iterator[str]:
    """The lines of the file, each checked to be text and not too long."""
    return chain.from_iterable(_blocks(path, file))


def _blocks(path: Path, file: TextIOWrapper) -> Iterator[Iterable[str]]:
    number = 0
    while block := file.read(_BLOCK):
        if not block.endswith("\n"):
            block += file.readline(LONGEST_LINE)
        lines = list(StringIO(block, newline="\n"))
        if len(block) >= LONGEST_LINE or "\0" in block or (not block.isascii() and _UNDECODED.search(block)):
            yield _checked(path, lines, number + 1)
        else:
            yield lines
        number += len(lines)


def _checked(path: Path, lines: list[str], first: int) -> Iterator[str]:
    for number, line in enumerate(lines, first):
        _check_line(path, line, number)
        yield line


def _check_line(path: Path, line: str, number: int) -> None:
    if len(line) >= LONGEST_LINE:
        message = translate("tables.long-line", path=path, line=number, most=LONGEST_LINE)
        raise TutorError(message, hint=translate("tables.ragged-hint"))
    if "\0" in line:
        raise TutorError(translate("tables.zero-byte", path=path, line=number), hint=translate("tables.utf8-hint"))
    if not line.isascii() and _UNDECODED.search(line):
        raise _NotDecodedError(number)


def _read(path: Path, file: TextIOWrapper, encoding: Encoding, options: _Options) -> Table:
    lines = _lines(path, file)
    sample = list(islice(lines, SAMPLE_LINES))
    dialect = find_dialect(sample)
    names = _names(path, dialect)
    columns = [Column(name) for name in names]
    most = MOST_CELLS // len(names)
    body: Iterator[str] = chain(sample[dialect.body :], lines)
    total = 0
    batches = _Batches(path, dialect, body)
    if options.sample_seed is not None and os.fstat(file.fileno()).st_size > MOST_CELLS:
        total, quoted = _count_rows(path, replace(dialect), body)
        file.seek(0)
        body = islice(_lines(path, file), dialect.body, None)
        if total > most and not quoted:
            body = _drawn_lines(body, most, total, options.sample_seed)
        draws = _draws(most, total, options.sample_seed) if total > most and quoted else None
        batches = _Batches(path, dialect, body, draws)
    begins = array("q")
    while (numbers := batches.add_to(columns, most - len(begins))) is not None:
        begins.extend(numbers)
    count = len(begins)
    cut = total > most or (count == most and batches.has_more())
    if count < options.fewest:
        raise TutorError(translate("ml.csv-too-short", path=path, count=count, fewest=options.fewest))
    decimals = {mark for column in columns for mark in column.decimals}
    for column in columns:
        column.settle(decimals, decimal=options.decimal, point_is_usual=dialect.separator != ";")
    report = Report(encoding, dialect, _index(columns, dialect))
    return Table(path, {column.name: column for column in columns}, count, report, cut, begins, max(count, total))


def _count_rows(path: Path, dialect: Dialect, lines: Iterator[str]) -> tuple[int, bool]:
    """How many rows there are, and whether quotes or comments may make a row of another size than a line.

    Lines without them are counted without being read, which is ten times as fast.
    """
    count, line = 0, dialect.body + 1
    while block := list(islice(lines, _ROWS_PER_BATCH)):
        text = "".join(block)
        if '"' in text or text[0] == "#" or "\n#" in text:
            return count + sum(1 for _ in _rows(path, dialect, chain(block, lines), line)), True
        count += len(block) - sum(map(str.isspace, block))
        line += len(block)
    return count, False


def _drawn_lines(lines: Iterator[str], most: int, total: int, seed: int | None) -> Iterator[str]:
    """``most`` of ``total`` lines that are not blank, in their order, and an empty text in place of each other one."""
    draws = _draws(most, total, seed)
    return (line if not line.isspace() and next(draws, False) else "" for line in lines)


def _draws(most: int, total: int, seed: int | None) -> Iterator[bool]:
    """Whether each of ``total`` things is among ``most`` that are drawn; every set of as many is equally probable.

    Knuth, The Art of Computer Programming, volume 2, algorithm 3.4.2S.
    """
    draw, wanted = random.Random(seed).random, most  # noqa: S311 - a sample
    for left in range(total, 0, -1):
        is_drawn = left * draw() < wanted
        wanted -= is_drawn
        yield is_drawn


class _Batches:
    """The rows of a file, some at a time, added to its columns.

    Most lines of most tables are plain: cells and separators, without quotes or spaces around them. Some thousands of
    them are split at once, which is several times as fast as reading row by row. The others are read by `Dialect`.

    Args:
        path: The file.
        dialect: Its layout.
        lines: The lines below the header. An empty text stands for a line that is left out.
        draws: Whether to use each row; all are used if it is None.
    """

    def __init__(self, path: Path, dialect: Dialect, lines: Iterator[str], draws: Iterator[bool] | None = None) -> None:
        self._path = path
        self._dialect = dialect
        self._lines = lines
        self._draws = draws
        self._line = dialect.body
        """How many lines of the file have been read."""

    def add_to(self, columns: list[Column], most: int) -> Sequence[int] | None:
        """Add at most ``most`` further rows to the columns, and return their lines; None if there are no more.

        Raises:
            TutorError: A row is not as wide as the header, or a quote has no end.
        """
        # The first rows show the decimal mark, so those after them can be read faster.
        size = _ROWS_PER_BATCH if len(columns[0]) else _FIRST_BATCH
        lines = list(islice(self._lines, min(size, most)))
        if not lines:
            return None
        first = self._line + 1
        kept = [line for line in lines if line]
        text = plain_text(kept, self._dialect) if self._draws is None else None
        if text is not None:
            self._line += len(lines)
            numbers: Sequence[int] = range(first, first + len(lines))
            if len(kept) < len(lines):
                numbers = [number for number, line in enumerate(lines, first) if line]
            self._add_plain(columns, text, kept, numbers)
            return numbers
        rows = list(self._rows(lines))
        if self._draws is not None:
            rows = [row for row, is_drawn in zip(rows, self._draws, strict=False) if is_drawn]
        numbers = [row.line for row in rows]
        if rows:
            for column, found in zip(columns, zip(*(row.cells for row in rows), strict=True), strict=True):
                column.add(found, numbers)
        return numbers

    def _add_plain(self, columns: list[Column], text: str, lines: list[str], numbers: Sequence[int]) -> None:
        separator = self._dialect.separator
        signs = {sign for sign in SIGNS if sign in text} - {separator}
        if all(column.takes_numbers(signs) for column in columns):
            with suppress(ValueError):
                found = np.loadtxt(lines, delimiter=separator, comments=None, ndmin=2)
                if np.isfinite(found).all():
                    for column, values in zip(columns, found.T, strict=True):
                        column.add_numbers(values)
                    return
        for column, cells in zip(columns, split_plain(text, self._dialect), strict=True):
            column.add_stripped(cells, numbers, signs)

    def has_more(self) -> bool:
        """Return whether there is another row."""
        return next(_rows(self._path, self._dialect, self._lines, self._line + 1), None) is not None

    def _rows(self, lines: list[str]) -> Iterator[Row]:
        """The rows that begin in ``lines``, and the one after them if nothing but blank lines is between."""
        first = self._line
        for row in _rows(self._path, self._dialect, self._counted(lines), first + 1):
            yield row
            if self._line >= first + len(lines):
                return

    def _counted(self, lines: list[str]) -> Iterator[str]:
        for line in chain(lines, self._lines):
            self._line += 1
            yield line


def _rows(path: Path, dialect: Dialect, lines: Iterator[str], first_line: int | None = None) -> Iterator[Row]:
    """The rows, each as wide as the header."""
    width = len(dialect.head)
    try:
        for row in dialect.rows(lines, first_line):
            if len(row.cells) != width:
                message = translate("tables.ragged", path=path, line=row.line, count=len(row.cells), expected=width)
                raise TutorError(message, hint=_ragged_hint(dialect, row))
            yield row
    except BrokenRowError as error:
        raise TutorError(
            translate("tables.open-quote", path=path, line=error.line), hint=translate("tables.ragged-hint")
        ) from error


def _ragged_hint(dialect: Dialect, row: Row) -> str:
    """A hint on what may be wrong with a row that has more or fewer cells than the header."""
    if len(row.cells) > len(dialect.head) and "" in row.cells and dialect.separator == "\t":
        return translate("tables.two-tabs-hint")
    if len(row.cells) > len(dialect.head) and dialect.separator == ",":
        return translate("tables.ragged-comma-hint")
    if len(row.cells) < len(dialect.head):
        return translate("tables.short-row-hint")
    return translate("tables.ragged-hint")


def _names(path: Path, dialect: Dialect) -> list[str]:
    """The names of the columns, all different; a column without a name gets its number."""
    cells = [name[:LONGEST_NAME] for name in dialect.names]
    if not any(cells):
        raise TutorError(translate("tables.empty", path=path), hint=translate("tables.empty-hint"))
    if len(cells) > MAX_COLUMNS:
        raise TutorError(
            translate("ml.csv-too-wide", path=path, most=MAX_COLUMNS), hint=translate("ml.csv-too-large-hint")
        )
    if len(cells) == 1 and any(mark in cells[0] for mark in SEPARATORS):
        message = translate("tables.row-in-quotes", path=path, line=dialect.head_line, cell=shown(cells[0]))
        raise TutorError(message, hint=translate("tables.row-in-quotes-hint"))
    if dialect.head_is_data:
        first = listed(map(shown, cells[:_CELLS_IN_MESSAGE]))
        numeric = all(map(parse_cell, filter(None, cells)))
        key = "tables.numbers-as-head" if numeric else "tables.head-is-data"
        text = translate(key, path=path, line=dialect.head_line, cells=first)
        raise TutorError(text, hint=translate("tables.empty-hint"))
    names = [cell or f"#{number}" for number, cell in enumerate(cells, 1)]
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise TutorError(
                translate("tables.same-columns", path=path, line=dialect.head_line, column=shown(name)),
                hint=translate("tables.same-columns-hint"),
            )
        seen.add(name)
    return names


def _index(columns: list[Column], dialect: Dialect) -> tuple[str, ...]:
    """The names of the columns that only number the rows, or name them as R does. Pandas adds one at each writing.

    They are no features: if the rows were sorted by label before they were written, their number reveals the label.
    """
    first = columns[0]
    found = [each.name for each in columns if _PANDAS_INDEX.fullmatch(each.name) and each.numbers_rows]
    nameless = not dialect.names[0] or first.name in _INDEX_NAMES
    if nameless and (dialect.row_names or first.numbers_rows):
        found.insert(0, first.name)
    return tuple(found) if len(found) < len(columns) else ()
