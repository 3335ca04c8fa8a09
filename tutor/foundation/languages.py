"""Which languages there are. A language is a folder of words, found by being there: ``translations/<code>/*.toml``.

What a language says about itself (its name, its words for Hint and Answer, ...) is in its ``language.toml``. This
module reads the languages that ship; `outside_languages` finds the others.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar

ENGLISH = "en"
SHIPPED_WORDS = Path(__file__).resolve().parent.parent / "translations"

_LONGEST_CODE = 35
_MAX_WORDS, _LONGEST_WORD = 40, 60
_COMMAS = str.maketrans("，、", ",,")

Text = TypeVar("Text")


def is_language_code(name: str) -> bool:
    """Whether ``name`` is a language's code as BCP 47 has it, such as ``eo``, ``pt-BR`` or ``zh-Hant``."""
    first, *others = name.split("-")
    return (
        len(name) <= _LONGEST_CODE
        and name.isascii()
        and len(first) in {2, 3}
        and first.isalpha()
        and first.islower()
        and all(1 <= len(each) <= 8 and each.isalnum() for each in others)
    )


class Language:
    """The words of one language that ships, each file read when its first word is asked for.

    Args:
        code: Its code.
    """

    ships = True
    """Whether it comes with the program."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._files: dict[str, Mapping[str, str]] = {}

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where its words are; the first folder that has a text wins."""
        return (SHIPPED_WORDS / self.code,)

    def text(self, key: str) -> str | None:
        """The text of ``file.name`` in this language itself; None if it has none."""
        file, _, name = key.partition(".")
        texts = self._files.get(file)
        if texts is None:
            self._files[file] = {}  # what is wrong with a file may be told in words of that very file
            texts = self._files[file] = self.read(file)
        return texts.get(name)

    def words(self, name: str) -> tuple[str, ...]:
        """The words that its ``language.toml`` lists under ``name``, parted by commas; none if it has none."""
        found = (each.strip(" :：") for each in (self.text(f"language.{name}") or "").translate(_COMMAS).split(","))
        fit = (each for each in found if len(each) <= _LONGEST_WORD and any(map(str.isalpha, each)))
        return tuple(dict.fromkeys(fit))[:_MAX_WORDS]

    def read(self, file: str) -> Mapping[str, str]:
        """The texts of a file by name; none if there is no such file."""
        return shipped_texts(self.code, file)


def shipped_texts(code: str, file: str) -> dict[str, str]:
    """The texts of a file that ships, by name; empty if there is no such file."""
    try:
        source = (SHIPPED_WORDS / code / f"{file}.toml").read_text(encoding="utf-8")
    except OSError:
        return {}
    texts = plain_texts(source)
    if texts is not None:
        return texts
    import tomllib

    return {key: str(text) for key, text in tomllib.loads(source).items()}


def plain_texts(source: str) -> dict[str, str] | None:
    """The texts of a TOML file that holds nothing but ``key = "text"`` lines; None if it may hold more.

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


_outside: dict[str, Language] = {}


def languages() -> Mapping[str, Language]:
    """Every language, by its code: English, the others that ship, then those from outside."""
    return {**_shipped(), **_outside}


@cache
def _shipped() -> Mapping[str, Language]:
    codes = dict.fromkeys([ENGLISH, *language_codes_in(SHIPPED_WORDS)])
    return {code: Language(code) for code in codes}


def set_languages_from_outside(found: Iterable[Language]) -> None:
    """Have these languages beside those that ship, and no others. One that ships is not replaced."""
    _outside.clear()
    _outside.update({each.code: each for each in found if each.code not in _shipped()})


def language_codes_in(folder: Path) -> list[str]:
    """The codes after which folders in ``folder`` are named, in order; none if it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(each.name for each in entries if is_language_code(each.name) and each.is_dir())
    except OSError:
        return []


def fallbacks(code: str) -> list[Language]:
    """The languages in which a learner of ``code`` is shown what there is, the first that has it first."""
    found = languages()
    chain: list[Language] = []
    language = found.get(code)
    while language is not None and language not in chain and language.code != ENGLISH:
        chain.append(language)
        language = found.get(language.text("language.fallback") or ENGLISH)
    return [*chain, found[ENGLISH]]


def in_language(texts: Mapping[str, Text], code: str) -> Text | None:
    """What ``texts`` (by language) say to a learner of ``code``: their own, a fallback's, or what there is.

    Returns:
        None if there is none but empty ones.
    """
    if text := texts.get(code):
        return text
    for language in fallbacks(code):
        if text := texts.get(language.code):
            return text
    return next(filter(None, texts.values()), None)


def best_language(wanted: str) -> str | None:
    """The code of the language that is meant by a code or a locale such as ``pt_BR.UTF-8``; None if there is none.

    A language of another region is better than none: ``de_AT`` is answered by ``de``, and also by ``de-DE``.
    """
    tag = wanted.partition(".")[0].partition("@")[0].replace("_", "-").lower()
    codes = {code.lower(): code for code in languages()}
    first = tag.partition("-")[0]
    while tag:
        if tag in codes:
            return codes[tag]
        tag = tag.rpartition("-")[0]
    return next((code for lower, code in codes.items() if lower.partition("-")[0] == first), None) if first else None
