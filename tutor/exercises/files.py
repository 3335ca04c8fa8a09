"""The learner's files: a plain ``.py`` for each exercise in the data folder, and a copy of each checked version.

tutor makes the file from the starter. After that, only what the learner types into the editor of tutor is written into
it. Resetting puts the old text among the kept versions and makes a new file.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tutor.course.exercises.page import first_sentence
from tutor.course.lesson import Exercise
from tutor.foundation import clock
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import read_file, too_large, write_bytes
from tutor.foundation.safe_text import harmless, harmless_line
from tutor.foundation.text import wrapped
from tutor.foundation.translate import translate

LARGEST_FILE = 100_000
MOST_VERSIONS = 50
_COMMENT_WIDTH = 100
_IMPORT = "import numpy as np"
STAMP = "%Y%m%d-%H%M%S-%f"
"""How the name of a kept version begins: the time, in UTC."""


@dataclass(frozen=True, slots=True)
class Version:
    """A kept version.

    Args:
        path: The file.
        at: When it was kept, in UTC.
        digest: The first characters of the hash of its text.
    """

    path: Path
    at: datetime
    digest: str


class ExerciseFile:
    """The file of one exercise, and its kept versions.

    Args:
        exercise: The exercise.
        folder: The folder of all exercises: see `tutor.foundation.paths.exercises_folder`.
    """

    def __init__(self, exercise: Exercise, folder: Path) -> None:
        self._exercise = exercise
        self._folder = folder
        self.path = folder / f"{exercise.id}.py"

    @property
    def exists(self) -> bool:
        """Whether the learner has begun."""
        return os.path.lexists(self.path)

    @property
    def is_untouched(self) -> bool:
        """Whether there is no file yet, or it is still the starter."""
        try:
            return not self.exists or is_untouched(self._exercise, self.read())
        except TutorError:
            return False

    def make(self, lesson_title: str = "") -> None:
        """Make the file from the starter, unless there is one.

        Raises:
            TutorError: It cannot be written.
        """
        if self.exists:
            return
        text = starter_text(self._exercise, lesson_title)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            # Made only if there is none: another tutor, or the learner's editor, may be faster.
            with self.path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            return
        except OSError as error:
            raise self._cannot("exercise.cannot-write", error, ExitCode.CANNOT_WRITE) from error

    def stamp(self) -> tuple[int, int, int] | None:
        """Return what changes with every save: time, size and inode; None while there is no file."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def read(self) -> str:
        """Return the learner's program.

        Raises:
            TutorError: It cannot be read, is too large, or is not UTF-8.
        """
        return read_program(self.path)

    def write(self, source: str, *, seen: str) -> None:
        """Replace the learner's program by what they typed into the editor of tutor.

        Args:
            source: The new program.
            seen: The program that the learner began to change. If another editor has saved something else meanwhile,
                that is kept among the versions.

        Raises:
            TutorError: It cannot be written or is too large, or the file that would be replaced cannot be read.
        """
        if self.exists and (found := self.read()) not in {seen, source}:
            self.keep(found)
        content = source.encode("utf-8", errors="replace")
        try:
            if len(content) > LARGEST_FILE:
                raise too_large(self.path, LARGEST_FILE)
            write_bytes(self.path, content)
        except OSError as error:
            raise self._cannot("exercise.cannot-write", error, ExitCode.CANNOT_WRITE) from error

    def keep(self, source: str) -> None:
        """Keep a copy of a version, unless the newest one is the same. The oldest beyond `MOST_VERSIONS` are deleted.

        A disk that is full or read-only keeps nobody from checking, so nothing is raised.
        """
        versions = self.versions()
        digest = digest_of(source)
        if versions and versions[-1].digest == digest:
            return
        try:
            write_bytes(self._new_version(digest), source.encode("utf-8", errors="replace"))
            for old in versions[: max(0, len(versions) + 1 - MOST_VERSIONS)]:
                old.path.unlink(missing_ok=True)
        except OSError:
            return

    def versions(self) -> list[Version]:
        """Return the kept versions, the oldest first."""
        found = []
        for path in self._kept_folder.glob("*.py"):
            moment, _, digest = path.stem.rpartition("-")
            try:
                found.append(Version(path, datetime.strptime(moment, STAMP).replace(tzinfo=UTC), digest))
            except ValueError:
                continue  # Not one of ours.
        return sorted(found, key=lambda each: (each.at, each.digest))

    def reset(self, lesson_title: str = "") -> Path | None:
        """Put the learner's text among the kept versions, and make the file anew. Return where the old text is.

        Raises:
            TutorError: The file cannot be moved or made.
        """
        kept = None
        if self.exists:
            try:
                kept = self._new_version("reset")
                kept.parent.mkdir(parents=True, exist_ok=True)
                self.path.rename(kept)
            except OSError as error:
                raise self._cannot("exercise.cannot-write", error, ExitCode.CANNOT_WRITE) from error
        self.make(lesson_title)
        return kept

    @property
    def _kept_folder(self) -> Path:
        return kept_folder(self._folder, self._exercise.id)

    def _new_version(self, digest: str) -> Path:
        return self._kept_folder / f"{clock.utc_now().strftime(STAMP)}-{digest}.py"

    def _cannot(self, key: str, error: OSError, code: ExitCode) -> TutorError:
        return TutorError(translate(key, path=self.path, reason=error.strerror or error), exit_code=code)


def kept_folder(folder: Path, exercise_id: str) -> Path:
    """Return the folder of the kept versions of an exercise, in the folder of all exercises."""
    return folder / ".kept" / exercise_id


def read_program(path: Path) -> str:
    """Return a program.

    Raises:
        TutorError: It cannot be read, is too large, or is not UTF-8.
    """
    try:
        return read_file(path, LARGEST_FILE).decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise TutorError(translate("exercise.not-utf8", path=path)) from error
    except OSError as error:
        raise TutorError(translate("exercise.cannot-read", path=path, reason=error.strerror or error)) from error


def digest_of(source: str) -> str:
    """Return the first characters of the hash of a program."""
    return hashlib.sha256(source.encode("utf-8", errors="replace")).hexdigest()[:16]


def is_untouched(exercise: Exercise, source: str) -> bool:
    """Whether a program is still the starter, with nothing above it but comments and the import of NumPy."""
    above, starter, below = source.rpartition(harmless(exercise.starter).strip())
    lines = [line for line in above.split("\n") if line.strip() and not line.startswith("#")]
    return bool(starter) and not below.strip() and lines in ([], [_IMPORT])


def starter_text(exercise: Exercise, lesson_title: str) -> str:
    """Return what a learner's file begins with: the task and the lesson as comments, NumPy, and the starter."""
    task = wrapped(harmless_line(first_sentence(exercise)), _COMMENT_WIDTH)[0]
    lesson = translate("exercise.comment-lesson", title=lesson_title or exercise.lesson_id, id=exercise.id)
    return f"# {task}\n# {harmless_line(lesson)}\n\n{_IMPORT}\n\n\n{harmless(exercise.starter).strip()}\n"
