"""The bytes of a lesson file: encodings, line ends, control characters, sizes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.course.writing import ANSWERS, HEAD, HEAD_LINES, PATH, lesson_of, messages, prose_of, reading_of, said, told
from tutor.course.files import LARGEST_FILE
from tutor.course.reader import read_lesson, read_text

BODY = f"Prose.\n\n## Q\n\n<!-- q: q1 -->\n\n{ANSWERS}"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_a_byte_order_mark_change_nothing(end: str, mark: bytes) -> None:
    raw = mark + (HEAD + BODY).replace("\n", end).encode()
    reading = read_text(PATH, raw, "en")
    assert reading == reading_of(BODY)
    assert reading.faults == ()


def test_bytes_that_are_not_utf8_are_told_with_line_and_column() -> None:
    reading = read_text(PATH, b"---\nid: a\nok \xff\n---\n", "en")
    (fault,) = reading.faults
    assert reading.lesson is None
    assert (fault.place.line, fault.place.column, fault.message) == (3, 4, said("not-utf8"))


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "latin-1"])
def test_a_file_in_another_encoding_is_a_fault(encoding: str) -> None:
    text = (HEAD + "学习率\n") if encoding != "latin-1" else (HEAD + "déjà\n")
    assert messages(read_text(PATH, text.encode(encoding), "en").faults) == [said("not-utf8")]


def test_control_characters_never_reach_the_lesson() -> None:
    lesson = lesson_of("A\x1b[31m red \x07 \u202eturned\x00 \x9b text\n")
    assert prose_of(lesson) == "A\ufffd[31m red \ufffd \ufffdturned\ufffd \ufffd text"


def test_a_line_separator_inside_a_line_does_not_move_the_lines_below() -> None:
    assert told("A\u2028B\x0cC\x85D\n\n## Q\n\n<!-- q: q1 -->\n") == [(3, said("no-answer", id="q1"))]


def test_a_file_over_the_limit_is_not_read() -> None:
    body = "x\n" * (LARGEST_FILE // 2)
    assert messages(reading_of(body).faults) == [said("too-large", most=1024)]


def test_a_file_at_the_limit_is_read() -> None:
    filler = f"{'word ' * 200}\n\n" * ((LARGEST_FILE - len(HEAD)) // 1002)
    assert reading_of(filler).lesson is not None


def test_an_endless_line_is_told() -> None:
    reading = reading_of("short\n" + "x" * 20_001)
    assert [(fault.place.line, fault.message) for fault in reading.faults] == [
        (HEAD_LINES + 2, said("long-line", most=20_000))
    ]


def test_blocks_over_the_limit_are_left_out_and_told() -> None:
    reading = reading_of("## A heading\n\n" * 2_010)
    assert reading.lesson is not None
    assert len(reading.lesson.blocks) <= 2_001
    assert messages(reading.faults) == [said("too-many-blocks", most=2_000)]


@pytest.mark.parametrize("piece", ["> ", "- ", "[", "*", "`", "<", "![", "**_", "1. ", "    ", "<!--", "|", "$"])
def test_deep_nesting_neither_fails_nor_hangs(piece: str) -> None:
    assert reading_of(piece * (15_000 // len(piece))).lesson is not None


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    reading = read_lesson(tmp_path / "none.md", "en")
    assert reading.lesson is None
    assert messages(reading.faults) == [said("unreadable", reason="No such file or directory")]


def test_a_folder_named_like_a_lesson_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "01-folder.md").mkdir()
    assert messages(read_lesson(tmp_path / "01-folder.md", "en").faults) == [
        said("unreadable", reason="it is a folder, not a file")
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_that_may_not_be_read_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "01-secret.md"
    path.write_text(HEAD)
    path.chmod(0)
    assert messages(read_lesson(path, "en").faults) == [said("unreadable", reason="Permission denied")]


def test_a_file_is_read_as_its_bytes_are(tmp_path: Path) -> None:
    path = tmp_path / "03-sample.md"
    path.write_text(HEAD + BODY, encoding="utf-8")
    lesson = read_lesson(path, "zh").lesson
    assert lesson is not None
    assert (lesson.path, lesson.language, lesson.number) == (path, "zh", 3)
