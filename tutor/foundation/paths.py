"""Where files are: the shipped lessons, and the learner's data, settings and caches.

The variable ``TUTOR_HOME`` puts data, settings and caches under one folder (for tests, shared machines or a USB
stick); ``TUTOR_LESSONS`` names another lessons folder. ``translations`` in either of the two holds further languages.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import named_path, whole_path
from tutor.foundation.translate import translate

_PACKAGE = Path(__file__).resolve().parent.parent


def _own_home() -> Path | None:
    home = os.environ.get("TUTOR_HOME")
    return whole_path(named_path(home)) if home else None


def _user_folder(kind: str, variable: str, usual: str) -> Path:
    """Return our folder of a kind among the learner's own.

    On Linux this is the XDG Base Directory Specification. platformdirs says the same, but costs every command and every
    worker 10 ms and a megabyte.
    """
    if sys.platform != "linux":
        import platformdirs

        return Path(getattr(platformdirs, f"user_{kind}_path")("tutor", appauthor=False))
    named = os.environ.get(variable, "")
    return (Path(named) if named.startswith("/") else named_path(usual)) / "tutor"


def data_folder() -> Path:
    """Return the folder of progress and runs, which may not exist yet."""
    return _own_home() or _user_folder("data", "XDG_DATA_HOME", "~/.local/share")


def settings_file() -> Path:
    """Return the path of the learner's settings (language, theme and so on)."""
    return (_own_home() or _user_folder("config", "XDG_CONFIG_HOME", "~/.config")) / "settings.json"


def keys_file() -> Path:
    """Return the path of the learner's own keys, beside the settings; it is there only if the learner wrote it."""
    return settings_file().with_name("keys.toml")


def cache_folder() -> Path:
    """Return the folder of what may be deleted at any time and is made again."""
    home = _own_home()
    return home / "cache" if home is not None else _user_folder("cache", "XDG_CACHE_HOME", "~/.cache")


def progress_file() -> Path:
    """Return the path of the progress file, a SQLite database."""
    return data_folder() / "progress.sqlite3"


def runs_folder() -> Path:
    """Return the folder that holds one folder for each run."""
    return data_folder() / "runs"


def sweeps_folder() -> Path:
    """Return the folder that holds one folder for each sweep."""
    return data_folder() / "sweeps"


def exercises_folder() -> Path:
    """Return the folder that holds the learner's programs, one file for each exercise."""
    return data_folder() / "exercises"


def packs_folder() -> Path:
    """Return the folder that holds one folder for each pack that the learner has added."""
    return data_folder() / "packs"


def translation_folders() -> list[Path]:
    """Where languages from outside lie: the learner's own, and those of the lessons folder that is named."""
    named = os.environ.get("TUTOR_LESSONS")
    return [each / "translations" for each in (data_folder(), *([named_path(named)] if named else []))]


def lessons_folder() -> Path:
    """Return the lessons folder: ``TUTOR_LESSONS`` if it is set, else the shipped one.

    Raises:
        TutorError: There is no such folder.
    """
    named = os.environ.get("TUTOR_LESSONS")
    if not named:
        return shipped_lessons()
    return _existing([named_path(named)])


def shipped_lessons() -> Path:
    """Return the folder of the lessons that came with tutor: that of the wheel, or else that of the checkout.

    Raises:
        TutorError: There is no such folder.
    """
    return _existing([_PACKAGE / "bundled_lessons", _PACKAGE.parent / "lessons"])


def _existing(candidates: list[Path]) -> Path:
    for folder in candidates:
        if folder.is_dir():
            return folder
    raise TutorError(
        translate("errors.no-lessons-folder", folder=str(candidates[0])),
        hint=translate("errors.no-lessons-folder-hint"),
        exit_code=ExitCode.CANNOT_READ,
    )


def data_file(folder: Path | None, name: str) -> Path:
    """Return the file ``name`` of a folder of data sets; if it is not there, the shipped one of that name.

    Returns:
        A path in ``folder`` if neither exists.
    """
    own = (folder or Path()) / name
    if own.is_file():
        return own
    try:
        shipped = shipped_lessons() / "data" / name
    except TutorError:
        return own
    return shipped if shipped.is_file() else own
