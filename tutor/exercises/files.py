"""The learner's files: a plain ``.py`` for each exercise in the data folder, and a copy of each checked version.

An exercise of several files has a folder of them instead. Everywhere else they are one text, as
`tutor.foundation.program_files` puts them together.

tutor makes the file from the starter. After that, only what the learner types into the editor of tutor is written into
it. Resetting puts the old text among the kept versions and makes a new file.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tutor.course.exercises.page import first_sentence
from tutor.course.lesson import Exercise
from tutor.foundation import clock
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import read_file, too_large, write_bytes
from tutor.foundation.pack_ids import file_stem_of
from tutor.foundation.program_files import files_of, joined
from tutor.foundation.safe_text import harmless, harmless_line
from tutor.foundation.text import wrapped
from tutor.foundation.translate import translate

LARGEST_FILE = 100_000
MOST_VERSIONS = 50
MOST_FILES = 20
"""Files of one exercise."""
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
    """The file of one exercise, or the folder of its files, and its kept versions.

    Args:
        exercise: The exercise.
        folder: The folder of all exercises: see `tutor.foundation.paths.exercises_folder`.
    """

    def __init__(self, exercise: Exercise, folder: Path) -> None:
        self._exercise = exercise
        self._kept_folder = kept_folder(folder, exercise.id)
        self._names = exercise.files
        name = file_stem_of(exercise.id)
        self.path = folder / (name if self._names else f"{name}.py")

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
        text = starter_text(self._exercise, lesson_title)
        files = split_files(self.path, text) if self._names else {self.path: text}
        try:
            for path, content in files.items():
                make_file(path, content)
        except OSError as error:
            raise cannot_write(self.path, error) from error

    def stamp(self) -> tuple[int, int, int] | None:
        """Return what changes with every save: time, size and inode; None while there is no file."""
        try:
            found = [each.stat() for each in self.paths]
        except OSError:
            return None
        if not found:
            return None
        return (
            max(each.st_mtime_ns for each in found),
            sum(each.st_size for each in found),
            hash(tuple(each.st_ino for each in found)),
        )

    @property
    def paths(self) -> list[Path]:
        """The files to open in an editor, the one that is run last."""
        return files_in(self.path, self._names) if self._names else [self.path]

    def read(self) -> str:
        """Return the learner's program.

        Raises:
            TutorError: It cannot be read, is too large, or is not UTF-8.
        """
        return joined_files(self.path, self._names) if self._names else read_program(self.path)

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
        files = self._split(source) if self._names else {self.path: source}
        contents = {path: text.encode("utf-8", errors="replace") for path, text in files.items()}
        try:
            for path, content in contents.items():
                if len(content) > LARGEST_FILE:
                    raise too_large(path, LARGEST_FILE)
            for path, content in contents.items():
                if not self._names or _has_other_text(path, files[path]):
                    write_bytes(path, content)
        except OSError as error:
            raise cannot_write(self.path, error) from error

    def _split(self, source: str) -> dict[Path, str]:
        """Return the files of a text.

        Raises:
            TutorError: The line that begins one of them is missing, so nobody knows where it begins.
        """
        names = [each.name for each in files_of(source)]
        wanted = [*self._names, *(each.stem for each in self.paths)]
        missing = next((name for name in wanted if names.count(name) != 1), None)
        if missing is not None or len(set(names)) < len(names) or len(names) > MOST_FILES:
            raise TutorError(translate("exercise.lost-mark", mark=f"# --- {missing or names[-1]}.py ---"))
        return split_files(self.path, source)

    def copy_in(self, programs: Mapping[str, str]) -> list[str]:
        """Put programs of other exercises beside the files of this one, unless there are such files already.

        Args:
            programs: By the id of the exercise.

        Returns:
            The names of the new files, without ``.py``.

        Raises:
            TutorError: They cannot be written.
        """
        named = {exercise.replace("-", "_"): source for exercise, source in programs.items()}
        try:
            return [name for name, source in named.items() if make_file(self.path / f"{name}.py", source)]
        except OSError as error:
            raise cannot_write(self.path, error) from error

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
                if not self._names or not self.path.is_dir():
                    self.path.rename(kept)
                elif found := self.paths:
                    kept = self._moved(found, kept)
                else:
                    kept = None
            except OSError as error:
                raise cannot_write(self.path, error) from error
        self.make(lesson_title)
        return kept

    def _moved(self, found: Sequence[Path], kept: Path) -> Path:
        """Take files out of the way. They become one text, or keep their bytes if they are none."""
        try:
            source = self.read()
        except TutorError:
            # Something there is no text, or too large, or no file at all.
            folder = kept.with_suffix("")
            folder.mkdir()
            for each in found:
                each.rename(folder / each.name)
            return folder
        write_bytes(kept, source.encode("utf-8", errors="replace"))
        for each in found:
            each.unlink()
        return kept

    def _new_version(self, digest: str) -> Path:
        return version_file(self._kept_folder, clock.utc_now(), digest)


def cannot_write(path: Path, error: OSError) -> TutorError:
    """Return the error for a file or a folder that cannot be written."""
    said = translate("exercise.cannot-write", path=path, reason=error.strerror or error)
    return TutorError(said, exit_code=ExitCode.CANNOT_WRITE)


def make_file(path: Path, text: str) -> bool:
    """Make a file, and its folder, unless there is one: another tutor, or the learner's editor, may be faster.

    Returns:
        Whether it was made.

    Raises:
        OSError: It cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return False
    return True


