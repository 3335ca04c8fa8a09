"""One SQLite file, opened with care. Each function does one thing and raises what SQLite raised.

`tutor.progress.database` uses these and decides what to do about an error; `tutor.progress.salvage` uses them too.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from tutor.foundation.files import read_start, require_file
from tutor.progress.schema import Schema
from tutor.progress.statement import ForEach, Statement

Rows = dict[str, list[tuple[Any, ...]]]
"""The rows of every table, with the columns in the order of the schema."""

WAIT_ONCE: Final = 0.25
"""How many seconds to wait for another writer if nothing depends on the result."""

_FIRST_WAIT: Final = 0.0002
_LONGEST_WAIT: Final = 0.02
"""Seconds between two attempts: another tutor holds the file for a fifth of a millisecond, a backup for longer.

SQLite's own waiting begins at a millisecond and soon sleeps for a tenth of a second, during which others overtake.
"""

_UNBELIEVABLE: Final = 1000
"""A file with a higher version than this has a damaged header."""

_FORMATS: Final = frozenset({1, 2})
"""The ways of writing that a header may name: with a rollback journal, or with a write-ahead log."""

_WAL: Final = "wal"
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})

_TEXT: Final = partial(str, encoding="utf-8", errors="replace")

_Result = TypeVar("_Result")


class NewerVersionError(Exception):
    """The file was written by a newer version of tutor."""


class DamagedFileError(sqlite3.DatabaseError):
    """The database is damaged, or lacks our tables, although SQLite does not complain."""


def code_of(error: Exception) -> int:
    """Return SQLite's primary result code; 0 if the error is not SQLite's."""
    return (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


def is_damage(error: Exception) -> bool:
    """Return whether ``error`` means that the file cannot be used as it is, now or later."""
    return isinstance(error, DamagedFileError) or code_of(error) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def patiently(attempt: Callable[[], _Result], patience: float) -> _Result:
    """Call ``attempt`` again and again while another process holds the file, for at most ``patience`` seconds."""
    give_up = time.monotonic() + patience
    longest = _FIRST_WAIT
    while True:
        try:
            return attempt()
        except UnicodeDecodeError as error:  # SQLite's message about damage quotes the damaged bytes
            raise DamagedFileError(str(error)) from error
        except sqlite3.OperationalError as error:
            if code_of(error) not in _BUSY or time.monotonic() > give_up:
                raise
        time.sleep(random.uniform(0.0, longest))  # noqa: S311 - two waiting processes must not stay in step
        longest = min(1.5 * longest, _LONGEST_WAIT)


def decoded(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Make ``connection`` read text that is not valid UTF-8, because of damage, with ``�`` instead of raising."""
    connection.text_factory = _TEXT
    return connection


def connect(path: Path, schema: Schema) -> sqlite3.Connection:
    """Open ``path`` for reading and writing, and migrate it to the newest version of ``schema``.

    Raises:
        NewerVersionError: A newer version of tutor wrote the file. Nothing was changed.
        sqlite3.DatabaseError: The file cannot be used; see `is_damage`.
    """
    try:
        _check_header(path)
        connection = _connect_for_writing(path, schema)
    except sqlite3.OperationalError as error:
        if code_of(error) != sqlite3.SQLITE_ERROR:
            raise
        # Our statements are right, so the file is wrong ("unsupported file format").
        raise DamagedFileError(str(error)) from error
    try:
        migrate(connection, schema)
        check(connection, schema)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_header(path: Path) -> None:
    """Check the header before SQLite does, because SQLite takes some damage for intention."""
    try:
        header = read_start(path, 100)  # this raises for a pipe, for which SQLite would wait for ever
    except FileNotFoundError:
        return
    if len(header) == 100 and not set(header[18:20]) <= _FORMATS:  # SQLite would read it and never write
        raise DamagedFileError(f"format {header[18]}, {header[19]}")


def _connect_for_writing(path: Path, schema: Schema) -> sqlite3.Connection:
    if path.exists():
        with closing(_connect_read_only(path)) as peek:
            version = version_of(peek)
        if version > _UNBELIEVABLE:
            raise DamagedFileError(f"user_version {version}")
        if version > len(schema.migrations):
            raise NewerVersionError
    connection = decoded(sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False))
    try:
        # Readers never wait for a writer, and a writer waits only while another one writes, not while its disk syncs:
        # `sync` does after a write what FULL would do in the middle of it.
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        connection.execute(f"PRAGMA synchronous = {'NORMAL' if mode == _WAL else 'FULL'}")
    except BaseException:
        connection.close()
        raise
    return connection


def _connect_read_only(path: Path, *, immutable: bool = False) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if immutable else ''}"
    return decoded(sqlite3.connect(address, uri=True, timeout=WAIT_ONCE, isolation_level=None))


