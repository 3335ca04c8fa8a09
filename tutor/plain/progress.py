"""``tutor progress``: show, export, import and reset what was learnt; show authors how their questions do."""

from __future__ import annotations

import codecs
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from tutor.course.catalogue import Course
from tutor.course.packs.installed import open_course
from tutor.exercises.transfer import dump_programs, forget_memories, merge_programs
from tutor.foundation import clock, paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import named_path, open_file, too_large, write_blocks
from tutor.foundation.safe_text import harmless, harmless_json, harmless_line, harmless_value, is_harmless
from tutor.foundation.text import pad, pad_left, shorten
from tutor.foundation.translate import language, translate
from tutor.progress.cards import term_of
from tutor.progress.renames import exercise_of
from tutor.progress.schema import counted
from tutor.progress.transfer import Incoming, read_csv, read_export, read_json, to_json, write_csv, write_json
from tutor.study.course_store import open_course_store
from tutor.study.report import Confidence, Overview, Topics, confidence, frequent_misconceptions, overview, topics
from tutor.study.rewriting import exercise_to_rewrite
from tutor.typeset.page import one_line

if TYPE_CHECKING:
    from tutor.progress.store import ProgressStore
    from tutor.study.misconceptions import ItemReport, Misconception

_NAME = 44


def show_progress() -> int:
    """Print the learner's progress, and where it is stored.

    Returns:
        The exit code, 0.
    """
    course = course_in_use()
    with open_progress() as store:
        lines = [
            *overview_lines(overview(store, course, language(), clock.utc_now())),
            *(rewriting_lines(course, store) if course is not None else ()),
            *topic_lines(topics(store, course, language())),
            *misconception_lines(frequent_misconceptions(store, course, language())),
            *confidence_lines(confidence(store.statistics.estimates())),
        ]
    for line in lines:
        print(line)
    print(translate("stats.kept-in", path=paths.progress_file()))
    return int(ExitCode.OK)


def overview_lines(found: Overview) -> Iterator[str]:
    """Progress in numbers, one fact per line."""
    yield translate("stats.lessons", done=found.finished, begun=found.begun, total=found.lessons)
    yield translate("stats.answers", count=found.accuracy.answers, percent=f"{found.accuracy.fraction:.0%}")
    yield translate("stats.streak", days=found.streak, best=found.longest_streak)
    yield translate("reading.time", time=clock.time_spent(found.seconds_read))
    yield translate("stats.time", time=clock.time_spent(found.seconds))
    yield translate("stats.cards", count=found.cards, due=found.due)


def rewriting_lines(course: Course, store: ProgressStore) -> Iterator[str]:
    """The offer to write an exercise again that was passed long ago; nothing if there is none."""
    exercise = exercise_to_rewrite(course, store, language(), clock.utc_now())
    if exercise is not None:
        yield translate("exercise.rewrite", id=exercise.id, command=f"tutor exercise {exercise.id} --reset")


def topic_lines(found: Topics) -> Iterator[str]:
    """Accuracy by topic, one lesson per line."""
    if found.lessons:
        yield from ("", translate("stats.topics"))
        for topic in found.lessons:
            yield _share_line(topic.header.numbered_title, topic.accuracy.answers, topic.accuracy.fraction)
        if found.terms.answers:
            yield _share_line(translate("stats.of-terms"), found.terms.answers, found.terms.fraction)


def misconception_lines(misses: Sequence[Misconception]) -> Iterator[str]:
    """The most frequent misconceptions, and the lesson that explains each."""
    if misses:
        yield from ("", translate("stats.misses"))
        for miss in misses:
            yield f"  {miss.count:>3} × {misconception_text(miss)}"
            yield f"        {translate('stats.mends', lesson=harmless_line(miss.question.lesson_id))}"


