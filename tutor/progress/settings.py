"""The learner's settings: one small JSON file, read before the first frame.

Reading never fails. A file that holds no settings is kept beside the new one; a value that cannot be used is replaced
by its default; a notice reports both. A key that this version does not know is kept unchanged, so that an older
version never undoes the settings of a newer one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tutor.foundation import clock, paths, private
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import read_start, write_text
from tutor.foundation.languages import languages
from tutor.foundation.notify import WAYS
from tutor.foundation.safe_text import harmless_json
from tutor.foundation.translate import translate

_LARGEST = 1 << 20
"""A file of more bytes is not read as settings."""
_LONGEST_DAY = 24 * 60
"""Minutes of a day, the largest daily goal."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the learner chose; immutable, changed by `Settings.with_`.

    Args:
        language: The code of a language; empty follows the locale.
        theme: The name of a theme; empty follows the terminal.
        ascii: Whether to draw in ASCII alone; None follows the locale.
        motion: Whether things may move on their own.
        screen_reader: Whether commands print lines of text where they would otherwise draw on the terminal.
        translations: Whether the learner reads terms in two languages: reviews also ask for the name in the other one,
            and who learns in English sees it beside the English one.
        confidence: Whether to ask, before the feedback, how sure the learner is of an answer.
        notify: How to say that a run ends, diverges or reaches its goal: one of `tutor.foundation.notify.WAYS`.
        daily_minutes: The daily goal in minutes of learning; 0 for none.
        unknown: The keys of the file that this version does not know, kept for the version that does.
    """

    language: str = ""
    theme: str = ""
    ascii: bool | None = None
    motion: bool = True
    screen_reader: bool = False
    translations: bool = False
    confidence: bool = False
    notify: str = ""
    daily_minutes: int = 15
    unknown: Mapping[str, object] = field(default_factory=dict)

    def with_(self, **changes: Any) -> Settings:
        """Return the same settings with ``changes``."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """Settings, and what the learner has to be told about how they were read."""

    settings: Settings
    notices: tuple[str, ...] = ()


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _minutes(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LONGEST_DAY


_ALLOWED: dict[str, Callable[[object], bool]] = {
    "language": lambda value: value == "" or (isinstance(value, str) and value in languages()),
    "theme": lambda value: isinstance(value, str) and len(value) <= 80,
    "ascii": lambda value: value is None or _flag(value),
    "motion": _flag,
    "screen_reader": _flag,
    "translations": _flag,
    "confidence": _flag,
    "notify": lambda value: value in WAYS,
    "daily_minutes": _minutes,
}


def load_settings(path: Path | None = None, *, keep_aside: bool = True) -> LoadedSettings:
    """Read the settings. Never raises.

    Args:
        path: The file; by default the learner's own.
        keep_aside: Whether to rename a broken file, so that a new one can be written; only for callers that show the
            notices.
    """
    path = path or paths.settings_file()
    try:
        content = _read(path)
    except FileNotFoundError:
        return LoadedSettings(Settings())
    except OSError as error:
        reason = error.strerror or str(error)
        return LoadedSettings(Settings(), (translate("progress.settings-unreadable", path=path, reason=reason),))
    except ValueError:
        notice = _keep_aside(path) if keep_aside else translate("progress.settings-broken", path=path)
        return LoadedSettings(Settings(), (notice,))
    return _from_mapping(path, content)


def _read(path: Path) -> dict[str, object]:
    raw = read_start(path, _LARGEST + 1)
    if len(raw) > _LARGEST:
        msg = "too long"
        raise ValueError(msg)
    try:
        content = json.loads(raw.decode("utf-8-sig"))
    except RecursionError as error:
        raise ValueError from error
    if not isinstance(content, dict):
        msg = "not an object"
        raise ValueError(msg)
    return content


def _from_mapping(path: Path, content: dict[str, object]) -> LoadedSettings:
    known: dict[str, Any] = {}
    notices: list[str] = []
    for name, allowed in _ALLOWED.items():
        if name not in content:
            continue
        value = content[name]
        if allowed(value):
            known[name] = value
        else:
            notices.append(translate("progress.setting-refused", path=path, name=name))
    unknown = {name: value for name, value in content.items() if name not in _ALLOWED}
    return LoadedSettings(Settings(**known, unknown=unknown), tuple(notices))


def _keep_aside(path: Path) -> str:
    stamp = clock.utc_now().strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.name}.broken-{stamp}")
    try:
        path.replace(aside)
    except OSError:
        return translate("progress.settings-broken", path=path)
    return translate("progress.settings-kept-aside", path=path, aside=aside.name)


def save_settings(settings: Settings, path: Path | None = None) -> None:
    """Write the settings in one step, so that the file is never half written.

    Raises:
        TutorError: The file cannot be written. The old one is untouched.
    """
    path = path or paths.settings_file()
    content = dict(settings.unknown) | {name: getattr(settings, name) for name in _ALLOWED}
    try:
        private.make_folder(path.parent)
        write_text(path, harmless_json(json.dumps(content, ensure_ascii=False, indent=2)) + "\n")
    except OSError as error:
        raise TutorError(
            translate("progress.settings-unwritable", path=path, reason=error.strerror or str(error)),
            exit_code=ExitCode.CANNOT_WRITE,
        ) from error
