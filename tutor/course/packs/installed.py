"""Which packs there are, and the course that they make with the shipped lessons.

A pack was added to the learner's packs folder, or it came with a Python package that names it as an entry point of the
group ``tutor.packs``, or ``TUTOR_LESSONS`` names its folder. No code of a package is ever run: only its folder is
found.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.course.catalogue import Course
from tutor.course.files import is_pack
from tutor.foundation import paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import read_file, whole_path, write_text
from tutor.foundation.pack_ids import CORE

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from tutor.course.packs.manifest import Manifest, Pack

GROUP = "tutor.packs"
"""The group of the entry points that name packs."""
_LARGEST_CACHE = 1 << 20
_MOST_PACKAGES = 1_000


class Source(StrEnum):
    """Where a pack comes from."""

    ADDED = "added"
    PACKAGE = "package"


@dataclass(frozen=True, slots=True)
class InstalledPack:
    """A pack that is there, whether or not its ``pack.toml`` can be read."""

    folder: Path
    source: Source
    manifest: Manifest


def open_course(folder: Path | None = None, packs_folder: Path | None = None) -> Course:
    """Return the course to learn: the lessons of a folder, and the packs that are installed.

    Args:
        folder: By default the folder in use: see `paths.lessons_folder`. If it is a pack, its lessons are shown beside
            the shipped ones.
        packs_folder: Where the learner's packs lie, if not in their data folder.

    Raises:
        TutorError: There is no such folder, or it is a pack whose ``pack.toml`` has no usable id.
    """
    lessons = folder or paths.lessons_folder()
    packs = installed_packs(packs_folder)
    if not is_pack(lessons):
        return Course(lessons, packs)
    from tutor.course.packs.manifest import read_manifest  # late here and below, because most learners have no packs

    manifest = read_manifest(whole_path(lessons))
    if manifest.pack is None:
        raise TutorError(str(manifest.faults()[0]), exit_code=ExitCode.CANNOT_READ)
    # Whoever names the folder of a pack may have read its lessons before it was one.
    own = replace(manifest.pack, was=(*manifest.pack.was, CORE))
    return Course(paths.shipped_lessons(), [*(each for each in packs if each.id != own.id), own])


def course_to_check(folder: Path) -> Course:
    """Return the lessons of a folder alone, with the installed packs as what they may refer to."""
    from tutor.course.packs.manifest import pack_id_at

    own = pack_id_at(folder)
    return Course(folder, neighbours=[each for each in installed_packs() if each.id != own])


def installed_packs(packs_folder: Path | None = None) -> list[Pack]:
    """Return the packs that can be read, by id. Of several with the same id, the one that the learner added."""
    found: dict[str, Pack] = {}
    for each in find_installed(packs_folder):
        if each.manifest.pack is not None:
            found.setdefault(each.manifest.pack.id, each.manifest.pack)
    return [pack for _, pack in sorted(found.items())]


def find_installed(packs_folder: Path | None = None) -> Iterator[InstalledPack]:
    """Yield every pack that is there, those that the learner added first."""
    found = [(each, Source.ADDED) for each in _added(packs_folder or paths.packs_folder())]
    found += [(each, Source.PACKAGE) for each in _packaged()]
    if found:
        from tutor.course.packs.manifest import read_manifest

        for folder, source in found:
            yield InstalledPack(folder, source, read_manifest(folder))


def _added(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return sorted(whole_path(Path(each.path)) for each in entries if each.is_dir() and each.name[0] != ".")
    except OSError:
        return []


def _packaged() -> Sequence[Path]:
    """Return the folders of packs that came as packages.

    Looking for entry points takes longer than drawing the course map, so the result is cached until something is
    installed or removed, which changes the modification time of a folder on Python's path.
    """
    file = paths.cache_folder() / "packaged-packs.json"
    # The current folder, which is empty there, is no place where packages are installed.
    places = [each for each in sys.path if each]
    stamp = [[each, _modified(each)] for each in places]
    try:
        kept = json.loads(read_file(file, _LARGEST_CACHE))
        if kept["stamp"] == stamp:
            return [Path(str(each)) for each in kept["folders"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    folders = list(_search_packages(places))
    with contextlib.suppress(OSError):  # The next start searches again.
        write_text(file, json.dumps({"stamp": stamp, "folders": [str(each) for each in folders]}))
    return folders


def _modified(folder: str) -> int:
    try:
        return Path(folder).stat().st_mtime_ns
    except OSError:
        return 0


def _search_packages(places: list[str]) -> Iterator[Path]:
    from importlib.metadata import distributions

    points = [point for each in distributions(path=places) for point in each.entry_points if point.group == GROUP]
    for point in sorted(points, key=lambda each: each.name)[:_MOST_PACKAGES]:
        folder = _folder_of(point)
        if folder is not None:
            yield whole_path(folder)


def _folder_of(point: EntryPoint) -> Path | None:
    """Return the folder of the package that an entry point names, without importing it; None if it has no pack."""
    from importlib.util import find_spec

    top, *below = point.value.partition(":")[0].strip().split(".")
    try:
        spec = find_spec(top)  # A package at the top is found without running anything of it.
    except (ImportError, ValueError, AttributeError):
        return None
    for place in (spec.submodule_search_locations or ()) if spec is not None else ():
        folder = Path(place, *below)
        if is_pack(folder):
            return folder
    return None
