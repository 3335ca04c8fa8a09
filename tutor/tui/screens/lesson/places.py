"""Places of a lesson, and what is carried over when it is read anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tutor.course.lesson import Lesson
    from tutor.study.lesson_session import LessonSession


def carry_drafts(old: LessonSession | None, new: LessonSession) -> None:
    """What was begun and not committed goes on in a new session of the same lesson."""
    for question in old.lesson.questions if old is not None else ():
        attempt = old.exercise(question.id).attempt if old is not None else None
        if attempt is not None and not attempt.locked and attempt.can_undo:
            new.exercise(question.id).attempt.put(attempt.draft)


def block_of(lesson: Lesson, anchor: str) -> int | None:
    """The block of a section's anchor, or of a question or term by its id."""
    for section in lesson.sections:
        if section.anchor == anchor:
            return section.block_index
    for number, block in enumerate(lesson.blocks):
        if getattr(block, "id", None) == anchor:
            return number
    return None


def lab_titles(lesson: Lesson, labs_folder: Path) -> dict[str, str]:
    """The titles of the labs that stand in a lesson, by name; those that cannot be read are left out."""
    from tutor.labs.lab_files import lab_titles as titles_in

    names = {fence.lab for fence in lesson.labs}
    return {name: title for name, title in titles_in(labs_folder, lesson.language) if name in names}
