"""A memory in a file, and what an independent reader finds in it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tutor.progress.database import Database
from tutor.progress.records import Answer
from tutor.progress.store import ProgressStore


def record(store: ProgressStore, question: str) -> None:
    store.record_answer(Answer("lesson", question, "single", (0,), correct=True))


def questions(path: Path) -> list[str]:
    """The questions answered, as an independent reader sees them."""
    connection = sqlite3.connect(path)
    try:
        return [row[0] for row in connection.execute("SELECT question FROM answers ORDER BY id")]
    finally:
        connection.close()


def store_on(path: Path, **options: float) -> ProgressStore:
    return ProgressStore(Database(path, **options))  # type: ignore[arg-type]
