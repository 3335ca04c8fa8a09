"""What a course has to know of each of its lessons without holding all of them in memory: the terms, and the faults.

To read every lesson takes a second or two, and what is read takes megabytes. So digests are cached in the cache folder
with each file's size and modification time. Only files without a fault are cached, because a fault is a sentence in the
language that was in use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tutor
from tutor.course.stamped_cache import StampedCache
from tutor.foundation.safe_text import harmless_line, harmless_value

if TYPE_CHECKING:  # Whoever reads no lesson need not define the types of a lesson.
    from tutor.course.lesson import Fault, Term
    from tutor.course.reader import Reading

_VERSION = f"1 {tutor.__version__}"
"""Another version of tutor may find other faults."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What a course knows of a lesson file in one language. A file that cannot be used has faults and no terms."""

    language: str
    terms: tuple[Term, ...] = ()
    faults: tuple[Fault, ...] = ()


def digest_of(reading: Reading, language: str) -> Digest:
    """Return the digest of a lesson that was read under ``language``."""
    if reading.lesson is None:
        return Digest(language, (), reading.faults)
    return Digest(reading.lesson.language, tuple(reading.lesson.terms), reading.faults)


class DigestCache:
    """The cached digests of one folder and language.

    Args:
        folder: The folder of the course.
        language: The language of the lessons.
    """

    def __init__(self, folder: Path, language: str) -> None:
        self._cache = StampedCache("digests", folder, language, _VERSION)

    def stamp(self, path: Path) -> list[int] | None:
        """Return the stamp of a file, taken before it is read; None if it is gone."""
        try:
            return self._cache.stamp(path)
        except OSError:
            return None

    def digest(self, path: Path, stamp: list[int] | None) -> Digest | None:
        """Return the digest of a file with that stamp; None if it has to be read."""
        known = None if stamp is None else self._cache.facts(path, stamp)
        if stamp is None or known is None:
            return None
        try:
            digest = _from_cache(path, known)
        except (KeyError, TypeError, ValueError):
            return None
        self._cache.keep(path, stamp, known)
        return digest

    def keep(self, path: Path, stamp: list[int] | None, digest: Digest) -> None:
        """Keep the digest of a file that had that stamp."""
        if stamp is not None and not digest.faults:
            self._cache.keep(path, stamp, _to_cache(digest))

    def save(self) -> None:
        """Write the cache, after all files."""
        self._cache.save()


def _to_cache(digest: Digest) -> dict[str, object]:
    terms = [
        [each.id, each.name, list(each.also), each.definition, each.formula, list(each.see),
         each.place.line, each.place.column, each.lesson_id, list(each.was)]
        for each in digest.terms
    ]  # fmt: skip
    return {"language": digest.language, "terms": terms}


def _from_cache(path: Path, known: Mapping[str, object]) -> Digest:
    from tutor.course.lesson import Place, Term

    def term(row: list[Any]) -> Term:
        term_id, name, also, definition, formula, see, line, column, lesson, was = row
        return Term(
            str(term_id), str(name), _texts(also), str(definition), str(formula), _texts(see),
            Place(path, int(line), int(column)), str(lesson), _texts(was),
        )  # fmt: skip

    rows = harmless_value(known["terms"])
    if not isinstance(rows, list):
        raise TypeError
    return Digest(harmless_line(str(known["language"])), tuple(map(term, rows)))


def _texts(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(map(str, values))
