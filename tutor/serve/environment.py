"""The environment of a session: made anew, with the few things of the client's that the screens need, once checked."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Mapping
from pathlib import Path

from tutor.foundation.processes import ONE_THREAD

_TERM = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,39}")
_LOCALE = re.compile(
    r"(?P<language>[A-Za-z]{1,8}(?:_[A-Za-z0-9]{1,8})?)(?:\.(?P<encoding>[A-Za-z0-9-]{1,16}))?(?:@\w{1,16})?"
)
_LOCALES = ("LANG", "LC_ALL", "LC_CTYPE", "LC_MESSAGES")
_COLOURS = frozenset({"truecolor", "24bit"})
_ENCODINGS = frozenset({"utf-8", "ascii", "iso8859-1", "iso8859-15", "gb2312", "gbk", "gb18030", "big5", "euc_jp"})
"""What terminals are set to. Other codecs of Python are no encodings of text, or not for terminals."""
USUAL_LOCALE = "C.UTF-8"


def terminal_name(text: str | None) -> str:
    """Return the client's name of its terminal if it can be one, otherwise ``dumb``."""
    return text if text is not None and _TERM.fullmatch(text) else "dumb"


def checked_environment(given: Mapping[bytes, bytes]) -> dict[str, str]:
    """Return what of a client's environment is passed on: locale and colours, if their values can be true.

    ``PYTHONIOENCODING`` is added: the encoding of the client's locale, because a forked process cannot ask for it.
    """
    texts = {name.decode("ascii", "replace"): value.decode("ascii", "replace") for name, value in given.items()}
    checked = {name: texts[name] for name in _LOCALES if _LOCALE.fullmatch(texts.get(name, ""))}
    if texts.get("COLORTERM") in _COLOURS:
        checked["COLORTERM"] = texts["COLORTERM"]
    if not any(name in checked for name in ("LANG", "LC_ALL", "LC_CTYPE")):
        checked["LANG"] = USUAL_LOCALE
    return checked | {"PYTHONIOENCODING": encoding_of_locale(checked)}


def encoding_of_locale(environment: Mapping[str, str]) -> str:
    """Return the encoding that the locale names, ``utf-8`` if it names none that a terminal has."""
    for variable in ("LC_ALL", "LC_CTYPE", "LANG"):
        found = _LOCALE.fullmatch(environment.get(variable, ""))
        if found is None:
            continue
        try:
            name = codecs.lookup(found["encoding"] or "utf-8").name
        except LookupError:
            return "utf-8"
        return name if name in _ENCODINGS else "utf-8"
    return "utf-8"


def session_environment(name: str, home: Path, client: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """Return the whole environment of a learner's session.

    Args:
        name: The learner.
        home: The learner's folder.
        client: What `checked_environment` returned, and ``TERM``.
        more: What the class sets: limits, lessons, folders.
    """
    return {
        **client,
        **ONE_THREAD,
        "PATH": os.defpath,
        "HOME": str(home),
        "TUTOR_HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "LOGNAME": name,
        "USER": name,
        "SSH_CONNECTION": "",  # no animations: each step would be sent
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }
