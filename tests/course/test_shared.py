"""A course that was read before the fork, until a lesson changes."""

from __future__ import annotations

from pathlib import Path

from tests.tui.quiz_lessons import make_lessons
from tutor.course.shared import read_ahead, shared_course
from tutor.workspace import Workspace


def test_a_course_is_shared_until_a_lesson_changes(tmp_path: Path) -> None:
    folder = make_lessons(tmp_path)
    assert shared_course(folder) is None
    steps = len(list(read_ahead(folder)))
    course = shared_course(folder)
    assert course is not None
    assert steps > len(course.languages)
    assert course.has_glossary
    assert Workspace(lessons=folder).course is course
    path = course.files("en")[0]
    path.write_text(path.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    assert shared_course(folder) is None
    assert Workspace(lessons=folder).course is not course
