"""Interface text in the learner's language.

A key is ``file.name``: ``translate("quiz.correct")`` reads ``translations/<language>/quiz.toml``, which is
loaded when its first key is asked for, so a screen costs only its own words. Both languages must hold the
same keys with the same ``{placeholders}``; a test keeps them so.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from tutor.foundation.safe_text import harmless

LANGUAGES = ("en", "zh")
"""The languages of the interface and of the course that ships."""

LANGUAGE_NAMES = {"en": "English", "zh": "中文"}

_FOLDER = Path(__file__).resolve().parent.parent / "translations"
_current = "en"


def language() -> str:
    """The language in use: ``en`` or ``zh``."""
    return _current


def use_language(name: str) -> None:
    """Speak ``name`` from now on.

    Raises:
        ValueError: ``name`` is not one of `LANGUAGES`.
    """
    global _current  # noqa: PLW0603 - one person, one language, one process
    if name not in LANGUAGES:
        msg = f"no such language: {name!r}"
        raise ValueError(msg)
    _current = name


def language_of_environment() -> str:
    """The language that the locale asks for; English where it asks for neither."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


@cache
def _texts(name: str, file: str) -> dict[str, str]:
    source = (_FOLDER / name / f"{file}.toml").read_text(encoding="utf-8")
    texts = plain_texts(source)
    if texts is not None:
        return texts
    import tomllib

    return {key: str(text) for key, text in tomllib.loads(source).items()}


def plain_texts(source: str) -> dict[str, str] | None:
    """The texts of a TOML file that holds nothing but ``key = "text"`` lines; None where it may hold more.

    Such lines mean the same in TOML as a string in JSON. Python's reader of TOML takes a tenth of `tutor --help`
    to import, and many times as long to read them.
    """
    decode = json.JSONDecoder().raw_decode
    texts: dict[str, str] = {}
    for line in source.split("\n"):
        stripped = line.strip(" \t\r")
        if not stripped or stripped.startswith("#"):
            continue
        key, _, value = (part.strip(" \t") for part in stripped.partition("="))
        if not key.replace("-", "_").replace("_", "a").isalnum() or not key.isascii() or key in texts:
            return None
        if not value.startswith('"') or "\\u" in value or "\\/" in value:  # escapes that the two take differently
            return None
        try:
            text, end = decode(value)
        except ValueError:
            return None
        if end != len(value):
            return None
        texts[key] = text
    return texts


def translate(key: str, /, **values: object) -> str:
    """The interface text ``key`` in the language in use, with ``{name}`` replaced by ``values``.

    Values may come from anywhere (names of files, words of a command line), so they become harmless here.

    A missing key shows itself instead of stopping the program: a learner can still go on, and the test
    of translations names it.
    """
    file, _, name = key.partition(".")
    try:
        text = _texts(_current, file)[name]
    except (KeyError, OSError):
        return key
    return text.format_map({name: _harmless(value) for name, value in values.items()}) if values else text


def _harmless(value: object) -> object:
    if isinstance(value, int | float):
        return value
    said = str(value)
    return said if said.isascii() and said.isprintable() else harmless(said)


def listed(names: Iterable[str]) -> str:
    """Names one after the other, as the language in use parts them: ``a, b`` or ``a、b``."""
    return translate("names.between").join(names)
