"""Questions about terms of the glossary, so that a term is asked, answered and graded like any other question.

Wrong options are chosen by id and in a fixed order, so that an unfinished answer survives a change of language. The
attempt shuffles them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.course.lesson import BLANK, Content, Option, Options, Place, Question
from tutor.course.mentions import without_parentheses
from tutor.course.questions.fill_in import FILL_IN, Blank, Blanks
from tutor.course.questions.single import SINGLE
from tutor.foundation.languages import ENGLISH, fallbacks
from tutor.foundation.translate import language_name_here, translate
from tutor.progress.cards import Side, term_key

if TYPE_CHECKING:
    from tutor.course.glossary import Glossary, GlossaryEntry

_OPTIONS = 4
_SPECIAL = re.compile(r"([\\`*_\[\]<>$#|~])")
_NOWHERE = Place(Path())


def term_question(
    entry: GlossaryEntry, side: Side, glossary: Glossary, language: str, *, reads_both: bool = True
) -> Question | None:
    """The question that asks for one side of a term.

    Args:
        entry: The term.
        side: Its meaning, its name or its translation.
        glossary: Where the wrong options come from.
        language: The language in use.
        reads_both: Whether the learner reads terms in two languages.

    Returns:
        The question, or None if the term lacks a definition, a name in another language, or another term to contrast
        it with.
    """
    if side is Side.TRANSLATION:
        return _translation(entry, glossary, language)
    if not entry.definition(language).strip():
        return None
    question = _meaning(entry, glossary, language) if side is Side.MEANING else _name(entry, language)
    if question is None:
        return None
    return replace(question, explanation=_explanation(entry, language, reads_both=reads_both))


def _meaning(entry: GlossaryEntry, glossary: Glossary, language: str) -> Question | None:
    others = [each for each in neighbours(entry, glossary) if each.definition(language).strip()][: _OPTIONS - 1]
    if not others:
        return None
    right = Option(without_name(entry, language), True, "", None, _NOWHERE)
    wrong = [
        Option(
            without_name(each, language), False,
            translate("review.that-is", name=as_text(each.name(language))), None, _NOWHERE,
        )
        for each in others
    ]  # fmt: skip
    return _question(
        entry, Side.MEANING, SINGLE.name,
        title=as_text(entry.name(language)), prompt=translate("review.which-meaning"), content=Options((right, *wrong)),
    )  # fmt: skip


def _name(entry: GlossaryEntry, language: str) -> Question:
    name = entry.name(language)
    return _question(
        entry, Side.NAME, FILL_IN.name,
        title=translate("review.which-name"), prompt=f"{without_name(entry, language)}\n\n{BLANK}",
        hints=_hints(name), content=Blanks((Blank(tuple(dict.fromkeys([name, *accepted_names(entry)]))),)),
    )  # fmt: skip


def _translation(entry: GlossaryEntry, glossary: Glossary, language: str) -> Question | None:
    pair = _two_languages(entry, language)
    if pair is None:
        return None
    shown, wanted = pair
    others: dict[str, GlossaryEntry] = {}
    for each in neighbours(entry, glossary):
        # Two terms of one name in the language that is wanted would make two right options.
        if _two_languages(each, language) == pair and each.names[wanted] != entry.names[wanted]:
            others.setdefault(each.names[wanted], each)
    if not others:
        return None
    options = [Option(as_text(entry.names[wanted]), True, "", None, _NOWHERE)]
    for name, each in list(others.items())[: _OPTIONS - 1]:
        said = translate("review.that-is", name=as_text(each.names[shown]))
        options.append(Option(as_text(name), False, said, None, _NOWHERE))
    return _question(
        entry, Side.TRANSLATION, SINGLE.name, title=as_text(entry.names[shown]),
        prompt=translate("review.which-translation", language=as_text(language_name_here(wanted))),
        content=Options(tuple(options)),
    )  # fmt: skip


def can_be_asked(entry: GlossaryEntry, side: Side, language: str) -> bool:
    """Whether a term has what a question about ``side`` needs, apart from other terms to contrast it with."""
    return (
        _two_languages(entry, language) is not None
        if side is Side.TRANSLATION
        else bool(entry.definition(language).strip())
    )


def _two_languages(entry: GlossaryEntry, language: str) -> tuple[str, str] | None:
    """The language whose name of a term is shown and the one whose name is wanted; None if they are not there.

    English is shown, or else the first language that there is. The learner's own is wanted; whoever learns in the
    language that is shown is asked for the first other one.
    """
    named = [each for each in entry.names if entry.names[each]]
    shown = ENGLISH if ENGLISH in named else next(iter(named), "")
    likely = [language, *(each.code for each in fallbacks(language)), *named]
    own = next((code for code in likely if code in named), "")
    wanted = own if own != shown else next((code for code in named if code != shown), "")
    if not wanted or entry.names[shown] == entry.names[wanted]:
        return None
    return shown, wanted


def _question(
    entry: GlossaryEntry, side: Side, kind: str, *, title: str, prompt: str, content: Content,
    hints: tuple[str, ...] = (), explanation: str = "",
) -> Question:  # fmt: skip
    return Question(
        id=term_key(entry.id, side), kind=kind, title=title, prompt=prompt, hints=hints, explanation=explanation,
        content=content, labs=(), place=_NOWHERE, lesson_id=entry.lesson_id,
    )  # fmt: skip


def neighbours(entry: GlossaryEntry, glossary: Glossary) -> Iterator[GlossaryEntry]:
    """Other terms, those most easily confused with ``entry`` first: its links, terms of its lesson, then all others."""
    seen = {entry.id}

    def shuffled(terms: Iterable[GlossaryEntry]) -> Iterator[GlossaryEntry]:
        yield from sorted(terms, key=lambda each: blake2b(f"{entry.id} {each.id}".encode()).digest())

    linked = (found for each in entry.see if (found := glossary.get(each)) is not None)
    everyone = glossary.entries(ENGLISH)
    of_lesson = (each for each in everyone if each.lesson_id == entry.lesson_id)
    for each in chain(linked, shuffled(of_lesson), shuffled(everyone)):  # few of them are usually asked for
        if each.id not in seen:
            seen.add(each.id)
            yield each


def accepted_names(entry: GlossaryEntry) -> list[str]:
    """Every name that is accepted in the blank: in all languages, with and without the words in parentheses."""
    names = [*entry.names.values(), *(name for names in entry.also.values() for name in names)]
    return list(dict.fromkeys(each for name in names for each in (name, without_parentheses(name)) if each))


def without_name(entry: GlossaryEntry, language: str) -> str:
    """The definition, with ``…`` in place of the term's own names."""
    text = entry.definition(language)
    for name in sorted(_names(entry, language), key=len, reverse=True):
        # A name of one letter, such as w, occurs in too many words and formulas to be hidden.
        if len(name) > 1:
            edges = (r"(?<![^\W_])", r"(?![^\W_])") if name.isascii() else ("", "")
            text = re.sub(f"{edges[0]}{re.escape(name)}{edges[1]}", "…", text, flags=re.IGNORECASE)
    return text


def _names(entry: GlossaryEntry, language: str) -> Iterable[str]:
    names = (entry.name(language), *entry.also.get(language, ()))
    return {each for name in names for each in (name, without_parentheses(name)) if each}


def _hints(name: str) -> tuple[str, ...]:
    """Two hints: the length and first letter of the name, then half of the name."""
    plain = without_parentheses(name) or name
    first = translate("review.hint-letters", count=len(plain), first=as_text(plain[0]))
    half = translate("review.hint-half", part=as_text(plain[: (len(plain) + 1) // 2]))
    return (first, half) if len(plain) > 2 else (first,)


def _explanation(entry: GlossaryEntry, language: str, *, reads_both: bool) -> str:
    names = (entry.name(language), *entry.names_beside(language, reads_both=reads_both))
    both = " · ".join(map(as_text, names))
    formula = entry.formula if not entry.formula or "$" in entry.formula else f"${entry.formula}$"
    return "\n\n".join(each for each in (f"**{both}**", entry.definition(language), formula) if each)


def as_text(name: str) -> str:
    """``name`` with its special characters escaped, so that Markdown shows it unchanged."""
    return _SPECIAL.sub(r"\\\1", name)