def confidence_lines(found: Confidence) -> Iterator[str]:
    """The learner's own loss, and stated confidence compared with results."""
    if found.loss is not None:
        yield from ("", translate("stats.loss", loss=f"{found.loss:.3f}", count=len(found.losses)))
        for each in found.bins:
            yield translate(
                "stats.bin", low=f"{each.low:.0%}", high=f"{each.high:.0%}", count=each.count,
                said=f"{each.said:.0%}", right=f"{each.right:.0%}",
            )  # fmt: skip


def _share_line(name: str, answers: int, fraction: float) -> str:
    name = shorten(harmless_line(name), _NAME)
    return f"  {pad(name, _NAME)} {pad_left(f'{fraction:.0%}', 5)}  {translate('stats.of-answers', count=answers)}"


def misconception_text(miss: Misconception) -> str:
    """A misconception on one line: the author's feedback, or the chosen option if there is no feedback."""
    text = miss.option.feedback or miss.option.text
    return one_line(text)


def show_items(lesson: str | None) -> int:
    """Print what authors should know: questions that nearly everyone or hardly anyone knows, options nobody chooses.

    Args:
        lesson: The id or number of a lesson; all lessons if None.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: there is no lessons folder, or no such lesson.
    """
    from tutor.study.misconceptions import item_reports  # reads questions; the other commands need none

    course = open_course()
    header = course.header(lesson, language()) if lesson is not None else None
    if lesson is not None and header is None:
        raise TutorError(translate("app.no-lesson", name=lesson), hint=translate("app.see-list"))
    with open_progress() as store:
        items = store.statistics.items()
    reports = item_reports(items, course, language(), header.id if header is not None else "")
    titles = {header.id: header.numbered_title for header in course.headers(language())}
    for each in reports:
        for line in item_lines(each, titles.get(each.item.lesson_id, each.item.lesson_id)):
            print(line)
    if not reports:
        print(translate("stats.no-items"))
    return int(ExitCode.OK)


def item_lines(each: ItemReport, title: str) -> Iterator[str]:
    """One question: how often it was answered, how often correctly, in what time, and remarks.

    Args:
        each: The report on the question.
        title: The title of its lesson.
    """
    accuracy = each.item.accuracy
    name = shorten(one_line(each.first_words), _NAME)
    seconds = f"{each.item.seconds:.0f} s"
    yield (
        f"{pad(name, _NAME)} {pad_left(f'{accuracy.fraction:.0%}', 5)}  "
        f"{translate('stats.of-answers', count=accuracy.answers)}  {seconds}"
    )
    yield f"    {harmless_line(title)} · {harmless_line(each.item.question_id)}"
    for remark in remarks(each):
        yield f"    {remark}"


def remarks(each: ItemReport) -> Iterator[str]:
    """What the author should look at, one sentence each."""
    if each.too_easy:
        yield translate("stats.too-easy")
    if each.too_hard:
        yield translate("stats.too-hard")
    for option in each.unused:
        yield translate("stats.unused", option=one_line(option.text, inline=True))


_LARGEST_IMPORT = 256 << 20
"""Bytes; a lifetime of answers takes a tenth of it."""


def course_in_use() -> Course | None:
    """The course whose progress it is; None if there is no lessons folder, which only lessons need."""
    try:
        return open_course()
    except TutorError:
        return None


@contextmanager
def open_progress() -> Iterator[ProgressStore]:
    """The learner's progress, closed at the end. Its notices go to standard error.

    Raises:
        TutorError: as `closing_progress`.
    """
    opened = open_course_store(course_in_use())
    for notice in opened.notices:
        print(notice, file=sys.stderr)
    with closing_progress(opened.store):
        yield opened.store


@contextmanager
def closing_progress(store: ProgressStore) -> Iterator[None]:
    """Close the store at the end, whatever happens.

    Raises:
        TutorError: Something could not be saved until the end, so the exit code has to report it.
    """
    try:
        yield
    except BaseException:
        if not store.close():
            print(translate("progress.never-saved", path=paths.progress_file()), file=sys.stderr)
        raise
    if not store.close():
        raise TutorError(translate("progress.never-saved", path=paths.progress_file()), exit_code=ExitCode.CANNOT_WRITE)


