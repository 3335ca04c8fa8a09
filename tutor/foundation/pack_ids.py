"""Ids with a pack: ``pack:lesson``. What belongs to the shipped course has an id without a pack.

Lessons, questions, exercises, terms and labs of a pack carry its id in theirs, so that progress, reviews, glossary and
search keep them apart from those of other packs without knowing about packs.
"""

from __future__ import annotations

CORE = "core"
"""The pack that an author writes for the shipped course. Ids of the shipped course are kept without it."""
MARK = ":"
RESERVED = frozenset(
    {CORE, "tutor", "term", "program", "lesson", "lab", "question", "exercise", "part", "fault", "quiz", "exam"}
)
"""No pack can have one of these ids, because keys of cards and of rows on screens begin with these words."""


def in_pack(pack: str, own_id: str) -> str:
    """Return the id of what a pack calls ``own_id``; for the shipped course, which has no pack, ``own_id``."""
    return f"{pack}{MARK}{own_id}" if pack and pack != CORE else own_id


def pack_of_id(whole_id: str) -> str:
    """Return the pack of an id; empty for the shipped course."""
    return whole_id.rpartition(MARK)[0]


def own_id_of(whole_id: str) -> str:
    """Return an id without its pack, as the pack's author wrote it."""
    return whole_id.rpartition(MARK)[2]


def file_stem_of(whole_id: str) -> str:
    """Return the name of a file for an id: no id without a pack has a dot, so no two ids share a name."""
    return whole_id.replace(MARK, ".")


def id_of_file_stem(stem: str) -> str:
    """Return the id that `file_stem_of` made a name of."""
    return stem.replace(".", MARK)
