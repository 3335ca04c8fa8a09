"""The layout of a table: the separator of its cells, where its header is, and which lines are not part of it."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

from tutor.foundation.safe_text import harmless_line
from tutor.tables.numbers import is_missing, parse_cell

SEPARATORS = ",;\t|，；"
"""The possible separators. If two fit equally well, the one that is more frequent in the header wins."""
SPACES = " "
"""The separator of a file whose cells are separated by any number of spaces."""
SAMPLE_LINES = 200
"""How many lines are used to find the layout."""
_SAMPLE_CHARACTERS = 400_000
_HEAD_RECORDS = 30
"""The header must be among this many first records."""
_SEP_LINE = re.compile(r'"?sep=(.)"?[,;\t ]*', re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff]+")
_RULE = re.compile(r"[-+|=: \r\n]+")
"""A line around the header, as Markdown and database shells draw it."""


class BrokenRowError(ValueError):
    """A quoted cell has no end, or is too long for a cell.

    Args:
        line: The line on which its row begins.
    """

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}: a quoted cell has no end")
        self.line = line


class Row(NamedTuple):
    """One row: the line of the file on which it begins, from 1, and its cells."""

    line: int
    cells: list[str]


@dataclass(slots=True)
class Dialect:
    """The layout of a table.

    Args:
        separator: What separates cells; `SPACES` for runs of spaces.
        head: The cells of the header, unchanged; empty if the file has none.
        head_line: The line of the file on which the header begins, from 1.
        body: How many lines of the file are before the first row.
        width: How many cells a row has in the file.
        dropped: The positions of cells that are empty in all rows and have no name, as after a trailing separator.
        title_lines: How many lines above the header are not part of the table.
        sep_line: Whether the file begins with ``sep=;``.
        head_is_data: Whether the first line looks like a row of data, so that the names are missing.
        row_names: Whether the header has one name too few, because R does not name the column of row names.
        comments: How many lines that begin with ``#`` were skipped; `rows` adds to it.
    """

    separator: str
    head: tuple[str, ...]
    head_line: int = 1
    body: int = 1
    width: int = 0
    dropped: tuple[int, ...] = ()
    title_lines: int = 0
    sep_line: bool = False
    head_is_data: bool = False
    row_names: bool = False
    comments: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The cells of the header as names of columns: whole, on one line, and empty if they are empty in the file."""
        return tuple(clean_name(cell) for cell in self.head)

    def is_comment(self, line: str) -> bool:
        """Whether a line that begins with ``#`` is a comment: it has another number of cells than a row."""
        try:
            cells = next(csv.reader([line], delimiter=self.separator, skipinitialspace=True), [])
        except csv.Error:
            return True
        return len(cells) not in {self.width, len(self.head)}

    def split(self, line: str) -> list[str]:
        """The cells of a line that is a whole row; empty for a comment or an empty line."""
        return next((row.cells for row in self.rows([line])), [])

    def rows(self, lines: Iterable[str], first_line: int | None = None) -> Iterator[Row]:
        """The rows among ``lines``, which are below the header. A quoted cell may contain line ends.

        Empty lines and comments are skipped. A row has as many cells as `head`. One that does not fit the
        layout is yielded unchanged, so the caller must compare the lengths and report it.

        Args:
            lines: The lines, with or without their ends. An empty text stands for a line that is left out.
            first_line: The number of the first of them in the file; by default the one after the header.

        Raises:
            BrokenRowError: A quote is opened and never closed.
        """
        source = _CountedLines(lines, self.body + 1 if first_line is None else first_line, self)
        reader = csv.reader(source, delimiter=self.separator, skipinitialspace=True)
        wanted, width = len(self.head), self.width
        try:
            for found in reader:
                source.at_row_start = True
                cells = found if len(found) == wanted and not self.dropped else self._fit_to_header(found, width)
                if any(map(str.strip, cells)):
                    yield Row(source.row_line, cells)
        except csv.Error as error:
            raise BrokenRowError(source.row_line) from error

    def _fit_to_header(self, cells: list[str], width: int) -> list[str]:
        """The cells of a row that has more or fewer of them than the header."""
        if self.separator == SPACES and len(cells) == width + 1 and not cells[-1]:
            cells = cells[:-1]
        if len(cells) == width and self.dropped and not any(cells[index].strip() for index in self.dropped):
            return [cell for index, cell in enumerate(cells) if index not in self.dropped]
        return cells


