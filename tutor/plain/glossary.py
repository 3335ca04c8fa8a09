"""``tutor glossary``: what a term means, in lines."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.course.catalogue import Course
from tutor.course.glossary import GlossaryEntry
from tutor.course.packs.installed import open_course
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language, listed, translate
from tutor.plain.asking import as_heard
from tutor.typeset.page import plain_lines

_WIDTH = 76
_MOST = 8
"""Terms that are named when several match."""


def show_term(words: str) -> int:
    """Print what ``words`` mean, in any language of the course; without words, the names of all terms.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: there is no lessons folder, or no term has that name.
    """
    course = open_course()
    for line in term_lines(course, words) if words.strip() else names_lines(course):
        print(line)
    return int(ExitCode.OK)


def names_lines(course: Course) -> Iterator[str]:
    """The names of all terms, one per line."""
    for entry in course.glossary().entries(language()):
        yield harmless_line(entry.name(language()))


def term_lines(course: Course, words: str) -> Iterator[str]:
    """The term that ``words`` mean most likely, and the names of others that they may mean.

    Raises:
        TutorError: no term has that name.
    """
    found = course.glossary().search(words, limit=_MOST)
    if not found:
        raise TutorError(
            translate("glossary.no-such-term", words=words),
            hint=translate("glossary.list-all"),
            exit_code=ExitCode.USAGE,
        )
    yield from _entry_lines(course, found[0])
    if others := [harmless_line(each.name(language())) for each in found[1:]]:
        yield translate("glossary.found-too", names=listed(others))


def _entry_lines(course: Course, entry: GlossaryEntry) -> Iterator[str]:
    code = language()
    yield harmless_line(entry.name(code))
    if also := [*entry.also.get(code, ()), *entry.other_names(code)]:
        yield as_heard(translate("glossary.also", names=listed(map(harmless_line, dict.fromkeys(also)))))
    yield from plain_lines(entry.definition(code), _WIDTH)
    if entry.formula:
        yield from plain_lines(entry.formula, _WIDTH)
    see = [found.name(code) for each in entry.see if (found := course.glossary().get(each)) is not None]
    if see:
        yield translate("glossary.see-too", names=listed(map(harmless_line, see)))
    header = course.header(entry.lesson_id, code)
    if header is not None:
        yield translate("glossary.first-met", lesson=harmless_line(header.numbered_title))
