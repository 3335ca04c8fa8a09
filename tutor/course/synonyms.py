"""The other names of a term, so that a blank accepts them even if its author did not list them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tutor.course.headers import LessonHeader
from tutor.course.lesson import Lesson, Question
from tutor.course.mentions import without_parentheses
from tutor.course.questions import question_type
from tutor.course.questions.fill_in import fold


@dataclass(frozen=True, slots=True)
class Synonyms:
    """The names of all terms of a course, in every language.

    Args:
        terms: For each folded name, the terms with that name.
        names: For each term, all its names.
    """

    terms: Mapping[str, frozenset[str]]
    names: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, named: Iterable[tuple[str, str]]) -> Synonyms:
        """Build the synonyms from pairs of a term's id and one of its names."""
        terms: dict[str, set[str]] = {}
        names: dict[str, dict[str, None]] = {}
        for term, name in named:
            for each in (name, without_parentheses(name)):
                if folded := fold(each):
                    terms.setdefault(folded, set()).add(term)
                    names.setdefault(term, {})[each] = None
        return cls({name: frozenset(of) for name, of in terms.items()}, {term: tuple(of) for term, of in names.items()})

    def others(self, name: str) -> tuple[str, ...]:
        """Return the other names of the term called ``name``; empty if no term or several terms have that name."""
        terms = self.terms.get(fold(name), frozenset())
        return tuple(each for term in terms for each in self.names[term]) if len(terms) == 1 else ()


def synonyms_of(headers: Iterable[LessonHeader]) -> Synonyms:
    """Return the synonyms in lessons, taken from their headers."""
    known = (known for header in headers for known in header.ids if known.is_term)
    return Synonyms.of((each.id, name) for each in known for name in each.names)


def with_synonyms(lesson: Lesson, synonyms: Synonyms) -> Lesson:
    """Return ``lesson`` with questions that also accept the other names of terms."""

    def extended(question: Question) -> Question:
        return question_type(question.kind).with_names(question, synonyms.others)

    blocks = tuple(extended(each) if isinstance(each, Question) else each for each in lesson.blocks)
    return replace(lesson, blocks=blocks, variants=tuple(map(extended, lesson.variants)))