class _CountedLines:
    """Passes lines to the CSV reader: counts them, and leaves out comments."""

    def __init__(self, lines: Iterable[str], number: int, dialect: Dialect) -> None:
        self._lines = iter(lines)
        self._number = number - 1
        self._dialect = dialect
        self.row_line = number
        """The line on which the current row began."""
        self.at_row_start = True
        """Whether the next line begins a row; set by the caller after each row."""

    def __iter__(self) -> Iterator[str]:
        dialect = self._dialect
        for line in self._lines:
            self._number += 1
            if not line:
                continue
            if self.at_row_start:
                self.row_line = self._number
                if line.startswith("#") and dialect.is_comment(line):
                    dialect.comments += 1
                    continue
                if "--" in line and _RULE.fullmatch(line):
                    continue
                self.at_row_start = False
            yield line
        if not self.at_row_start:
            raise BrokenRowError(self.row_line)


def plain_text(lines: list[str], dialect: Dialect) -> str | None:
    """The text of ``lines`` if each is a plain row, so that `split_plain` splits it; else only `Dialect.rows` can.

    A plain row has the cells of the header, ASCII and not all empty, without quotes or blanks around them.
    """
    width, separator = len(dialect.head), dialect.separator
    text = "".join(lines)
    if not lines or dialect.dropped or separator == SPACES or not text.isascii() or "--" in text or '"' in text:
        return None
    if text[-1] != "\n":
        text += "\n"
    blanks = _BLANKS.replace(separator, "")
    if any(blank in text for blank in blanks) or text[0] in "# \n" or any(edge in text for edge in _EDGES):
        return None
    if f" {separator}" in text or f"{separator} " in text or max(map(len, lines)) > csv.field_size_limit():
        return None
    if {line.count(separator) for line in lines} != {width - 1}:
        return None
    empty = separator * (width - 1)
    if empty in lines or f"{empty}\n" in lines:
        return None
    return text


def split_plain(text: str, dialect: Dialect) -> list[list[str]]:
    """The cells of a `plain_text` by column."""
    cells = text.replace("\n", dialect.separator).split(dialect.separator)
    cells.pop()
    width = len(dialect.head)
    return [cells[place::width] for place in range(width)]


_BLANKS = "\t\r\x0b\x0c\x1c\x1d\x1e\x1f"
"""What `str.strip` removes besides a space and the end of the line."""
_EDGES = ("\n#", "\n\n", "\n ", " \n")


def clean_name(cell: str) -> str:
    """The name of a column: `tidy`, and without control characters."""
    return harmless_line(tidy(cell))


def tidy(cell: str) -> str:
    """A text with one space for each run of spaces and line ends, no invisible characters, and accents in one form.

    Two texts that look the same are then equal, as far as Unicode says so.
    """
    if not cell.isascii():
        cell = unicodedata.normalize("NFC", _INVISIBLE.sub("", cell))
    return _SPACES.sub(" ", cell).strip()


