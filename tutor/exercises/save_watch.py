"""Notice that a program has saved the learner's file."""

from __future__ import annotations

from tutor.exercises.files import ExerciseFile

EVERY = 0.25
"""Seconds between two looks at a file. One look is a single question to the file system, which works everywhere."""


class SaveWatch:
    """Looks at the file of an exercise again and again.

    Args:
        file: The file.
    """

    def __init__(self, file: ExerciseFile) -> None:
        self._file = file
        self._known: tuple[int, int, int] | None = None
        self._seen: tuple[int, int, int] | None = None

    def take(self) -> None:
        """Take the file as it is now as known, because it has just been read or written here."""
        self._known = self._seen = self._file.stamp()

    def has_news(self) -> bool:
        """Look at the file. Return whether it was saved since it was known, and is known from now on.

        A new stamp must be seen twice, so that a file that is just being written is not read half.
        """
        stamp = self._file.stamp()
        is_new = stamp is not None and stamp == self._seen and stamp != self._known
        self._seen = stamp
        if is_new:
            self._known = stamp
        return is_new
