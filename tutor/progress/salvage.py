"""What can still be read of a damaged file.

SQLite reads the rows, on a copy. The first page, without which it reads nothing, is made anew there: it holds the
header and the list of tables. Tables whose pages are known are read from both ends, and around what is bad in between.
If anything was bad, each page with rows is tried as a table of its own as well: what led to it may be gone.
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
"""Bytes of a page: SQLite's own choice since 2016, and we never made another."""

_LEAF: Final = 0x0D
"""The first byte of a page that holds rows."""

_WAL_VERSIONS: Final = b"\x02\x02"
_MOST_TIME: Final = 10.0
_MOST_TIME_OF_TABLE: Final = 1.5
"""Seconds after which what has been found must do: pages that lead to each other in circles never end."""

_MANY: Final = 20
"""Tables that a first page has room for."""

_HIGHEST: Final = 2**62

_Row = tuple[Any, ...]
"""The number of a row, and its kept columns."""


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of ours: its name, its columns as SQL, and those that are kept."""

    name: str
    declared: str
    kept: Sequence[str]


def salvage(path: Path, schema: Schema) -> Rows:
    """Every row that can still be read, by table, in the order in which they came to be.

    Args:
        path: The damaged file. It is not changed, and neither is its log beside it.
        schema: Its tables.

    Raises:
        OSError: the file cannot be copied.
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
    """Try each page that holds rows as a table of its own: what leads to it may be missing, or lead astray."""
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
    """Whether this can have been a row of the table, and not of another whose page has come to lie here.

    Args:
        table: The table.
        row: It.
        strict: Nothing says that the page belonged to this table.
    """
    values = dict(zip(table.kept, row[1:], strict=True))
    if table.name not in COLUMNS:
        return not strict
    if not all(isinstance(values[name], str) and values[name] for name in KEYS[table.name]):
        return False
    return count_faults(table.name, values) <= (0 if strict else len(values) // 4)


def _nearest(table: _Table, row: _Row) -> tuple[Any, ...]:
    return nearest_row(table.name, row[1:]) if table.name in COLUMNS else row[1:]


# -- the file --------------------------------------------------------------------------------------------


def _apply_log(copy: Path) -> None:
    """Bring what the write-ahead log holds into the copy, as far as SQLite finds it sound, and remove the log."""
    with copy.open("r+b") as file:
        if file.read(16) != b"SQLite format 3\0":
            file.seek(0)
            header = bytearray(_first_page(copy, [], 1)[:100])
            header[18:20] = _WAL_VERSIONS
            file.write(header)
    with suppress(sqlite3.Error, UnicodeDecodeError), closing(sqlite3.connect(copy, isolation_level=None)) as log:
        log.execute("PRAGMA writable_schema = ON")  # so that damage in the list of tables is no error
        log.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in ("-wal", "-shm"):
        copy.with_name(copy.name + suffix).unlink(missing_ok=True)


def _roots(copy: Path) -> dict[Any, Any]:
    """The first page of each table, as far as the list of tables can be read."""
    roots: dict[str, int] = {}
    with (
        suppress(sqlite3.Error, UnicodeDecodeError),
        closing(decoded(sqlite3.connect(copy, isolation_level=None))) as file,
    ):
        file.execute("PRAGMA writable_schema = ON")
        roots.update(file.execute("SELECT name, rootpage FROM sqlite_master WHERE type = 'table'"))
    return roots


def _leaves(content: bytes) -> list[int]:
    """Numbers of the pages that hold rows, but for those of deleted ones."""
    count = len(content) // _PAGE
    free = _free_pages(content, count)
    return [number for number in range(2, count + 1) if content[(number - 1) * _PAGE] == _LEAF and number not in free]


def _free_pages(content: bytes, count: int) -> set[int]:
    """Pages that hold what was deleted: it must not come back."""
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
    """A sound first page, whose list of tables names ``tables`` as ``t0``, ``t1``, ... with the pages they begin on."""
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


# -- rows ------------------------------------------------------------------------------------------------


def _read(copy: Path, tables: Sequence[tuple[_Table, int]], give_up: float) -> list[_Reader]:
    """Those who have read each table, if it begins on the page given with it."""
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
    """Reads the rows of one table from both ends, and around what is bad in between."""

    def __init__(self, connection: sqlite3.Connection, table: str, names: Sequence[str]) -> None:
        self.found: dict[_Row, None] = {}
        """In the order in which they were read; several have the same number if a page lies where another belongs."""
        self.met_damage = False
        self._connection = connection
        self._give_up = time.monotonic() + _MOST_TIME_OF_TABLE
        connection.set_progress_handler(self._is_late, 20_000)
        columns = ", ".join(names)
        self._sql = f"SELECT rowid, {columns} FROM {table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid"  # noqa: S608

    def read_all(self) -> None:
        """Read what can be read."""
        bad = self._forward(-_HIGHEST, _HIGHEST)
        if bad is None:
            return
        last = self._backward(bad, _HIGHEST)
        if last is not None and last < _HIGHEST:
            self._between(bad, last)
        elif last == _HIGHEST:
            self._beyond(bad)

    def _beyond(self, bad: int) -> None:
        """The end is bad, and nobody knows where it lies: look behind the first bad row, further and further away."""
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
        """Read what lies between two rows, both included, and ends in something bad on both sides."""
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
        """Read upwards; the first row that may be bad, None if there is none."""
        return self._run("", low, high, low, 1)

    def _backward(self, low: int, high: int) -> int | None:
        """Read downwards; the last row that may be bad, None if there is none."""
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
