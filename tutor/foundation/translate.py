"""Interface text in the learner's language.

A key is ``file.name``: ``translate("quiz.correct")`` reads ``translations/<language>/quiz.toml``, which is loaded when
its first key is asked for, so a screen costs only its own words. A text that the language lacks is shown in another
one, key by key, English at last; see `languages`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from tutor.foundation.languages import ENGLISH, best_language, fallbacks, languages
from tutor.foundation.safe_text import harmless

_FULL_STOPS = ("。", "！", "？", "」", "）")
ASKED = "TUTOR_LANG"
"""The environment variable that names a language for this time, whatever the settings say; ``--lang`` sets it."""

_FIRST_BEYOND_LATIN = "\u0250"

_spoken = [languages()[ENGLISH]]
"""The language in use, and those that stand in for it."""


def language() -> str:
    """The code of the language in use."""
    return _spoken[0].code


def use_language(code: str) -> None:
    """Speak the language ``code`` from now on; English if there is none.

    A worker on another machine may be asked for a language that only the learner's machine has.
    """
    global _spoken  # noqa: PLW0603 - one person, one language, one process
    _spoken = fallbacks(code)


def language_for(setting: str) -> str:
    """The code of the language to speak: the one asked for this time, else the learner's setting, else the locale's.

    A setting from another terminal does not hold where there are no glyphs for its language.
    """
    asked = os.environ.get(ASKED)
    if asked and (code := best_language(asked)):
        return code
    return setting if setting and _has_glyphs(language_name(setting)) else language_of_environment()


def language_of_environment() -> str:
    """The language that the locale asks for; English if there is no such language, or no glyphs for it."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable)
        if value:
            code = best_language(value) or ENGLISH
            return code if _has_glyphs(language_name(code)) else ENGLISH
    return ENGLISH


def _has_glyphs(text: str) -> bool:
    """Whether the terminal can show the letters of ``text``: fonts of the Linux console have 512 glyphs at most."""
    return os.environ.get("TERM") != "linux" or all(letter < _FIRST_BEYOND_LATIN for letter in text)


def language_name(code: str) -> str:
    """What a language calls itself; its code if nothing is known of it."""
    return _of_itself(code, "name")


def language_name_here(code: str) -> str:
    """What a language is called in running text: in English by its English name, elsewhere as it calls itself."""
    return _of_itself(code, "name-in-english" if language() == ENGLISH else "name")


def language_sign(code: str) -> str:
    """The short sign of a language, such as ``en`` or ``中``; its code if it gives none, or no glyphs are there."""
    sign = _of_itself(code, "sign")
    return sign if _has_glyphs(sign) else code


def _of_itself(code: str, name: str) -> str:
    found = languages().get(code)
    return (found.text(f"language.{name}") if found is not None else None) or code


def language_mark(code: str) -> str:
    """``[en]`` behind something shown in another language than the one in use; empty in that one."""
    return f"[{language_sign(code)}]" if code != language() else ""


def language_note(code: str) -> str:
    """A sentence saying that a lesson is shown in another language than the one in use; empty in that one."""
    if code == language():
        return ""
    return translate("lesson.not-in-language", wanted=language_name_here(language()), shown=language_name_here(code))


def translate(key: str, /, **values: object) -> str:
    """The interface text ``key`` in the language in use, with ``{name}`` replaced by ``values``.

    Values may come from anywhere (names of files, words of a command line), so they become harmless here.

    A missing key shows itself instead of stopping the program: a learner can still go on, and the test of translations
    names it.
    """
    for each in _spoken:
        text = each.text(key)
        if text is not None:
            break
    else:
        return key
    return text.format_map({name: _harmless(value) for name, value in values.items()}) if values else text


def _harmless(value: object) -> object:
    if isinstance(value, int | float):
        return value
    said = str(value)
    return said if said.isascii() and said.isprintable() else harmless(said)


def sentences(*texts: str) -> str:
    """Sentences one after the other: a full stop of Chinese has its space within. Empty ones are left out."""
    said = ""
    for text in filter(None, texts):
        said += text if not said or said.endswith(_FULL_STOPS) else f" {text}"
    return said


def listed(names: Iterable[str]) -> str:
    """Names one after the other, as the language in use parts them: ``a, b`` or ``a、b``."""
    return translate("names.between").join(names)
