"""Opening the progress file for a course: what the course has renamed is found under its new ids."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tutor.foundation.translate import language
from tutor.progress.renames import Renames, nothing_renamed
from tutor.progress.store import OpenedStore, open_store

if TYPE_CHECKING:
    from tutor.course.catalogue import Course


def open_course_store(course: Course | None, path: Path | None = None) -> OpenedStore:
    """Open the progress file. This never fails: see `tutor.progress.store.open_store`.

    Args:
        course: The course that is learnt; None if there is none.
        path: The file; by default the learner's own.
    """
    return open_store(path, nothing_renamed if course is None else lambda: course.kept(renames_of))


def renames_of(course: Course) -> Renames:
    """What the lessons of ``course`` say that they, their questions and their terms were called."""
    lessons: dict[str, str] = {}
    questions: dict[tuple[str, str], tuple[str, str]] = {}
    terms: dict[str, tuple[str, str]] = {}
    variants: dict[str, str] = {}
    moved: list[tuple[str, str, tuple[str, str]]] = []
    for header in course.headers(language()):
        for was in header.was:
            lesson, slash, former = was.rpartition("/")
            if slash:
                moved.append((lesson, former, (header.id, former)))
            else:
                lessons[former] = header.id
        for known in header.ids:
            if known.variant_of:
                variants[known.id] = known.variant_of
            for was in known.was:
                lesson, _, former = was.rpartition("/")
                if known.is_term:
                    terms[former] = header.id, known.id
                else:
                    moved.append((lesson, former, (header.id, known.id)))
    for lesson, former, today in moved:
        questions[lesson, former] = today
        if lesson in lessons:  # the lesson was renamed first, and the question after that
            questions.setdefault((lessons[lesson], former), today)
    return Renames(lessons, questions, terms, lambda: _labs_of(course), variants)


def _labs_of(course: Course) -> dict[str, str]:
    from tutor.course.former_ids import former_ids_of_labs

    return {former: lab for lab, was in former_ids_of_labs(course.labs_folder).items() for former in was}
