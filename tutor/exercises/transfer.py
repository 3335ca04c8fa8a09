"""The learner's programs in an export of the progress, and from there into another machine's folder.

As with answers, an import is merged: no program that is there is replaced, and importing twice changes nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.course.exercises.project import PROJECT
from tutor.course.source import is_reference
from tutor.exercises.files import (
    LARGEST_FILE,
    MOST_FILES,
    STAMP,
    digest_of,
    joined_files,
    kept_folder,
    read_program,
    split_files,
)
from tutor.exercises.memory import MOST_DIGESTS, Memory, load_memory, memory_file, memory_from
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import write_bytes
from tutor.foundation.pack_ids import file_stem_of, id_of_file_stem
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from tutor.exercises.project import Board

_VERSION = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9]{6}-[0-9a-z]{1,32}\.py")
_MOST_VERSIONS = 500
"""More versions of one exercise than this were not kept by tutor."""


def dump_programs(folder: Path) -> dict[str, dict[str, object]]:
    """Return the learner's programs by exercise: the file, when it was saved, the kept versions, and the memory.

    That of the project holds the scores of its board too. Files that cannot be read are left out.

    Args:
        folder: The folder of all exercises.
    """
    found: dict[str, dict[str, object]] = {}
    for exercise in _exercises_in(folder):
        path = _path(folder, exercise)
        parts: dict[str, object] = {}
        if (program := _read(path)) is not None:
            parts |= {"program": program, "saved": _saved(path)}
        versions = sorted(kept_folder(folder, exercise).glob("*.py"))
        texts = {each.name: text for each in versions if _is_version(each.name) and (text := _read(each)) is not None}
        if texts:
            parts["versions"] = texts
        if parts and exercise == PROJECT:
            parts["attempts"] = _board(folder).dump()
        if parts:
            found[exercise] = parts | {"memory": asdict(load_memory(memory_file(folder, exercise)))}
    return found


def merge_programs(folder: Path, programs: object) -> int:
    """Add what `dump_programs` returned here or elsewhere. Return how many programs and versions are new here.

    Where both have a program, the one here stays, and the other becomes one of the kept versions.

    Raises:
        TutorError: The folder cannot be written to.
    """
    added = 0
    for exercise, parts in programs.items() if isinstance(programs, Mapping) else ():
        if isinstance(exercise, str) and is_reference(exercise) and isinstance(parts, Mapping):
            for path, text in _new_files(folder, exercise, parts):
                _write(path, text)
                added += 1
            _merge_memory(memory_file(folder, exercise), parts.get("memory"))
            if exercise == PROJECT and parts.get("attempts"):
                _board(folder).merge(parts["attempts"])
    return added


def forget_memories(folder: Path, exercises: Iterable[str] | None = None) -> None:
    """Forget how exercises stand: these, or all if None. Programs and their versions stay, they are the learner's."""
    for exercise in _exercises_in(folder) if exercises is None else exercises:
        if is_reference(exercise):
            memory_file(folder, exercise).unlink(missing_ok=True)


def _board(folder: Path) -> Board:
    """The scores of the project; imported late, because it needs NumPy."""
    from tutor.exercises.project import Board

    return Board(folder)


def _exercises_in(folder: Path) -> list[str]:
    files = {each.stem for each in folder.glob("*.py")} | {each.parent.name for each in folder.glob("[!.]*/*.py")}
    kept = {each.name for each in (folder / ".kept").glob("*")}
    return sorted(each for each in map(id_of_file_stem, files | kept) if is_reference(each))


def _new_files(folder: Path, exercise: str, parts: Mapping[object, object]) -> Iterator[tuple[Path, str]]:
    kept = kept_folder(folder, exercise)
    versions = parts.get("versions")
    for name, text in list(versions.items())[:_MOST_VERSIONS] if isinstance(versions, Mapping) else ():
        if _is_version(name) and _is_program(text) and not (kept / name).exists():
            yield kept / name, text
    path, program, saved = _path(folder, exercise), parts.get("program"), parts.get("saved")
    if not isinstance(program, str) or not _is_program(program):
        return
    if not path.exists():
        several = split_files(folder / file_stem_of(exercise), program)
        yield from list(several.items())[:MOST_FILES] or [(path, program)]
    elif _read(path) != program:
        name = f"{saved}-{digest_of(program)}.py"
        if _is_version(name) and not (kept / name).exists():
            yield kept / name, program


def _path(folder: Path, exercise: str) -> Path:
    """The learner's file, or the folder of their files."""
    name = file_stem_of(exercise)
    several = folder / name
    return several if several.is_dir() else folder / f"{name}.py"


def _merge_memory(path: Path, found: object) -> None:
    here, there = load_memory(path), memory_from(found)
    if there == Memory():
        return
    passed = here.passed or there.passed
    before = (*there.passed_before, there.passed, *here.passed_before)
    merged = Memory(
        hints=max(here.hints, there.hints),
        failed=tuple(dict.fromkeys((*there.failed, *here.failed)))[-MOST_DIGESTS:],
        passed=passed,
        seen_solution=here.seen_solution or there.seen_solution,
        recorded=here.recorded or there.recorded,
        seconds=max(here.seconds, there.seconds),
        passed_before=tuple(each for each in dict.fromkeys(before) if each and each != passed)[-MOST_DIGESTS:],
    )
    if merged != here:
        merged.save(path)


def _is_version(name: object) -> bool:
    return isinstance(name, str) and _VERSION.fullmatch(name) is not None


def _is_program(text: object) -> bool:
    return isinstance(text, str) and len(text.encode("utf-8", errors="replace")) <= LARGEST_FILE


def _read(path: Path) -> str | None:
    try:
        return joined_files(path, ()) if path.is_dir() else read_program(path)
    except TutorError:
        return None


def _saved(path: Path) -> str:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime(STAMP)


def _write(path: Path, text: str) -> None:
    try:
        write_bytes(path, text.encode("utf-8", errors="replace"))
    except OSError as error:
        said = translate("exercise.cannot-write", path=path, reason=error.strerror or error)
        raise TutorError(said, exit_code=ExitCode.CANNOT_WRITE) from error
