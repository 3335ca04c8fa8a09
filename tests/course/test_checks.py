"""What no single file shows: links, needs, ids that clash."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.writing import ANSWERS, said, write_lesson
from tutor.course.catalogue import Course
from tutor.course.checks import check_course

TERM = "## {0}\n\n<!-- term: {0} -->\n\nA word.\n\n"
QUESTION = "## {0}\n\n<!-- q: {0} -->\n\n" + ANSWERS + "\n"
HEAD_LINES = 5


def told(folder: Path) -> list[tuple[str, int, str]]:
    """For each fault: the file's name, the line, and the message."""
    return [(fault.place.path.name, fault.place.line, fault.message) for fault in check_course(folder)]


def test_a_sound_course_has_no_faults(tmp_path: Path) -> None:
    body = "See [rate](#rate), [below](#more) and [the question](#q1).\n\n## More\n\n" + TERM.format("rate")
    for language in ("en", "zh"):
        write_lesson(tmp_path, f"{language}/01-first.md", body + QUESTION.format("q1"))
        write_lesson(tmp_path, f"{language}/02-second.md", "See [rate](#rate).\n", needs="[first]")
    assert told(tmp_path) == []


def test_a_folder_without_lessons_is_told(tmp_path: Path) -> None:
    assert told(tmp_path / "none") == [("none", 1, said("no-lessons", folder=tmp_path / "none"))]


def test_a_link_that_leads_nowhere_is_told_at_line_and_column(tmp_path: Path) -> None:
    write_lesson(tmp_path, "01-a.md", "Text.\n\nSee [good](#good) and\nthen [bad](#bad).\n\n" + TERM.format("good"))
    (fault,) = check_course(tmp_path)
    assert (fault.place.line, fault.place.column) == (HEAD_LINES + 4, 12)
    assert fault.message == said("unknown-link", id="bad")


