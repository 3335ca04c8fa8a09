"""Where the course speaks of the project, which is a whole program and not an exercise in a lesson."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.course.catalogue import Course

PROJECT = "phones-project"
LESSON_OF_PROJECT = "hw2-dnn"


def has_project(course: Course, language: str) -> bool:
    """Whether the course has the lesson that sets the project."""
    return course.header(LESSON_OF_PROJECT, language) is not None


def section_of_project(course: Course, language: str) -> str | None:
    """The anchor of the section that sets the project; None if there is no such lesson."""
    from tutor.course.lesson import Prose

    lesson = course.lesson(LESSON_OF_PROJECT, language)
    if lesson is None:
        return None
    named = (
        number for number, each in enumerate(lesson.blocks) if isinstance(each, Prose) and PROJECT in each.markdown
    )
    section = next((lesson.section_of(number) for number in named), None)
    return section.anchor if section is not None else ""
