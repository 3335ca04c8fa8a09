"""The course: all lessons of a folder in all languages. Each lesson is read when it is first needed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, TypeVar, cast

from tutor.course.files import language_folders, language_of, lesson_files
from tutor.course.headers import LessonHeader, read_headers
from tutor.foundation.errors import TutorError
from tutor.foundation.languages import ENGLISH, fallbacks
from tutor.foundation.paths import lessons_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.course.glossary import Glossary
    from tutor.course.lesson import Fault, Lesson, Question
    from tutor.course.reader import Reading
    from tutor.course.synonyms import Synonyms

_T = TypeVar("_T")

__all__ = ["Course", "LessonHeader"]


class Course:
    """The lessons of a folder.

    Args:
        folder: Contains one folder for each language, such as ``en/`` and ``zh/``, or the lessons themselves. It may
            also contain ``labs/`` and ``data/``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._headers: dict[str, list[LessonHeader]] = {}
        self._readings: dict[tuple[Path, str], Reading] = {}
        self._locks: dict[tuple[Path, str], Lock] = {}
        self._glossary: Glossary | None = None
        self._kept: dict[object, object] = {}
        self._folders: list[str] | None = None

    @property
    def languages(self) -> list[str]:
        """The languages of the lessons, English first. Only English if no folder names a language."""
        return self._language_folders or [ENGLISH]

    @property
    def _language_folders(self) -> list[str]:
        if self._folders is None:
            self._folders = language_folders(self.folder)
        return self._folders

    @property
    def labs_folder(self) -> Path:
        """The folder of the lab files: the course's own, or the built-in one if the course has no labs."""
        return self._own_or_shipped("labs")

    @property
    def data_folder(self) -> Path:
        """The folder of the data sets: the course's own, or the built-in one."""
        return self._own_or_shipped("data")

    def _own_or_shipped(self, name: str) -> Path:
        own = self.folder / name
        if own.is_dir():
            return own
        try:
            shipped = lessons_folder() / name
        except TutorError:
            return own
        return shipped if shipped.is_dir() else own

    def headers(self, language: str) -> list[LessonHeader]:
        """Return the headers of the lessons in order, in ``language`` if possible, otherwise in another language."""
        if language not in self._headers:
            likely = (each.code for each in fallbacks(language))
            others = [each for each in (*likely, *self._language_folders) if each in self._language_folders]
            self._headers[language] = read_headers(self.folder, *dict.fromkeys([language, *others]))
        return self._headers[language]

    def header(self, lesson: str, language: str) -> LessonHeader | None:
        """Return the header of the lesson with this id, number or former id, or None if there is none."""
        headers = self.headers(language)
        for header in headers:
            if lesson == header.id or (
                lesson.isascii() and lesson.isdigit() and (lesson.lstrip("0") or "0") == str(header.number)
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

    def reading(self, path: Path, language: str) -> Reading:
        """Read a file, once, and return the result. The file's folder decides its language, if it names one."""
        written_in = self._language_of(path)
        key = (path, written_in or language)
        if (kept := self._readings.get(key)) is not None:
            return kept
        # Several threads read ahead. A lock for each file, so that none waits for a file that it does not want.
        with self._locks.setdefault(key, Lock()):
            if (kept := self._readings.get(key)) is None:
                kept = self._readings[key] = self._read(*key, written_in)
            return kept

    def _read(self, path: Path, language: str, written_in: str) -> Reading:
        from tutor.course.reader import read_lesson
        from tutor.course.synonyms import with_synonyms

        reading = read_lesson(path, language, written_in=written_in)
        if reading.lesson is None:
            return reading
        return replace(reading, lesson=with_synonyms(reading.lesson, self.kept(_synonyms)))

    def _language_of(self, path: Path) -> str:
        """Return the language whose folder contains a file, or an empty string."""
        if path.parent.name in self._language_folders:
            return path.parent.name
        return "" if path.parent == self.folder else language_of(path)

    def files(self, language: str) -> list[Path]:
        """Return every lesson file of a language, readable or not."""
        return lesson_files(self.folder, language)

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
        self._readings = {key: reading for key, reading in self._readings.items() if key[0] != path}
        self._headers.clear()
        self._glossary = self._folders = None
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
        """Return all terms of all lessons. The first call reads every lesson."""
        if self._glossary is None:
            from tutor.course.glossary import build_glossary

            self._glossary = build_glossary(self.lessons())
        return self._glossary

    def faults(self) -> list[Fault]:
        """Return the faults of the individual files, in the order of the files. The first call reads every lesson."""
        found: dict[Path, tuple[Fault, ...]] = {}
        for language in self.languages:
            for path in self.files(language):
                found.setdefault(path, self.reading(path, language).faults)
        return [fault for faults in found.values() for fault in faults]


def _synonyms(course: Course) -> Synonyms:
    from tutor.course.synonyms import synonyms_of

    return synonyms_of(header for language in course.languages for header in course.headers(language))
