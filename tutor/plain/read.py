"""``tutor read`` without screens: a lesson as lines of text, or its faults after every save."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.course.catalogue import Course
from tutor.course.exercises.page import text_of
from tutor.course.files import pack_of
from tutor.course.lesson import BLANK, Block, Exercise, LabFence, Lesson, OpeningAnswer, Prose, Question, Term
from tutor.course.packs.installed import open_course
from tutor.course.questions import question_type
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import is_file, named_path, whole_path
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.suggest import nearest
from tutor.foundation.text import wrapped
from tutor.foundation.translate import language, language_note, translate
from tutor.plain.asking import Asker, answer_lines, asking, named, your_answer_lines
from tutor.plain.check import faults_of_file
from tutor.study.wording import verdict_sentence
from tutor.typeset.page import plain_lines

if TYPE_CHECKING:
    from tutor.study.attempt import Attempt
    from tutor.study.lesson_session import LessonSession

_WIDTH = 76
_EVERY = 0.3
"""Seconds between two looks at the file."""


def read(name: str) -> int:
    """Print a lesson: its text, questions without their answers, terms and labs, in order.

    On a terminal, the learner is asked the question that the lesson opens with, and gets the verdict where it is
    answered.

    Args:
        name: The id or number of a lesson, or the path of a lesson file.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: there is no such lesson, or its file cannot be used.
    """
    course, lesson = lesson_named(name)
    if lesson.opening is not None and all(each is not None and each.isatty() for each in (sys.stdin, sys.stdout)):
        _read_and_ask(course, lesson, lesson.opening)
    else:
        for line in lines_of(lesson):
            print(line)
    return int(ExitCode.OK)


def _read_and_ask(course: Course, lesson: Lesson, opening: Question) -> None:
    """Print a lesson, let the learner commit to an answer of its opening question, and say at the end what is right."""
    from tutor.study.lesson_session import LessonSession

    with asking(course, Asker) as (asker, store):
        session = LessonSession(lesson, store)
        for block, lines in _pieces(lesson):
            if block is opening and not session.exercise(opening.id).attempt.locked:
                asker.ask(session.exercise(opening.id), translate("quiz.title-opening"))
            elif isinstance(block, OpeningAnswer):
                asker.say("", *revealed_lines(session, opening))
            else:
                asker.say(*lines)
        asker.say(*store.take_notices())


def revealed_lines(session: LessonSession, opening: Question) -> Iterator[str]:
    """What the end of a lesson says of its opening question, with the verdict if the learner has answered it."""
    session.reveal_opening()
    attempt = session.exercise(opening.id).attempt
    yield from _opening_answer(opening, attempt if attempt.locked else None)


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
    course = open_course(pack_of(path) if is_file(path) else None)
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
    for _, lines in _pieces(lesson):
        yield from lines


def _pieces(lesson: Lesson) -> Iterator[tuple[Block | None, list[str]]]:
    """The title of a lesson and its blocks, each with its lines of plain text."""
    title = [*plain_lines(f"# {harmless_line(lesson.title)}", _WIDTH)]
    if note := language_note(lesson.language):
        title += wrapped(harmless_line(note), _WIDTH)
    yield None, title
    number = 0
    for block in lesson.blocks:
        number += isinstance(block, Question)
        yield block, ["", *_block(block, number, lesson)]


def _block(block: Block, number: int, lesson: Lesson) -> Iterator[str]:
    if isinstance(block, Prose):
        yield from plain_lines(block.markdown, _WIDTH)
    elif isinstance(block, Question):
        yield from _question(block, number)
    elif isinstance(block, Term):
        yield from plain_lines(f"**{block.name}**", _WIDTH)
        yield from plain_lines(block.definition, _WIDTH)
        yield from plain_lines(block.formula, _WIDTH)
    elif isinstance(block, LabFence):
        yield f"[{translate('read.lab', command=f'tutor train {block.lab}')}]"
    elif isinstance(block, Exercise):
        yield from plain_lines(text_of(block), _WIDTH)
    elif lesson.opening is not None:
        yield from _opening_answer(lesson.opening, None)


def _question(question: Question, number: int) -> Iterator[str]:
    yield from plain_lines(f"**{translate('read.question', number=number)} {question.title}**", _WIDTH)
    yield from plain_lines(question.prompt.replace(BLANK, "______"), _WIDTH)
    yield from answer_lines(question_type(question.kind).rows_without_attempt(question), label=" {}.  ")
    if question.opening:
        yield translate("read.answered-at-end")


def _opening_answer(question: Question, attempt: Attempt | None) -> Iterator[str]:
    """The question that the lesson opened with, the learner's answer if there is one, the right one, and why."""
    yield from plain_lines(f"**{named(translate('quiz.title-closing'))}** {question.title}", _WIDTH)
    if attempt is not None:
        yield from your_answer_lines(attempt)
        yield verdict_sentence(attempt)
    for option in question.options:
        if option.ticked:
            yield from plain_lines(f"{named(translate('quiz.answer'))} {option.text}", _WIDTH)
    yield from plain_lines(question.explanation, _WIDTH)


def _stamp_of(path: Path) -> tuple[int, int] | None:
    """Values that change with every save; None while the file does not exist."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
