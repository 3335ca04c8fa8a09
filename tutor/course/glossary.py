"""Every term of the course, in both languages: found by name as one types, and found in running text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from tutor.course.grading import is_one_typo
from tutor.course.lesson import Lesson, Term

_LONGEST_QUERY = 80
_SHORTEST_TYPO = 5


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


@dataclass(frozen=True, slots=True)
class Mention:
    """A term's name in a text: characters ``start`` up to but without ``end``."""

    start: int
    end: int
    term_id: str


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
    def _index(self) -> list[tuple[str, tuple[str, ...], GlossaryEntry]]:
        """For each entry: all its folded names, joined for one quick look, and apart."""
        rows = []
        for entry in self._by_id.values():
            names = [*entry.names.values(), *(name for names in entry.also.values() for name in names)]
            folded = tuple(dict.fromkeys(fold(name) for name in names))
            rows.append(("\n".join(folded), folded, entry))
        return rows

    def search(self, query: str, limit: int = 50) -> list[GlossaryEntry]:
        """The terms that ``query`` may mean, the likeliest first; in either language, one typo forgiven.

        An exact name comes before one that begins so, before one with a word that begins so, before one that
        contains it. Without a query there is nothing to find.
        """
        wanted = fold(query[:_LONGEST_QUERY]).strip()
        if not wanted:
            return []
        ranked = [
            (rank, len(names[0]), names[0], entry)
            for joined, names, entry in self._index
            if wanted in joined and (rank := _rank(wanted, names)) is not None
        ]
        if len(ranked) < limit and len(wanted) >= _SHORTEST_TYPO:
            found = {id(entry) for *_, entry in ranked}
            ranked += [
                (9, len(names[0]), names[0], entry)
                for _, names, entry in self._index
                if id(entry) not in found and _is_nearly(wanted, names)
            ]
        ranked.sort(key=lambda row: row[:3])
        return [entry for *_, entry in ranked[:limit]]

    def find_mentions(self, text: str, language: str) -> list[Mention]:
        """Where ``text`` names terms in ``language``: the longest name at each place, each term's first place only."""
        pattern, ids = self._mentions(language)
        if pattern is None:
            return []
        found: list[Mention] = []
        seen: set[str] = set()
        for match in pattern.finditer(text):
            # The pattern also takes letters for others that casefold() keeps apart, such as ı for i.
            term_id = ids.get(match.group().casefold())
            if term_id is not None and term_id not in seen:
                seen.add(term_id)
                found.append(Mention(match.start(), match.end(), term_id))
        return found

    def _mentions(self, language: str) -> tuple[re.Pattern[str] | None, dict[str, str]]:
        cached: dict[str, tuple[re.Pattern[str] | None, dict[str, str]]] = self.__dict__.setdefault("_patterns", {})
        if language not in cached:
            cached[language] = _mention_pattern(self._by_id.values(), language)
        return cached[language]


def _rank(wanted: str, names: tuple[str, ...]) -> int | None:
    """How well one of ``names`` fits, 0 best; the entry's own names count a little more than its other ones."""
    best: int | None = None
    for index, name in enumerate(names):
        if wanted not in name:
            continue
        if name == wanted:
            rank = 0
        elif name.startswith(wanted):
            rank = 2
        elif f" {wanted}" in name or f"({wanted}" in name:
            rank = 4
        else:
            rank = 6
        rank += index > 1
        best = rank if best is None else min(best, rank)
    return best


def _is_nearly(wanted: str, names: tuple[str, ...]) -> bool:
    """Whether a name begins with ``wanted`` but for one typo."""
    size = len(wanted)
    return any(
        name[:1] == wanted[:1] and any(is_one_typo(wanted, name[:length]) for length in (size, size + 1, size - 1))
        for name in names
    )


def _mention_pattern(entries: Iterable[GlossaryEntry], language: str) -> tuple[re.Pattern[str] | None, dict[str, str]]:
    ids: dict[str, str] = {}
    for entry in entries:
        for name in (entry.name(language), *entry.also.get(language, ())):
            # A lone letter such as w is a symbol in nearly every sentence; underlining it would help nobody.
            plain = re.sub(r"\s*[(（].*?[)）]\s*", "", name)
            for each in (plain, f"{plain}s"):
                if len(plain) > 1 and (each == plain or plain.isascii()):
                    ids.setdefault(each.casefold(), entry.id)
    if not ids:
        return None, {}
    names = sorted(ids, key=len, reverse=True)
    # Words are bounded by letters of their own script: 学习率 may stand right beside other characters.
    inner = "|".join(
        rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])" if name.isascii() else re.escape(name) for name in names
    )
    return re.compile(inner, re.IGNORECASE), ids


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
