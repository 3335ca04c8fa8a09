"""What can still be read of a damaged SQLite file.

SQLite reads the rows from a copy. In the copy, the first page is replaced by a sound one, because it holds the header
and the list of tables, without which SQLite reads nothing. Tables whose first page is known are read from both ends,
and around bad places in between. If anything was bad, each page with rows is also tried as a table of its own, because
the pages that lead to it may be lost.
"""

from __future__ import annotations

import shutil
import sqlite3
import struct
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from tutor.progress.columns import COLUMNS, KEYS, count_faults, nearest_row
from tutor.progress.schema import Schema
from tutor.progress.sqlite_file import Rows, decoded, migrate

_PAGE: Final = 4096
"""Bytes of a page: the default of SQLite since 2016, which tutor never changed."""

_LEAF: Final = 0x0D
"""The first byte of a page that holds rows."""

_WAL_VERSIONS: Final = b"\x02\x02"
_MOST_TIME: Final = 10.0
_MOST_TIME_OF_TABLE: Final = 1.5
"""Seconds after which reading stops with what was found, because damaged pages may lead to each other in circles."""

_MANY: Final = 20
"""How many tables the first page has room for."""

_HIGHEST: Final = 2**62

_Row = tuple[Any, ...]
"""The rowid of a row, and its columns."""


@dataclass(frozen=True, slots=True)
class _Table:
    """A table: its name, its columns declared in SQL, and the names of the columns that this version uses."""

    name: str
    declared: str
    kept: Sequence[str]


