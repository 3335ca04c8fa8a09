"""The learner's database: it never loses an acknowledged write and never stops the program.

* Each write is one transaction in the write-ahead log. It is synced before the call returns but after the lock is
  released, so two programs do not wait for each other's disk.
* If another program is writing, a write waits for it.
* A damaged file is kept aside, and a new file is begun with every row that can still be read.
* If nothing can be written (a full disk, a read-only home, a file of a newer version), everything goes on in memory
  with what could be read, and is written later if that becomes possible.

`Database.take_notices` returns a sentence about whatever happened, once.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from threading import RLock
from typing import Any, Final

from tutor.foundation import clock, private
from tutor.foundation.translate import translate
from tutor.progress import sqlite_file
from tutor.progress.columns import Column, readable
from tutor.progress.schema import SCHEMA, Schema, counted
from tutor.progress.sqlite_file import NewerVersionError, Rows, patiently
from tutor.progress.statement import Statement

RETRY_SAVING: Final = 30.0
"""Seconds between attempts to write to the file again while everything is kept in memory."""

_LEAST_ROOM: Final = 64 * 1024
"""The bytes that an answer and SQLite's shared memory take together."""

_Found = tuple[list[str], list[tuple[Any, ...]]]
"""The names of a query's columns, and its rows."""


