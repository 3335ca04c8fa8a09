"""Where files lie: the lessons that ship, the learner's data, settings and caches.

``TUTOR_HOME`` puts data, settings and caches under one folder of the caller's choice (tests, shared
machines, USB sticks); ``TUTOR_LESSONS`` names another lessons folder. ``translations`` in either of the two holds
further languages, a folder each.
"""

from __future__ import annotations

import os
from pathlib import Path

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import named_path, whole_path
from tutor.foundation.translate import translate

_PACKAGE = Path(__file__).resolve().parent.parent


def _own_home() -> Path | None:
    home = os.environ.get("TUTOR_HOME")
    return whole_path(named_path(home)) if home else None


def data_folder() -> Path:
    """The folder for progress and runs. Not created here."""
    home = _own_home()
    if home is not None:
        return home
    import platformdirs

    return platformdirs.user_data_path("tutor", appauthor=False)


def settings_file() -> Path:
    """The learner's settings (language, theme, ...)."""
    home = _own_home()
    if home is not None:
        return home / "settings.json"
    import platformdirs

    return platformdirs.user_config_path("tutor", appauthor=False) / "settings.json"


def cache_folder() -> Path:
    """What may be deleted at any time and is made again."""
    home = _own_home()
    if home is not None:
        return home / "cache"
    import platformdirs

    return platformdirs.user_cache_path("tutor", appauthor=False)


def progress_file() -> Path:
    """The learner's memory, a SQLite file."""
    return data_folder() / "progress.sqlite3"


def runs_folder() -> Path:
    """One folder a run."""
    return data_folder() / "runs"


def sweeps_folder() -> Path:
    """One folder a sweep."""
    return data_folder() / "sweeps"


def translation_folders() -> list[Path]:
    """Where languages from outside lie: the learner's own, and those of the lessons folder that is named."""
    named = os.environ.get("TUTOR_LESSONS")
    return [each / "translations" for each in (data_folder(), *([named_path(named)] if named else []))]


def lessons_folder() -> Path:
    """The lessons to use: ``TUTOR_LESSONS``, else those in the wheel, else the checkout's.

    Raises:
        TutorError: there is no such folder.
    """
    named = os.environ.get("TUTOR_LESSONS")
    candidates = [named_path(named)] if named else [_PACKAGE / "bundled_lessons", _PACKAGE.parent / "lessons"]
    for folder in candidates:
        if folder.is_dir():
            return folder
    raise TutorError(
        translate("errors.no-lessons-folder", folder=str(candidates[0])),
        hint=translate("errors.no-lessons-folder-hint"),
        exit_code=ExitCode.CANNOT_READ,
    )
