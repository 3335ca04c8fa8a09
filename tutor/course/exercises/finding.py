"""Find the exercises of a course without reading lessons that have none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tutor.course.catalogue import Course
from tutor.course.files import LARGEST_FILE
from tutor.course.lesson import Exercise, Lesson
from tutor.course.source import directive, is_reference
from tutor.foundation.files import read_start
from tutor.foundation.pack_ids import CORE, MARK, own_id_of


@dataclass(frozen=True, slots=True)
class FoundExercise:
    """An exercise and the lesson in which it stands."""

    exercise: Exercise
    lesson: Lesson


def find_exercises(course: Course, language: str, name: str = "") -> Iterator[FoundExercise]:
    """Yield the exercises of a course in its order, each in ``language`` if possible.

    Args:
        course: The course.
        language: The language that the learner reads.
        name: The id of the only exercise that is wanted; empty for all of them.
    """
    for header in course.headers(language):
        try:
            content = read_start(header.path, LARGEST_FILE)
        except OSError:
            continue
        text = content.decode("utf-8", errors="replace")
        if own_id_of(name) not in text or directive(text, "x") is None:
            continue
        lesson = course.lesson(header.id, language)
        if lesson is not None:
            yield from (FoundExercise(each, lesson) for each in lesson.exercises if name in {"", each.id})


def find_exercise(course: Course, language: str, name: str) -> FoundExercise | None:
    """Return the exercise with an id, in ``language`` if possible; None if the course has none, whatever was typed.

    If a pack does not have the exercise that an id names, that of the shipped course is meant.
    """
    if not is_reference(name):
        return None
    names = dict.fromkeys((name.removeprefix(f"{CORE}{MARK}"), own_id_of(name)))
    return next((found for each in names for found in find_exercises(course, language, each)), None)
