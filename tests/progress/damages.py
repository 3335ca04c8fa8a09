"""Progress files that a bad disk has damaged, and what a patient reader still finds in them."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tutor.progress.activity import LabAttempt, ReadingPiece
from tutor.progress.database import Database
from tutor.progress.records import Answer, Position, SavedQuiz
from tutor.progress.schema import SCHEMA
from tutor.progress.store import ProgressStore

PAGE = 4096
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def fill(path: Path, answers: int = 1500) -> None:
    """A memory of several hundred kilobytes, with rows in every table, closed again."""
    store = ProgressStore(Database(path))
    for number in range(answers):
        store.record_answer(
            Answer(
                f"lesson-{number % 20}", f"question-{number % 150}", "single", (number % 4,), correct=number % 3 > 0,
                score=float(number % 3 > 0), seconds=float(number % 60), at=NOON + timedelta(minutes=31 * number),
                key=f"key-{number:05}",
            )
        )  # fmt: skip
    for number in range(20):
        store.set_position(f"lesson-{number}", Position(number, 0.5, "part"), fraction=0.7, questions=9)
        store.save_quiz(SavedQuiz(f"quiz-{number}", f"lesson:{number}", "", 7, {"at": "q" * 300}, started=NOON))
        store.attempts.keep(LabAttempt(f"lab-{number}", "epochs < 9", True, 1, 8.0, {"a": 0.1}, "7f3a", NOON))
    for number in range(200):
        store.reading.keep(ReadingPiece(f"lesson-{number % 20}", 60.0, NOON + timedelta(hours=number), f"r-{number}"))
    assert store.close()


def flip_bits(content: bytearray, chance: random.Random) -> None:
    """Some hundred bits are another."""
    for _ in range(chance.randrange(1, 300)):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def zero_pages(content: bytearray, chance: random.Random) -> None:
    """Some pages hold nothing."""
    for _ in range(chance.randrange(1, 6)):
        begin = PAGE * chance.randrange(len(content) // PAGE)
        content[begin : begin + PAGE] = bytes(PAGE)


def cut(content: bytearray, chance: random.Random) -> None:
    """The end is missing."""
    del content[chance.randrange(len(content)) :]


def splice(content: bytearray, chance: random.Random) -> None:
    """Some pages have come to lie where others belong."""
    pages = len(content) // PAGE
    for _ in range(chance.randrange(1, 6)):
        here, there = (PAGE * chance.randrange(pages) for _ in range(2))
        content[here : here + PAGE] = content[there : there + PAGE]


def spoil_header(content: bytearray, chance: random.Random) -> None:
    """Some bytes of the header are others."""
    for _ in range(chance.randrange(1, 12)):
        content[chance.randrange(100)] = chance.randrange(256)


def spoil_list_of_tables(content: bytearray, chance: random.Random) -> None:
    """Some bytes of the page that lists the tables are others, invalid UTF-8 among them."""
    for _ in range(chance.randrange(1, 40)):
        content[chance.randrange(100, PAGE)] = chance.randrange(256)


DAMAGES: dict[str, Callable[[bytearray, random.Random], None]] = {
    damage.__name__: damage for damage in (flip_bits, zero_pages, cut, splice, spoil_header, spoil_list_of_tables)
}


def damaged(sound: Path, path: Path, damage: str, seed: int) -> bytes:
    """Write a damaged copy of ``sound`` to ``path``; what it holds."""
    content = bytearray(sound.read_bytes())
    DAMAGES[damage](content, random.Random(f"{damage} {seed}"))
    path.write_bytes(content)
    return bytes(content)


def plainly_readable(path: Path) -> dict[str, set[str]]:
    """The keys of each table that plain SQLite reads from ``path``, from both ends: the least that is to be kept."""
    found: dict[str, set[str]] = {}
    copy = path.with_name("plainly.sqlite3")
    shutil.copyfile(path, copy)
    for table, (key, *_) in SCHEMA.columns.items():
        found[table] = set()
        for order in ("", "DESC"):
            try:
                with closing(sqlite3.connect(copy)) as connection:
                    connection.text_factory = lambda raw: raw.decode("utf-8", errors="replace")
                    for (value,) in connection.execute(f"SELECT {key} FROM {table} ORDER BY rowid {order}"):
                        found[table].add(value)
            except (sqlite3.Error, UnicodeDecodeError):
                continue
    copy.unlink()
    return found
