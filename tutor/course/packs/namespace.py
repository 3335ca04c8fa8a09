"""The ids of a pack as the rest of the program knows them.

An author writes plain ids. Once a lesson is read, what belongs to the pack has the pack's id in front: its lessons,
questions, exercises, terms and labs, and every link and `needs` that means one of them. An id without a pack means the
author's own pack first, then the shipped course; ``core:id`` and ``other-pack:id`` say which one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast
from zlib import crc32

from tutor.foundation.pack_ids import CORE, MARK, in_pack, pack_of_id

if TYPE_CHECKING:
    from tutor.course.headers import KnownId, LessonHeader
    from tutor.course.lesson import Block, LabFence, Lesson, Question

_T = TypeVar("_T")
_MINE = "mine."
_LINK_START = "](#"


class Namespace:
    """How a pack's ids are read.

    Args:
        pack: The pack's id.
        labs_folder: The folder of its labs.
        lessons: The ids of its lessons, as their author wrote them.
        terms: The ids of its terms.
    """

    def __init__(self, pack: str, labs_folder: Path, lessons: frozenset[str], terms: frozenset[str]) -> None:
        self._pack = pack
        self._labs_folder = labs_folder
        self._lessons = lessons
        self._terms = terms

    @property
    def digest(self) -> str:
        """A short text that differs if the same ids would be read in another way."""
        ids = "\n".join([*sorted(self._lessons), "", *sorted(self._terms)])
        return f"{self._pack}-{crc32(ids.encode()):08x}"

    def own(self, own_id: str) -> str:
        """Return the whole id of what the pack defines."""
        return in_pack(self._pack, own_id)

    def header(self, header: LessonHeader, part: str) -> LessonHeader:
        """Return the header of a lesson of the pack, in ``part`` of the course."""
        return replace(
            header,
            id=self.own(header.id),
            needs=self._needs(header.needs),
            was=self._former(header.was),
            part=part,
            ids=tuple(map(self._known, header.ids)),
        )

    def lesson(self, lesson: Lesson) -> Lesson:
        """Return a lesson of the pack with whole ids."""
        every = (*lesson.blocks, *lesson.variants, *lesson.left_out)
        here = self._terms | {own for each in every if isinstance(own := getattr(each, "id", None), str)}
        blocks = tuple(self._block(each, here) for each in lesson.blocks)
        return replace(
            lesson,
            id=self.own(lesson.id),
            needs=self._needs(lesson.needs),
            was=self._former(lesson.was),
            blocks=blocks,
            variants=tuple(cast("Question", self._block(each, here)) for each in lesson.variants),
            left_out=tuple(cast("Question", self._block(each, here)) for each in lesson.left_out),
        )

    def _known(self, known: KnownId) -> KnownId:
        variant_of = self.own(known.variant_of) if known.variant_of else ""
        return replace(known, id=self.own(known.id), was=self._former(known.was), variant_of=variant_of)

    def _needs(self, needs: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_whole(each, self._pack, self._lessons) for each in needs)

    def _former(self, was: tuple[str, ...]) -> tuple[str, ...]:
        """Return former ids: those without a pack were this pack's, and a question was in the pack of its lesson."""
        found = []
        for former in was:
            lesson, slash, own = former.rpartition("/")
            pack = pack_of_id(lesson) or self._pack
            found.append(
                f"{_without_core(lesson, pack)}{slash}{_without_core(own, pack)}" if slash else _without_core(own, pack)
            )
        return tuple(found)

    def _block(self, block: Block, here: frozenset[str]) -> Block:
        from tutor.course.lesson import Exercise, LabFence, Question, Term

        if isinstance(block, LabFence):
            return self._fence(block)
        block = self._rewritten(block, here)
        if isinstance(block, Term):
            see = tuple(_whole(each, self._pack, here) for each in block.see)
            return replace(
                block, id=self.own(block.id), lesson_id=self.own(block.lesson_id), see=see, was=self._former(block.was)
            )
        if isinstance(block, Question):
            return replace(
                block,
                id=self.own(block.id),
                lesson_id=self.own(block.lesson_id),
                variant_of=self.own(block.variant_of) if block.variant_of else "",
                was=self._former(block.was),
                labs=tuple(map(self._fence, block.labs)),
            )
        if isinstance(block, Exercise):
            return replace(
                block,
                id=self.own(block.id),
                lesson_id=self.own(block.lesson_id),
                labs=tuple(map(self._fence, block.labs)),
                slots={slot: _without_core(each, self._pack) for slot, each in block.slots.items()},
            )
        return block

    def _fence(self, fence: LabFence) -> LabFence:
        pack, _, own = fence.lab.rpartition(MARK)
        is_own = pack in {"", self._pack} and (self._labs_folder / f"{own}.toml").is_file()
        lab = self.own(own) if is_own else own if pack == CORE else fence.lab
        return replace(fence, lab=lab, overrides=self._overrides(fence.overrides))

    def _overrides(self, overrides: Mapping[str, object]) -> dict[str, object]:
        return {
            key: _without_core(value, self._pack) if key.startswith(_MINE) and isinstance(value, str) else value
            for key, value in overrides.items()
        }

    def _rewritten(self, value: _T, here: frozenset[str]) -> _T:
        """Return ``value`` with whole ids in the links of all its texts, however deep they lie."""
        if isinstance(value, str):
            return cast("_T", with_links(value, self._pack, here))
        if isinstance(value, tuple):
            items = tuple(self._rewritten(each, here) for each in value)
            changed = any(new is not old for new, old in zip(items, value, strict=True))
            return cast("_T", items) if changed else value
        if is_dataclass(value) and not isinstance(value, type):
            changes = {
                each.name: new
                for each in fields(value)
                if (new := self._rewritten(old := getattr(value, each.name), here)) is not old
            }
            return cast("_T", replace(value, **changes)) if changes else value
        return value


def with_links(text: str, pack: str, own: frozenset[str]) -> str:
    """Return Markdown in which links to what a pack defines have whole ids. Links inside code stay as they are."""
    if _LINK_START not in text:
        return text
    from tutor.course.code_spans import without_code
    from tutor.course.term_reader import LINK

    pieces, at = [], 0
    for found in LINK.finditer(without_code(text)):
        start, end = found.span(1)
        pieces += [text[at:start], _whole(text[start:end], pack, own)]
        at = end
    return "".join([*pieces, text[at:]]) if at else text


def _whole(reference: str, pack: str, own: frozenset[str]) -> str:
    """Return the whole id of what an author means: something in ``own`` first, then something of the course."""
    return in_pack(pack, reference) if reference in own else reference.removeprefix(f"{CORE}{MARK}")


def _without_core(reference: str, pack: str) -> str:
    """Return the whole id of a reference that means the pack unless it names another one."""
    return reference.removeprefix(f"{CORE}{MARK}") if MARK in reference else in_pack(pack, reference)