def version_file(folder: Path, moment: datetime, digest: str) -> Path:
    """Return the file of a version that is kept in ``folder``, by the time in UTC and the digest of its text."""
    return folder / f"{moment.strftime(STAMP)}-{digest}.py"


def kept_folder(folder: Path, exercise_id: str) -> Path:
    """Return the folder of the kept versions of an exercise, in the folder of all exercises."""
    return folder / ".kept" / file_stem_of(exercise_id)


def files_in(folder: Path, names: Sequence[str]) -> list[Path]:
    """Return the programs in a folder: those of an exercise in its order, and before them what was copied there.

    Args:
        folder: The folder.
        names: The names of the exercise's own files, without ``.py``.
    """
    own = [folder / f"{name}.py" for name in names]
    others = sorted(each for each in folder.glob("*.py") if each not in own and each.stem.isidentifier())
    return [*others[:MOST_FILES], *(each for each in own if os.path.lexists(each))]


def joined_files(folder: Path, names: Sequence[str]) -> str:
    """Return the programs in a folder as one text; for the arguments see `files_in`.

    Raises:
        TutorError: One cannot be read, is too large, or is not UTF-8.
    """
    found = files_in(folder, names)
    if not found:
        # A folder that is there lacks the files; a file in its place, or nothing, is the fault of the folder itself.
        path = folder / f"{names[0]}.py" if names and folder.is_dir() else folder
        number = errno.ENOTDIR if folder.is_file() else errno.ENOENT
        raise TutorError(translate("exercise.cannot-read", path=path, reason=os.strerror(number)))
    return joined({each.stem: read_program(each) for each in found})


def split_files(folder: Path, source: str) -> dict[Path, str]:
    """Return the texts of the files of a program, by their paths in a folder; none if it is a program of one file."""
    return {folder / f"{each.name}.py": each.text.rstrip() + "\n" for each in files_of(source)}


def _has_other_text(path: Path, text: str) -> bool:
    try:
        return read_program(path) != text
    except TutorError:
        return True


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
    if exercise.files:
        theirs = {each.name: each.text for each in files_of(source)}
        return all(_is_starter(theirs.get(each.name, ""), each.text) for each in files_of(exercise.starter))
    return _is_starter(source, exercise.starter)


def _is_starter(source: str, begun_with: str) -> bool:
    above, starter, below = source.rpartition(harmless(begun_with).strip())
    lines = [line for line in above.split("\n") if line.strip() and not line.startswith("#")]
    return bool(starter) and not below.strip() and lines in ([], [_IMPORT])


def starter_text(exercise: Exercise, lesson_title: str) -> str:
    """Return what a learner's file begins with: the task and the lesson as comments, NumPy, and the starter."""
    task = wrapped(harmless_line(first_sentence(exercise)), _COMMENT_WIDTH)[0]
    lesson = translate("exercise.comment-lesson", title=lesson_title or exercise.lesson_id, id=exercise.id)
    head = f"# {task}\n# {harmless_line(lesson)}\n\n{_IMPORT}\n\n\n"
    if exercise.files:
        return joined({each.name: f"{head}{harmless(each.text).strip()}\n" for each in files_of(exercise.starter)})
    return f"{head}{harmless(exercise.starter).strip()}\n"