class Database:
    """The learner's database; see the module. Several threads of one process may use it.

    Args:
        path: The file. Its folder is created if it is missing.
        schema: Its tables; tests bring their own.
        patience: How many seconds to wait for another process before going on in memory.
        retry_saving: Seconds between attempts to save what had to be kept in memory.
    """

    def __init__(
        self, path: Path, *, schema: Schema = SCHEMA, patience: float = 3.0, retry_saving: float = RETRY_SAVING
    ) -> None:
        self.path = path
        self.in_memory = False
        self._schema = schema
        self._patience = patience
        self._retry_saving = retry_saving
        self._lock = RLock()
        self._notices: list[str] = []
        self._unsaved: list[Statement] = []
        self._may_save = True
        self._next_attempt = 0.0
        self._connection = self._open()
        private.close_folder(path.parent)

    def read(
        self,
        sql: str,
        values: Sequence[object] | Mapping[str, object] = (),
        *,
        columns: Mapping[str, Column] | None = None,
    ) -> list[tuple[Any, ...]]:
        """Return all rows of a query, from memory if the file can no longer be read.

        An impossible value is read as the nearest possible one: see `tutor.progress.columns.readable`, also for
        ``columns``.
        """
        with self._lock:
            names, rows = self._read(lambda: _fetch(self._connection, sql, values))
        return readable(names, rows, columns)

    def read_in_blocks(
        self, sql: str, *, columns: Mapping[str, Column] | None = None, rows: int = 2000
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the rows of a query as `read` returns them, but only so many ``rows`` at a time.

        All blocks show the same state of the file, whatever is written meanwhile.
        """
        cursor: sqlite3.Cursor | None = None
        given = 0

        def fetch() -> _Found:
            nonlocal cursor
            try:
                if cursor is None:
                    cursor = self._connection.execute(sql)
                    for _ in range(given // rows):  # what memory keeps of a file that failed has the same order
                        cursor.fetchmany(rows)
                return [column[0] for column in cursor.description], cursor.fetchmany(rows)
            except sqlite3.Error:
                cursor = None
                raise

        while True:
            with self._lock:
                names, found = self._read(fetch)
            given += len(found)
            if found:
                yield readable(names, found, columns)
            if len(found) < rows:
                return

    def _read(self, fetch: Callable[[], _Found]) -> _Found:
        for attempt in range(2):
            try:
                return patiently(fetch, self._patience)
            except sqlite3.DatabaseError as error:
                if self.in_memory or not _is_the_files_fault(error):
                    raise
                self._leave_file(error, may_begin_anew=attempt == 0)
        return fetch()

    def write(self, *statements: Statement) -> None:
        """Run ``statements`` in one transaction. When this returns, their changes are on the disk or kept in memory."""
        with self._lock:
            for attempt in range(2):
                if self.in_memory:
                    break
                try:
                    patiently(lambda: sqlite_file.transaction(self._connection, statements), self._patience)
                    sqlite_file.sync(self._connection, self.path)
                except (sqlite3.DatabaseError, OSError) as error:
                    if not _is_the_files_fault(error):
                        raise
                    # The second time, the new file is no better than the old one: the disk is failing.
                    self._leave_file(error, may_begin_anew=attempt == 0)
                else:
                    return
            self._write_in_memory(statements)

    def take_notices(self) -> list[str]:
        """Return the notices since the last call, each of them once."""
        with self._lock:
            notices, self._notices = self._notices, []
            return notices

    def close(self) -> bool:
        """Close the file. Return False if something could not be saved to the very end."""
        with self._lock:
            saved = not self._unsaved or self._save_what_waits(self._patience)
            self._connection.close()
            return saved

    # Opening

    def _open(self) -> sqlite3.Connection:
        """Open the file, or a database in memory if the file cannot be used."""
        try:
            try:
                return self._connect(self._patience)
            except sqlite3.DatabaseError as error:
                if not sqlite_file.is_damage(error):
                    raise
                aside = self._keep_aside()
                if aside is None:
                    raise
                return self._connect(self._patience) if aside == self.path else self._begin_anew(aside, {})
        except NewerVersionError:
            self._may_save = False
            self._notices.append(translate("progress.newer-version", path=self.path))
        except (sqlite3.DatabaseError, OSError) as error:
            self._say_memory(error)
        self._enter_memory()
        return sqlite_file.memory_with(sqlite_file.rows_of_file(self.path, self._schema), self._schema)

    def _connect(self, patience: float) -> sqlite3.Connection:
        try:
            private.make_folder(self.path.parent)
        except FileExistsError as error:  # there is a file in the place of the folder: say that
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), error.filename) from error
        private.make_file(self.path)  # SQLite gives the files beside it the same permissions
        return patiently(lambda: sqlite_file.connect(self.path, self._schema), patience)

    def _keep_aside(self) -> Path | None:
        """Rename the damaged file and its companions.

        Returns:
            The new name; the old name if another program was faster and has already put a sound file there; None if
            the file cannot be renamed.
        """
        if self._is_sound():
            return self.path
        aside = _unused(self.path.with_name(f"{self.path.name}.corrupt-{clock.utc_now():%Y%m%d-%H%M%S}"))
        try:
            self.path.rename(aside)
            for suffix in ("-wal", "-shm"):
                companion = self.path.with_name(self.path.name + suffix)
                if companion.exists():
                    companion.rename(aside.with_name(aside.name + suffix))
        except OSError:
            return None
        return aside

    def _is_sound(self) -> bool:
        try:
            with closing(self._connect(self._patience)) as connection:
                # Unlike the quick check of every opening, this one compares indexes with their tables.
                return not sqlite_file.fault_in(connection, "integrity_check")
        except (sqlite3.DatabaseError, OSError, NewerVersionError, UnicodeDecodeError):
            return False

    def _begin_anew(self, aside: Path, more: Rows) -> sqlite3.Connection:
        """Begin a new file with what can be salvaged of the damaged one, or do so in memory if no file can be made.

        Args:
            aside: The damaged file.
            more: Rows to keep as well, if they are not among the salvaged ones.
        """
        from tutor.progress.salvage import salvage

        try:
            salvaged = salvage(aside, self._schema)
        except Exception:  # a damaged file may raise anything; it is kept, and the learner goes on
            salvaged = {}
        connection: sqlite3.Connection | None = None
        try:
            connection = self._connect(self._patience)
            connection.execute("BEGIN IMMEDIATE")
            kept = Counter(sqlite_file.add_rows(connection, salvaged, self._schema))
            kept += Counter(sqlite_file.add_rows(connection, more, self._schema))
            connection.execute("COMMIT")
            sqlite_file.sync(connection, self.path)
        except (sqlite3.DatabaseError, OSError, NewerVersionError) as error:
            if connection is not None:
                connection.close()
            self._say_memory(error)
            self._enter_memory()
            memory = sqlite_file.memory_with(salvaged, self._schema)
            sqlite_file.add_rows(memory, more, self._schema)
            return memory
        self._say_begun_anew(aside, kept)
        return connection

    def _say_begun_anew(self, aside: Path, kept: Counter[str]) -> None:
        if not kept.total():
            self._notices.append(translate("progress.kept-aside", path=self.path, aside=aside.name))
            return
        rows = counted(kept.items())
        self._notices.append(
            translate("progress.salvaged", path=self.path, aside=aside.name, count=kept.total(), rows=rows)
        )

    # Going on without the file

    def _leave_file(self, error: Exception, *, may_begin_anew: bool = True) -> None:
        """Go on after ``error``: with a new file if the old one is damaged, or else in memory."""
        rows = sqlite_file.rows_of(self._connection, self._schema)
        self._connection.close()
        if may_begin_anew and sqlite_file.is_damage(error):
            aside = self._keep_aside()
            if aside is not None:
                self._connection = self._open() if aside == self.path else self._begin_anew(aside, rows)
                return
        self._say_memory(error)
        self._enter_memory()
        self._connection = sqlite_file.memory_with(rows, self._schema)

    def _enter_memory(self) -> None:
        self.in_memory = True
        self._next_attempt = time.monotonic() + self._retry_saving

    def _write_in_memory(self, statements: Sequence[Statement]) -> None:
        sqlite_file.transaction(self._connection, statements)
        if not self._may_save:
            return
        self._unsaved.extend(statements)
        if time.monotonic() >= self._next_attempt:
            self._next_attempt = time.monotonic() + self._retry_saving
            self._save_what_waits(sqlite_file.WAIT_ONCE)

    def _save_what_waits(self, patience: float) -> bool:
        """Write to the file what was kept in memory, and use the file again. Return False if that is not possible."""
        try:
            connection = self._connect(patience)
        except (sqlite3.DatabaseError, OSError, NewerVersionError):
            return False
        try:
            patiently(lambda: sqlite_file.transaction(connection, self._unsaved), patience)
            sqlite_file.sync(connection, self.path)
        except (sqlite3.DatabaseError, OSError):
            connection.close()
            return False
        except BaseException:  # such as ^C: what waits stays in memory
            connection.close()
            raise
        self._connection.close()
        self._connection = connection
        self._unsaved.clear()
        self.in_memory = False
        self._notices.append(translate("progress.saved-after-all", path=self.path))
        return True

    def _say_memory(self, error: Exception) -> None:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        if _is_full(self.path.parent):  # SQLite says "disk I/O error" if it cannot even map its index
            reason = os.strerror(errno.ENOSPC)
        self._notices.append(translate("progress.in-memory", path=self.path, reason=reason))


def _fetch(connection: sqlite3.Connection, sql: str, values: Sequence[object] | Mapping[str, object]) -> _Found:
    cursor = connection.execute(sql, values)
    return [column[0] for column in cursor.description], cursor.fetchall()


def _is_the_files_fault(error: Exception) -> bool:
    """Return whether the same statement could succeed on another file; one that breaks a rule of a table could not."""
    return isinstance(error, OSError) or (
        not isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError)
        and (sqlite_file.is_damage(error) or sqlite_file.code_of(error) != sqlite3.SQLITE_ERROR)
    )


def _is_full(folder: Path) -> bool:
    """Return whether the disk has less room than a database needs."""
    try:
        return shutil.disk_usage(folder).free < _LEAST_ROOM
    except OSError:
        return False


def _unused(path: Path) -> Path:
    candidate, number = path, 1
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return candidate
