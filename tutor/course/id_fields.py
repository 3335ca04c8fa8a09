"""The fields of the comment with an id: ``<!-- q: new-id; match; was: old-lesson/old-id -->``.

These comments are read twice: by the readers of questions and terms, and by `id_lines`, which needs only the ids and
must be fast, because the course map waits for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_FIELDS = re.compile("[;；]")
_COLON = re.compile("[:：]")
_COMMAS = re.compile("[,，、]")
_COMMENT = re.compile(r"<!--[ \t]*(?P<kind>q|x|term)[ \t]*[:：](?P<said>[^<>]{0,2000})-->", re.IGNORECASE)
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(?P<title>.*?)(?:[ \t]+#+)?[ \t]*\Z")
_FENCE = re.compile(r" {0,3}(?P<bullet>[-*+] {1,3})?(?P<mark>`{3,}|~{3,})(?P<behind>.*)\Z")
"""Code may stand in an item of a list, as a mistake of an exercise does."""
_LONGEST_LINE = 4_000


@dataclass(frozen=True, slots=True)
class IdFields:
    """An id and the fields after it.

    Args:
        id: The text as written, which may not be a valid id.
        word: The field without a colon, folded: the type of a question.
        values: The fields with a colon, by their folded names.
    """

    id: str
    word: str
    values: Mapping[str, str]

    def listed(self, name: str) -> tuple[str, ...]:
        """Return the comma-separated values of ``name``."""
        return tuple(each.strip() for each in _COMMAS.split(self.values.get(name, "")) if each.strip())


def read_id(said: str) -> IdFields:
    """Read the text of a comment after ``q:`` or ``term:``. This works for any text."""
    identifier, *fields = _FIELDS.split(said)
    words: list[str] = []
    values: dict[str, str] = {}
    for field in fields:
        name, *value = _COLON.split(field, maxsplit=1)
        name = " ".join(name.split()).casefold()
        if value:
            values.setdefault(name, value[0].strip())
        elif name:
            words.append(name)
    return IdFields(identifier.strip(), "; ".join(words), values)


@dataclass(frozen=True, slots=True)
class IdLine:
    """The id of a question, exercise or term in the text of a lesson, with the heading above it."""

    is_term: bool
    title: str
    fields: IdFields


def id_lines(lines: Iterable[str]) -> Iterator[IdLine]:
    """Yield the ids directly below a heading, in order. Ids inside code do not count.

    In a lesson without faults, these are the same ids that `read_lesson` finds.
    """
    title, fence = "", ""
    for line in lines:
        found = _FENCE.match(line[:_LONGEST_LINE])
        if found is not None:
            if not fence:
                fence = found["mark"]
            elif found["mark"].startswith(fence) and not (found["bullet"] or found["behind"].strip()):
                fence = ""
        if fence or not line.strip():
            continue
        comment = _COMMENT.match(line[:_LONGEST_LINE].strip())
        if comment is not None and title:
            yield IdLine(comment["kind"].casefold() == "term", title, read_id(comment["said"]))
        heading = _HEADING.match(line[:_LONGEST_LINE])
        title = heading["title"] if heading is not None else ""
