"""Ids that a pack had when it was last checked and has no more: what learners answered under them would be lost."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tutor.course.former_ids import former_ids_of_labs
from tutor.course.lesson import Lesson
from tutor.foundation import paths
from tutor.foundation.files import read_file, write_text

_LARGEST = 4 << 20
_KINDS = ("lesson", "question", "exercise", "term", "lab")
_VERSION = 1


@dataclass(frozen=True, slots=True)
class PackIds:
    """The ids of a pack by kind. Questions and exercises stand as ``lesson/id``."""

    ids: dict[str, frozenset[str]]

    @classmethod
    def of(cls, lessons: Iterable[Lesson], labs_folder: Path) -> PackIds:
        """Return the ids of lessons, and of the labs in a folder."""
        found: dict[str, set[str]] = {kind: set() for kind in _KINDS}
        for lesson in lessons:
            found["lesson"].add(lesson.id)
            found["question"] |= {f"{lesson.id}/{each.id}" for each in (*lesson.every_question, *lesson.left_out)}
            found["exercise"] |= {f"{lesson.id}/{each.id}" for each in lesson.exercises}
            found["term"] |= {each.id for each in lesson.terms}
        found["lab"] |= {each.stem for each in labs_folder.glob("*.toml")}
        return cls({kind: frozenset(each) for kind, each in found.items()})


def vanished(before: PackIds, lessons: Sequence[Lesson], labs_folder: Path) -> list[tuple[str, str]]:
    """Return the kind and the id of everything that was there before, is not there now, and is no former id."""
    now = PackIds.of(lessons, labs_folder)
    renamed = {was: lesson.id for lesson in lessons for was in lesson.was if "/" not in was}
    claimed = {was for lesson in lessons for was in lesson.was if "/" in was}
    claimed |= {was for lesson in lessons for each in lesson.every_question for was in each.was}
    former = {
        "lesson": set(renamed),
        "term": {was for lesson in lessons for each in lesson.terms for was in each.was},
        "lab": {was for each in former_ids_of_labs(labs_folder).values() for was in each},
    }
    gone = []
    for kind in _KINDS:
        for each in sorted(before.ids.get(kind, frozenset()) - now.ids[kind]):
            lesson, _, own = each.rpartition("/")
            is_former = each in former.get(kind, ())
            if lesson:
                moved = f"{renamed.get(lesson, lesson)}/{own}"
                is_former = moved in now.ids[kind] or not claimed.isdisjoint({each, own, moved})
            if not is_former:
                gone.append((kind, each))
    return gone


def ids_at_last_check(pack: str) -> PackIds | None:
    """Return the ids that a pack had when it was last checked without a fault; None if it never was."""
    try:
        kept = json.loads(read_file(_file(pack), _LARGEST))
        if kept["version"] != _VERSION:
            return None
        return PackIds({kind: frozenset(map(str, kept["ids"][kind])) for kind in _KINDS})
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def keep_ids(pack: str, ids: PackIds) -> None:
    """Remember the ids of a pack for its next check, if the folder can be written to."""
    found = {kind: sorted(each) for kind, each in ids.ids.items()}
    with contextlib.suppress(OSError):
        write_text(_file(pack), json.dumps({"version": _VERSION, "ids": found}))


def _file(pack: str) -> Path:
    return paths.data_folder() / "checked-packs" / f"{pack}.json"
