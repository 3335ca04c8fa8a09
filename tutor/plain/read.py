"""``tutor read`` without screens: a lesson as lines of text, or its faults after every save."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tutor.course.catalogue import Course
from tutor.course.exercises.page import text_of
from tutor.course.files import pack_of
from tutor.course.lesson import BLANK, Exercise, LabFence, Lesson, Prose, Question, Term
from tutor.course.questions import question_type
from tutor.foundation import paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import is_file, named_path, whole_path
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.suggest import nearest
from tutor.foundation.text import wrapped
from tutor.foundation.translate import language, language_note, translate
from tutor.plain.asking import answer_lines
from tutor.plain.check import faults_of_file
from tutor.typeset.page import plain_lines

_WIDTH = 76
_EVERY = 0.3
"""Seconds between two looks at the file."""


def read(name: str) -> int:
    """Print a lesson: its text, questions without their answers, terms and labs, in order.

    Args:
        name: The id or number of a lesson, or the path of a lesson file.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: there is no such lesson, or its file cannot be used.
    """
    for line in lines_of(lesson_named(name)[1]):
        print(line)
    return int(ExitCode.OK)


def watch_file(name: str) -> int:
    """Print the faults of a lesson file now and after every save, until Ctrl-C.

    Raises:
        TutorError: there is no such file.
    """
    path = named_path(name)
    if not is_file(path):
        path = lesson_named(name)[1].path
    seen = None
    while True:
        stamp = _stamp_of(path)
        if stamp is not None and stamp != seen:
            seen = stamp
            faults = faults_of_file(path)
            for fault in faults:
                print(fault)
            print(translate("read.faults", count=len(faults)) if faults else translate("read.no-faults"))
            sys.stdout.flush()
        time.sleep(_EVERY)


def lesson_named(name: str) -> tuple[Course, Lesson]:
    """A lesson by its id, its number, or the path of its file, and the course it belongs to.

    Raises:
        TutorError: there is no such lesson, or its file cannot be used.
    """
    path = named_path(name)
    course = Course(pack_of(path) if is_file(path) else paths.lessons_folder())
    if is_file(path):
        reading = course.reading(whole_path(path), language())
        if reading.lesson is None:
            raise TutorError(str(reading.faults[0]), exit_code=ExitCode.CANNOT_READ)
        return course, reading.lesson
    lesson = course.lesson(name, language())
    if lesson is None:
        near = nearest(name, [header.id for header in course.headers(language())])
        hint = translate("app.did-you-mean", name=near) if near else translate("app.see-list")
        raise TutorError(translate("app.no-lesson", name=name), hint=hint, exit_code=ExitCode.USAGE)
    return course, lesson


def lines_of(lesson: Lesson) -> Iterator[str]:
    """A lesson as lines of plain text, none wider than 76 cells."""
    yield from plain_lines(f"# {harmless_line(lesson.title)}", _WIDTH)
    if note := language_note(lesson.language):
        yield from wrapped(harmless_line(note), _WIDTH)
    number = 0
    for block in lesson.blocks:
        yield ""
        if isinstance(block, Prose):
            yield from plain_lines(block.markdown, _WIDTH)
        elif isinstance(block, Question):
            number += 1
            yield from _question(block, number)
        elif isinstance(block, Term):
            yield from plain_lines(f"**{block.name}**", _WIDTH)
            yield from plain_lines(block.definition, _WIDTH)
            yield from plain_lines(block.formula, _WIDTH)
        elif isinstance(block, Exercise):
            yield from plain_lines(text_of(block), _WIDTH)
        elif isinstance(block, LabFence):
            yield f"[{translate('read.lab', command=f'tutor train {block.lab}')}]"


def _question(question: Question, number: int) -> Iterator[str]:
    yield from plain_lines(f"**{translate('read.question', number=number)} {question.title}**", _WIDTH)
    yield from plain_lines(question.prompt.replace(BLANK, "______"), _WIDTH)
    yield from answer_lines(question_type(question.kind).rows_without_attempt(question), label=" {}.  ")


def _stamp_of(path: Path) -> tuple[int, int] | None:
    """Values that change with every save; None while the file does not exist."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
