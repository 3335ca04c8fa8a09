"""Add, update and remove the packs in the learner's packs folder.

A pack is gathered in a folder of its own beside the others and checked there. Only then does it get its name, in one
step, so a pack is there whole or not at all, and an update that fails leaves the old one.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tutor.course.files import LARGEST_FILE as LARGEST_LESSON
from tutor.course.files import MANIFEST, is_pack, language_folders, lesson_files
from tutor.course.packs.archive import unpack
from tutor.course.packs.installed import InstalledPack, Source, find_installed
from tutor.course.packs.intake import LARGEST_FILE, Intake, refused
from tutor.course.packs.manifest import Pack, read_manifest
from tutor.course.packs.repository import fetch, is_repository, without_password
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import open_file, read_file, whole_path, write_text
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate

_ORIGIN = ".origin.json"
_NEW, _OLD = ".new-", ".old-"
_LARGEST_ORIGIN = 10_000


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an added pack came from.

    Args:
        source: The absolute path of a folder or zip file, or the address of a repository; empty if it is not known.
        commit: The commit that was taken from a repository; empty for other sources.
    """

    source: str
    commit: str = ""

    @property
    def shown(self) -> str:
        """The source as it may be shown."""
        return without_password(self.source)


class Change(NamedTuple):
    """What became of a pack.

    Args:
        pack: The pack as it is now.
        was: Its version before; None if it was not there.
        same: Whether nothing of it has changed.
    """

    pack: Pack
    was: str | None
    same: bool = False


def add_pack(source: str, packs_folder: Path) -> Change:
    """Add the pack in a folder, a zip file or a git repository.

    Raises:
        TutorError: There is no pack, it holds what no pack may, its ``pack.toml`` is faulty, or it is there already.
    """
    with _changing(packs_folder):
        if not is_repository(source):
            source = str(whole_path(Path(source)))
        with _gathered(source, packs_folder) as (pack, root):
            if (packs_folder / pack.id).exists():
                raise TutorError(
                    translate("pack.there-already", id=pack.id),
                    hint=translate("pack.there-already-hint", id=pack.id),
                    exit_code=ExitCode.CANNOT_WRITE,
                )
            _put(root, packs_folder, pack.id)
        return Change(_read(packs_folder / pack.id), None)


def update_pack(pack_id: str, packs_folder: Path) -> Change:
    """Get a pack from where it came from once more. If that fails, the old one stays as it is.

    Raises:
        TutorError: There is no such pack, or the new one cannot be used.
    """
    with _changing(packs_folder):
        installed = _added(pack_id, packs_folder)
        origin = read_origin(installed.folder)
        if not origin.source:
            raise TutorError(translate("pack.no-origin", id=pack_id), hint=translate("pack.no-origin-hint"))
        before = installed.manifest.pack
        with _gathered(origin.source, packs_folder) as (pack, root):
            if pack.id != pack_id and pack_id not in pack.was:
                message = translate("pack.other-id", id=pack_id, other=pack.id)
                raise TutorError(message, hint=translate("pack.other-id-hint", id=pack_id))
            same = _is_same(root, installed.folder)
            if not same:
                _put(root, packs_folder, pack.id, replaces=pack_id)
        return Change(_read(packs_folder / pack.id), before.version if before is not None else "", same)


def remove_pack(pack_id: str, packs_folder: Path) -> None:
    """Remove a pack that was added. The learner's answers stay.

    Raises:
        TutorError: There is no such pack, or it came as a Python package, or it cannot be removed.
    """
    with _changing(packs_folder):
        folder = _added(pack_id, packs_folder).folder
        gone = Path(tempfile.mkdtemp(prefix=_NEW, dir=packs_folder))
        folder.rename(gone / pack_id)
        shutil.rmtree(gone, ignore_errors=True)


