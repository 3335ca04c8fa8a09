"""The sections of a lesson: where they begin, and which one a reader is in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tutor.course.lesson import Lesson, Section


def top_sections(lesson: Lesson) -> list[int]:
    """The blocks at which the sections of the highest level begin."""
    highest = min((section.level for section in lesson.sections), default=0)
    return [section.block_index for section in lesson.sections if section.level == highest]


def section_at(lesson: Lesson, block: int) -> int:
    """The number of the section that a block belongs to, from 1; blocks before the first section belong to it."""
    return max(1, sum(1 for begin in top_sections(lesson) if begin <= block))


class Source(NamedTuple):
    """The section that most of some questions come from: its number from 1, the section, and how many questions."""

    number: int
    section: Section
    questions: int


def source_of(lesson: Lesson, question_ids: Iterable[str]) -> Source | None:
    """The section of the highest level in which most of the questions stand, the first of several; None without one."""
    wanted = set(question_ids)
    begins = {section.block_index: section for section in lesson.sections}
    blocks = [number for number, block in enumerate(lesson.blocks) if getattr(block, "id", None) in wanted]
    numbers = Counter(section_at(lesson, block) for block in blocks)
    if not numbers or not begins:
        return None
    number = min(numbers, key=lambda each: (-numbers[each], each))
    return Source(number, begins[top_sections(lesson)[number - 1]], numbers[number])
