"""What the screens work with: settings, course, memory, runs. Each opens when first asked for.

Opening everything before the first frame would cost more than drawing it, so only the settings are read at
once. Tests hand in what they like.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.foundation import paths
from tutor.foundation.errors import TutorError
from tutor.foundation.languages import languages
from tutor.foundation.translate import language, language_for, language_of_environment, translate, use_language
from tutor.progress.settings import Settings, load_settings, save_settings

if TYPE_CHECKING:
    from tutor.course.catalogue import Course
    from tutor.progress.store import ProgressStore
    from tutor.runs.registry import Runs
    from tutor.runs.sweep.registry import Sweeps
    from tutor.study.deck import Deck


class Services:
    """The learner's settings, the course, the memory and the runs.

    Args:
        settings: Instead of those in the settings file.
        lessons: The lessons folder; found by `paths.lessons_folder` where None.
        home: The folder of settings, memory and runs; the learner's own where None.
    """

    def __init__(
        self, *, settings: Settings | None = None, lessons: Path | None = None, home: Path | None = None
    ) -> None:
        self._home = home
        self._lessons = lessons
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
        """The folder of the learner's memory and runs."""
        return self._home or paths.data_folder()

    @property
    def _settings_file(self) -> Path:
        return self._home / "settings.json" if self._home else paths.settings_file()

    def change_settings(self, **changes: object) -> None:
        """Change settings and keep them; where they cannot be kept, they hold for now and a notice says so."""
        self.settings = self.settings.with_(**changes)
        if "language" in changes:
            use_language(self.settings.language or language_of_environment())
        try:
            save_settings(self.settings, self._settings_file)
        except TutorError as error:
            self.notices.append(str(error))

    def speak(self, name: str) -> None:
        """Speak the language ``name`` this time, whatever the settings say: a file of that language was asked for."""
        if name in languages():
            use_language(name)

    @cached_property
    def course(self) -> Course | None:
        """The course; None where there is no lessons folder, and `course_problem` tells why."""
        from tutor.course.catalogue import Course

        try:
            return Course(self._lessons or paths.lessons_folder())
        except TutorError as error:
            self.course_problem = error
            return None

    @cached_property
    def store(self) -> ProgressStore:
        """The learner's memory. What was wrong with it is among the notices."""
        from tutor.progress.store import open_store

        opened = open_store(self._home / "progress.sqlite3" if self._home else None)
        self.notices.extend(opened.notices)
        return opened.store

    @property
    def deck(self) -> Deck | None:
        """What the cards of reviews ask, as the settings have it; None where there is no course."""
        from tutor.study.deck import ALL_SIDES, Deck

        course, asked = self.course, self.settings.translations
        sides = [side for side in ALL_SIDES if asked or side.value != "translation"]
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

    def count_running(self) -> int:
        """How many runs are going; nothing is opened where there has never been one."""
        folder = self._home / "runs" if self._home else paths.runs_folder()
        if "runs" not in self.__dict__ and not folder.is_dir():
            return 0
        return len(self.runs.running())

    @property
    def language(self) -> str:
        """The language in use."""
        return language()

    def close(self) -> str:
        """Close what is open. A sentence where something could not be saved to the very end, else nothing."""
        store = self.__dict__.get("store")
        if store is None or store.close():
            return ""
        return translate("progress.never-saved", path=self.home)

    def take_notices(self) -> list[str]:
        """What has to be said to the learner, once."""
        taken, self.notices = self.notices, []
        if "store" in self.__dict__:  # only what has been opened can have something to say
            taken += self.store.take_notices()
        return taken