def read_origin(folder: Path) -> Origin:
    """Return where the pack in a folder came from."""
    try:
        found = json.loads(read_file(folder / _ORIGIN, _LARGEST_ORIGIN))
        return Origin(str(found["source"]), str(found.get("commit", "")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Origin("")


def missing_packs(pack: Pack, there: set[str]) -> list[str]:
    """Return the packs that ``pack`` requires and that are not there."""
    return [each for each in pack.requires if each not in there]


def _added(pack_id: str, packs_folder: Path) -> InstalledPack:
    found = list(find_installed(packs_folder))
    named = [each for each in found if pack_id in {each.folder.name, _id_of(each)}]
    for each in named:
        if each.source is Source.ADDED:
            return each
    if named:
        message = translate("pack.is-package", id=pack_id)
        raise TutorError(message, hint=translate("pack.is-package-hint"), exit_code=ExitCode.USAGE)
    raise TutorError(
        translate("pack.no-such", id=pack_id), hint=translate("pack.no-such-hint"), exit_code=ExitCode.USAGE
    )


def _id_of(installed: InstalledPack) -> str:
    return installed.manifest.pack.id if installed.manifest.pack is not None else ""


# -- gathering --------------------------------------------------------------------------------------------------------


@contextmanager
def _gathered(source: str, packs_folder: Path) -> Iterator[tuple[Pack, Path]]:
    """Bring a pack into a new folder beside the others. It is removed at the end, unless the pack was put in place."""
    staging = Path(tempfile.mkdtemp(prefix=_NEW, dir=packs_folder))
    try:
        content = staging / "content"
        content.mkdir()
        commit = _gather(source, Intake(content))
        root = _root_of(content)
        pack = _usable(root)
        write_text(root / _ORIGIN, json.dumps({"source": source, "commit": commit}))
        yield pack, root
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _gather(source: str, intake: Intake) -> str:
    """Take the files of a source. Return the commit if it is a repository."""
    if is_repository(source):
        return fetch(source, intake)
    path = Path(source)
    if path.is_dir():
        _copy(path, "", intake)
    elif path.is_file():
        unpack(path, intake)
    else:
        message = translate("pack.no-source", source=without_password(source))
        raise TutorError(message, hint=translate("pack.no-source-hint"), exit_code=ExitCode.CANNOT_READ)
    return ""


def _copy(folder: Path, name: str, intake: Intake) -> None:
    """Take the files below a folder. ``name`` is its path in the pack."""
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        path = f"{name}/{entry.name}" if name else entry.name
        status = entry.stat(follow_symlinks=False)
        hidden = entry.name.startswith(".")
        if not hidden and not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            raise refused("pack.link", name=path)
        if stat.S_ISDIR(status.st_mode):
            if intake.wants_folder(path):
                _copy(folder / entry.name, path, intake)
        elif intake.wants(path, status.st_size):
            descriptor = open_file(folder / entry.name, os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(descriptor, "rb") as file:
                intake.take(path, file.read(LARGEST_FILE + 1))


def _root_of(content: Path) -> Path:
    """Return where the pack begins: in the archive of a repository, everything is in one folder."""
    inside = sorted(content.iterdir())
    if not is_pack(content) and len(inside) == 1 and is_pack(inside[0]):
        return inside[0]
    return content


def _usable(root: Path) -> Pack:
    """Return the pack in a folder that has just been gathered.

    Raises:
        TutorError: Its ``pack.toml`` is missing or faulty, or it has no lessons.
    """
    if not is_pack(root):
        message = translate("pack.no-manifest")
        raise TutorError(message, hint=translate("pack.no-manifest-hint"), exit_code=ExitCode.CANNOT_READ)
    manifest = read_manifest(root)
    if manifest.pack is None or manifest.problems:
        line, message, hint = manifest.problems[0]
        raise TutorError(f"{MANIFEST}:{line or 1}: {message}", hint=hint, exit_code=ExitCode.CANNOT_READ)
    lessons = [path for language in language_folders(root) or [""] for path in lesson_files(root, language)]
    if not any(path.stat().st_size <= LARGEST_LESSON for path in lessons):
        message = translate("pack.no-lessons", id=manifest.pack.id)
        raise TutorError(message, hint=translate("course.no-lessons-hint"), exit_code=ExitCode.CANNOT_READ)
    return manifest.pack


def _read(folder: Path) -> Pack:
    pack = read_manifest(folder).pack
    if pack is None:  # Somebody has changed the folder since.
        raise TutorError(translate("pack.no-manifest"), exit_code=ExitCode.CANNOT_READ)
    return pack


# -- putting in place -------------------------------------------------------------------------------------------------


@contextmanager
def _changing(packs_folder: Path) -> Iterator[None]:
    """Hold the packs folder for one program, and clear up what another left when it was ended.

    Raises:
        TutorError: Another program is changing packs, or a file cannot be read or written.
    """
    try:
        packs_folder.mkdir(parents=True, exist_ok=True)
        with (packs_folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise TutorError(translate("pack.busy"), exit_code=ExitCode.CANNOT_WRITE) from error
            _clear_up(packs_folder)
            yield
    except OSError as error:
        path = harmless_line(str(error.filename or packs_folder))
        message = translate("pack.cannot-change", path=path, reason=error.strerror or error)
        raise TutorError(message, exit_code=ExitCode.CANNOT_WRITE) from error


def _clear_up(packs_folder: Path) -> None:
    for each in packs_folder.glob(f"{_OLD}*"):
        there = packs_folder / each.name.removeprefix(_OLD)
        if there.exists():
            shutil.rmtree(each, ignore_errors=True)
        else:  # The program was ended between the two steps of `_put`.
            each.rename(there)
    for each in packs_folder.glob(f"{_NEW}*"):
        shutil.rmtree(each, ignore_errors=True)


def _put(root: Path, packs_folder: Path, pack_id: str, *, replaces: str = "") -> None:
    """Give a gathered pack its name, in place of the pack ``replaces`` if that is given."""
    if not replaces:
        root.rename(packs_folder / pack_id)
        return
    if replaces != pack_id and (packs_folder / pack_id).exists():
        raise TutorError(translate("pack.there-already", id=pack_id), exit_code=ExitCode.CANNOT_WRITE)
    old = packs_folder / f"{_OLD}{replaces}"
    (packs_folder / replaces).rename(old)
    try:
        root.rename(packs_folder / pack_id)
    except BaseException:
        old.rename(packs_folder / replaces)
        raise
    with suppress(OSError):
        shutil.rmtree(old)


def _is_same(new: Path, old: Path) -> bool:
    """Whether two folders of packs hold the same files."""

    def files(folder: Path) -> dict[str, Path]:
        return {str(each.relative_to(folder)): each for each in folder.rglob("*") if each.is_file()}

    first, second = files(new), files(old)
    return first.keys() == second.keys() and all(
        each.stat().st_size == second[name].stat().st_size and each.read_bytes() == second[name].read_bytes()
        for name, each in first.items()
        if name != _ORIGIN
    )
