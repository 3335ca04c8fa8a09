"""How long a lesson is read. Time counts only while the lesson is in front and the learner is there.

The learner counts as there for two minutes after each key, because a long page may take that long to read. Time spent
on a question in the text belongs to the question, so it is not counted twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tutor.foundation import clock
from tutor.progress.activity import ReadingPiece

if TYPE_CHECKING:
    from tutor.progress.store import ProgressStore
    from tutor.study.question_attempt import Clock

THERE: Final = 120.0
"""Seconds after a key for which the learner counts as reading."""

_KEEP_EVERY: Final = 30.0
"""Seconds of reading after which they are saved."""

_LONGEST: Final = 900.0
"""The longest piece in seconds, pauses included. A piece counts for the day on which it began, so it has a limit."""

_LEAST: Final = 1.0
"""The shortest piece, in seconds of reading, that is saved."""


class ReadingTime:
    """A stopwatch for reading one lesson. It does not run until `on` is called.

    Args:
        lesson_id: The lesson.
        store: The learner's progress.
        seconds: A clock that never runs backwards.
    """

    def __init__(self, lesson_id: str, store: ProgressStore, *, seconds: Clock = clock.monotonic_seconds) -> None:
        self._lesson_id = lesson_id
        self._store = store
        self._seconds = seconds
        self._since: float | None = None  # when the learner was last seen reading
        self._piece: ReadingPiece | None = None
        self._begun = 0.0
        self._read = 0.0
        self._kept = 0.0

    def on(self) -> None:
        """Start: the learner reads the text from now on."""
        if self._since is None:
            self._since = self._seconds()
        else:
            self.on_input()

    def on_input(self) -> None:
        """Count the time up to now, because a key or the mouse shows that the learner is still there."""
        if self._since is None:
            return
        moment = self._seconds()
        since, self._since = self._since, moment
        if self._piece is None:
            self._piece, self._begun = ReadingPiece(self._lesson_id, 0.0), since
        self._read += min(moment - since, THERE)
        if moment - self._begun >= _LONGEST:
            self.keep(last=True)
        elif self._read - self._kept >= _KEEP_EVERY:
            self.keep()

    def off(self) -> None:
        """Stop: the learner answers a question, or the lesson is out of sight."""
        self.on_input()
        self._since = None

    def keep(self, *, last: bool = False) -> None:
        """Save the time so far.

        Args:
            last: Whether the piece ends here; the next key begins a new one.
        """
        if self._piece is not None and self._read > self._kept and self._read >= _LEAST:
            piece = self._piece
            self._store.reading.keep(ReadingPiece(piece.lesson_id, round(self._read, 3), piece.at, piece.key))
            self._kept = self._read
        if last:
            self._piece, self._read, self._kept = None, 0.0, 0.0
