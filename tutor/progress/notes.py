"""Stars and notes on passages of lessons.

A note hangs on its lesson, the section it is in, and a quote of the passage; `tutor.study.passages` finds the passage
again in an edited lesson. If the passage is gone, the note is still here, with its quote.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tutor.foundation.safe_text import harmless
from tutor.progress.records import from_milliseconds, new_key, now, to_milliseconds
from tutor.progress.renames import GetRenames, nothing_renamed

if TYPE_CHECKING:
    from tutor.progress.database import Database

LONGEST_NOTE: Final = 4000
"""Characters of a note; more is cut off."""
LONGEST_QUOTE: Final = 300
"""Characters of a passage that a note keeps, enough to find it again."""


@dataclass(frozen=True, slots=True)
class Note:
    """A star or a note.

    Args:
        lesson_id: The lesson.
        anchor: The section of the passage; empty above the first one.
        quote: How the passage begins, as plain text.
        text: What the learner wrote; empty for a star.
        language: The language of the quote.
        at: When it was written or changed last, in UTC.
        key: Unique for ever.
    """

    lesson_id: str
    anchor: str
    quote: str
    text: str = ""
    language: str = "en"
    at: datetime = field(default_factory=now)
    key: str = field(default_factory=new_key)

    @property
    def starred(self) -> bool:
        """Whether it is a star without words."""
        return not self.text


class NoteStore:
    """The notes. Every write is on the disk when the method returns.

    Args:
        database: The database that keeps them.
        renames: What was renamed.
    """

    def __init__(self, database: Database, renames: GetRenames = nothing_renamed) -> None:
        self._database = database
        self._renames = renames

    def keep(self, note: Note) -> None:
        """Save a note, or what it was changed to."""
        self._database.write((
            """
            INSERT INTO notes (key, lesson, anchor, quote, note, language, at) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (key) DO UPDATE SET anchor = excluded.anchor, quote = excluded.quote, note = excluded.note,
                language = excluded.language, at = excluded.at
            """,
            (
                note.key, note.lesson_id, note.anchor, note.quote[:LONGEST_QUOTE],
                harmless(note.text)[:LONGEST_NOTE].strip(), note.language, to_milliseconds(note.at),
            ),
        ))  # fmt: skip

    def remove(self, key: str) -> None:
        """Delete a note."""
        self._database.write(("DELETE FROM notes WHERE key = ?", (key,)))

    def all(self, lesson_id: str = "") -> list[Note]:
        """Return all notes, or those of one lesson, in the order in which they were written first."""
        rows = self._database.read("SELECT lesson, anchor, quote, note, language, at, key FROM notes ORDER BY rowid")
        today = self._renames().lesson
        notes = [
            Note(today(lesson), anchor, quote, text, language, from_milliseconds(at), key)
            for lesson, anchor, quote, text, language, at, key in rows
        ]
        return [note for note in notes if lesson_id in {"", note.lesson_id}]
