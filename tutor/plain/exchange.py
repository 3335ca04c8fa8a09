"""``tutor import`` and ``tutor export``: questions and terms of other programs into a lesson, and ours into files."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from tutor.course.catalogue import Course
from tutor.course.files import LARGEST_FILE as LARGEST_LESSON
from tutor.course.files import language_of, lesson_files, pack_of
from tutor.course.id_fields import id_lines
from tutor.course.lesson import Lesson
from tutor.course.packs.installed import open_course
from tutor.course.source import is_identifier
from tutor.exchange.detect import LARGEST_FILE, read_foreign
from tutor.exchange.from_course import items_of
from tutor.exchange.items import Loss
from tutor.exchange.lesson_text import lesson_text, slug
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import named_path, read_file, read_start
from tutor.foundation.safe_text import harmless, harmless_line
from tutor.foundation.translate import language, listed, translate
from tutor.plain.new_lesson import write_new
from tutor.plain.progress import write_out

FORMATS = ("gift", "moodle", "aiken", "qti", "anki")
_PACKAGES = frozenset({"qti", "anki"})
"""Formats that are no text, so that they need a file."""


def import_questions(file: str, output: str | None, *, lesson: str | None, title: str | None) -> int:
    """Read the questions and terms of a file and write them as a lesson. Standard error says what is not carried over.

    Args:
        file: GIFT, Aiken, Moodle XML, QTI, an Anki package or a table of terms.
        output: The lesson file, which must not exist yet; standard output if None.
        lesson: The id of the lesson; by default made of the name of the file.
        title: Its title; by default what the file calls itself, or its name.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: The file cannot be read, holds nothing that a lesson can, or the lesson cannot be written.
    """
    try:
        content = read_file(named_path(file), LARGEST_FILE)
    except OSError as error:
        reason = error.strerror or str(error)
        raise TutorError(translate("transfer.unreadable", path=file, reason=reason)) from error
    path = named_path(output) if output is not None else None
    lesson_id = _lesson_id(file, path, lesson)
    taken = _ids_beside(path, lesson_id) if path is not None else frozenset()
    found = read_foreign(content)
    stem = harmless_line(Path(file).stem)
    code = (language_of(path) if path is not None else "") or language()
    made = lesson_text(
        found, lesson_id=lesson_id, title=harmless_line(title or found.title or stem), language=code, taken=taken
    )
    for loss in found.losses:
        print(loss, file=sys.stderr)
    if not made.questions and not made.terms:
        raise TutorError(translate("exchange.nothing"), hint=translate("exchange.nothing-hint"))
    if path is None:
        write_out(made.text.encode("utf-8"), None)
    else:
        write_new(path, made.text)
        print(translate("transfer.written", path=path), file=sys.stderr)
    said = translate("exchange.imported", questions=made.questions, terms=made.terms, losses=len(found.losses))
    print(said, file=sys.stderr)
    return int(ExitCode.OK)


def _lesson_id(file: str, path: Path | None, wanted: str | None) -> str:
    if path is not None and path.suffix != ".md":
        raise TutorError(translate("exchange.not-md", path=path), exit_code=ExitCode.USAGE)
    if wanted is not None:
        if not is_identifier(wanted):
            raise TutorError(translate("course.not-an-id", id=wanted[:60]), exit_code=ExitCode.USAGE)
        return wanted
    name = (path or Path(file)).stem
    own = slug(name).lstrip("0123456789-")[:40].strip("-") if path is not None else slug(name)[:40].strip("-")
    return own or "imported"


def _ids_beside(path: Path, lesson_id: str) -> frozenset[str]:
    """The ids of questions and terms of the course that the file will belong to, in its language."""
    pack, code = pack_of(path), language_of(path)
    for header in Course(pack).headers(code or language()):
        if header.id == lesson_id and header.language == (code or header.language):
            raise TutorError(
                translate("new.taken", id=lesson_id, path=header.path), hint=translate("exchange.taken-hint")
            )
    found: set[str] = set()
    for each in lesson_files(pack, code or language()):
        try:
            text = harmless(read_start(each, LARGEST_LESSON).decode("utf-8-sig", "replace"))
        except OSError:
            continue
        found |= {line.fields.id for line in id_lines(text.split("\n"))}
    return frozenset(found)


def export_questions(format_: str, names: Sequence[str], output: str | None, *, force: bool = False) -> int:
    """Write the questions of lessons in a format of another program. Standard error says what it cannot say.

    Args:
        format_: One of `FORMATS`.
        names: Ids, numbers or paths of lessons; all lessons if there are none.
        output: The file; standard output if None.
        force: Replace the file if it exists.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: There is no such lesson, nothing to write, or the file exists or cannot be written.
    """
    if output is None and format_ in _PACKAGES:
        raise TutorError(translate("exchange.needs-file", format=format_), exit_code=ExitCode.USAGE)
    lessons = _lessons(names)
    content, losses = _written(format_, lessons)
    if not content.strip():
        _tell_by_reason(losses)
        raise TutorError(translate("exchange.nothing-to-export", format=format_), exit_code=ExitCode.USAGE)
    write_out(content, output, force=force)
    _tell_by_reason(losses)
    return int(ExitCode.OK)


def _lessons(names: Sequence[str]) -> list[Lesson]:
    course = open_course()
    found = []
    for name in names or [header.id for header in course.headers(language())]:
        lesson = course.lesson(name, language())
        if lesson is None:
            raise TutorError(translate("app.no-lesson", name=name), hint=translate("app.see-list"))
        found.append(lesson)
    return found


def _written(format_: str, lessons: list[Lesson]) -> tuple[bytes, list[Loss]]:
    if format_ == "anki":
        from tutor.plain.anki import package_of_lessons

        exercises = [each for lesson in lessons for each in lesson.exercises]
        return package_of_lessons(lessons), [Loss(translate("exchange.exercise"), each.id) for each in exercises]
    items, losses = items_of(lessons)
    terms = [term.id for lesson in lessons for term in lesson.terms]
    losses += [Loss(translate("exchange.terms-left-out"), each) for each in terms]
    title = lessons[0].title if len(lessons) == 1 else translate("exchange.course")
    if not items:
        return b"", losses
    if format_ == "qti":
        from tutor.exchange.qti import write_qti

        content, more = write_qti(items, title)
        return content, [*losses, *more]
    from tutor.exchange.aiken import write_aiken
    from tutor.exchange.gift import write_gift
    from tutor.exchange.moodle import write_moodle

    text, more = {"gift": write_gift, "moodle": write_moodle, "aiken": write_aiken}[format_](items)
    return text.encode("utf-8"), [*losses, *more]


def _tell_by_reason(losses: Iterable[Loss]) -> None:
    """Say what is lost: each reason once, with the questions that it concerns."""
    by_reason: dict[str, list[str]] = {}
    for loss in losses:
        by_reason.setdefault(loss.message, []).append(loss.name)
    for reason, names in by_reason.items():
        print(translate("exchange.lost", reason=reason, count=len(names), names=listed(names)), file=sys.stderr)
