"""The learner's memory, opened by a test and closed when the test ends."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tutor.progress import store
from tutor.progress.database import Database
from tutor.progress.store import OpenedStore, ProgressStore

at_the_end = ExitStack()
"""What `tests.conftest` closes after each test: what tests open themselves, never what the program opens."""


def open_store(path: Path | None = None) -> OpenedStore:
    """`tutor.progress.store.open_store`, closed when the test ends."""
    opened = store.open_store(path)
    at_the_end.callback(opened.store.close)
    return opened


def open_database(path: Path, **options: Any) -> Database:
    """A `Database`, closed when the test ends."""
    database = Database(path, **options)
    at_the_end.callback(database.close)
    return database


def store_on(path: Path, **options: float) -> ProgressStore:
    """A store on a `Database` with these options, closed when the test ends."""
    return ProgressStore(open_database(path, **options))
