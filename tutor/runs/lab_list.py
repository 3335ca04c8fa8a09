"""The labs of a course by lesson, each with the best attempt at its goal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tutor.foundation.pack_ids import pack_of_id
from tutor.labs.check import fences_of
from tutor.labs.lab_files import LabHeading, lab_headings

if TYPE_CHECKING:
    from tutor.course.catalogue import Course, LessonHeader
    from tutor.course.lesson import LabFence
    from tutor.progress.activity import LabAttempt
    from tutor.progress.store import ProgressStore


@dataclass(frozen=True, slots=True)
class ListedLab:
    """A lab of the course.

    Args:
        heading: Its name, title and goal.
        lesson: The first lesson that uses it; None if none does.
        fence: How that lesson opens it; None if none does.
        best: The best attempt at its goal; None if there was none.
    """

    heading: LabHeading
    lesson: LessonHeader | None
    fence: LabFence | None
    best: LabAttempt | None


def labs_by_lesson(course: Course, store: ProgressStore, language: str) -> Sequence[ListedLab]:
    """Every lab, in the order of the lessons that use it; labs that no lesson uses come last, by name.

    Of a course with labs of its own, shipped labs that no lesson uses are left out: they belong to other lessons.

    Reads the lessons if that has not happened yet.
    """
    places: dict[str, tuple[int, LessonHeader, LabFence]] = {}
    for header in course.headers(language):
        lesson = course.lesson(header.id, language)
        for fence in fences_of(lesson) if lesson is not None else ():
            places.setdefault(fence.lab, (len(places), header, fence))
    listed = []
    shelf = course.labs
    own = dict(replace(shelf, folders=shelf.folders[:1]).files())
    has_own = any(not pack_of_id(name) for name in own)
    for heading in lab_headings(shelf, language):
        place = places.get(heading.name)
        if place is None and has_own and heading.name not in own:
            continue
        best = store.attempts.best(heading.name, heading.goal) if heading.goal else None
        listed.append(
            ListedLab(heading, place[1] if place is not None else None, place[2] if place is not None else None, best)
        )
    last = len(places)
    return sorted(listed, key=lambda each: places[each.heading.name][0] if each.heading.name in places else last)
