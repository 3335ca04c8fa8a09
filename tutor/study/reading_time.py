"""How long a lesson is read: only while it is in front, and only while somebody is there.

Somebody is there while keys come. Whoever presses none for two minutes is taken to have left at the end of them: a
long page may be read that long, a cup of tea is not reading. Time on a question in the text is the question's, and is
not counted twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tutor.foundation import clock
from tutor.progress.activity import ReadingPiece

if TYPE_CHECKING:
    from tutor.progress.store import ProgressStore
    from tutor.study.question_attempt import Clock

THERE: Final = 120.0
"""Seconds after the last key in which the lesson still counts as read."""

_KEEP_EVERY: Final = 30.0
"""Seconds of reading after which they are written down."""

_LONGEST: Final = 900.0
"""Seconds from the beginning of a piece to its end, pauses included: it belongs to the day on which it began."""

_LEAST: Final = 1.0
"""Seconds of reading below which a piece is not worth a row."""


class ReadingTime:
    """The time of one lesson. It stands still until `on`.

    Args:
        lesson_id: The lesson.
        store: The learner's memory.
        seconds: A clock that never runs backwards.
    """

    def __init__(self, lesson_id: str, store: ProgressStore, *, seconds: Clock = clock.monotonic_seconds) -> None:
        self._lesson_id = lesson_id
        self._store = store
        self._seconds = seconds
        self._since: float | None = None  # when somebody was seen to read last
        self._piece: ReadingPiece | None = None
        self._begun = 0.0
        self._read = 0.0
        self._kept = 0.0

    def on(self) -> None:
        """The text is read from now on."""
        if self._since is None:
            self._since = self._seconds()
        else:
            self.stir()

    def stir(self) -> None:
        """A key came, or the mouse: whoever reads is still there."""
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
        """Something else is done from now on: a question is answered, or the lesson is out of sight."""
        self.stir()
        self._since = None

    def keep(self, *, last: bool = False) -> None:
        """Write down what was read so far.

        Args:
            last: Whether the piece ends here; the next one begins with the next key.
        """
        if self._piece is not None and self._read > self._kept and self._read >= _LEAST:
            piece = self._piece
            self._store.reading.keep(ReadingPiece(piece.lesson_id, round(self._read, 3), piece.at, piece.key))
            self._kept = self._read
        if last:
            self._piece, self._read, self._kept = None, 0.0, 0.0
