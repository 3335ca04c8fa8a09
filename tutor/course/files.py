"""Which files are lessons, in which order. Light enough to be loaded before the first frame."""

from __future__ import annotations

import re
from pathlib import Path

from tutor.foundation.files import whole_path
from tutor.foundation.translate import LANGUAGES

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


def language_of(path: Path, otherwise: str) -> str:
    """The language whose folder ``path`` lies in, or ``otherwise`` in a pack without language folders."""
    return path.parent.name if path.parent.name in LANGUAGES else otherwise


def pack_of(path: Path) -> Path:
    """The lessons folder that a lesson file belongs to."""
    folder = whole_path(path).parent
    return folder.parent if folder.name in LANGUAGES else folder


def has_language_folders(folder: Path) -> bool:
    """Whether the lessons of ``folder`` are in folders by language; a pack of one language may do without."""
    return any((folder / language).is_dir() for language in LANGUAGES)


def lesson_files(folder: Path, language: str) -> list[Path]:
    """The lesson files of a language, in order; without language folders, the same for every language."""
    home = folder / language if has_language_folders(folder) else folder
    try:
        found = [path for path in home.glob("*.md") if path.name.lower() != "readme.md"]
    except OSError:
        return []
    return sorted(found, key=file_order)
