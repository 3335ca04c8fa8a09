"""``tutor progress export``, ``import`` and ``reset``: what was learnt belongs to the learner."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor.course.catalogue import Course
from tutor.foundation import clock, paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import named_path, read_file, too_large, write_bytes
from tutor.foundation.safe_text import harmless, harmless_json, harmless_value
from tutor.foundation.translate import translate
from tutor.progress.schema import counted
from tutor.progress.transfer import read_csv, read_json, to_csv, to_json
from tutor.study.open_progress import open_progress

if TYPE_CHECKING:
    from tutor.progress.store import ProgressStore


_LARGEST_IMPORT = 256 << 20
"""Bytes; a lifetime of answers is a tenth of it."""


def course_in_use() -> Course | None:
    """The course whose progress it is; None if there is no lessons folder, which only lessons need."""
    try:
        return Course(paths.lessons_folder())
    except TutorError:
        return None


@contextmanager
def memory() -> Iterator[ProgressStore]:
    """The learner's memory, closed at the end; what it has to say goes to standard error.

    Raises:
        TutorError: as `closing_memory`.
    """
    opened = open_progress(course_in_use())
    for notice in opened.notices:
        print(notice, file=sys.stderr)
    with closing_memory(opened.store):
        yield opened.store


@contextmanager
def closing_memory(store: ProgressStore) -> Iterator[None]:
    """Close the memory at the end, however it comes.

    Raises:
        TutorError: something could not be saved to the very end: whoever called the command has to know.
    """
    try:
        yield
    except BaseException:
        if not store.close():
            print(translate("progress.never-saved", path=paths.progress_file()), file=sys.stderr)
        raise
    if not store.close():
        raise TutorError(translate("progress.never-saved", path=paths.progress_file()), exit_code=ExitCode.CANNOT_WRITE)


def export(format_: str, output: str | None, *, force: bool = False) -> int:
    """Write out what was learnt.

    Args:
        format_: ``json``, ``csv`` or ``anki``.
        output: the file; standard output where None.
        force: replace the file where it is there.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: the file is there already or cannot be written, or Anki's package cannot be made.
    """
    if output is None and format_ == "anki":
        raise TutorError(translate("transfer.anki-needs-file"), exit_code=ExitCode.USAGE)
    path = named_path(output) if output is not None else None
    if path is not None and path.exists() and not force:
        raise TutorError(
            translate("transfer.exists", path=path),
            hint=translate("transfer.exists-hint"),
            exit_code=ExitCode.CANNOT_WRITE,
        )
    with memory() as store:
        if format_ == "anki":
            from tutor.plain.anki import package

            content = package(store)
        else:
            # In CSV too: a cell of what was answered is JSON, and comes back from an import as it was.
            content = harmless_json((to_json if format_ == "json" else to_csv)(store.dump())).encode("utf-8")
    if path is None:
        _print(content)
    else:
        _write(path, content)
        print(translate("transfer.written", path=path), file=sys.stderr)
    return int(ExitCode.OK)


def _print(content: bytes) -> None:
    if hasattr(sys.stdout, "buffer"):  # UTF-8 whatever the terminal's locale: it goes into a file
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        print(content.decode("utf-8"), end="")


def _write(path: Path, content: bytes) -> None:
    try:
        write_bytes(path, content)
    except OSError as error:
        reason = error.strerror or str(error)
        message = translate("transfer.unwritable", path=path, reason=reason)
        raise TutorError(message, exit_code=ExitCode.CANNOT_WRITE) from error


def import_(name: str) -> int:
    """Bring in a file that was exported; ``-`` is standard input.

    Returns:
        The exit code, 0. Rows with values that cannot be are left out, and standard error says so.

    Raises:
        TutorError: the file cannot be read or was not exported by tutor; nothing was changed.
    """
    text = _read(name)
    incoming = read_json(text) if text.lstrip().startswith(("{", "[")) else read_csv(text)
    with memory() as store:
        merged = store.merge({name: [_harmless(row) for row in rows] for name, rows in incoming.tables.items()})
        for notice in store.take_notices():
            print(notice, file=sys.stderr)
    print(translate("transfer.added", added=counted(merged.added.items())))
    if any(merged.known.values()):
        print(translate("transfer.known", known=counted(merged.known.items())))
    if incoming.left_out:
        print(translate("transfer.left-out", count=incoming.left_out, fault=incoming.first_fault), file=sys.stderr)
    return int(ExitCode.OK)


def _harmless(row: dict[str, Any]) -> dict[str, Any]:
    """A row without control characters, those in the JSON of a column included."""
    return {name: _harmless_cell(value) for name, value in row.items()}


def _harmless_cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    with suppress(ValueError, RecursionError):
        inner = json.loads(value)
        clean = harmless_value(inner)
        return value if clean == inner else json.dumps(clean, ensure_ascii=False)
    return harmless(value)


def _from_standard_input() -> bytes:
    content = sys.stdin.buffer.read(_LARGEST_IMPORT + 1)
    if len(content) > _LARGEST_IMPORT:
        raise too_large("-", _LARGEST_IMPORT)
    return content


def _read(name: str) -> str:
    """The text of a file, in UTF-8 or in the UTF-16 that PowerShell's ``>`` writes."""
    try:
        raw = _from_standard_input() if name == "-" else read_file(named_path(name), _LARGEST_IMPORT)
    except OSError as error:
        reason = error.strerror or str(error)
        raise TutorError(translate("transfer.unreadable", path=name, reason=reason)) from error
    encoding = "utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise TutorError(translate("transfer.no-text", path=name), hint=translate("transfer.no-text-hint")) from error


def reset(*, item: str | None, lesson: str | None, everything: bool, yes: bool) -> int:
    """Forget a part or all of what was learnt; as it was, it is kept in a file beside the memory.

    Returns:
        The exit code: 0 where it is done, 1 where the learner did not want it after all.

    Raises:
        TutorError: nothing was named, nobody can be asked, or the file cannot be written.
    """
    if sum((item is not None, lesson is not None, everything)) != 1:
        raise TutorError(translate("transfer.reset-what"), exit_code=ExitCode.USAGE)
    with memory() as store:
        tables = store.dump()
        places = (store.renames().place(row["lesson"], row["question"]) for row in tables["answers"])
        concerned = [
            key
            for of_lesson, key in places
            if everything or of_lesson == lesson or (item is not None and item in _names_of(key))
        ]
        key = "transfer.reset-all" if everything else "transfer.reset-lesson" if lesson else "transfer.reset-item"
        print(translate(key, name=item or lesson or "", count=len(concerned)))
        if not yes and not _agreed():
            print(translate("transfer.reset-nothing"))
            return int(ExitCode.FAULTS_FOUND)
        kept = paths.data_folder() / f"progress-before-reset-{clock.utc_now():%Y%m%d-%H%M%S-%f}.json"
        _write(kept, to_json(tables).encode("utf-8"))
        store.forget(item=item or "", lesson_id=lesson or "")
        for notice in store.take_notices():
            print(notice, file=sys.stderr)
    print(translate("transfer.reset-done"))
    print(translate("transfer.reset-kept", path=kept))
    return int(ExitCode.OK)


def _names_of(question: str) -> set[str]:
    """What a question in the memory is called by a person: its id, or the id of its term."""
    return {question, question.split(":")[1]} if question.count(":") == 2 else {question}


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise TutorError(translate("transfer.reset-needs-yes"), exit_code=ExitCode.USAGE)
    said = input(f"{translate('transfer.reset-ask')} ").strip().casefold()
    return said in {translate("transfer.yes"), "yes"}
