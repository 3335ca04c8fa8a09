"""The sections of a lesson: where they begin, and which one a reader is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.course.lesson import Lesson


def top_sections(lesson: Lesson) -> list[int]:
    """The blocks at which the sections of the highest level begin."""
    highest = min((section.level for section in lesson.sections), default=0)
    return [section.block_index for section in lesson.sections if section.level == highest]


def section_at(lesson: Lesson, block: int) -> int:
    """The number of the section that a block belongs to, from 1; blocks before the first section belong to it."""
    return max(1, sum(1 for begin in top_sections(lesson) if begin <= block))
