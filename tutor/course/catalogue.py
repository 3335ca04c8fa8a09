"""The course: all lessons of a folder and of packs in all languages. Each lesson is read when it is first needed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, TypeVar, cast

from tutor.course.files import is_pack, language_folders, language_of, lesson_files
from tutor.course.headers import LessonHeader, read_headers
from tutor.foundation import paths
from tutor.foundation.errors import TutorError
from tutor.foundation.languages import ENGLISH, fallbacks
from tutor.foundation.pack_ids import CORE, MARK, own_id_of, pack_of_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tutor.course.glossary import Glossary
    from tutor.course.lab_shelf import LabShelf
    from tutor.course.lesson import Fault, Lesson, Question
    from tutor.course.packs.manifest import Pack
    from tutor.course.packs.namespace import Namespace
    from tutor.course.reader import Reading
    from tutor.course.synonyms import Synonyms
    from tutor.course.term_index import IndexedExercise, IndexedFile, TermIndex

_T = TypeVar("_T")

__all__ = ["Course", "LessonHeader"]


class Course:
    """The lessons of a folder and, after them, those of packs.

    Args:
        folder: Contains one folder for each language, such as ``en/`` and ``zh/``, or the lessons themselves. It may
            also contain ``labs/`` and ``data/``. What it does not have there is taken from the shipped lessons.
        packs: Packs to show beside the lessons of ``folder``. Ids of what belongs to a pack begin with the pack's id.
        neighbours: Packs that are not shown, but whose labs the lessons may use.
    """

    def __init__(self, folder: Path, packs: Sequence[Pack] = (), *, neighbours: Sequence[Pack] = ()) -> None:
        self.folder = folder
        self.packs = tuple(packs)
        self.neighbours = tuple(neighbours)
        self._headers: dict[str, list[LessonHeader]] = {}
        self._readings: dict[tuple[Path, str], Reading] = {}
        self._locks: dict[tuple[Path, str], Lock] = {}
        self._glossary: Glossary | None = None
        self._glossary_lock = Lock()
        self._kept: dict[object, object] = {}
        self._folders: dict[Path, list[str]] = {}

    @property
    def languages(self) -> list[str]:
        """The languages of the lessons, English first. Only English if no folder names a language."""
        of_packs = (each for pack in self.packs for each in self._languages_of(pack))
        return list(dict.fromkeys([*self._folder_languages, *of_packs]))

    @property
    def _folder_languages(self) -> list[str]:
        """The languages of the lessons of the folder itself."""
        if found := self._language_folders(self.folder):
            return found
        if not is_pack(self.folder):
            return [ENGLISH]
        from tutor.course.packs.manifest import read_manifest

        pack = read_manifest(self.folder).pack
        return [*(pack.languages[:1] if pack is not None else ())] or [ENGLISH]

    def _language_folders(self, folder: Path) -> list[str]:
        if folder not in self._folders:
            self._folders[folder] = language_folders(folder)
        return self._folders[folder]

    def _languages_of(self, pack: Pack) -> list[str]:
        """The languages of a pack: its folders, or else the one that it says it is written in."""
        return self._language_folders(pack.folder) or [*pack.languages[:1]] or [ENGLISH]

    @property
    def labs(self) -> LabShelf:
        """The lab files: those of the folder, the shipped ones that it does not have, and those of the packs."""
        from tutor.course.lab_shelf import LabShelf
        from tutor.course.packs.manifest import pack_id_at

        shipped = _shipped("labs")
        folders = [self.folder / "labs", *([shipped] if shipped is not None else [])]
        packs = {each.id: each.folder / "labs" for each in (*self.neighbours, *self.packs)}
        if own := pack_id_at(self.folder):
            packs[own] = self.folder / "labs"
        return LabShelf(tuple(dict.fromkeys(folders)), packs)

    @property
    def data_folder(self) -> Path:
        """The folder of the data sets: the course's own, or the shipped one if it has none.

        Files that are not there are taken from the shipped folder: see `tutor.foundation.paths.data_file`.
        """
        own = self.folder / "data"
        return own if own.is_dir() else _shipped("data") or own

    def headers(self, language: str) -> list[LessonHeader]:
        """Return the headers of the lessons in order, in ``language`` if possible, otherwise in another language."""
        if language not in self._headers:
            folders = self._language_folders(self.folder)
            found = read_headers(self.folder, *_in_order(language, folders, [language]))
            for pack in self.packs:
                found += self._headers_of_pack(pack, language)
            self._headers[language] = found
        return self._headers[language]

    def _headers_of_pack(self, pack: Pack, language: str) -> list[LessonHeader]:
        namespace, title = self._namespace(pack), pack.named(language)
        own = self._languages_of(pack)
        headers = read_headers(pack.folder, *_in_order(language, own), every_id=True)
        return [namespace.header(each, f"{title} · {each.part}" if each.part else title) for each in headers]

    def _namespace(self, pack: Pack) -> Namespace:
        key = ("namespace", pack.id)
        if key not in self._kept:
            from tutor.course.packs.namespace import Namespace

            headers = [
                header
                for language in self._languages_of(pack)
                for header in read_headers(pack.folder, language, every_id=True)
            ]
            terms = frozenset(known.id for header in headers for known in header.ids if known.is_term)
            lessons = frozenset(header.id for header in headers)
            self._kept[key] = Namespace(pack.id, pack.folder / "labs", lessons, terms)
        return cast("Namespace", self._kept[key])

    @property
    def own_ids(self) -> frozenset[str]:
        """The ids of everything in the lessons of the folder itself: lessons, questions, exercises and terms."""
        key = "own-ids"
        if key not in self._kept:
            headers = (
                header
                for language in self._folder_languages
                for header in read_headers(self.folder, language, every_id=True)
            )
            self._kept[key] = frozenset(
                each for header in headers for each in (header.id, *(known.id for known in header.ids))
            )
        return cast("frozenset[str]", self._kept[key])

    def pack(self, pack_id: str) -> Pack | None:
        """Return the pack with an id; None if there is none, and for the lessons of the folder itself."""
        return next((each for each in self.packs if each.id == pack_id), None)

    def _pack_at(self, path: Path) -> Pack | None:
        """Return the pack that a lesson file belongs to."""
        around = (path.parent, path.parent.parent)
        return next((each for each in self.packs if each.folder in around), None)

    def header(self, lesson: str, language: str) -> LessonHeader | None:
        """Return the header of the lesson with this id, number or former id, or None if there is none.

        A number means a lesson of the folder itself, and with a pack before it, as ``pack:3``, one of that pack.
        """
        headers = self.headers(language)
        lesson = lesson.removeprefix(f"{CORE}{MARK}")
        pack, number = pack_of_id(lesson), own_id_of(lesson)
        is_number = number.isascii() and number.isdigit()
        for header in headers:
            if lesson == header.id or (
                is_number and pack == header.pack and (number.lstrip("0") or "0") == str(header.number)
            ):
                return header
        return next((header for header in headers if lesson in header.was), None)

    def lesson(self, lesson: str, language: str) -> Lesson | None:
        """Return a lesson by its id, its number or the path of its file, if need be in another language.

        Returns:
            None if there is no such lesson or its file cannot be used; `faults` says why.
        """
        if lesson.endswith(".md"):
            return self.reading(Path(lesson), language).lesson
        header = self.header(lesson, language)
        return self.reading(header.path, header.language).lesson if header is not None else None

    def has_read(self, lesson: str, language: str) -> bool:
        """Return whether a lesson has been read, so that `lesson` answers at once."""
        header = self._headers.get(language) and self.header(lesson, language)
        if not header:
            return False
        return (header.path, self._language_of(header.path) or header.language) in self._readings

    def reading(self, path: Path, language: str) -> Reading:
        """Read a file, once, and return the result. The file's folder decides its language, if it names one."""
        written_in = self._language_of(path)
        key = (path, written_in or language)
        if (kept := self._readings.get(key)) is not None:
            return kept
        # Several threads read ahead. A lock for each file, so that none waits for a file that it does not want.
        with self._locks.setdefault(key, Lock()):
            readings = self._readings  # `forget` replaces them, and with them what is read from an older file
            if (kept := readings.get(key)) is None:
                kept = readings[key] = self._read(*key, written_in)
            return kept

    def _read(self, path: Path, language: str, written_in: str) -> Reading:
        from tutor.course.reader import read_lesson
        from tutor.course.synonyms import with_synonyms

        reading = read_lesson(path, language, written_in=written_in)
        if reading.lesson is None:
            return reading
        pack = self._pack_at(path)
        lesson = reading.lesson if pack is None else self._namespace(pack).lesson(reading.lesson)
        return replace(reading, lesson=with_synonyms(lesson, self._synonyms(pack.id if pack is not None else "")))

    def _synonyms(self, pack: str) -> Synonyms:
        """Return the names of terms that count in a pack's answers: the pack's own and those of the course."""
        key = ("synonyms", pack)
        if key not in self._kept:
            from tutor.course.synonyms import synonyms_of

            self._kept[key] = synonyms_of(
                header for language in self.languages for header in self.headers(language) if header.pack in {"", pack}
            )
        return cast("Synonyms", self._kept[key])

    def _language_of(self, path: Path) -> str:
        """Return the language whose folder contains a file, or an empty string."""
        pack = self._pack_at(path)
        folder = self.folder if pack is None else pack.folder
        if path.parent.name in self._language_folders(folder) and path.parent.parent == folder:
            return path.parent.name
        if path.parent != folder:
            return language_of(path)
        return next(iter(pack.languages), "") if pack is not None else ""

    def files(self, language: str) -> list[Path]:
        """Return every lesson file of a language, readable or not."""
        packs = (each for each in self.packs if language in self._languages_of(each))
        of_packs = (path for each in packs for path in lesson_files(each.folder, language))
        return [*lesson_files(self.folder, language), *of_packs]

    def lessons(self) -> list[Lesson]:
        """Return every readable lesson in every language."""
        found: dict[Path, Lesson] = {}
        for language in self.languages:
            for path in self.files(language):
                lesson = self.reading(path, language).lesson
                if lesson is not None:
                    found.setdefault(path, lesson)
        return list(found.values())

    def forget(self, path: Path) -> None:
        """Discard what was read from ``path``, because the file has changed. It is read again when next needed."""
        self._readings = {key: reading for key, reading in list(self._readings.items()) if key[0] != path}
        self._headers.clear()
        self._glossary = None
        self._folders.clear()
        self._kept.clear()

    def kept(self, compute: Callable[[Course], _T]) -> _T:
        """Return ``compute(self)``, cached until a file changes."""
        if compute not in self._kept:
            self._kept[compute] = compute(self)
        return cast("_T", self._kept[compute])

    def question(self, question_id: str, language: str) -> Question | None:
        """Return the question with this id from any lesson, or None if there is none."""
        for header in self.headers(language):
            lesson = self.lesson(header.id, language)
            for question in lesson.every_question if lesson is not None else ():
                if question.id == question_id:
                    return question
        return None

    @property
    def has_glossary(self) -> bool:
        """Whether the terms have been read, so that `glossary` answers at once."""
        return self._glossary is not None

    def glossary(self) -> Glossary:
        """Return all terms of all lessons. The first call reads every lesson whose terms are not cached.

        A term that the lessons do not define is looked up in the shipped ones.
        """
        with self._glossary_lock:
            glossary, readings = self._glossary, self._readings
            if glossary is None:
                from tutor.course.glossary import build_glossary

                defined = ((each.language, term) for each in self.indexed_files() for term in each.terms)
                glossary = build_glossary(defined, self._shipped_glossary)
                glossary.prepare(self.languages)
                if readings is self._readings:  # otherwise a file has changed meanwhile
                    self._glossary = glossary
            return glossary

    def indexed_files(self) -> Iterator[IndexedFile]:
        """Yield what the index knows of every lesson file in every language.

        Files that are new, have changed since the last start or have faults are read, but not kept: whoever needs only
        the terms, or wants to know whether anything is wrong, should not hold every lesson in memory.
        """
        indexes: dict[Path, TermIndex] = {}
        files: set[Path] = set()
        try:
            for language in self.languages:
                for path in self.files(language):
                    if path not in files:
                        files.add(path)
                        yield self._indexed(path, language, self._index_of(path, indexes))
            for index in indexes.values():
                index.keep_only(files)
        finally:
            for index in indexes.values():
                index.save()

    def indexed_exercises(self, language: str) -> Sequence[IndexedExercise]:
        """Return the exercises of all lessons in the order of the course, each in ``language`` if possible."""
        key = ("exercises", language)
        if key not in self._kept:  # the palette asks each time it opens
            exercises = {each.path: each.exercises for each in self.indexed_files()}
            self._kept[key] = [each for header in self.headers(language) for each in exercises.get(header.path, ())]
        return cast("Sequence[IndexedExercise]", self._kept[key])

    def _indexed(self, path: Path, language: str, index: TermIndex) -> IndexedFile:
        from tutor.course.term_index import IndexedFile, stamp_of

        if (known := index.known(path)) is not None:
            return known
        written_in = self._language_of(path)
        key = (path, written_in or language)
        if (reading := self._readings.get(key)) is not None:  # perhaps from before the file changed: not indexed
            return IndexedFile.of(path, reading)
        stamp = stamp_of(path)  # before the file is read: it may change meanwhile
        return index.add(path, stamp, IndexedFile.of(path, self._read(*key, written_in)))

    def _index_of(self, path: Path, indexes: dict[Path, TermIndex]) -> TermIndex:
        """Return the index of the folder that a file belongs to, which is read at the first call."""
        from tutor.course.term_index import TermIndex

        pack = self._pack_at(path)
        folder = self.folder if pack is None else pack.folder
        if folder not in indexes:
            indexes[folder] = TermIndex(folder, self._namespace(pack).digest if pack is not None else "")
        return indexes[folder]

    def _shipped_glossary(self) -> Glossary | None:
        """Return the terms of the shipped lessons; None if these are the lessons of the course."""
        try:
            shipped = paths.shipped_lessons()
        except TutorError:
            return None
        return _glossary_in(shipped) if shipped != self.folder else None

    def faults(self) -> list[Fault]:
        """Return the faults of the individual files, in the order of the files. The first call reads every lesson."""
        found: dict[Path, tuple[Fault, ...]] = {}
        for language in self.languages:
            for path in self.files(language):
                found.setdefault(path, self.reading(path, language).faults)
        return [fault for faults in found.values() for fault in faults]


@cache
def _glossary_in(folder: Path) -> Glossary:
    """Return the terms of a folder that does not change, read once, however often the course beside it is edited."""
    return Course(folder).glossary()


def _in_order(language: str, there: Sequence[str], always: Sequence[str] = ()) -> list[str]:
    """Return the languages of ``there``, the one that a learner of ``language`` reads best first."""
    likely = (each.code for each in fallbacks(language))
    return list(dict.fromkeys([*always, *(each for each in (language, *likely, *there) if each in there)]))


def _shipped(name: str) -> Path | None:
    """Return a folder of the shipped lessons; None if there is none."""
    try:
        shipped = paths.shipped_lessons() / name
    except TutorError:
        return None
    return shipped if shipped.is_dir() else None