def export_progress(format_: str, output: str | None, *, force: bool = False) -> int:
    """Export the learner's progress.

    Args:
        format_: ``json``, ``csv`` or ``anki``.
        output: The file; standard output if None.
        force: Replace the file if it exists.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: The file exists or cannot be written, or the Anki package cannot be made.
    """
    if output is None and format_ == "anki":
        raise TutorError(translate("transfer.anki-needs-file"), exit_code=ExitCode.USAGE)
    path = _free_path(output, force=force)
    with open_progress() as store:
        if format_ == "anki":
            from tutor.plain.anki import package

            content: Iterable[bytes] = [package(store)]
        else:
            if format_ == "json":
                parts = write_json(store.dump_blocks(), dump_programs(paths.exercises_folder()))
            else:
                parts = write_csv(next(rows for table, rows in store.dump_blocks() if table == "answers"))
            # CSV too: the answers in its cells are JSON, which an import restores unchanged.
            content = (harmless_json(part).encode("utf-8") for part in parts)
        _put_out(path, content)
    return int(ExitCode.OK)


def write_out(content: bytes, output: str | None, *, force: bool = False) -> None:
    """Write UTF-8 text to the file ``output``, or to standard output if it is None.

    Raises:
        TutorError: The file exists and may not be replaced, or it cannot be written.
    """
    _put_out(_free_path(output, force=force), [content])


def _free_path(output: str | None, *, force: bool) -> Path | None:
    path = named_path(output) if output is not None else None
    if path is not None and path.exists() and not force:
        raise TutorError(
            translate("transfer.exists", path=path),
            hint=translate("transfer.exists-hint"),
            exit_code=ExitCode.CANNOT_WRITE,
        )
    return path


def _put_out(path: Path | None, content: Iterable[bytes]) -> None:
    if path is None:
        _print(content)
    else:
        _write(path, content)
        print(translate("transfer.written", path=path), file=sys.stderr)


def _print(content: Iterable[bytes]) -> None:
    if hasattr(sys.stdout, "buffer"):  # UTF-8 whatever the terminal's locale: it goes into a file
        sys.stdout.flush()
        sys.stdout.buffer.writelines(content)
        sys.stdout.buffer.flush()
    else:
        print(b"".join(content).decode("utf-8"), end="")


def _write(path: Path, content: Iterable[bytes]) -> None:
    try:
        write_blocks(path, content)
    except OSError as error:
        reason = error.strerror or str(error)
        message = translate("transfer.unwritable", path=path, reason=reason)
        raise TutorError(message, exit_code=ExitCode.CANNOT_WRITE) from error


def import_progress(name: str) -> int:
    """Import a file that was exported; ``-`` is standard input.

    Returns:
        The exit code, 0. Rows with impossible values are left out, and standard error reports them.

    Raises:
        TutorError: The file cannot be read or was not exported by tutor; nothing was changed.
    """
    try:
        with _opened(name) as file:
            incoming = _incoming(name, file)
    except OSError as error:
        reason = error.strerror or str(error)
        raise TutorError(translate("transfer.unreadable", path=name, reason=reason)) from error
    with open_progress() as store:
        merged = store.merge(incoming.tables)
        for notice in store.take_notices():
            print(notice, file=sys.stderr)
    print(translate("transfer.added", added=counted(merged.added.items())))
    if new := merge_programs(paths.exercises_folder(), incoming.programs):
        print(translate("transfer.programs", count=new))
    if any(merged.known.values()):
        print(translate("transfer.known", known=counted(merged.known.items())))
    if incoming.left_out:
        print(translate("transfer.left-out", count=incoming.left_out, fault=incoming.first_fault), file=sys.stderr)
    return int(ExitCode.OK)


def _make_harmless(rows: Sequence[dict[str, Any]]) -> None:
    """Take the control characters out of rows of one table, including those inside the JSON of a column."""
    for name in [name for name, value in rows[0].items() if isinstance(value, str)]:
        # Nearly always, none of them needs a closer look.
        if _may_harm("".join([row[name] for row in rows])):
            for row in rows:
                if _may_harm(row[name]):
                    row[name] = _harmless_cell(row[name])


