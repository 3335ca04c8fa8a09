"""The sections of a lesson: where they begin, and which one a reader is in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from tutor.course.lesson import Prose, Term

if TYPE_CHECKING:
    from tutor.course.lesson import Lesson, Section


def top_sections(lesson: Lesson) -> list[int]:
    """The blocks at which the sections of the highest level begin, without those of the appendix."""
    begins, appendix = _every_top_section(lesson), appendix_begin(lesson)
    return [begin for begin in begins if begin < appendix] or begins


def _every_top_section(lesson: Lesson) -> list[int]:
    highest = min((section.level for section in lesson.sections), default=0)
    return [section.block_index for section in lesson.sections if section.level == highest]


def section_at(lesson: Lesson, block: int) -> int:
    """The number of the section that a block belongs to, from 1; blocks before the first section belong to it."""
    return max(1, sum(1 for begin in top_sections(lesson) if begin <= block))


def appendix_begin(lesson: Lesson) -> int:
    """The first block of what is looked up and not read: the list of terms at the end, and the sources after it.

    The list is a section of the highest level with nothing but terms below its heading. After it, only text follows.

    Returns:
        The index of the block with the list's heading; the number of blocks if the lesson has no such list.
    """
    blocks = lesson.blocks
    for begin, end in pairwise([*_every_top_section(lesson), len(blocks)]):
        heading, terms = blocks[begin], blocks[begin + 1 : end]
        is_list = isinstance(heading, Prose) and "\n" not in heading.markdown.strip()
        if is_list and terms and all(isinstance(each, Term) for each in terms):
            return begin if all(isinstance(each, Prose | Term) for each in blocks[end:]) else len(blocks)
    return len(blocks)


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
