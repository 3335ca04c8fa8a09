"""The names that a command line may use for lessons and labs."""

from __future__ import annotations

from tutor.foundation import paths
from tutor.foundation.errors import TutorError
from tutor.foundation.files import is_file
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language


def lesson_names() -> list[str]:
    """The ids of the lessons in use, in order; none where there are no lessons."""
    from tutor.course.catalogue import Course

    try:
        course = Course(paths.lessons_folder())
    except TutorError:
        return []
    return [header.id for header in course.headers(language())]


def lab_names() -> list[str]:
    """The ids of the labs that ship, in the order of their names."""
    try:
        folder = paths.lessons_folder() / "labs"
    except TutorError:
        return []
    return sorted(path.stem for path in folder.glob("*.toml") if harmless_line(path.stem) == path.stem)


def is_lesson(word: str) -> bool:
    """Whether ``word`` means a lesson: its id, its number, or a path to a lesson file."""
    if word.endswith(".md") or is_file(word):
        return True
    from tutor.course.catalogue import Course

    try:
        headers = Course(paths.lessons_folder()).headers(language())
    except TutorError:
        # Let the command that opens it say that there is no lessons folder.
        return True
    return any(word == header.id or word.lstrip("0") == str(header.number) for header in headers)
