"""The course: all lessons of a folder in all languages, each read when it is first asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
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
        folder: holds folders by language, such as ``en/`` and ``zh/``, or the lessons themselves; ``labs/`` and
            ``data/`` beside.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._headers: dict[str, list[LessonHeader]] = {}
        self._readings: dict[tuple[Path, str], Reading] = {}
        self._glossary: Glossary | None = None
        self._kept: dict[object, object] = {}
        self._folders: list[str] | None = None

    @property
    def languages(self) -> list[str]:
        """The languages in which it has lessons, English first; English alone if no folder says."""
        return self._language_folders or [ENGLISH]

    @property
    def _language_folders(self) -> list[str]:
        if self._folders is None:
            self._folders = language_folders(self.folder)
        return self._folders

    @property
    def labs_folder(self) -> Path:
        """Where its lab files are: its own, or those that ship, which a pack without labs may use."""
        return self._own_or_shipped("labs")

    @property
    def data_folder(self) -> Path:
        """Where its data sets are: its own, or those that ship."""
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
        """The heads of its lessons in order: in ``language``, and in another one if a lesson has no other."""
        if language not in self._headers:
            likely = (each.code for each in fallbacks(language))
            others = [each for each in (*likely, *self._language_folders) if each in self._language_folders]
            self._headers[language] = read_headers(self.folder, *dict.fromkeys([language, *others]))
        return self._headers[language]

    def header(self, lesson: str, language: str) -> LessonHeader | None:
        """The head of a lesson named by its id, by its number, or by a former id."""
        headers = self.headers(language)
        for header in headers:
            if lesson == header.id or (
                lesson.isascii() and lesson.isdigit() and (lesson.lstrip("0") or "0") == str(header.number)
            ):
                return header
        return next((header for header in headers if lesson in header.was), None)

    def lesson(self, lesson: str, language: str) -> Lesson | None:
        """A lesson by its id, its number or the path of its file; in another language where it has no other.

        Returns:
            None where there is no such lesson, or its file cannot be used; `faults` tells why.
        """
        if lesson.endswith(".md"):
            return self.reading(Path(lesson), language).lesson
        header = self.header(lesson, language)
        return self.reading(header.path, header.language).lesson if header is not None else None

    def reading(self, path: Path, language: str) -> Reading:
        """What came of reading a file, read once; the folder it lies in says its language, if any does."""
        written_in = self._language_of(path)
        key = (path, written_in or language)
        if key not in self._readings:
            from tutor.course.reader import read_lesson
            from tutor.course.synonyms import with_synonyms

            reading = read_lesson(*key, written_in=written_in)
            if reading.lesson is not None:
                reading = replace(reading, lesson=with_synonyms(reading.lesson, self.kept(_synonyms)))
            self._readings[key] = reading
        return self._readings[key]

    def _language_of(self, path: Path) -> str:
        """The language whose folder a file lies in; empty if it lies in none."""
        if path.parent.name in self._language_folders:
            return path.parent.name
        return "" if path.parent == self.folder else language_of(path)

    def files(self, language: str) -> list[Path]:
        """Every lesson file of a language, readable or not."""
        return lesson_files(self.folder, language)

    def lessons(self) -> list[Lesson]:
        """Every lesson that can be read, in every language."""
        found: dict[Path, Lesson] = {}
        for language in self.languages:
            for path in self.files(language):
                lesson = self.reading(path, language).lesson
                if lesson is not None:
                    found.setdefault(path, lesson)
        return list(found.values())

    def forget(self, path: Path) -> None:
        """The file at ``path`` has changed: read it anew when it is next asked for."""
        self._readings = {key: reading for key, reading in self._readings.items() if key[0] != path}
        self._headers.clear()
        self._glossary = self._folders = None
        self._kept.clear()

    def kept(self, compute: Callable[[Course], _T]) -> _T:
        """What ``compute`` makes of this course, computed once and again only after a file has changed."""
        if compute not in self._kept:
            self._kept[compute] = compute(self)
        return cast("_T", self._kept[compute])

    def question(self, question_id: str, language: str) -> Question | None:
        """A question by its id, wherever it stands."""
        for header in self.headers(language):
            lesson = self.lesson(header.id, language)
            for question in lesson.every_question if lesson is not None else ():
                if question.id == question_id:
                    return question
        return None

    def glossary(self) -> Glossary:
        """All terms of all lessons. Reads every lesson the first time."""
        if self._glossary is None:
            from tutor.course.glossary import build_glossary

            self._glossary = build_glossary(self.lessons())
        return self._glossary

    def faults(self) -> list[Fault]:
        """What is wrong with the files themselves, in the order of the files. Reads every lesson the first time."""
        found: dict[Path, tuple[Fault, ...]] = {}
        for language in self.languages:
            for path in self.files(language):
                found.setdefault(path, self.reading(path, language).faults)
        return [fault for faults in found.values() for fault in faults]


def _synonyms(course: Course) -> Synonyms:
    from tutor.course.synonyms import synonyms_of

    return synonyms_of(header for language in course.languages for header in course.headers(language))
