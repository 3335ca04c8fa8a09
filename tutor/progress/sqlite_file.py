"""One SQLite file, opened with care: each function does one thing and raises what SQLite raised."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final, TypeVar

from tutor.foundation.files import require_file
from tutor.progress.schema import Schema

Statement = tuple[str, Sequence[object]]
"""SQL with its values. It must do the same when it is run a second time."""

Rows = dict[str, list[tuple[Any, ...]]]
"""Every row of every table, the columns in the schema's order."""

WAIT_ONCE: Final = 0.25
"""Seconds that are waited for another writer where nobody waits for the result."""

_FIRST_WAIT: Final = 0.0002
_LONGEST_WAIT: Final = 0.02
"""Seconds between two attempts: a tutor holds the file for a fifth of a millisecond, a backup or an editor longer.

SQLite's own waiting begins at a millisecond and soon sleeps for a tenth of a second, while others overtake.
"""

_WAL: Final = "wal"
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})

_Result = TypeVar("_Result")


class NewerVersionError(Exception):
    """The file was written by a tutor that knows more than this one."""


class ForeignFileError(sqlite3.DatabaseError):
    """A sound database, but not with our tables in it."""


def code_of(error: Exception) -> int:
    """SQLite's primary result code; 0 where someone else complained."""
    return (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


def is_damage(error: Exception) -> bool:
    """Whether ``error`` means that the file cannot be used as it is, now or later."""
    return isinstance(error, ForeignFileError) or code_of(error) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def patiently(attempt: Callable[[], _Result], patience: float) -> _Result:
    """``attempt`` again and again while another process holds the file, for ``patience`` seconds at most."""
    give_up = time.monotonic() + patience
    longest = _FIRST_WAIT
    while True:
        try:
            return attempt()
        except sqlite3.OperationalError as error:
            if code_of(error) not in _BUSY or time.monotonic() > give_up:
                raise
        time.sleep(random.uniform(0.0, longest))  # noqa: S311 - two waiting processes must not keep step
        longest = min(1.5 * longest, _LONGEST_WAIT)


def connect(path: Path, schema: Schema) -> sqlite3.Connection:
    """Open ``path`` for reading and writing, at the newest version of ``schema``.

    Raises:
        NewerVersionError: a newer tutor wrote it; nothing was changed.
        sqlite3.DatabaseError: it cannot be used; see `is_damage`.
    """
    if path.exists():
        require_file(path)  # SQLite would wait for a pipe for ever
        with closing(_connect_read_only(path)) as peek:
            if version_of(peek) > len(schema.migrations):
                raise NewerVersionError
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        # Readers never wait for a writer, and writers only while another one writes, not while its disk syncs:
        # `sync` does at the end of a write what FULL would do in the middle of it.
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        connection.execute(f"PRAGMA synchronous = {'NORMAL' if mode == _WAL else 'FULL'}")
        migrate(connection, schema)
        check(connection, schema)
    except BaseException:
        connection.close()
        raise
    return connection


def _connect_read_only(path: Path, *, immutable: bool = False) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if immutable else ''}"
    return sqlite3.connect(address, uri=True, timeout=WAIT_ONCE, isolation_level=None)


def version_of(connection: sqlite3.Connection) -> int:
    """The ``user_version`` of the file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, schema: Schema) -> None:
    """Bring the file to the newest version, one transaction a version: each is whole or not there at all."""
    while True:
        # Immediate even where nothing is left to do: this is also how a read-only file is found out.
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Read again under the lock: another tutor may have started at the same moment.
            version = version_of(connection)
            if version >= len(schema.migrations):
                connection.execute("ROLLBACK")
                return
            for statement in schema.migrations[version]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version + 1}")
            connection.execute("COMMIT")
        except BaseException:
            _roll_back(connection)
            raise


def check(connection: sqlite3.Connection, schema: Schema) -> None:
    """Look whether the file is sound and holds our tables.

    Raises:
        sqlite3.DatabaseError: it does not; see `is_damage`.
    """
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict is None or verdict[0] != "ok":
        raise ForeignFileError(verdict[0] if verdict else "quick_check")
    for table, names in schema.columns.items():
        try:
            connection.execute(f"SELECT {', '.join(names)} FROM {table} LIMIT 0")  # noqa: S608 - our own names
        except sqlite3.OperationalError as error:
            if code_of(error) != sqlite3.SQLITE_ERROR:
                raise
            raise ForeignFileError(str(error)) from error


def sync(connection: sqlite3.Connection, path: Path) -> None:
    """Bring to the disk what was committed to ``path``; only then a power loss keeps it.

    Raises:
        OSError: the disk does not take it.
    """
    if connection.execute("PRAGMA journal_mode").fetchone() != (_WAL,):
        return  # then SQLite has synced already
    descriptor = os.open(f"{path}-wal", os.O_RDONLY | os.O_CLOEXEC)
    try:
        (os.fdatasync if hasattr(os, "fdatasync") else os.fsync)(descriptor)
    finally:
        os.close(descriptor)


def transaction(connection: sqlite3.Connection, statements: Iterable[Statement]) -> None:
    """Run ``statements``: all of them, or none. `sync` brings them to the disk."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for sql, values in statements:
            connection.execute(sql, values)
        connection.execute("COMMIT")
    except BaseException:
        _roll_back(connection)
        raise


def _roll_back(connection: sqlite3.Connection) -> None:
    # A full disk makes SQLite roll back by itself, and then there is nothing left to roll back.
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def rows_of(connection: sqlite3.Connection, schema: Schema) -> Rows:
    """Every row that can still be read."""
    rows: Rows = {}
    for table, names in schema.columns.items():
        try:
            sql = f"SELECT {', '.join(names)} FROM {table}"  # noqa: S608 - our own names
            rows[table] = connection.execute(sql).fetchall()
        except sqlite3.Error:
            rows[table] = []
    return rows


def rows_of_file(path: Path, schema: Schema) -> Rows:
    """Every row that can be read from a file that cannot be opened for writing; none where there is no file."""
    try:
        require_file(path)
    except OSError:
        return {}
    for immutable in (False, True):  # in a read-only folder SQLite cannot make its shared-memory file
        try:
            with closing(_connect_read_only(path, immutable=immutable)) as connection:
                rows = rows_of(connection, schema)
        except (sqlite3.Error, OSError):
            continue
        if any(rows.values()):
            return rows
    return {}


def memory_with(rows: Rows, schema: Schema) -> sqlite3.Connection:
    """A database in memory that holds ``rows``."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    migrate(connection, schema)
    for table, of_table in rows.items():
        names = schema.columns[table]
        marks = ", ".join("?" * len(names))
        sql = f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - our own names
        connection.executemany(sql, of_table)
    return connection