def find_dialect(lines: Sequence[str], *, separator: str = "") -> Dialect:
    """Find the layout of a table from its first lines.

    Args:
        lines: The first `SAMPLE_LINES` lines of the file, or all of a shorter one; the header alone is enough.
        separator: The separator, if it is known.
    """
    sample = _bounded(lines)
    skipped = 0
    while skipped < len(sample) and not sample[skipped].strip():
        skipped += 1
    sep_match = _SEP_LINE.fullmatch(sample[skipped].strip("\ufeff\r\n")) if skipped < len(sample) else None
    if sep_match is not None:
        separator = separator or sep_match[1]
        skipped += 1
    layouts = [_layout(sample, skipped, each) for each in (separator or SEPARATORS)]
    best = max(layouts, key=_score)
    if best.width < 2 and not separator:
        spaced = _layout(sample, skipped, SPACES)
        best = spaced if _is_spaced(spaced) else best
    return _dialect(best, sep_line=sep_match is not None)


def _bounded(lines: Sequence[str]) -> list[str]:
    """The sample; of a file with very long lines only the first few of them."""
    taken: list[str] = []
    room = _SAMPLE_CHARACTERS
    for line in lines[:SAMPLE_LINES]:
        taken.append(line)
        room -= len(line)
        if room < 0:
            break
    return taken


class _Record(NamedTuple):
    line: int
    last: int
    cells: list[str]
    comment: bool
    """Whether it begins with ``#``, which is then not part of its cells."""
    quoted: bool
    """Whether its first cell is in quotes."""


@dataclass(slots=True)
class _Layout:
    """The sample, split by one separator."""

    separator: str
    records: list[_Record]
    width: int
    agreement: float
    """The fraction of the records that have the usual width."""
    before: int
    """How many records are before the first one of the usual width."""


def _layout(lines: list[str], skipped: int, separator: str) -> _Layout:
    records = _records(lines, skipped, separator)
    bare = [record for record in records if not record.comment] or records
    # The last record of a sample may be cut off, and a title above the header matters little among many rows.
    widths = Counter(len(record.cells) for record in bare)
    width = max(widths, key=lambda each: (widths[each], each)) if widths else 0
    before = next((place for place, record in enumerate(bare) if len(record.cells) == width), 0)
    return _Layout(separator, records, width, widths[width] / len(bare) if bare else 0.0, before)


def _score(layout: _Layout) -> tuple[bool, float, int, int]:
    return layout.width > 1, round(layout.agreement, 1), -layout.before, layout.width


def _is_spaced(layout: _Layout) -> bool:
    """Whether spaces separate cells, not words: all rows are as wide as the header, or one cell wider as in R."""
    bare = [record for record in layout.records if not record.comment] or layout.records
    by_r = layout.before == 1 and layout.width > 2 and len(bare[0].cells) == layout.width - 1
    return layout.width > 1 and layout.agreement > 0.9 and (layout.before == 0 or by_r)


def _records(lines: list[str], skipped: int, separator: str) -> list[_Record]:
    """The records of the sample that are not empty."""
    reader = csv.reader(lines[skipped:], delimiter=separator, skipinitialspace=True)
    records: list[_Record] = []
    last = skipped
    try:
        for found in reader:
            line, last = last + 1, skipped + reader.line_num
            if "--" in lines[line - 1] and _RULE.fullmatch(lines[line - 1]):
                continue
            cells = found[:-1] if separator == SPACES and found and not found[-1] else found
            comment = bool(cells) and cells[0].startswith("#") and (cells[0] != "#" or separator == SPACES)
            if comment:
                first = cells[0].lstrip("# ")
                cells = [first, *cells[1:]] if first or separator != SPACES else cells[1:]
            if any(cell.strip() for cell in cells):
                records.append(_Record(line, last, cells, comment, lines[line - 1].startswith('"')))
    except csv.Error:  # reported, with its line, when the rows are read
        pass
    return records


def _dialect(layout: _Layout, *, sep_line: bool) -> Dialect:
    records, width = layout.records, layout.width
    if not records:
        return Dialect(layout.separator, (), sep_line=sep_line)
    place = _head_place(records, width)
    head, rows = records[place], records[place + 1 :]
    dialect = Dialect(
        layout.separator,
        tuple(head.cells),
        head_line=head.line,
        body=head.last,
        width=len(head.cells),
        title_lines=place,
        sep_line=sep_line,
    )
    whole = [row for row in rows if len(row.cells) == width and not row.comment]
    body = [row.cells for row in whole]
    if body:
        # An extra comma in every row may be part of a number; R puts the names of rows in quotes.
        may_name_rows = layout.separator != "," or all(row.quoted for row in whole)
        _fit_head(dialect, body, width, may_name_rows=may_name_rows)
        dialect.head_is_data = _is_data(dialect.head, body)
    return dialect


