"""What the glossary and the palette need from lesson files, cached, so that they open without reading them.

Reading a lesson takes some hundredths of a second, and the glossary is made of all of them in every language. So the
terms and exercises of each file without a fault are cached in the cache folder, with the file's size and modification
time. Only a file that is new, has changed or has faults is read. The cache may be deleted, damaged or read-only at any
time, and others may have written it: what does not look as expected is left out, and the file is read again.

Each file of a lesson is one line of JSON, because the lines are read one after the other in a thread: a single large
document would keep every other thread waiting.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor import __version__
from tutor.course.lesson import Place, Term
from tutor.foundation import paths
from tutor.foundation.files import read_file, whole_path, write_blocks
from tutor.foundation.safe_text import harmless, harmless_line, is_harmless

if TYPE_CHECKING:
    from tutor.course.lesson import Fault
    from tutor.course.reader import Reading

_FORM = ["terms", 1, __version__]
"""How the first line of a cache begins; what the reading depends on besides the files follows. Another version of tutor
may read lessons in another way, or find other faults."""
_LARGEST = 64 << 20
_SAVE_EVERY = 10.0
"""Seconds after which what was read is saved, so that a large course is not read from the beginning again."""


@dataclass(frozen=True, slots=True)
class IndexedExercise:
    """What finds an exercise in code by its name; see `tutor.course.lesson.Exercise`."""

    id: str
    title: str
    function: str


@dataclass(frozen=True, slots=True)
class IndexedFile:
    """What is known of a lesson file.

    Args:
        path: The file.
        language: The language of its lesson; empty if there is no lesson in it that could be used.
        terms: The terms that it defines. Those from the cache have the file as their place, without a line, and no
            former ids.
        exercises: The exercises in its text.
        faults: What reading it found wrong.
    """

    path: Path
    language: str
    terms: tuple[Term, ...]
    exercises: tuple[IndexedExercise, ...]
    faults: tuple[Fault, ...] = ()

    @classmethod
    def of(cls, path: Path, reading: Reading) -> IndexedFile:
        """Return what the index keeps of a file that was read."""
        lesson = reading.lesson
        if lesson is None:
            return cls(path, "", (), (), reading.faults)
        exercises = tuple(IndexedExercise(each.id, each.title, each.function) for each in lesson.exercises)
        return cls(path, lesson.language, lesson.terms, exercises, reading.faults)


class TermIndex:
    """The terms of the lesson files in one folder, in all its languages. Only one thread uses it.

    Args:
        folder: The folder of the lessons.
        digest: A text that differs if the same files would be read in another way.
    """

    def __init__(self, folder: Path, digest: str = "") -> None:
        name = "".join(each if each.isalnum() else "-" for each in str(whole_path(folder)))[-80:]
        self._cache = paths.cache_folder() / f"terms-{name}.jsonl"
        self._head = [*_FORM, digest]
        self._files: dict[str, tuple[Stamp, IndexedFile]] | None = None
        self._new = False
        self._saved = time.monotonic()

    def known(self, path: Path) -> IndexedFile | None:
        """Return what is known of a file as it is now; None if it has to be read. The first call reads the cache."""
        found = self._read().get(str(path))
        return found[1] if found is not None and found[0] == stamp_of(path) else None

    def add(self, path: Path, stamp: Stamp | None, found: IndexedFile) -> IndexedFile:
        """Note what was found in a file that had this ``stamp`` before it was read, and return it.

        What has faults is not kept: a fault is a sentence in the language in use, and is reported at every start.
        """
        if stamp is not None and not found.faults:
            self._read()[str(path)] = stamp, found
            self._new = True
        if time.monotonic() - self._saved > _SAVE_EVERY:
            self.save()
        return found

    def keep_only(self, files: Iterable[Path]) -> None:
        """Forget what is known of other files, which are gone."""
        there = {str(each) for each in files}
        for path in [each for each in self._read() if each not in there]:
            del self._read()[path]
            self._new = True

    def save(self) -> None:
        """Write the cache if anything is new and the folder is writable."""
        if not self._new:
            return
        self._new, self._saved = False, time.monotonic()
        files = list(self._read().items())
        lines = (self._head, *([path, *stamp, *_as_json(found)] for path, (stamp, found) in files))
        try:
            # ASCII, since a name may be invalid UTF-8.
            write_blocks(self._cache, (f"{json.dumps(line)}\n".encode() for line in lines))
        except OSError:
            return  # the next start reads the lessons again

    def _read(self) -> dict[str, tuple[Stamp, IndexedFile]]:
        if self._files is None:
            self._files = dict(_lines_of(self._cache, self._head))
        return self._files


Stamp = tuple[int, int]


def stamp_of(path: Path) -> Stamp | None:
    """Return the size and the modification time of a file; None if it is gone."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _as_json(found: IndexedFile) -> list[object]:
    terms = [
        [term.id, term.name, term.also, term.definition, term.formula, term.see, term.lesson_id] for term in found.terms
    ]
    exercises = [[each.id, each.title, each.function] for each in found.exercises]
    return [found.language, terms, exercises]


def _lines_of(cache: Path, head: list[object]) -> Iterator[tuple[str, tuple[Stamp, IndexedFile]]]:
    """Yield what a cache holds, except for lines that are damaged; nothing if it begins with another ``head``."""
    try:
        first, *lines = read_file(cache, _LARGEST).split(b"\n")
    except OSError:
        return
    if _parsed(first) != head:
        return
    for line in lines:
        try:
            path, size, modified, language, terms, exercises = _parsed(line)
            place = Place(Path(_text(path)))
            found = IndexedFile(
                place.path,
                _line(language),
                tuple(_term(place, *each) for each in terms),
                tuple(IndexedExercise(*map(_line, each)) for each in exercises),
            )
        except (TypeError, ValueError):
            continue
        yield _text(path), ((size, modified), found)


def _parsed(line: bytes) -> Any:
    """The value of a line of JSON; None if it is not JSON."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _term(
    place: Place, term_id: object, name: object, also: object, definition: object, formula: object, see: object,
    lesson_id: object,
) -> Term:  # fmt: skip
    return Term(
        _line(term_id), _line(name), _lines(also), harmless(_text(definition)), harmless(_text(formula)), _lines(see),
        place, _line(lesson_id),
    )  # fmt: skip


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _line(value: object) -> str:
    return text if is_harmless(text := _text(value)) else harmless_line(text)


def _lines(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(map(_line, value))
