"""``tutor notes`` and ``tutor digest``: the learner's notes, and what to keep of a lesson, as lines or as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.course.catalogue import Course
from tutor.course.packs.installed import open_course
from tutor.foundation.errors import ExitCode
from tutor.foundation.safe_text import harmless, harmless_line
from tutor.foundation.text import wrapped
from tutor.foundation.translate import language, translate
from tutor.plain.progress import closing_progress, write_out
from tutor.plain.read import lesson_named
from tutor.study.course_store import open_course_store
from tutor.study.digest import digest
from tutor.study.passages import find_again, notes_as_markdown

if TYPE_CHECKING:
    from tutor.progress.notes import Note

_WIDTH = 76


def notes(name: str | None, output: str | None = None, *, force: bool = False) -> int:
    """List the notes and stars, or write them as Markdown.

    Args:
        name: The id or number of a lesson; None for all lessons.
        output: The Markdown file; None prints lines.
        force: Replace the file if it exists.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: There is no such lesson, or the file exists or cannot be written.
    """
    course, lesson_id = _course_of(name)
    opened = open_course_store(course)
    with closing_progress(opened.store):
        found = opened.store.notes.all(lesson_id)
    titles = {header.id: harmless_line(header.numbered_title) for header in course.headers(language())}
    if output is not None:
        write_out(notes_as_markdown(found, titles).encode("utf-8"), output, force=force)
        return int(ExitCode.OK)
    if not found:
        print(translate("notes.none"))
    for each in found:
        print("\n".join(_lines(each, titles, course)), end="\n\n")
    return int(ExitCode.OK)


def make_digest(name: str, output: str | None = None, *, force: bool = False) -> int:
    """Print the digest of a lesson as Markdown, or write it to a file.

    Args:
        name: The id or number of a lesson, or the path of a lesson file.
        output: The file; None prints it.
        force: Replace the file if it exists.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: There is no such lesson, or the file exists or cannot be written.
    """
    course, lesson = lesson_named(name)
    opened = open_course_store(course)
    with closing_progress(opened.store):
        text = digest(lesson, opened.store)
    write_out(harmless(text).encode("utf-8"), output, force=force)
    return int(ExitCode.OK)


def _course_of(name: str | None) -> tuple[Course, str]:
    if name is None:
        return open_course(), ""
    course, lesson = lesson_named(name)
    return course, lesson.id


def _lines(note: Note, titles: dict[str, str], course: Course) -> list[str]:
    lesson = course.lesson(note.lesson_id, note.language)
    passage = find_again(note, lesson) if lesson is not None and lesson.language == note.language else None
    place = titles.get(note.lesson_id, harmless_line(note.lesson_id))
    if passage is not None and passage.title:
        place = f"{place} › {harmless_line(passage.title)}"
    gone = [] if passage is not None else [translate("notes.gone")]
    said = [line for text in note.text.splitlines() for line in wrapped(harmless_line(text), _WIDTH - 2)]
    quote = wrapped(f"“{harmless_line(note.quote)}”", _WIDTH - 2)
    star = [translate("notes.star")] if note.starred else []
    return [place, *(f"  {line}" for line in [*gone, *quote, *star, *said])]
