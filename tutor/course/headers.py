"""Read the headers of all lesson files quickly, because the course map is drawn from them before anything else loads.

Front matter needs a YAML parser, which may take longer to import than the map takes to draw. So the headers are cached
in the cache folder with each file's size and modification time, and the parser is imported only if a file is new or
has changed. The cache may be deleted, damaged or read-only at any time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.course.files import LARGEST_FILE, file_order, lesson_files, lesson_number
from tutor.course.id_fields import id_lines
from tutor.course.stamped_cache import StampedCache
from tutor.foundation.files import read_start
from tutor.foundation.pack_ids import in_pack, pack_of_id
from tutor.foundation.safe_text import harmless, harmless_line

if TYPE_CHECKING:  # The types of a whole lesson take longer to define than the map takes to draw.
    from tutor.course.lesson import Fault

_VERSION = 2


@dataclass(frozen=True, slots=True)
class KnownId:
    """A term, or a question of which more than the id has to be known.

    Args:
        is_term: Whether it is a term.
        id: Its id.
        names: For a term, its name and its other names.
        was: Its former ids: see `tutor.course.former_ids`.
        variant_of: For a question, the id of the question that it is a variant of.
    """

    is_term: bool
    id: str
    names: tuple[str, ...] = ()
    was: tuple[str, ...] = ()
    variant_of: str = ""


@dataclass(frozen=True, slots=True)
class LessonHeader:
    """What the program needs to know about a lesson before it reads it.

    `part` is the part that the lesson belongs to, even if it does not open it. `was` holds its former ids.
    """

    id: str
    title: str
    number: int
    language: str
    needs: tuple[str, ...]
    minutes: int
    path: Path
    part: str
    was: tuple[str, ...] = ()
    ids: tuple[KnownId, ...] = ()

    @property
    def pack(self) -> str:
        """The id of the pack that it belongs to; empty for a lesson of the course itself."""
        return pack_of_id(self.id)

    @property
    def place(self) -> str:
        """Its number; for a lesson of a pack, the pack's id and its number there: ``pack:3``."""
        return in_pack(self.pack, str(self.number))

    @property
    def numbered_title(self) -> str:
        """``3 Gradient descent``, or only the title if the file has no number."""
        return f"{self.number} {self.title}" if self.number else self.title


def read_headers(folder: Path, *languages: str, every_id: bool = False) -> list[LessonHeader]:
    """Return the headers of the lessons, in order, each in the first of ``languages`` in which the lesson exists.

    Files with an unreadable header are left out. With ``every_id``, `LessonHeader.ids` holds all questions and
    exercises, also those of which nothing but the id has to be known.
    """
    found: dict[str, LessonHeader] = {}
    for language in languages:
        for header in _headers_in(folder, language, every_id=every_id):
            before = found.setdefault(header.id, header)
            if header.part and not before.part:
                found[header.id] = replace(before, part=header.part)
    part, with_parts = "", []
    for header in sorted(found.values(), key=lambda header: file_order(header.path)):
        part = header.part or part
        with_parts.append(replace(header, part=part))
    return with_parts


def _headers_in(folder: Path, language: str, *, every_id: bool) -> list[LessonHeader]:
    """Return the headers in one language. Here `part` is set only for a lesson that opens a part."""
    cache = _Cache(folder, language, every_id=every_id)
    headers = [header for path in lesson_files(folder, language) if (header := cache.header(path)) is not None]
    cache.save()
    return headers


class _Cache:
    """The cached headers of one folder and language."""

    def __init__(self, folder: Path, language: str, *, every_id: bool) -> None:
        self._cache = StampedCache("headers-every-id" if every_id else "headers", folder, language, _VERSION)
        self._language = language
        self._every_id = every_id

    def header(self, path: Path) -> LessonHeader | None:
        """Return the header of ``path``, from the cache if the file has not changed; None if it cannot be read."""
        try:
            stamp = self._cache.stamp(path)
        except OSError:
            return None
        if (known := self._cache.facts(path, stamp)) is not None:
            try:
                header = None if known.get("broken") is True else self._from_cache(path, known)
            except (KeyError, TypeError, ValueError):
                pass
            else:
                self._cache.keep(path, stamp, known)
                return header
        fresh = _read_header(path, self._language, every_id=self._every_id)
        self._cache.keep(path, stamp, {"broken": True} if fresh is None else _to_cache(fresh))
        return fresh

    def _from_cache(self, path: Path, known: Mapping[str, object]) -> LessonHeader:
        needs, was, ids = known["needs"], known["was"], known["ids"]
        if not (isinstance(needs, list) and isinstance(was, list) and isinstance(ids, list)):
            raise TypeError
        return LessonHeader(
            id=harmless_line(str(known["id"])),
            title=harmless_line(str(known["title"])),
            number=int(str(known["number"])),
            language=self._language,
            needs=tuple(str(each) for each in needs),
            minutes=int(str(known["minutes"])),
            path=path,
            part=harmless_line(str(known["part"])),
            was=tuple(map(str, was)),
            ids=tuple(
                KnownId(is_term is True, str(known_id), tuple(map(str, names)), tuple(map(str, former)), str(variant))
                for is_term, known_id, names, former, variant in ids
            ),
        )

    def save(self) -> None:
        """Write the cache."""
        self._cache.save()


def _to_cache(header: LessonHeader) -> dict[str, object]:
    return {
        "id": header.id, "title": header.title, "number": header.number,
        "needs": list(header.needs), "minutes": header.minutes, "part": header.part, "was": list(header.was),
        "ids": [[each.is_term, each.id, list(each.names), list(each.was), each.variant_of] for each in header.ids],
    }  # fmt: skip


def _read_header(path: Path, language: str, *, every_id: bool) -> LessonHeader | None:
    from tutor.course.front_matter import read_front_matter

    try:
        text = read_start(path, LARGEST_FILE).decode("utf-8-sig", errors="replace")
    except OSError:
        return None
    faults: list[Fault] = []
    lines = harmless(text).split("\n")
    head = read_front_matter(path, lines, faults)
    if head is None:
        return None
    return LessonHeader(
        head.id, head.title, lesson_number(path), language, head.needs, head.minutes, path, head.part, head.was,
        tuple(_known_ids(lines, every_id=every_id)),
    )  # fmt: skip


def _known_ids(lines: list[str], *, every_id: bool) -> Iterator[KnownId]:
    for line in id_lines(lines):
        names = (line.title, *line.fields.listed("also")) if line.is_term else ()
        was = line.fields.listed("was")
        variant_of = "" if line.is_term else line.fields.values.get("variant of", "")
        if names or was or variant_of or (every_id and line.fields.id):
            yield KnownId(line.is_term, line.fields.id, names, was, variant_of)
