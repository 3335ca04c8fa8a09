"""``tutor list``: the lessons with what the learner has done, and the labs."""

from __future__ import annotations

from pathlib import Path

from tutor.course.catalogue import Course
from tutor.foundation import paths
from tutor.foundation.text import pad
from tutor.foundation.translate import language, translate
from tutor.plain.progress_files import closing_memory
from tutor.study.open_progress import open_progress


def show_course() -> int:
    """Print the lessons by part, one a line, then the labs, one a line.

    Returns:
        The exit code, always 0.

    Raises:
        TutorError: there is no lessons folder.
    """
    folder = paths.lessons_folder()
    course = Course(folder)
    opened = open_progress(course)
    for notice in opened.notices:
        print(notice)
    with closing_memory(opened.store):
        states = opened.store.lesson_states()
    part = ""
    for header in course.headers(language()):
        if header.part and header.part != part:
            part = header.part
            print(f"\n{part}")
        state = states.get(header.id)
        done = translate("list.read", percent=f"{state.read_fraction:4.0%}") if state else " " * 9
        print(f"  {header.number:>2}  {pad(header.title, 52)} {done}  {header.id}")
    print(f"\n{translate('list.labs')}")
    for name, title in _labs(folder):
        print(f"  {pad(name, 18)} {title}")
    return 0


def _labs(folder: Path) -> list[tuple[str, str]]:
    from tutor.labs.lab_files import lab_titles

    return lab_titles(folder / "labs", language())
