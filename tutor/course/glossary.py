"""Every term of the course in every language, searchable by name and recognisable in running text."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, islice

from tutor.course.digests import Digest
from tutor.course.lesson import Lesson, Term
from tutor.course.mentions import Mention, Names, find_names, names_of
from tutor.foundation.languages import ENGLISH, in_language
from tutor.foundation.pack_ids import pack_of_id
from tutor.foundation.traditional import simplified

__all__ = ["Glossary", "GlossaryEntry", "Mention", "build_glossary", "fold"]

_LONGEST_QUERY = 80
_SHORTEST_TYPO = 5


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """A term in every language that defines it. The mappings are by language."""

    id: str
    names: Mapping[str, str]
    also: Mapping[str, tuple[str, ...]]
    definitions: Mapping[str, str]
    formula: str
    see: tuple[str, ...]
    lesson_id: str

    def name(self, language: str) -> str:
        """Return its name in ``language``, or in another language if it has none there."""
        return in_language(self.names, language) or ""

    def other_names(self, language: str) -> tuple[str, ...]:
        """Return its names in the other languages."""
        own = self.name(language)
        return tuple(name for key, name in self.names.items() if key != language and name != own)

    def names_beside(self, language: str, *, reads_both: bool) -> tuple[str, ...]:
        """Return the names to show beside its own: English ones always, others to English readers who read them too."""
        return self.other_names(language) if reads_both or language != ENGLISH else ()

    def definition(self, language: str) -> str:
        """Return its definition in ``language``, or in another language if it has none there."""
        return in_language(self.definitions, language) or ""


_PUNCTUATION = re.compile(r"[^\w\s+]")
_BRACKETS = re.compile(r"[()\[\]/|;,、。]")
_APART = re.compile(r"(?<=[\u2e80-\u9fff]) +(?=[\u2e80-\u9fff])")
"""Spaces between Chinese characters."""


def fold(text: str) -> str:
    """Normalise ``text`` to compare names: no case, width or accents; simplified characters; hyphens become spaces."""
    decomposed = simplified(unicodedata.normalize("NFKD", text)).casefold()
    return "".join(" " if each in "-_–" else each for each in decomposed if not unicodedata.combining(each))


def _readings(query: str) -> Iterator[str]:
    """Yield what ``query`` may mean, folded, the most literal reading first."""
    folded = " ".join(fold(query).split())
    bare = " ".join(_PUNCTUATION.sub(" ", folded).split())
    names = (_APART.sub("", each) for each in _BRACKETS.split(folded))
    yield from dict.fromkeys(each for each in (folded, bare, _APART.sub("", bare), *map(str.strip, names)) if each)


class Glossary:
    """The terms of a course.

    Args:
        entries: The terms, in any order.
        others: Asked for further terms when `get` does not find one; None if there are none.
    """

    def __init__(self, entries: Iterable[GlossaryEntry], others: Callable[[], Glossary | None] | None = None) -> None:
        self._by_id = {entry.id: entry for entry in entries}
        self._sorted: dict[str, list[GlossaryEntry]] = {}
        self._find_others = others

    @cached_property
    def _others(self) -> Glossary | None:
        return self._find_others() if self._find_others is not None else None

    def __len__(self) -> int:
        """Return the number of terms."""
        return len(self._by_id)

    def get(self, term_id: str) -> GlossaryEntry | None:
        """Return the term with this id, or None if there is none."""
        found = self._by_id.get(term_id)
        return found if found is not None or self._others is None else self._others.get(term_id)

    def entries(self, language: str) -> list[GlossaryEntry]:
        """Return all terms, sorted by their names in ``language``."""
        if language not in self._sorted:
            self._sorted[language] = sorted(self._by_id.values(), key=lambda entry: fold(entry.name(language)))
        return list(self._sorted[language])

    @cached_property
    def _rows(self) -> _Rows:
        return _Rows.of(self._by_id.values())

    def search(self, query: str, limit: int = 50) -> list[GlossaryEntry]:
        """Return the terms that ``query`` may mean, best match first, in any language. One typo is allowed.

        The order is: an exact name, a name that begins with the query, one with a word that begins with it, one that
        contains it. An empty query finds nothing. Punctuation, spaces between Chinese characters and a second name in
        parentheses matter only if something is found with them.

        Args:
            query: What the learner typed.
            limit: The maximum number of terms.
        """
        return next((found for each in _readings(query[:_LONGEST_QUERY]) if (found := self._search(each, limit))), [])

    def _search(self, wanted: str, limit: int) -> list[GlossaryEntry]:
        """Return the terms for a folded query."""
        rows = self._rows
        found: dict[int, None] = {}  # Unique, in the order of discovery.
        for patterns in ((f"\n{wanted}\n",), (f"\n{wanted}",), (f" {wanted}", f"({wanted}"), (wanted,)):
            for text in (rows.names, rows.also):
                found |= dict.fromkeys(text.rows_with(*patterns))
                if len(found) >= limit:
                    return [rows.entries[row] for row in found][:limit]
        if len(wanted) >= _SHORTEST_TYPO:
            nearly = (row for row in self._nearly(wanted) if row not in found)
            found |= dict.fromkeys(islice(nearly, limit - len(found)))
        return [rows.entries[row] for row in found]

    def _nearly(self, wanted: str) -> Iterator[int]:
        """Yield the rows of terms with a name that begins with ``wanted`` except for one typo."""
        # A typo in one half leaves the other half intact, so search for the halves first, which is fast.
        half = len(wanted) // 2
        both = self._rows.both
        likely = {*both.rows_with(f"\n{wanted[: half - 1]}"), *both.rows_with(wanted[half:])}
        return (row for row in sorted(likely) if _is_nearly(wanted, both.of(row)))

    @cached_property
    def _mentions(self) -> dict[tuple[str, str], Names]:
        return {}

    def find_mentions(self, text: str, language: str, pack: str = "") -> list[Mention]:
        """Return the terms named in ``text``: the longest name at each place, and each term only once.

        In a lesson of a pack, the pack's own terms come before those of the course; no other pack's terms count.
        """
        if (language, pack) not in self._mentions:
            packs = (pack, "") if pack else ("",)
            self._mentions[language, pack] = names_of(
                (name, entry.id)
                for each in packs
                for entry in self._by_id.values()
                if pack_of_id(entry.id) == each
                for name in (entry.name(language), *entry.also.get(language, ()))
            )
        return find_names(text, self._mentions[language, pack])


class _Text:
    """The texts of many rows joined into one, because one long search is a hundred times faster than many short ones.

    Args:
        rows: Folded names, with a line break before, between and after them. A pattern contains line breaks only at its
            ends, so a match never spans two rows.
    """

    def __init__(self, rows: Sequence[str]) -> None:
        self._text = "".join(rows)
        self._starts = list(accumulate(map(len, rows), initial=0))

    def of(self, row: int) -> str:
        """Return the text of a row."""
        return self._text[self._starts[row] : self._starts[row + 1]]

    def rows_with(self, *patterns: str) -> list[int]:
        """Return the rows that contain any of ``patterns``, in order."""
        if len(patterns) > 1:
            return sorted({row for pattern in patterns for row in self.rows_with(pattern)})
        found, at = [], self._text.find(patterns[0])
        while at >= 0:
            row = bisect_right(self._starts, at) - 1
            found.append(row)
            at = self._text.find(patterns[0], self._starts[row + 1])
        return found


@dataclass(frozen=True, slots=True)
class _Rows:
    """The texts to search. Their order decides between equally good matches.

    Args:
        entries: The terms.
        names: Their names in every language.
        also: Their other names.
        both: Names and other names together.
    """

    entries: Sequence[GlossaryEntry]
    names: _Text
    also: _Text
    both: _Text

    @classmethod
    def of(cls, entries: Iterable[GlossaryEntry]) -> _Rows:
        found = sorted((_names_of(entry) for entry in entries), key=lambda row: (len(row[0]), row[0]))
        names, also = [row[1] for row in found], [row[2] for row in found]
        both = [name + other[1:] for name, other in zip(names, also, strict=True)]
        return cls([row[3] for row in found], _Text(names), _Text(also), _Text(both))


def _names_of(entry: GlossaryEntry) -> tuple[str, str, str, GlossaryEntry]:
    """Return the name that an entry is sorted by, its names, its other names, and the entry."""
    names = _lines(entry.names.values())
    also = _lines(name for names in entry.also.values() for name in names)
    return names.split("\n")[1], names, also, entry


def _lines(names: Iterable[str]) -> str:
    """Return folded names with a line break before, between and after them, or an empty string if there are none."""
    folded = [" ".join(fold(name).split()) for name in names]
    return "\n".join(["", *folded, ""]) if folded else ""


def _is_nearly(wanted: str, names: str) -> bool:
    """Return whether one of ``names`` begins with ``wanted`` except for one typo, not in the first letter."""
    return any(name[0] == wanted[0] and _begins_nearly(name, wanted) for name in names.split("\n") if name)


def _begins_nearly(name: str, wanted: str) -> bool:
    """Return whether ``name`` begins with ``wanted``, with at most one letter changed, left out, added or swapped."""
    at = 1
    while at < min(len(wanted), len(name)) and name[at] == wanted[at]:
        at += 1
    rest = wanted[at + 1 :]
    return (
        name.startswith(rest, at + 1)
        or name.startswith(rest, at)
        or name.startswith(wanted[at:], at + 1)
        or (name[at : at + 2] == wanted[at : at + 2][::-1] and name.startswith(wanted[at + 2 :], at + 2))
    )


def build_glossary(lessons: Iterable[Lesson | Digest], others: Callable[[], Glossary | None] | None = None) -> Glossary:
    """Return the glossary of ``lessons``. Terms with the same id in several languages form one entry.

    See `Glossary` for ``others``.
    """
    terms: dict[str, dict[str, Term]] = {}
    for lesson in lessons:
        for term in lesson.terms:
            terms.setdefault(term.id, {}).setdefault(lesson.language, term)
    return Glossary((_entry(term_id, by_language) for term_id, by_language in terms.items()), others)


def _entry(term_id: str, by_language: Mapping[str, Term]) -> GlossaryEntry:
    first = next(iter(by_language.values()))
    return GlossaryEntry(
        id=term_id,
        names={language: term.name for language, term in by_language.items()},
        also={language: term.also for language, term in by_language.items()},
        definitions={language: term.definition for language, term in by_language.items()},
        formula=next((term.formula for term in by_language.values() if term.formula), ""),
        see=tuple(dict.fromkeys(link for term in by_language.values() for link in term.see)),
        lesson_id=first.lesson_id,
    )