def version_of(connection: sqlite3.Connection) -> int:
    """Return the ``user_version`` of the file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, schema: Schema) -> None:
    """Bring the file to the newest version, with one transaction for each version.

    Raises:
        DamagedFileError: The file does not have the tables of the version that it claims.
    """
    checked = False
    while True:
        # Immediate even if nothing is left to do, because this also finds out whether the file is read-only.
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Read the version again under the lock, because another program may have started at the same moment.
            version = version_of(connection)
            if version >= len(schema.migrations):
                connection.execute("ROLLBACK")
                return
            if not checked:
                _check_version(connection, schema, version)
            checked = True
            for statement in schema.migrations[version]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version + 1}")
            connection.execute("COMMIT")
        except BaseException:
            _roll_back(connection)
            raise


def _check_version(connection: sqlite3.Connection, schema: Schema, version: int) -> None:
    if version < 0:
        raise DamagedFileError(f"user_version {version}")
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as template:
        migrate(template, Schema(schema.migrations[:version], {}))
        wanted = _tables_of(template)
    there = _tables_of(connection)
    if not wanted <= there or (there - wanted) & schema.columns.keys():
        raise DamagedFileError(f"user_version {version}")


def _tables_of(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def check(connection: sqlite3.Connection, schema: Schema) -> None:
    """Check that the file is sound and holds our tables.

    Raises:
        sqlite3.DatabaseError: It is not, or it does not; see `is_damage`.
    """
    if fault := fault_in(connection, "quick_check"):
        raise DamagedFileError(fault)
    for table, names in schema.columns.items():
        try:
            connection.execute(f"SELECT {', '.join(names)} FROM {table} LIMIT 0")  # noqa: S608 - our own names
        except sqlite3.OperationalError as error:
            if code_of(error) != sqlite3.SQLITE_ERROR:
                raise
            raise DamagedFileError(str(error)) from error
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as template:
        migrate(template, schema)
        if foreign := _acting_of(connection) ^ _acting_of(template):
            raise DamagedFileError(f"triggers and views {sorted(foreign)}")


def _acting_of(connection: sqlite3.Connection) -> set[str]:
    """Return the names of triggers and views, which act by themselves whenever a table is read or written."""
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view')")}


def fault_in(connection: sqlite3.Connection, check_name: str) -> str:
    """Return what ``quick_check`` or the slower ``integrity_check`` finds wrong; empty if nothing.

    Values that somebody wrote against the rules of a table are no damage; they are read as the nearest possible ones.
    """
    for (verdict,) in connection.execute(f"PRAGMA {check_name}(100)"):
        if verdict != "ok" and " value in " not in verdict and "constraint failed in" not in verdict:
            return str(verdict)
    return ""


def sync(connection: sqlite3.Connection, path: Path) -> None:
    """Sync to the disk what was committed to ``path``, so that it survives a power loss.

    Raises:
        OSError: The disk refuses it.
    """
    if connection.execute("PRAGMA journal_mode").fetchone() != (_WAL,):
        return  # SQLite has synced already
    descriptor = os.open(f"{path}-wal", os.O_RDONLY | os.O_CLOEXEC)
    try:
        (os.fdatasync if hasattr(os, "fdatasync") else os.fsync)(descriptor)
    finally:
        os.close(descriptor)


def transaction(connection: sqlite3.Connection, statements: Iterable[Statement]) -> None:
    """Run all of ``statements`` or, if one fails, none. `sync` brings them to the disk."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for sql, values in statements:
            if isinstance(values, ForEach):
                connection.executemany(sql, values)
            else:
                connection.execute(sql, values)
        connection.execute("COMMIT")
    except BaseException:
        _roll_back(connection)
        raise


def _roll_back(connection: sqlite3.Connection) -> None:
    # If the disk is full, SQLite has already rolled back by itself.
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def rows_of(connection: sqlite3.Connection, schema: Schema) -> Rows:
    """Return the rows of each table up to the first one that cannot be read, oldest first. `salvage` reads more."""
    rows: Rows = {}
    for table, names in schema.columns.items():
        rows[table] = []
        try:
            sql = f"SELECT {', '.join(names)} FROM {table} ORDER BY rowid"  # noqa: S608 - our own names
            rows[table].extend(connection.execute(sql))
        except (sqlite3.Error, UnicodeDecodeError):
            continue
    return rows


def rows_of_file(path: Path, schema: Schema) -> Rows:
    """Return the rows that can be read from a file that cannot be opened for writing; none if there is no file."""
    try:
        require_file(path)
    except OSError:
        return {}
    for immutable in (False, True):  # in a read-only folder, SQLite cannot create its shared-memory file
        try:
            with closing(_connect_read_only(path, immutable=immutable)) as connection:
                rows = rows_of(connection, schema)
        except (sqlite3.Error, OSError):
            continue
        if any(rows.values()):
            return rows
    return {}


def memory_with(rows: Rows, schema: Schema) -> sqlite3.Connection:
    """Return a database in memory that holds ``rows``."""
    connection = decoded(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))
    try:
        migrate(connection, schema)
        add_rows(connection, rows, schema)
    except BaseException:
        connection.close()
        raise
    return connection


def add_rows(connection: sqlite3.Connection, rows: Rows, schema: Schema) -> dict[str, int]:
    """Add those of ``rows`` that are new and obey the rules of their table. Return how many were added, by table."""
    added: dict[str, int] = {}
    for table, of_table in rows.items():
        names = schema.columns[table]
        marks = ", ".join("?" * len(names))
        sql = f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - our own names
        added[table] = max(0, connection.executemany(sql, of_table).rowcount)
    return added