def _head_place(records: list[_Record], width: int) -> int:
    """The index of the header: the first record with a name in most columns, unless it is a comment."""
    for place, record in enumerate(records[:_HEAD_RECORDS]):
        if record.comment:
            following = records[place + 1] if place + 1 < len(records) else None
            if following is None or following.comment or len(record.cells) != width:
                continue
            if any(map(_is_number, following.cells)):  # the names are in the last comment
                return place
            continue
        filled = sum(bool(cell.strip()) for cell in record.cells)
        if filled * 2 > width and (filled > 1 or width < 2) and not _is_title(records, place, width):
            return place
    return next((place for place, each in enumerate(records) if not each.comment), 0)


def _is_title(records: list[_Record], place: int, width: int) -> bool:
    """Whether a record that is too narrow is above the real header: one as wide as the rows, of words alone."""
    if len(records[place].cells) >= width:
        return False
    later = next((each for each in records[place + 1 : _HEAD_RECORDS] if len(each.cells) == width), None)
    return (
        later is not None
        and all(cell.strip() and not _is_number(cell) for cell in later.cells)
        and any(_is_number(cell) for each in records[place + 2 : _HEAD_RECORDS] for cell in each.cells)
    )


def _fit_head(dialect: Dialect, body: list[list[str]], width: int, *, may_name_rows: bool) -> None:
    """Make the header as wide as the rows, if that is possible without guessing."""
    head = list(dialect.head)
    while len(head) > width and not head[-1].strip():
        head.pop()
    empty = [index for index in range(width) if not any(row[index].strip() for row in body)]
    extra = width - len(head)
    trailing = tuple(range(len(head), width))
    # A row with a value there is refused, with its line, when it is read.
    filled = sum(any(row[index].strip() for index in trailing) for row in body)
    if extra > 0 and filled * 10 <= len(body):
        dialect.dropped = trailing
    elif extra > 0 and len(empty) == extra:
        dialect.dropped = tuple(empty)
    elif extra == 1 and may_name_rows and _are_row_names(body):
        head.insert(0, "")
        dialect.row_names = True
    nameless = [index for index in empty if index < len(head) and not head[index].strip()] if extra <= 0 else []
    if nameless:
        dialect.dropped = tuple(nameless)
        head = [cell for index, cell in enumerate(head) if index not in nameless]
    dialect.head, dialect.width = tuple(head), width


def _are_row_names(body: list[list[str]]) -> bool:
    """Whether the first cells are all different and the last ones not empty: R writes NA into empty cells."""
    first = {row[0] for row in body}
    return len(first) == len(body) > 1 and all(first) and all(row[-1] for row in body)


def _is_number(cell: str) -> bool:
    return parse_cell(cell.strip()) is not None


def _is_data(head: Sequence[str], body: list[list[str]]) -> bool:
    """Whether the header is a row of data: it has numbers above columns of numbers, and words that occur below."""
    named = [cell.strip() for cell in head]
    if not any(map(_is_number, named)):
        return False
    if all(_is_number(cell) for cell in named if cell):
        return True
    repeated = whole = True
    for name, cells in zip_longest(named, zip(*body, strict=False), fillvalue=""):
        filled = [cell.strip() for cell in cells if not is_missing(cell)]
        if filled and all(map(_is_number, filled)):
            if not _is_number(name):
                return False
            whole = whole and name.lstrip("+-").isdigit()
        else:
            repeated = repeated and name in filled
    return repeated or not whole
