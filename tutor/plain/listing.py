"""``tutor list``, and the names of lessons and labs for the command line."""

from __future__ import annotations

import sys

from tutor.course.packs.installed import open_course
from tutor.foundation.errors import TutorError
from tutor.foundation.files import is_file
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.terminal import terminal_size
from tutor.foundation.text import cell_width, pad, wrapped
from tutor.foundation.translate import language, language_mark, translate

_MIN_TITLE = 20
"""Cells that a title has even on a narrow terminal."""


def show_course() -> int:
    """Print the lessons by part, then the labs: of each its id, which is never cut, and its title.

    In a pipe each takes one line. On a terminal a long title goes on below itself.

    Returns:
        The exit code, always 0.

    Raises:
        TutorError: there is no lessons folder.
    """
    from tutor.labs.lab_files import lab_titles
    from tutor.plain.progress import open_progress

    course = open_course()
    with open_progress() as store:
        states = store.lesson_states()
    part = ""
    headers = course.headers(language())
    width = max((cell_width(header.id) for header in headers), default=0)
    read = cell_width(translate("list.read", percent="100%"))
    for header in headers:
        if header.part and header.part != part:
            part = header.part
            print(f"\n{part}")
        state = states.get(header.id)
        done = translate("list.read", percent=f"{state.read_fraction:4.0%}") if state else ""
        title = " ".join(filter(None, (harmless_line(header.title), language_mark(header.language))))
        _print_row(f"  {header.number:>2}  {pad(header.id, width)}  {pad(done, read)}  ", title)
    print(f"\n{translate('list.labs')}")
    titles = lab_titles(course.labs, language())
    width = max((cell_width(name) for name, _ in titles), default=0)
    for name, title in titles:
        _print_row(f"  {pad(name, width)}  ", title)
    return 0


def _print_row(head: str, title: str) -> None:
    """Print ``head`` and ``title``. Lines of a terminal end at a word, and those after the first are indented."""
    size = terminal_size() if sys.stdout is not None and sys.stdout.isatty() else None
    lines = wrapped(title, max(_MIN_TITLE, size.columns - cell_width(head) - 1)) if size else [title]
    for number, line in enumerate(lines or [""]):
        print(f"{' ' * cell_width(head) if number else head}{line}".rstrip())


def lesson_names() -> list[str]:
    """The ids of the lessons in use, in order; an empty list if there is no lessons folder."""
    try:
        course = open_course()
    except TutorError:
        return []
    return [header.id for header in course.headers(language())]


def lab_names() -> list[str]:
    """The ids of the labs in use; an empty list if there is no lessons folder."""
    try:
        course = open_course()
    except TutorError:
        return []
    return course.labs.names()


def is_lesson(word: str) -> bool:
    """Whether ``word`` means a lesson: its id, its number, or a path to a lesson file."""
    if word.endswith(".md") or is_file(word):
        return True
    try:
        course = open_course()
    except TutorError:
        # The command that opens the lesson reports that there is no lessons folder.
        return True
    return course.header(word, language()) is not None
