"""The learner's database: never damaged, never loses an acknowledged write, never stops the program.

* One transaction a write, in the write-ahead log, synced before the call returns but after the lock is given back:
  two tutors do not wait for each other's disk.
* Another tutor writing at the same time is waited for.
* A file that is not a database any more is kept aside, and a new one begun.
* Where nothing can be written (a full disk, a read-only home, a newer tutor's file), everything goes on in
  memory with what could be read, and is written later if that becomes possible.

Whatever of this happens is said once, in a sentence, through `Database.take_notices`.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from threading import RLock
from typing import Any, Final

from tutor.foundation import clock
from tutor.foundation.translate import translate
from tutor.progress import sqlite_file
from tutor.progress.schema import SCHEMA, Schema
from tutor.progress.sqlite_file import NewerVersionError, Statement, patiently

RETRY_SAVING: Final = 30.0
"""Seconds between attempts to get out of memory and back to the file."""

_LEAST_ROOM: Final = 64 * 1024
"""Bytes that an answer and SQLite's shared memory take together."""


class Database:
    """See the module. Safe to use from several threads of one process.

    Args:
        path: The file. Its folder is made where it is missing.
        schema: Its tables; tests bring their own.
        patience: Seconds to wait for another process before going on in memory.
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

    def read(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query, from memory where the file cannot be read any more."""
        with self._lock:
            try:
                return patiently(lambda: self._connection.execute(sql, values).fetchall(), self._patience)
            except sqlite3.DatabaseError as error:
                if self.in_memory or not _is_the_files_fault(error):
                    raise
                self._leave_file(error)
                return self._connection.execute(sql, values).fetchall()

    def write(self, *statements: Statement) -> None:
        """Run ``statements`` in one transaction. When this returns, they are on the disk or kept in memory."""
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
                    # A second time means that the new file is no better than the old one: the disk is failing.
                    self._leave_file(error, may_begin_anew=attempt == 0)
                else:
                    return
            self._write_in_memory(statements)

    def take_notices(self) -> list[str]:
        """What has to be said since the last call, each thing once."""
        with self._lock:
            notices, self._notices = self._notices, []
            return notices

    def close(self) -> bool:
        """Close the file. False where something could not be saved to the very end."""
        with self._lock:
            saved = not self._unsaved or self._save_what_waits(self._patience)
            self._connection.close()
            return saved

    # -- opening -----------------------------------------------------------------------------------------

    def _open(self) -> sqlite3.Connection:
        for attempt in range(2):
            try:
                return self._connect(self._patience)
            except NewerVersionError:
                self._may_save = False
                self._notices.append(translate("progress.newer-version", path=self.path))
                break
            except sqlite3.DatabaseError as error:
                if attempt == 0 and sqlite_file.is_damage(error) and self._keep_aside():
                    continue
                self._say_memory(error)
                break
            except OSError as error:
                self._say_memory(error)
                break
        self._enter_memory()
        return sqlite_file.memory_with(sqlite_file.rows_of_file(self.path, self._schema), self._schema)

    def _connect(self, patience: float) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:  # a file stands where the folder should be: say that
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), error.filename) from error
        return patiently(lambda: sqlite_file.connect(self.path, self._schema), patience)

    def _keep_aside(self) -> bool:
        """Rename the damaged file and its companions. False where even that is not possible."""
        try:
            self._connect(self._patience).close()
        except (sqlite3.DatabaseError, OSError, NewerVersionError):
            pass
        else:  # another tutor was faster: the file is sound again, and its answers are in it
            return True
        aside = _unused(self.path.with_name(f"{self.path.name}.corrupt-{clock.utc_now():%Y%m%d-%H%M%S}"))
        try:
            self.path.rename(aside)
            for suffix in ("-wal", "-shm"):
                companion = self.path.with_name(self.path.name + suffix)
                if companion.exists():
                    companion.rename(aside.with_name(aside.name + suffix))
        except OSError:
            return False
        self._notices.append(translate("progress.kept-aside", path=self.path, aside=aside.name))
        return True

    # -- going on without the file -----------------------------------------------------------------------

    def _leave_file(self, error: Exception, *, may_begin_anew: bool = True) -> None:
        """Go on after ``error``: with a new file where the old one is damaged, else in memory."""
        rows = sqlite_file.rows_of(self._connection, self._schema)
        self._connection.close()
        if may_begin_anew and sqlite_file.is_damage(error) and self._keep_aside():
            self._connection = self._open()
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
        """Write to the file what was kept in memory, and stay with the file. False where that is not possible."""
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
        self._connection.close()
        self._connection = connection
        self._unsaved.clear()
        self.in_memory = False
        self._notices.append(translate("progress.saved-after-all", path=self.path))
        return True

    def _say_memory(self, error: Exception) -> None:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        if _is_full(self.path.parent):  # SQLite says "disk I/O error" where it cannot even map its index
            reason = os.strerror(errno.ENOSPC)
        self._notices.append(translate("progress.in-memory", path=self.path, reason=reason))


def _is_the_files_fault(error: Exception) -> bool:
    """Whether the same statement could succeed elsewhere; a broken rule of the tables would not."""
    return isinstance(error, OSError) or (
        not isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError)
        and (sqlite_file.is_damage(error) or sqlite_file.code_of(error) != sqlite3.SQLITE_ERROR)
    )


def _is_full(folder: Path) -> bool:
    """Whether the disk has no room for the least that a database needs."""
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
