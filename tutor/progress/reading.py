"""How long lessons were read, in small pieces: whoever is interrupted loses at most the last half minute."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tutor.progress.records import from_milliseconds, new_key, now, to_milliseconds
from tutor.progress.scheduling import study_day

if TYPE_CHECKING:
    from tutor.progress.database import Database


@dataclass(frozen=True, slots=True)
class ReadingPiece:
    """Some minutes of reading in one lesson.

    Args:
        lesson_id: The lesson.
        seconds: How long it was read, pauses left out.
        at: When the piece began, in UTC.
        key: Unique for ever; the same piece is kept again and again while it grows.
    """

    lesson_id: str
    seconds: float
    at: datetime = field(default_factory=now)
    key: str = field(default_factory=new_key)


class ReadingStore:
    """The pieces. Every write is on the disk when it returns.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, piece: ReadingPiece) -> None:
        """Keep a piece, or what it has grown to."""
        self._database.write((
            """
            INSERT INTO reading (key, lesson, at, seconds, day) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (key) DO UPDATE SET seconds = max(seconds, excluded.seconds)
            """,
            (piece.key, piece.lesson_id, to_milliseconds(piece.at), piece.seconds, study_day(piece.at).isoformat()),
        ))  # fmt: skip

    def pieces(self) -> list[ReadingPiece]:
        """All pieces, in the order in which they were begun."""
        rows = self._database.read("SELECT lesson, seconds, at, key FROM reading ORDER BY at, rowid")
        return [ReadingPiece(lesson, seconds, from_milliseconds(at), key) for lesson, seconds, at, key in rows]
