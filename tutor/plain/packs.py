"""``tutor pack``: add, list, update and remove packs of lessons."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from tutor.course.packs.adding import Change, add_pack, missing_packs, read_origin, remove_pack, update_pack
from tutor.course.packs.installed import InstalledPack, Source, find_installed, open_course
from tutor.course.packs.manifest import Pack
from tutor.foundation import paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import named_path
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language, listed, translate


def add(source: str) -> int:
    """Add the pack in a folder, a zip file or a git repository.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: It cannot be added; nothing has changed then.
    """
    known = named_path(source)
    change = add_pack(str(known) if known.exists() else source, paths.packs_folder())
    pack = change.pack
    print(translate("pack.added", title=pack.named(language()), id=pack.id, lessons=_count(pack)))
    first = next(iter(_lessons_of(pack)), None)
    if first is not None:
        print(translate("pack.read-it", lesson=first))
    _say_missing([pack])
    return int(ExitCode.OK)


def update(pack_id: str | None) -> int:
    """Get a pack once more from where it came from; without an id, every pack that has come from somewhere.

    Returns:
        The exit code: 0, or 3 if one of several could not be updated; the reason is on standard error.

    Raises:
        TutorError: The one that was named cannot be updated.
    """
    folder = paths.packs_folder()
    if pack_id is not None:
        _say_change(update_pack(pack_id, folder))
        return int(ExitCode.OK)
    code = ExitCode.OK
    every = [each for each in find_installed(folder) if each.source is Source.ADDED]
    if not every:
        print(translate("pack.none"))
    for each in every:
        try:
            _say_change(update_pack(each.folder.name, folder))
        except TutorError as error:
            print(f"{harmless_line(each.folder.name)}: {error}", file=sys.stderr)
            code = ExitCode.CANNOT_READ
    return int(code)


def remove(pack_id: str) -> int:
    """Remove a pack that was added.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: There is no such pack, or it came as a Python package.
    """
    remove_pack(pack_id, paths.packs_folder())
    print(translate("pack.removed", id=pack_id))
    return int(ExitCode.OK)


def show_packs() -> int:
    """Print the packs that are there, each with what is wrong with it.

    Returns:
        The exit code, 0.
    """
    found = list(find_installed())
    for each in found:
        for line in _lines_of(each):
            print(harmless_line(line))
    if not found:
        print(translate("pack.none"))
    _say_missing([each.manifest.pack for each in found if each.manifest.pack is not None])
    return int(ExitCode.OK)


def pack_ids() -> list[str]:
    """The ids of the packs that the learner has added."""
    return [each.folder.name for each in find_installed() if each.source is Source.ADDED]


def _lines_of(installed: InstalledPack) -> Iterator[str]:
    pack = installed.manifest.pack
    if pack is None:
        yield installed.folder.name
    else:
        yield "  ".join(filter(None, (pack.id, pack.version, pack.named(language()))))
        authors = listed(pack.authors) if pack.authors else ""
        yield "    " + " · ".join(
            filter(
                None, (translate("pack.lessons", count=_count(pack)), " ".join(pack.languages), authors, pack.licence)
            )
        )
    is_package = installed.source is Source.PACKAGE
    origin = "" if is_package else read_origin(installed.folder).shown
    if is_package:
        yield "    " + translate("pack.from-package", folder=installed.folder)
    elif origin:
        yield "    " + translate("pack.from", source=origin)
    for fault in installed.manifest.faults():
        yield f"    {fault}"


def _say_change(change: Change) -> None:
    pack = change.pack
    if change.same:
        print(translate("pack.same", id=pack.id))
    else:
        versions = [each for each in (change.was, pack.version) if each]
        print(translate("pack.updated", id=pack.id, versions=" → ".join(dict.fromkeys(versions)) or "-"))
    _say_missing([pack])


def _say_missing(packs: list[Pack]) -> None:
    there = {each.manifest.pack.id for each in find_installed() if each.manifest.pack is not None}
    for pack in packs:
        if missing := missing_packs(pack, there):
            print(translate("pack.requires", id=pack.id, missing=listed(missing)), file=sys.stderr)


def _lessons_of(pack: Pack) -> list[str]:
    return [header.id for header in open_course().headers(language()) if header.pack == pack.id]


def _count(pack: Pack) -> int:
    return len(_lessons_of(pack))
