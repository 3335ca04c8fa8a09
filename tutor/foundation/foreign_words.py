"""Words of a language from outside the package: bounded, cleaned, and held to the English text that they stand for.

A text is used only if English has one of that name, and if its placeholders are those of the English text: whatever
else stood in its braces could read attributes of a value, or fill the memory by the width it asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from tutor.foundation.files import read_file
from tutor.foundation.languages import (
    ENGLISH,
    SHIPPED_WORDS,
    Language,
    is_language_code,
    language_codes_in,
    shipped_texts,
)
from tutor.foundation.safe_text import harmless, harmless_line
from tutor.foundation.suggest import nearest
from tutor.foundation.toml_text import TomlError, load_toml
from tutor.foundation.translate import sentences, translate

LARGEST_FILE = 1 << 18
"""Bytes; the longest file that ships has a twentieth of it."""
_MAX_FILES = 500


@dataclass(frozen=True, slots=True, order=True)
class WordFault:
    """What is wrong with the words of a language.

    Args:
        path: The file, or the folder.
        line: The line, from 1.
        message: What is wrong, one sentence.
    """

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        """As other faults are told."""
        return f"{harmless_line(str(self.path))}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Words:
    """What came of reading a file of words: the texts that can be used, by name, and what is wrong with the others."""

    texts: Mapping[str, str]
    faults: tuple[WordFault, ...] = ()


def read_words(path: Path) -> Words:
    """Read ``<language>/<file>.toml``. Never raises; no texts if there is no such file."""
    try:
        source = read_file(path, LARGEST_FILE).decode("utf-8-sig")
        values = load_toml(source)
    except FileNotFoundError:
        return Words({})
    except OSError as error:
        return _unusable(path, 1, error.strerror or str(error))
    except UnicodeDecodeError as error:
        return _unusable(path, error.object.count(b"\n", 0, error.start) + 1, translate("check.words-not-utf8"))
    except TomlError as error:
        return _unusable(path, error.line or 1, error.reason)
    english = shipped_texts(ENGLISH, path.stem)
    if not english:
        return Words({}, (WordFault(path, 1, translate("check.words-no-such-file", name=path.name)),))
    lines = source.split("\n")
    texts: dict[str, str] = {}
    faults = []
    for key, value in values.items():
        problem = _problem(key, value, english)
        if problem:
            faults.append(WordFault(path, _line_of(key, lines), problem))
        else:
            texts[key] = harmless(value) if "\n" in english[key] else harmless_line(value)
    return Words(texts, tuple(faults))


def _unusable(path: Path, line: int, reason: str) -> Words:
    return Words({}, (WordFault(path, line, translate("check.words-unreadable", reason=harmless_line(reason))),))


def _problem(key: str, value: object, english: Mapping[str, str]) -> str:
    """Why a text cannot be used; empty if it can."""
    shown = harmless_line(key[:60])
    if key not in english:
        near = nearest(key, english)
        said = translate("check.words-unknown", key=shown)
        return sentences(said, translate("cli.did-you-mean", near=near)) if near else said
    if not isinstance(value, str):
        return translate("check.words-no-text", key=shown)
    if not value.strip() and english[key].strip():
        return translate("check.words-empty", key=shown)
    most = 300 + 4 * len(english[key])
    if len(value) > most:
        return translate("check.words-long", key=shown, most=most)
    if placeholders(value) != (wanted := placeholders(english[key])):
        if not wanted:
            return translate("check.words-braces", key=shown)
        names = " ".join(sorted(f"{{{each}}}" for each in wanted))
        return translate("check.words-placeholders", key=shown, names=names)
    return ""


def placeholders(text: str) -> frozenset[str] | None:
    """What stands in the braces of ``text``, with the way it is to be written; None if they do not match."""
    try:
        found = list(Formatter().parse(text))
    except ValueError:
        return None
    return frozenset(
        name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
        for _, name, form, conversion in found
        if name is not None
    )


def _line_of(key: str, lines: list[str]) -> int:
    return next((number for number, line in enumerate(lines, 1) if line.strip().strip("\"'").startswith(key)), 1)


def faults_of_words(folder: Path) -> Iterator[WordFault]:
    """What is wrong with the languages in ``folder``, such as a lessons folder's ``translations``."""
    try:
        entries = sorted(each for each in folder.iterdir() if each.is_dir())
    except OSError:
        return
    shipped_languages = language_codes_in(SHIPPED_WORDS)
    for language in entries:
        if language.name in shipped_languages:
            yield WordFault(language, 1, translate("check.words-ship", code=language.name))
        elif is_language_code(language.name):
            for path in sorted(language.glob("*.toml"))[:_MAX_FILES]:
                yield from read_words(path).faults
        else:
            yield WordFault(language, 1, translate("check.words-no-code", name=language.name))


def count_words(language: Language) -> tuple[int, int]:
    """How many of the English texts a language has, and how many there are."""
    files = sorted(path.stem for path in (SHIPPED_WORDS / ENGLISH).glob("*.toml"))
    keys = [f"{file}.{name}" for file in files for name in shipped_texts(ENGLISH, file)]
    return sum(language.text(key) is not None for key in keys), len(keys)
