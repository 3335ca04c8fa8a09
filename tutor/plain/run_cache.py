"""What earlier checks found out by training: a run whose every ingredient is the same need not be run again.

The same spec, the same data and the same code give the same losses bit for bit, so the facts of a run may be
remembered by a digest of all three. Anything else is forgotten as soon as it is written anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tutor.foundation import paths
from tutor.foundation.files import read_file, write_text

Facts = dict[str, float | bool | str]

_FILE = "check-runs.json"
_PACKAGE = Path(__file__).resolve().parent.parent
_ROOMS = ("labs", "ml", "runs", "tables")
"""The code that a run's figures come from."""
_MOST = 20_000
_LARGEST = 64 << 20


class RunCache:
    """Facts of runs by their spec, for one state of the code and of the data.

    Args:
        data_folder: the data sets that the runs read.
        file: where it is kept; among the caches where None.
    """

    def __init__(self, data_folder: Path, file: Path | None = None) -> None:
        self._file = file or paths.cache_folder() / _FILE
        self._ingredients = _digest_of_ingredients(data_folder)
        self._facts: dict[str, Facts] = _read(self._file, self._ingredients)

    def get(self, spec: bytes) -> Facts | None:
        """The facts of the run of ``spec`` (in JSON), where they are known."""
        return self._facts.get(_digest(spec))

    def keep(self, found: Mapping[bytes, Facts]) -> None:
        """Remember the facts of runs by their specs. A cache that cannot be written is no fault of a lesson."""
        if not found:
            return
        self._facts |= {_digest(spec): facts for spec, facts in found.items()}
        newest = dict(list(self._facts.items())[-_MOST:])
        with contextlib.suppress(OSError):
            write_text(self._file, json.dumps({"ingredients": self._ingredients, "facts": newest}))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _digest_of_ingredients(data_folder: Path) -> str:
    """Of the code that trains, the libraries it stands on, the machine's arithmetic, and the data."""
    digest = hashlib.sha256()
    kernel = os.environ.get("OPENBLAS_CORETYPE", "")  # another one adds up a matrix product in another order
    for name in (platform.python_version(), version("numpy"), platform.machine(), platform.processor(), kernel):
        digest.update(name.encode() + b"\0")
    for path in (*_code(), *_files_in(data_folder)):
        digest.update(path.name.encode() + b"\0")
        with contextlib.suppress(OSError):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _code() -> Iterable[Path]:
    return (path for room in _ROOMS for path in sorted((_PACKAGE / room).rglob("*.py")))


def _files_in(folder: Path) -> Iterable[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size <= _LARGEST)


def _read(file: Path, ingredients: str) -> dict[str, Facts]:
    """What the file holds for these ingredients; nothing where it is missing, damaged or of others."""
    try:
        content: Any = json.loads(read_file(file, _LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(content, dict) or content.get("ingredients") != ingredients:
        return {}
    facts = content.get("facts")
    if not isinstance(facts, dict):
        return {}
    return {key: value for key, value in facts.items() if isinstance(value, dict)}
