"""Facts about lesson files, kept in the cache folder with each file's size and modification time.

The cache may be deleted, damaged or read-only at any time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tutor.foundation import paths
from tutor.foundation.files import read_file, whole_path, write_text

_LARGEST = 16 << 20


class StampedCache:
    """The facts about the files of one folder and language. Those about a file that has changed are not returned.

    Args:
        kind: What is kept, for the name of the file.
        folder: The folder of the course or the pack.
        language: The language of the lessons.
        version: Facts that were written as another version are ignored.
    """

    def __init__(self, kind: str, folder: Path, language: str, version: object) -> None:
        name = "".join(each if each.isalnum() else "-" for each in str(whole_path(folder)))[-80:]
        self._file = paths.cache_folder() / f"{kind}-{language}-{name}.json"
        self._version = version
        self._before = self._load()
        self._now: dict[str, object] = {}

    def _load(self) -> dict[str, object]:
        try:
            content = json.loads(read_file(self._file, _LARGEST))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(content, dict) or content.get("version") != self._version:
            return {}
        entries = content.get("files")
        return entries if isinstance(entries, dict) else {}

    @staticmethod
    def stamp(path: Path) -> list[int]:
        """Return what changes with a file.

        Raises:
            OSError: There is no such file.
        """
        status = path.stat()
        return [status.st_size, status.st_mtime_ns]

    def facts(self, path: Path, stamp: list[int]) -> Mapping[str, object] | None:
        """Return what was kept about a file that has this stamp now. None if nothing was."""
        known = self._before.get(str(path))
        return known if isinstance(known, dict) and known.get("stamp") == stamp else None

    def keep(self, path: Path, stamp: list[int], facts: Mapping[str, object]) -> None:
        """Keep facts about a file that had this stamp when it was read."""
        self._now[str(path)] = {**facts, "stamp": stamp}

    def save(self) -> None:
        """Write what was kept this time, if anything is new and the folder is writable."""
        if self._now == self._before:
            return
        content = json.dumps({"version": self._version, "files": self._now})  # ASCII: a name may be invalid UTF-8
        try:
            write_text(self._file, content)
        except OSError:
            return  # The next start reads the lessons again.
