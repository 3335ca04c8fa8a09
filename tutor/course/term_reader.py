"""Read a glossary entry: a definition, a formula, and links to related terms."""

from __future__ import annotations

import re

from tutor.course.former_ids import read_was
from tutor.course.id_fields import IdFields
from tutor.course.lab_fence import is_lab_fence
from tutor.course.lesson import Term
from tutor.course.lookalikes import fault_in_prose
from tutor.course.misplaced import refuse_misplaced, refuse_unknown_fields
from tutor.course.source import LONGEST_IDENTIFIER, LOST, Element, Source, as_words, is_reference
from tutor.foundation.suggest import is_one_typo
from tutor.foundation.translate import translate

LINK = re.compile(r"\]\(#([^()#\s]+)\)")
"""A link to a term or a section; group 1 is its id."""
_LONGEST_DEFINITION = 1_000
_BOLD_WORD = re.compile(r"\*\*(?P<word>[^\W\d_]{2,14})\s?[:：]?\*\*")
_SHORTEST_WITH_TYPO = 4
_FIELDS = ("also", "was")
"""What can stand behind the id of a term."""


def read_term(source: Source, fields: IdFields, heading: Element, body: list[Element], lesson_id: str) -> Term:
    """Read the term under ``heading``. Faults are added to `Source.faults`."""
    identifier = fields.id
    refuse_unknown_fields(source, heading, fields, _FIELDS)
    text, formula, seen = _sort_out(source, body)
    see = tuple(dict.fromkeys(LINK.findall(seen)))
    place = source.place(heading.start)
    refuse_misplaced(source, heading)
    if not text:
        source.fault(place, translate("course.no-definition", id=identifier), translate("course.no-definition-hint"))
    if len(text) > _LONGEST_DEFINITION:
        source.fault(place, translate("course.long-definition", id=identifier, most=_LONGEST_DEFINITION))
    for link in see:
        if not is_reference(link):
            wrong = source.find(heading.start, len(source.lines), f"#{link}")
            source.fault(wrong, translate("course.not-an-id", id=link[:LONGEST_IDENTIFIER]))
    was = read_was(source, heading, fields.listed("was"))
    return Term(
        identifier, heading.content.strip(), fields.listed("also"), text, formula, see, place, lesson_id, was
    )  # fmt: skip


def _sort_out(source: Source, body: list[Element]) -> tuple[str, str, str]:
    """Return the definition, the formula and the links. They may share a paragraph."""
    definition: list[str] = []
    formula: list[str] = []
    see: list[str] = []
    taking = definition
    for element in body:
        if is_lab_fence(element):
            source.fault(source.place(element.start), translate("course.lab-inside"))
        if element.kind == "html_block" or is_lab_fence(element):
            continue
        refuse_misplaced(source, element)
        fault = fault_in_prose(source, element)
        if fault is not None:
            source.faults.append(fault)
        if fault is not None or element.kind == LOST:
            break  # A question may begin here, and its answer must not be shown.
        text = source.text(element.start, element.end)
        _refuse_nearly_marked(source, element)
        if taking is not definition and taking:
            # The marked part is complete; a new paragraph continues the definition.
            taking = definition
        for marked, part in _marked_parts(text, source.words.marker) if element.kind == "paragraph" else [(None, text)]:
            if marked is not None:
                taking = formula if marked else see
            if part:
                taking.append(part)
    return "\n\n".join(definition), as_words(" ".join(" ".join(formula).split())), " ".join(see)


def _refuse_nearly_marked(source: Source, element: Element) -> None:
    """Report a bold word at the start of a line that is probably **Formula** or **See** with a typo."""
    for index in range(element.start, element.end):
        found = _BOLD_WORD.match(source.lines[index])
        if found is None or source.words.marker.match(source.lines[index]):
            continue
        written, has_links = found["word"].casefold(), "](#" in source.lines[index]
        near = next((word for word in source.words.marker_words if is_one_typo(written, word)), "")
        if near and (has_links or len(near) >= _SHORTEST_WITH_TYPO):
            message = translate("course.unread-marker", word=found["word"])
            source.fault(source.place(index), message, translate("course.unread-marker-hint"))


def _marked_parts(text: str, marker: re.Pattern[str]) -> list[tuple[bool | None, str]]:
    """Split a paragraph: None marks the definition, True text after ``**Formula**``, False text after ``**See**``."""
    parts: list[tuple[bool | None, str]] = []
    marked, start = None, 0
    for found in marker.finditer(text):
        begins_line = not text[: found.start()].rpartition("\n")[2].strip()
        if begins_line or marked is not None:
            parts.append((marked, text[start : found.start()].strip()))
            marked, start = found["formula"] is not None, found.end()
    parts.append((marked, text[start:].strip()))
    return parts
