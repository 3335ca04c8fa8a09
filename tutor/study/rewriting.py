"""Exercises that were passed long ago, to be written again from scratch."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tutor.course.exercises.finding import find_exercise

if TYPE_CHECKING:
    from tutor.course.catalogue import Course
    from tutor.course.lesson import Exercise
    from tutor.progress.store import ProgressStore

REWRITE_AFTER: Final = timedelta(days=60)
"""How long ago the last pass must be."""


def exercise_to_rewrite(course: Course, store: ProgressStore, language: str, moment: datetime) -> Exercise | None:
    """The exercise whose last pass is longest ago; None if that is less than `REWRITE_AFTER`.

    Args:
        course: The course. Lessons are read only if there is something to offer.
        store: The learner's progress.
        language: The language that the learner reads.
        moment: Now, in UTC.
    """
    passes = sorted((at, name) for name, at in store.statistics.passes().items() if moment - at >= REWRITE_AFTER)
    found = (find_exercise(course, language, name) for _, name in passes)
    return next((each.exercise for each in found if each is not None), None)