def salvage(path: Path, schema: Schema) -> Rows:
    """Return every row that can still be read, by table, in the order in which the rows were written.

    Args:
        path: The damaged file. It is not changed, and neither is the log beside it.
        schema: Its tables.

    Raises:
        OSError: The file cannot be copied.
    """
    give_up = time.monotonic() + _MOST_TIME
    with tempfile.TemporaryDirectory(prefix=".salvage-", dir=path.parent) as folder:
        copy = Path(folder) / "copy.sqlite3"
        shutil.copyfile(path, copy)
        log = path.with_name(path.name + "-wal")
        if log.exists():
            shutil.copyfile(log, copy.with_name(copy.name + "-wal"))
            _apply_log(copy)
        content = copy.read_bytes()
        if len(content) <= _PAGE:
            return {}
        pages = -(-len(content) // _PAGE)
        copy.write_bytes(content.ljust(pages * _PAGE, b"\0"))
        tables = _tables(schema)
        roots = {name: root for name, root in _roots(copy).items() if isinstance(root, int) and 1 < root <= pages}
        found: dict[str, dict[_Row, None]] = {table.name: {} for table in tables}
        known = [(table, roots[table.name]) for table in tables if table.name in roots]
        readers = _read(copy, known, give_up)
        for (table, _), reader in zip(known, readers, strict=True):
            found[table.name] = {row: None for row in reader.found if _is_row(table, row, strict=False)}
        if len(known) < len(tables) or any(reader.met_damage for reader in readers):
            _add_from_leaves(copy, content, tables, found, give_up)
    return {
        table.name: [_nearest(table, row) for row in sorted(found[table.name], key=itemgetter(0))] for table in tables
    }


def _add_from_leaves(
    copy: Path, content: bytes, tables: Sequence[_Table], found: dict[str, dict[_Row, None]], give_up: float
) -> None:
    """Try each page that holds rows as a table of its own, because the pages that lead to it may be lost or wrong."""
    leaves = _leaves(content)
    many = max(1, _MANY // len(tables))
    for start in range(0, len(leaves), many):
        tried = [(table, root) for root in leaves[start : start + many] for table in tables]
        for (table, _), reader in zip(tried, _read(copy, tried, give_up), strict=True):
            found[table.name].update({row: None for row in reader.found if _is_row(table, row, strict=True)})


def _tables(schema: Schema) -> list[_Table]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as template:
        migrate(template, schema)
        tables = []
        for table, kept in schema.columns.items():
            columns = template.execute(f"PRAGMA table_info({table})").fetchall()
            declared = ", ".join(f"{name} {kind}" for _, name, kind, *_ in columns)
            tables.append(_Table(table, declared, kept))
    return tables


def _is_row(table: _Table, row: _Row, *, strict: bool) -> bool:
    """Return whether this may have been a row of the table, and not of another one whose page is here by damage.

    Args:
        table: The table.
        row: The row.
        strict: Whether to accept no impossible value, because nothing says that the page belonged to this table.
    """
    values = dict(zip(table.kept, row[1:], strict=True))
    if table.name not in COLUMNS:
        return not strict
    if not all(isinstance(values[name], str) and values[name] for name in KEYS[table.name]):
        return False
    return count_faults(table.name, values) <= (0 if strict else len(values) // 4)


def _nearest(table: _Table, row: _Row) -> tuple[Any, ...]:
    return nearest_row(table.name, row[1:]) if table.name in COLUMNS else row[1:]


# The file


def _apply_log(copy: Path) -> None:
    """Write the sound part of the write-ahead log into the copy, and remove the log."""
    with copy.open("r+b") as file:
        if file.read(16) != b"SQLite format 3\0":
            file.seek(0)
            header = bytearray(_first_page(copy, [], 1)[:100])
            header[18:20] = _WAL_VERSIONS
            file.write(header)
    with suppress(sqlite3.Error, UnicodeDecodeError), closing(sqlite3.connect(copy, isolation_level=None)) as log:
        log.execute("PRAGMA writable_schema = ON")  # with it, damage in the list of tables is no error
        log.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in ("-wal", "-shm"):
        copy.with_name(copy.name + suffix).unlink(missing_ok=True)


def _roots(copy: Path) -> dict[Any, Any]:
    """Return the first page of each table, as far as the list of tables can be read."""
    roots: dict[str, int] = {}
    with (
        suppress(sqlite3.Error, UnicodeDecodeError),
        closing(decoded(sqlite3.connect(copy, isolation_level=None))) as file,
    ):
        file.execute("PRAGMA writable_schema = ON")
        roots.update(file.execute("SELECT name, rootpage FROM sqlite_master WHERE type = 'table'"))
    return roots


def _leaves(content: bytes) -> list[int]:
    """Return the numbers of the pages that hold rows, without pages of deleted rows."""
    count = len(content) // _PAGE
    free = _free_pages(content, count)
    return [number for number in range(2, count + 1) if content[(number - 1) * _PAGE] == _LEAF and number not in free]


def _free_pages(content: bytes, count: int) -> set[int]:
    """Return the pages of deleted rows, which must not come back."""
    free: set[int] = set()
    trunk = struct.unpack_from(">I", content, 32)[0]
    while 1 < trunk <= count and trunk not in free:
        free.add(trunk)
        following, leaves = struct.unpack_from(">II", content, (trunk - 1) * _PAGE)
        leaves = min(leaves, _PAGE // 4 - 2)
        free.update(struct.unpack_from(f">{leaves}I", content, (trunk - 1) * _PAGE + 8))
        trunk = following
    return free


def _first_page(copy: Path, tables: Iterable[tuple[_Table, int]], pages: int) -> bytes:
    """Return a sound first page that lists ``tables`` as ``t0``, ``t1``, ... with the pages on which they begin."""
    template = copy.with_name("template.sqlite3")
    template.unlink(missing_ok=True)
    with closing(sqlite3.connect(template, isolation_level=None)) as file:
        file.execute(f"PRAGMA page_size = {_PAGE}")
        file.execute("PRAGMA user_version = 1")
        file.execute("BEGIN")
        for number, (table, _) in enumerate(tables):
            file.execute(f"CREATE TABLE t{number} ({table.declared})")
        file.execute("PRAGMA writable_schema = ON")
        for number, (_, root) in enumerate(tables):
            file.execute("UPDATE sqlite_master SET rootpage = ? WHERE name = ?", (root, f"t{number}"))
        file.execute("COMMIT")
    page = bytearray(template.read_bytes()[:_PAGE])
    struct.pack_into(">I", page, 28, pages)
    return bytes(page)


# Rows


def _read(copy: Path, tables: Sequence[tuple[_Table, int]], give_up: float) -> list[_Reader]:
    """Read each table as if it began on the page given with it, and return the readers with what they found."""
    with copy.open("r+b") as file:
        file.write(_first_page(copy, tables, copy.stat().st_size // _PAGE))
    readers = []
    with closing(decoded(sqlite3.connect(copy, isolation_level=None))) as connection:
        for number, (table, _) in enumerate(tables):
            readers.append(reader := _Reader(connection, f"t{number}", table.kept))
            if time.monotonic() < give_up:
                reader.read_all()
    return readers


class _Reader:
    """Reads the rows of one table from both ends, and around bad places in between."""

    def __init__(self, connection: sqlite3.Connection, table: str, names: Sequence[str]) -> None:
        self.found: dict[_Row, None] = {}
        """The rows as they were read. Several have the same rowid if damage put a page in the place of another."""
        self.met_damage = False
        self._connection = connection
        self._give_up = time.monotonic() + _MOST_TIME_OF_TABLE
        connection.set_progress_handler(self._is_late, 20_000)
        columns = ", ".join(names)
        self._sql = f"SELECT rowid, {columns} FROM {table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid"  # noqa: S608

    def read_all(self) -> None:
        """Read everything that can be read."""
        bad = self._forward(-_HIGHEST, _HIGHEST)
        if bad is None:
            return
        last = self._backward(bad, _HIGHEST)
        if last is not None and last < _HIGHEST:
            self._between(bad, last)
        elif last == _HIGHEST:
            self._beyond(bad)

    def _beyond(self, bad: int) -> None:
        """Look for rows behind the first bad one, further and further away; the end of the table is bad and unknown."""
        for step in range(40):
            if self._is_late():
                return
            there = bad + (1 << step)
            before = len(self.found)
            end = self._forward(there, _HIGHEST)
            if len(self.found) > before:
                self._between(bad, there - 1)
                if end is not None:
                    self._beyond(end)
                return

    def _between(self, low: int, high: int) -> None:
        """Read the rows from ``low`` to ``high``, where both ends are bad."""
        if low > high or self._is_late():
            return
        first = self._forward(low, high)
        last = None if first is None else self._backward(first, high)
        if first is None or last is None or first >= last:
            return
        middle = (first + last) // 2
        self._between(first, middle)
        self._between(middle + 1, last)

    def _forward(self, low: int, high: int) -> int | None:
        """Read upwards. Return the first rowid that may be bad, or None if there is none."""
        return self._run("", low, high, low, 1)

    def _backward(self, low: int, high: int) -> int | None:
        """Read downwards. Return the last rowid that may be bad, or None if there is none."""
        return self._run(" DESC", low, high, high, -1)

    def _run(self, order: str, low: int, high: int, begin: int, step: int) -> int | None:
        following = begin
        try:
            for row in self._connection.execute(self._sql + order, (low, high)):
                self.found[row] = None
                following = row[0] + step
        except sqlite3.Error:
            self.met_damage = True
            return following
        return None

    def _is_late(self) -> bool:
        return time.monotonic() > self._give_up
