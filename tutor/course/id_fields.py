"""What the comment with an id says: ``<!-- q: new-id; match; was: old-lesson/old-id -->``.

The comments are read twice: by the readers of questions and terms, and by `id_lines`, which only wants the ids and
must be quick, because the course map waits for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_FIELDS = re.compile("[;；]")
_COLON = re.compile("[:：]")
_COMMAS = re.compile("[,，、]")
_COMMENT = re.compile(r"<!--[ \t]*(?P<kind>q|term)[ \t]*[:：](?P<said>[^<>]{0,2000})-->", re.IGNORECASE)
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(?P<title>.*?)(?:[ \t]+#+)?[ \t]*\Z")
_FENCE = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})(?P<behind>.*)\Z")
_LONGEST_LINE = 4_000


@dataclass(frozen=True, slots=True)
class IdFields:
    """An id and what stands behind it.

    Args:
        id: As it is written, which need not be an id.
        word: What stands there without a colon, folded: the type of a question.
        values: What stands there with one, by its name, folded.
    """

    id: str
    word: str
    values: Mapping[str, str]

    def listed(self, name: str) -> tuple[str, ...]:
        """The values of ``name``, which commas separate."""
        return tuple(each.strip() for each in _COMMAS.split(self.values.get(name, "")) if each.strip())


def read_id(said: str) -> IdFields:
    """Read what a comment says behind ``q:`` or ``term:``. Any text can be read."""
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
    """The id of a question or term in a lesson's text, with the heading above it."""

    is_term: bool
    title: str
    fields: IdFields


def id_lines(lines: Iterable[str]) -> Iterator[IdLine]:
    """The ids right below a heading, in order; those in code are code.

    A lesson without faults has the same ids if it is read whole.
    """
    title, fence = "", ""
    for line in lines:
        found = _FENCE.match(line[:_LONGEST_LINE])
        if found is not None:
            if not fence:
                fence = found["mark"]
            elif found["mark"].startswith(fence) and not found["behind"].strip():
                fence = ""
        if fence or not line.strip():
            continue
        comment = _COMMENT.match(line[:_LONGEST_LINE].strip())
        if comment is not None and title:
            yield IdLine(comment["kind"].casefold() == "term", title, read_id(comment["said"]))
        heading = _HEADING.match(line[:_LONGEST_LINE])
        title = heading["title"] if heading is not None else ""
