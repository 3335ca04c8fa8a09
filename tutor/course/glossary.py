"""Every term of the course, in both languages: found by name as one types, and found in running text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from tutor.course.lesson import Lesson, Term
from tutor.course.mentions import Mention, Names, find_names, names_of

__all__ = ["Glossary", "GlossaryEntry", "Mention", "build_glossary", "fold"]

_LONGEST_QUERY = 80
_SHORTEST_TYPO = 5
_RANKS = 10


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """One term in every language that defines it; mappings are by language."""

    id: str
    names: Mapping[str, str]
    also: Mapping[str, tuple[str, ...]]
    definitions: Mapping[str, str]
    formula: str
    see: tuple[str, ...]
    lesson_id: str

    def name(self, language: str) -> str:
        """Its name in ``language``, or in another one where it has none there."""
        return self.names.get(language) or next(iter(self.names.values()))

    def other_names(self, language: str) -> tuple[str, ...]:
        """Its names in the other languages."""
        own = self.name(language)
        return tuple(name for key, name in self.names.items() if key != language and name != own)

    def definition(self, language: str) -> str:
        """Its definition in ``language``, or in another one where it has none there."""
        return self.definitions.get(language) or next(iter(self.definitions.values()), "")


def fold(text: str) -> str:
    """``text`` as names are compared: no case, no width, no accents, hyphens as spaces."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(" " if each in "-_–" else each for each in decomposed if not unicodedata.combining(each))


class Glossary:
    """The terms of a course.

    Args:
        entries: in any order.
    """

    def __init__(self, entries: Iterable[GlossaryEntry]) -> None:
        self._by_id = {entry.id: entry for entry in entries}

    def __len__(self) -> int:
        """How many terms there are."""
        return len(self._by_id)

    def get(self, term_id: str) -> GlossaryEntry | None:
        """The term with this id."""
        return self._by_id.get(term_id)

    def entries(self, language: str) -> list[GlossaryEntry]:
        """All terms in the order of their names in ``language``."""
        return sorted(self._by_id.values(), key=lambda entry: fold(entry.name(language)))

    @cached_property
    def _rows(self) -> list[_Row]:
        """What the search looks at, in the order in which equally good finds are shown."""
        return sorted((_Row.of(entry) for entry in self._by_id.values()), key=lambda row: (len(row.first), row.first))

    def search(self, query: str, limit: int = 50) -> list[GlossaryEntry]:
        """The terms that ``query`` may mean, the likeliest first; in either language, one typo forgiven.

        An exact name comes before one that begins so, before one with a word that begins so, before one that
        contains it. Without a query there is nothing to find.
        """
        wanted = " ".join(fold(query[:_LONGEST_QUERY]).split())
        if not wanted:
            return []
        ranked: list[list[GlossaryEntry]] = [[] for _ in range(_RANKS)]
        for row in self._rows:
            if wanted in row.both:
                rank = min(_rank(wanted, row.names), _rank(wanted, row.also) + 1)
                ranked[rank].append(row.entry)
        found = [entry for entries in ranked for entry in entries]
        if len(found) < limit and len(wanted) >= _SHORTEST_TYPO:
            found += self._nearly(wanted)
        return found[:limit]

    def _nearly(self, wanted: str) -> list[GlossaryEntry]:
        """The terms of which a name begins with ``wanted`` but for one typo."""
        # A typo in one half leaves the other half as it is; that is looked for first, because it is quick.
        half = len(wanted) // 2
        head, tail = f"\n{wanted[: half - 1]}", wanted[half:]
        return [
            row.entry
            for row in self._rows
            if (head in row.both or tail in row.both) and wanted not in row.both and _is_nearly(wanted, row.both)
        ]

    @cached_property
    def _mentions(self) -> dict[str, Names]:
        return {}

    def find_mentions(self, text: str, language: str) -> list[Mention]:
        """Where ``text`` names terms in ``language``: the longest name at each place, each term's first place only."""
        if language not in self._mentions:
            self._mentions[language] = names_of(
                (name, entry.id)
                for entry in self._by_id.values()
                for name in (entry.name(language), *entry.also.get(language, ()))
            )
        return find_names(text, self._mentions[language])


@dataclass(frozen=True, slots=True)
class _Row:
    """An entry as the search sees it. In each text every folded name has a line end before and behind it.

    Args:
        first: The name by which it is sorted.
        names: Its names in every language.
        also: Its other names.
        both: All of them.
    """

    first: str
    names: str
    also: str
    both: str
    entry: GlossaryEntry

    @classmethod
    def of(cls, entry: GlossaryEntry) -> _Row:
        names = _lines(entry.names.values())
        also = _lines(name for names in entry.also.values() for name in names)
        first = names.split("\n")[1]
        return cls(first, names, also, names + also[1:] if also else names, entry)


def _lines(names: Iterable[str]) -> str:
    """Folded names, a line end before, between and behind them; empty without names."""
    folded = [" ".join(fold(name).split()) for name in names]
    return "\n".join(["", *folded, ""]) if folded else ""


def _rank(wanted: str, names: str) -> int:
    """How well the best of ``names`` fits: 0 where it is the same, then 2, 4, 6, and 8 where none contains it."""
    if wanted not in names:
        return 8
    if f"\n{wanted}" in names:
        return 0 if f"\n{wanted}\n" in names else 2
    return 4 if f" {wanted}" in names or f"({wanted}" in names else 6


def _is_nearly(wanted: str, names: str) -> bool:
    """Whether one of ``names`` begins with ``wanted`` but for one typo, its first letter being right."""
    return any(name[0] == wanted[0] and _begins_nearly(name, wanted) for name in names.split("\n") if name)


def _begins_nearly(name: str, wanted: str) -> bool:
    """Whether ``name`` begins with ``wanted`` but for one letter changed, left out, added, or swapped with the next."""
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


def build_glossary(lessons: Iterable[Lesson]) -> Glossary:
    """The glossary of ``lessons``: terms with the same id in several languages are one entry."""
    terms: dict[str, dict[str, Term]] = {}
    for lesson in lessons:
        for term in lesson.terms:
            terms.setdefault(term.id, {}).setdefault(lesson.language, term)
    return Glossary(_entry(term_id, by_language) for term_id, by_language in terms.items())


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
