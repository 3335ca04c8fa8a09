"""A glossary entry: a definition, a formula, links to its neighbours."""

from __future__ import annotations

import re

from tutor.course.lesson import Term
from tutor.course.source import Element, Source, is_identifier
from tutor.foundation.translate import translate

_FORMULA = re.compile(r"^\*\*(?:formula|公式)(?:[:：]?\*\*|\*\*[:：])\s*(?P<rest>.*)$", re.IGNORECASE)
_SEE = re.compile(r"^\*\*(?:see|see also|参见|另见)(?:[:：]?\*\*|\*\*[:：])\s*(?P<rest>.*)$", re.IGNORECASE)
_LINK = re.compile(r"\]\(#([^)\s]+)\)")
_LONGEST_DEFINITION = 1_000


def term_head(said: str) -> tuple[str, tuple[str, ...]]:
    """The id and the other names in ``id; also: a, b``."""
    identifier, _, rest = said.partition(";")
    names: list[str] = []
    key, colon, value = rest.partition(":")
    if colon and key.strip().casefold() == "also":
        names = [each.strip() for each in re.split(r"[,，、]", value)]
    return identifier.strip(), tuple(name for name in names if name)


def read_term(source: Source, said: str, heading: Element, body: list[Element], lesson_id: str) -> Term:
    """Read the term under ``heading``. Faults go to `Source.faults`."""
    identifier, also = term_head(said)
    definition: list[str] = []
    formula = ""
    see: tuple[str, ...] = ()
    for element in body:
        kept = []
        for line in source.text(element.start, element.end).split("\n"):
            if element.kind == "paragraph" and (found := _FORMULA.match(line.strip())):
                formula = found["rest"].strip()
            elif element.kind == "paragraph" and (found := _SEE.match(line.strip())):
                see = tuple(_LINK.findall(found["rest"]))
            else:
                kept.append(line)
        if kept and element.kind != "html_block":
            definition.append("\n".join(kept))
    text = "\n\n".join(definition)
    place = source.place(heading.start)
    if not text:
        source.fault(place, translate("course.no-definition", id=identifier), translate("course.no-definition-hint"))
    if len(text) > _LONGEST_DEFINITION:
        source.fault(place, translate("course.long-definition", id=identifier, most=_LONGEST_DEFINITION))
    for link in see:
        if not is_identifier(link):
            source.fault(place, translate("course.not-an-id", id=link))
    return Term(identifier, heading.content.strip(), also, text, formula, see, place, lesson_id)
