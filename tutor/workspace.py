"""The settings, the course, the progress file and the runs of one learner, for both fronts.

Begin with `Workspace`. It reads only the settings when it is created. Everything else opens when it is first used,
because opening it all would take longer than drawing the first frame. Tests pass in their own settings and folders.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.foundation import paths
from tutor.foundation.errors import TutorError
from tutor.foundation.languages import languages
from tutor.foundation.translate import language, language_for, language_of_environment, translate, use_language
from tutor.progress.settings import Settings, load_settings, save_settings

if TYPE_CHECKING:
    from tutor.classroom.seat import Seat
    from tutor.course.catalogue import Course, LessonHeader
    from tutor.course.lesson import Lesson
    from tutor.exercises.judge import Judge
    from tutor.labs.mine import Programs
    from tutor.progress.store import ProgressStore
    from tutor.runs.registry import Runs
    from tutor.runs.sweep.registry import Sweeps
    from tutor.sandbox.sandbox import Sandbox
    from tutor.study.deck import Deck


class Workspace:
    """The settings, the course, the progress and the runs of one learner.

    Args:
        settings: The settings to use instead of those in the settings file.
        lessons: The lessons folder; by default that of `paths.lessons_folder`.
        home: The folder of settings, progress and runs; by default the learner's own.
    """

    def __init__(
        self, *, settings: Settings | None = None, lessons: Path | None = None, home: Path | None = None
    ) -> None:
        self._home = home
        self._lessons = lessons
        self._sandbox: Sandbox | None = None
        self.notices: list[str] = []
        self.course_problem: TutorError | None = None
        if settings is None:
            loaded = load_settings(self._settings_file)
            settings = loaded.settings
            self.notices.extend(loaded.notices)
        self.settings = settings
        use_language(language_for(settings.language))

    @property
    def home(self) -> Path:
        """The folder of the learner's progress and runs."""
        return self._home or paths.data_folder()

    @property
    def _settings_file(self) -> Path:
        return self._home / "settings.json" if self._home else paths.settings_file()

    @property
    def packs_folder(self) -> Path:
        """The folder of the packs that the learner has added."""
        return self._home / "packs" if self._home else paths.packs_folder()

    def change_settings(self, **changes: object) -> None:
        """Change settings and save them. If saving fails, a notice says so, and they apply to this session only."""
        self.settings = self.settings.with_(**changes)
        if "language" in changes:
            use_language(self.settings.language or language_of_environment())
        try:
            save_settings(self.settings, self._settings_file)
        except TutorError as error:
            self.notices.append(str(error))

    def speak(self, name: str) -> None:
        """Use the language ``name`` until the program ends, because the learner opened a file in that language."""
        if name in languages():
            use_language(name)

    @cached_property
    def course(self) -> Course | None:
        """The course; None if there is no lessons folder, and then `course_problem` says why."""
        from tutor.course.packs.installed import open_course
        from tutor.course.shared import shared_course

        try:
            folder = self._lessons or paths.lessons_folder()
            return shared_course(folder) or open_course(folder, self.packs_folder)
        except TutorError as error:
            self.course_problem = error
            return None

    def headers(self) -> Sequence[LessonHeader]:
        """Return the headers of the lessons in order, in the language in use; none without a course."""
        return self.course.headers(language()) if self.course is not None else ()

    def lesson(self, lesson_id: str) -> Lesson | None:
        """Return a lesson in the language in use, or else in another one; None if it cannot be read."""
        return self.course.lesson(lesson_id, language()) if self.course is not None else None

    def passed_programs(self, mine: Mapping[str, str]) -> Programs:
        """Return the learner's programs that have passed, for the slots of a lab: see `tutor.exercises.mine`."""
        from tutor.exercises.mine import passed_programs

        folder = self._home / "exercises" if self._home else paths.exercises_folder()
        return passed_programs(mine, self.course, folder) if self.course is not None else {}

    @cached_property
    def store(self) -> ProgressStore:
        """The progress file. If something is wrong with it, the notices say so."""
        from tutor.study.course_store import open_course_store

        opened = open_course_store(self.course, self._home / "progress.sqlite3" if self._home else None)
        self.notices.extend(opened.notices)
        opened.store.listener = self.seat
        return opened.store

    @cached_property
    def seat(self) -> Seat | None:
        """The learner's seat in a class; None if the environment names no class."""
        if not os.environ.get("TUTOR_CLASS"):
            return None
        from tutor.classroom.folder import membership_of_environment
        from tutor.classroom.seat import Seat

        place = membership_of_environment()
        return Seat(place) if place is not None else None

    @property
    def deck(self) -> Deck | None:
        """The cards that a review may ask, according to the settings; None if there is no course."""
        from tutor.study.deck import ALL_SIDES, Deck

        course, translations = self.course, self.settings.translations
        sides = [side for side in ALL_SIDES if translations or side.value != "translation"]
        return Deck(course, sides) if course is not None else None

    @cached_property
    def runs(self) -> Runs:
        """The registry of runs."""
        from tutor.runs.registry import Runs

        return Runs(self._home / "runs" if self._home else paths.runs_folder())

    @cached_property
    def sweeps(self) -> Sweeps:
        """The learner's sweeps."""
        from tutor.runs.sweep.registry import Sweeps

        return Sweeps(self._home / "sweeps" if self._home else paths.sweeps_folder())

    @property
    def exercises_folder(self) -> Path:
        """The folder of the learner's exercises."""
        return self._home / "exercises" if self._home else paths.exercises_folder()

    @cached_property
    def judge(self) -> Judge:
        """Checks the learner's programs, in processes of its own. Its first check takes longest."""
        from tutor.exercises.judge import Judge
        from tutor.sandbox.sandbox import Sandbox

        self._sandbox = Sandbox()
        return Judge(self._sandbox)

    def count_running(self) -> int:
        """Return how many runs are in progress. The registry is not opened as long as there is none."""
        if "runs" not in self.__dict__:
            from tutor.runs.processes import any_alive

            if not any_alive(self._home / "runs" if self._home else paths.runs_folder()):
                return 0
        return len(self.runs.running())

    @property
    def language(self) -> str:
        """The language in use."""
        return language()

    def close(self) -> str:
        """Close what is open. Return a sentence if something could not be saved even now, otherwise an empty text."""
        if self._sandbox is not None:
            self._sandbox.close()
        if (seat := self.__dict__.get("seat")) is not None:
            seat.leave()
        store = self.__dict__.get("store")
        if store is None or store.close():
            return ""
        return translate("progress.never-saved", path=self.home)

    def take_notices(self) -> list[str]:
        """Return the sentences to show to the learner, each of them once."""
        taken, self.notices = self.notices, []
        if "store" in self.__dict__:  # asking for the store would open it
            taken += self.store.take_notices()
        return taken
