"""Which files are lessons, in which order. Light enough to be loaded before the first frame."""

from __future__ import annotations

import re
from pathlib import Path

from tutor.foundation.files import whole_path
from tutor.foundation.languages import is_language_code, language_codes_in, languages

LARGEST_FILE = 1 << 20
"""Bytes of a lesson file; the longest lesson of the course has a twentieth of it."""
_NUMBER = re.compile(r"([0-9]{1,4})(?![0-9])")
_LAST = 10_000


def lesson_number(path: Path) -> int:
    """The number in front of a lesson file's name, at most four digits; 0 without one."""
    found = _NUMBER.match(path.name)
    return int(found[1]) if found else 0


def file_order(path: Path) -> tuple[int, str]:
    """Sorts lesson files: by number, those without one behind all others, then by name."""
    return (lesson_number(path) if _NUMBER.match(path.name) else _LAST, path.name)


def language_folders(folder: Path) -> list[str]:
    """The languages of the folders that the lessons of ``folder`` lie in, English first; none if they lie in itself.

    A folder named after a language of the interface is one of them. So is one named after any other language if
    lessons lie in it and none beside it: two or three letters may well mean something else.
    """
    known = [code for code in languages() if (folder / code).is_dir()]
    if not known and _lessons_in(folder):
        return []
    codes = (code for code in language_codes_in(folder) if code not in known)
    return [*known, *(code for code in codes if _lessons_in(folder / code))]


def misnamed_language_folders(folder: Path) -> list[tuple[str, str]]:
    """Folders with lessons that are named almost as a language's would be, such as ``pt_BR``, and the right names."""
    try:
        names = sorted(each.name for each in folder.iterdir() if each.is_dir())
    except OSError:
        return []
    almost = ((name, _as_language_code(name)) for name in names if not is_language_code(name))
    return [(name, code) for name, code in almost if is_language_code(code) and _lessons_in(folder / name)]


def _as_language_code(name: str) -> str:
    first, *others = name.replace("_", "-").split("-")
    return "-".join([first.lower(), *others])


def language_of(path: Path) -> str:
    """The language whose folder ``path`` lies in; empty if it lies in a pack without such folders."""
    folder = whole_path(path).parent
    return folder.name if pack_of(path) != folder else ""


def pack_of(path: Path) -> Path:
    """The lessons folder that a lesson file belongs to."""
    folder = whole_path(path).parent
    above, name = folder.parent, folder.name
    if name in languages():
        return above
    # Whoever keeps notes on machine learning in a folder called ml means no Malayalam: something has to speak for it.
    if is_language_code(name) and _looks_like_a_pack(above) and name in language_folders(above):
        return above
    return folder


def _looks_like_a_pack(folder: Path) -> bool:
    try:
        has_labs = any((folder / "labs").glob("*.toml"))
    except OSError:
        has_labs = False
    return has_labs or any((folder / each).exists() for each in ("pack.toml", *languages()))


def lesson_files(folder: Path, language: str) -> list[Path]:
    """The lesson files of a language, in order; without language folders, the same for every language."""
    return _lessons_in(folder / language if language_folders(folder) else folder)


def _lessons_in(folder: Path) -> list[Path]:
    try:
        found = [path for path in folder.glob("*.md") if path.name.lower() != "readme.md"]
    except OSError:
        return []
    return sorted(found, key=file_order)