def test_line_separators_and_a_byte_order_mark_do_not_move_the_line_of_a_link(tmp_path: Path) -> None:
    path = write_lesson(tmp_path, "01-a.md", "A\u2028B\x0cC\x85D\r\n\r\n[x](#bad)\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert told(tmp_path) == [("01-a.md", HEAD_LINES + 3, said("unknown-link", id="bad"))]


@pytest.mark.parametrize(
    "body",
    ["> Hint: [x](#bad)\n\n{}", "[x](#bad)\n\n{}", "{}\n<details><summary>Why</summary>\n\n[x](#bad)\n\n</details>\n",
     "1. [ ] [x](#bad)\n2. [x] B\n", "1. [x] A\n   > [x](#bad)\n2. [ ] B\n"],
)  # fmt: skip
def test_links_are_checked_in_every_part_of_a_question(tmp_path: Path, body: str) -> None:
    write_lesson(tmp_path, "01-a.md", "## Q\n\n<!-- q: q1 -->\n\n" + body.format(ANSWERS))
    assert [message for *_, message in told(tmp_path)] == [said("unknown-link", id="bad")]


@pytest.mark.parametrize("body", ["A [x](#bad).\n", "A word.\n\n**See** [x](#bad)\n"])
def test_links_are_checked_in_terms(tmp_path: Path, body: str) -> None:
    write_lesson(tmp_path, "01-a.md", "## T\n\n<!-- term: t1 -->\n\n" + body)
    assert [message for *_, message in told(tmp_path)] == [said("unknown-link", id="bad")]


@pytest.mark.parametrize("code", ["`[x](#bad)`", "``[x](#bad) ` ``", "```\n[x](#bad)\n```", "~~~md\n[x](#bad)\n~~~\n"])
def test_a_link_that_is_shown_as_code_is_none(tmp_path: Path, code: str) -> None:
    write_lesson(tmp_path, "01-a.md", f"Like this: \n\n{code}\n")
    assert told(tmp_path) == []


def test_a_link_behind_code_is_checked(tmp_path: Path) -> None:
    write_lesson(tmp_path, "01-a.md", "`code` [x](#bad) `code`\n\n```\ncode\n```\n\n[y](#worse)\n")
    assert [message for *_, message in told(tmp_path)] == [
        said("unknown-link", id="bad"), said("unknown-link", id="worse"),
    ]  # fmt: skip


def test_a_term_of_another_language_is_no_target(tmp_path: Path) -> None:
    write_lesson(tmp_path, "en/01-a.md", TERM.format("rate"))
    write_lesson(tmp_path, "zh/01-a.md", "[x](#rate)\n")
    assert ("01-a.md", HEAD_LINES + 1, said("unknown-link", id="rate")) in told(tmp_path)


def test_a_section_of_another_lesson_is_no_target(tmp_path: Path) -> None:
    write_lesson(tmp_path, "01-a.md", "## More\n\nText.\n")
    write_lesson(tmp_path, "02-b.md", "[x](#more)\n")
    assert told(tmp_path) == [("02-b.md", HEAD_LINES + 1, said("unknown-link", id="more"))]


def test_a_need_that_is_no_lesson_is_told(tmp_path: Path) -> None:
    write_lesson(tmp_path, "01-a.md", needs="[nothing]")
    assert told(tmp_path) == [("01-a.md", 5, said("unknown-need", id="nothing"))]


def test_lessons_that_need_each_other_are_each_told_the_way_round(tmp_path: Path) -> None:
    write_lesson(tmp_path, "01-a.md", needs="[b]")
    write_lesson(tmp_path, "02-b.md", needs="[c]")
    write_lesson(tmp_path, "03-c.md", needs="[a]")
    write_lesson(tmp_path, "04-d.md", needs="[a]")
    assert told(tmp_path) == [
        ("01-a.md", 2, said("circular-needs", path="a → b → c → a")),
        ("02-b.md", 2, said("circular-needs", path="b → c → a → b")),
        ("03-c.md", 2, said("circular-needs", path="c → a → b → c")),
    ]


def test_a_lesson_that_needs_itself_is_told(tmp_path: Path) -> None:
    write_lesson(tmp_path, "01-a.md", needs="[a]")
    assert told(tmp_path) == [("01-a.md", 2, said("circular-needs", path="a → a"))]


def test_two_ways_to_the_same_lesson_are_no_circle(tmp_path: Path) -> None:
    write_lesson(tmp_path, "01-a.md")
    write_lesson(tmp_path, "02-b.md", needs="[a]")
    write_lesson(tmp_path, "03-c.md", needs="[a, b]")
    assert told(tmp_path) == []


def test_a_long_chain_of_needs_is_walked_to_its_end(tmp_path: Path) -> None:
    for number in range(1, 60):
        write_lesson(tmp_path, f"{number:02}-n.md", id=f"n{number}", needs=f"[n{number % 59 + 1}]")
    assert len(told(tmp_path)) == 59


@pytest.mark.parametrize("block", [TERM, QUESTION])
def test_an_id_used_in_two_lessons_is_told_at_the_second(tmp_path: Path, block: str) -> None:
    first = write_lesson(tmp_path, "01-a.md", block.format("same"))
    write_lesson(tmp_path, "02-b.md", "Text.\n\n" + block.format("same"))
    assert told(tmp_path) == [
        ("02-b.md", HEAD_LINES + 3, said("double-id-across", id="same", where=f"{first}:{HEAD_LINES + 1}:1"))
    ]


def test_an_id_of_a_lesson_used_twice_is_told(tmp_path: Path) -> None:
    first = write_lesson(tmp_path, "01-a.md", id="same")
    write_lesson(tmp_path, "02-b.md", id="same")
    assert told(tmp_path) == [("02-b.md", 2, said("double-id-across", id="same", where=first))]


def test_a_lesson_a_term_and_a_question_of_another_lesson_may_share_a_name(tmp_path: Path) -> None:
    write_lesson(tmp_path, "01-rate.md", TERM.format("rate"))
    write_lesson(tmp_path, "02-b.md", QUESTION.format("rate"))
    assert told(tmp_path) == []


def test_faults_of_all_files_come_in_one_go_in_the_order_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "01-bytes.md").write_bytes(b"\xff")
    write_lesson(tmp_path, "02-q.md", "## Q\n\n<!-- q: q1 -->\n\nNothing.\n\n[x](#bad)\n", needs="[nothing]")
    (tmp_path / "03-head.md").write_text("nothing")
    assert told(tmp_path) == [
        ("01-bytes.md", 1, said("not-utf8")),
        ("02-q.md", 5, said("unknown-need", id="nothing")),
        ("02-q.md", HEAD_LINES + 2, said("no-answer", id="q1")),
        ("02-q.md", HEAD_LINES + 8, said("unknown-link", id="bad")),
        ("03-head.md", 1, said("no-front-matter")),
    ]


def test_predictions_are_the_questions_with_a_lab(tmp_path: Path) -> None:
    lab = '## P\n\n<!-- q: p1 -->\n\n```toml lab\nuse = "x"\n```\n\n' + ANSWERS
    write_lesson(tmp_path, "01-a.md", QUESTION.format("q1") + lab)
    assert [question.id for question in Course(tmp_path).lessons()[0].questions if question.predicts] == ["p1"]