def _may_harm(text: str) -> bool:
    # Without a backslash, JSON holds only the characters that can be seen in it.
    return not is_harmless(text) or "\\" in text


def _harmless_cell(value: str) -> str:
    with suppress(ValueError, RecursionError):
        inner = json.loads(value)
        clean = harmless_value(inner)
        return value if clean == inner else json.dumps(clean, ensure_ascii=False)
    return harmless(value)


def _opened(name: str) -> BinaryIO:
    """Open a file, or read all of standard input.

    Raises:
        OSError: It cannot be read, or it is too large.
    """
    if name == "-":
        content = sys.stdin.buffer.read(_LARGEST_IMPORT + 1)
        if len(content) > _LARGEST_IMPORT:
            raise too_large("-", _LARGEST_IMPORT)
        return io.BytesIO(content)
    path = named_path(name)
    file = os.fdopen(open_file(path), "rb")
    if os.fstat(file.fileno()).st_size > _LARGEST_IMPORT:
        file.close()
        raise too_large(path, _LARGEST_IMPORT)
    return file


def _incoming(name: str, file: BinaryIO) -> Incoming:
    """Read an export in UTF-8, or in UTF-16, which PowerShell's ``>`` writes.

    Raises:
        OSError: The file cannot be read.
        TutorError: It is something else.
    """
    start = file.read(4)
    encoding = "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        is_json = _first_sign(file, encoding) in {"{", "["}
    except UnicodeDecodeError as error:
        raise TutorError(translate("transfer.no-text", path=name), hint=translate("transfer.no-text-hint")) from error
    if is_json and encoding != "utf-16":
        file.seek(0)
        if (incoming := read_export(file, _make_harmless)) is not None:
            return incoming
    file.seek(0)
    with io.TextIOWrapper(file, encoding, newline="") as text:
        return read_json(text.read(), _make_harmless) if is_json else read_csv(text, _make_harmless)


def _first_sign(file: BinaryIO, encoding: str) -> str:
    """Return the first character that is not blank, once all of the file has been decoded; empty if there is none.

    Raises:
        UnicodeDecodeError: The file is not text in this encoding.
    """
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    found = ""
    while chunk := file.read(1 << 20):
        text = decoder.decode(chunk)
        found = found or text.lstrip()[:1]
    decoder.decode(b"", final=True)
    return found


def reset_progress(*, item: str | None, lesson: str | None, everything: bool, yes: bool) -> int:
    """Forget a part or all of the progress. A copy of everything before the reset is saved beside the progress file.

    Returns:
        The exit code: 0 when it is done, 1 if the learner does not confirm.

    Raises:
        TutorError: Nothing was named, nobody can be asked, or the copy cannot be written.
    """
    if sum((item is not None, lesson is not None, everything)) != 1:
        raise TutorError(translate("transfer.reset-what"), exit_code=ExitCode.USAGE)
    with open_progress() as store:
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
        _write(kept, [to_json(tables).encode("utf-8")])
        store.forget(item=item or "", lesson_id=lesson or "")
        exercises = {item or "", *(exercise_of(each) or each for each in concerned)}
        forget_memories(paths.exercises_folder(), None if everything else exercises)
        for notice in store.take_notices():
            print(notice, file=sys.stderr)
    print(translate("transfer.reset-done"))
    print(translate("transfer.reset-kept", path=kept))
    return int(ExitCode.OK)


def _names_of(question: str) -> set[str]:
    """What a person calls a stored question: its id, or the id of its term."""
    term = term_of(question)
    return {question, term[0]} if term is not None else {question}


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise TutorError(translate("transfer.reset-needs-yes"), exit_code=ExitCode.USAGE)
    said = input(f"{translate('transfer.reset-ask')} ").strip().casefold()
    return said in {translate("transfer.yes"), "yes"}
