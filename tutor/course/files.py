"""Which files are lessons, and in which order. This module loads fast enough to run before the first frame."""

from __future__ import annotations

import re
from pathlib import Path

from tutor.foundation.files import whole_path
from tutor.foundation.languages import is_language_code, language_codes_in, languages

MANIFEST = "pack.toml"
"""The file in which a pack says what it is."""
LARGEST_FILE = 1 << 20
"""Bytes of a lesson file; the longest lesson of the course has a twentieth of it."""
_NUMBER = re.compile(r"([0-9]{1,4})(?![0-9])")
_LAST = 10_000


def lesson_number(path: Path) -> int:
    """Return the number at the start of a lesson's file name, at most four digits, or 0 if there is none."""
    found = _NUMBER.match(path.name)
    return int(found[1]) if found else 0


def file_order(path: Path) -> tuple[int, str]:
    """The sort key of lesson files: by number, files without a number last, then by name."""
    return (lesson_number(path) if _NUMBER.match(path.name) else _LAST, path.name)


def language_folders(folder: Path) -> list[str]:
    """Return the languages of the folders in ``folder`` with lessons, English first; empty if it holds them itself.

    A folder named after an interface language counts. A folder named after another language counts only if it contains
    lessons and ``folder`` itself does not, because two or three letters may well mean something else.
    """
    known = [code for code in languages() if (folder / code).is_dir()]
    if not known and _lessons_in(folder):
        return []
    codes = (code for code in language_codes_in(folder) if code not in known)
    return [*known, *(code for code in codes if _lessons_in(folder / code))]


def is_pack(folder: Path) -> bool:
    """Return whether a folder has a ``pack.toml``: see `tutor.course.packs`."""
    return (folder / MANIFEST).is_file()


def misnamed_language_folders(folder: Path) -> list[tuple[str, str]]:
    """Return folders with lessons whose names are almost language codes, such as ``pt_BR``, and the correct codes."""
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
    """Return the language whose folder contains ``path``, or an empty string if the pack has no such folders."""
    folder = whole_path(path).parent
    return folder.name if pack_of(path) != folder else ""


def pack_of(path: Path) -> Path:
    """Return the lessons folder that a lesson file belongs to."""
    folder = whole_path(path).parent
    above, name = folder.parent, folder.name
    if name in languages():
        return above
    # A folder called ml may hold notes on machine learning, not Malayalam, so the name alone is not enough.
    if is_language_code(name) and _looks_like_a_pack(above) and name in language_folders(above):
        return above
    return folder


def _looks_like_a_pack(folder: Path) -> bool:
    try:
        has_labs = any((folder / "labs").glob("*.toml"))
    except OSError:
        has_labs = False
    return has_labs or any((folder / each).exists() for each in (MANIFEST, *languages()))


def lesson_files(folder: Path, language: str) -> list[Path]:
    """Return the lesson files of a language, in order. Without language folders, every language has the same files."""
    return _lessons_in(folder / language if language_folders(folder) else folder)


def _lessons_in(folder: Path) -> list[Path]:
    try:
        found = [path for path in folder.glob("*.md") if path.name.lower() != "readme.md"]
    except OSError:
        return []
    return sorted(found, key=file_order)
