"""What no honest lesson has: it is left out and told, and never slows the reader down or gives an answer away."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.course.writing import ANSWERS, HEAD, HEAD_LINES, lesson_of, messages, prose_of, reading_of, said, told
from tutor.course.catalogue import Course
from tutor.course.checks import check_course
from tutor.course.headers import read_headers
from tutor.course.questions.numeric import NUMERIC

FENCE = '```toml lab\nuse = "ball"\n```\n\n'


@pytest.mark.parametrize("piece", ["[", "![", "*a ", "`` ", "<a ", "a"])
def test_a_paragraph_over_the_limit_is_left_out_and_told(piece: str) -> None:
    line = piece * (9_000 // len(piece))
    reading = reading_of(f"Before.\n\n{line}\n{line}\n\nBehind.\n")
    assert reading.lesson is not None
    assert messages(reading.faults) == [said("long-paragraph", most=10_000)]
    assert reading.faults[0].place.line == HEAD_LINES + 3
    assert piece * 9 not in prose_of(reading.lesson)
    assert prose_of(reading.lesson).startswith("Before.")
    assert prose_of(reading.lesson).endswith("Behind.")


def test_a_file_of_more_lines_than_any_lesson_has_is_not_read() -> None:
    reading = reading_of("a\n" * (10_001 - HEAD_LINES))
    assert reading.lesson is None
    assert messages(reading.faults) == [said("too-many-lines", most=10_000)]
    assert reading_of("- a\n" * (9_999 - HEAD_LINES)).faults == ()


def test_a_pipe_named_like_a_lesson_is_a_fault_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "01-pipe.md")
    course = Course(tmp_path)
    assert course.headers("en") == []
    assert course.lesson(str(tmp_path / "01-pipe.md"), "en") is None
    (fault,) = course.faults()
    assert fault.message.startswith(said("unreadable", reason="").split(":", maxsplit=1)[0])


def test_a_head_that_cannot_be_used_is_not_parsed_again_at_every_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "01-broken.md").write_text("no head at all", encoding="utf-8")
    assert read_headers(tmp_path, "en") == []
    monkeypatch.setattr("tutor.course.headers._read_header", lambda *_: pytest.fail("parsed again"))
    assert read_headers(tmp_path, "en") == []


def test_a_head_that_has_been_mended_is_read(tmp_path: Path) -> None:
    path = tmp_path / "01-broken.md"
    path.write_text("no head at all", encoding="utf-8")
    assert read_headers(tmp_path, "en") == []
    path.write_text(HEAD, encoding="utf-8")
    assert [header.id for header in read_headers(tmp_path, "en")] == ["sample"]


@pytest.mark.parametrize("piece", ["> ", "- ", "1. "])
def test_deep_nesting_is_left_out_and_told(piece: str) -> None:
    assert [message for _, message in told(f"{piece * 18}deep\n")] == [said("too-deep")]
    assert told(f"{piece * 4}not so deep\n") == []


@pytest.mark.parametrize(
    "body",
    ["## Q\n\nText first.\n\n<!-- q: q1 -->\n\n" + ANSWERS, "## Q <!-- q: q1 -->\n\n" + ANSWERS,
     "<!-- q: q1 -->\n\n" + ANSWERS, "## Q\n\nText <!-- q: q1 -->\n\n" + ANSWERS, "- <!-- q: q1 -->\n\n" + ANSWERS],
)  # fmt: skip
def test_below_an_id_out_of_place_nothing_is_shown_up_to_the_next_heading(body: str) -> None:
    reading = reading_of(f"{body}\n## Next\n\nMore.\n")
    assert reading.lesson is not None
    assert messages(reading.faults) == [said("stray-id")]
    assert "[x]" not in prose_of(reading.lesson)
    assert prose_of(reading.lesson).endswith("## Next\n\nMore.")


@pytest.mark.parametrize("behind", ["What is it?", "<!-- figure: final.w -->"])
@pytest.mark.parametrize("mark", ["q: q1", "term: t1"])
def test_what_stands_behind_an_id_is_told_at_its_column(mark: str, behind: str) -> None:
    answer = "**Answer:** 1\n" if mark.startswith("q") else ""
    reading = reading_of(f"## Q\n<!-- {mark} --> {behind}\n\nText.\n\n{answer}")
    assert messages(reading.faults) == [said("text-behind-id")]
    assert (reading.faults[0].place.line, reading.faults[0].place.column) == (
        HEAD_LINES + 2,
        len(f"<!-- {mark} --> ") + 1,
    )


def test_a_figure_may_stand_behind_the_answer() -> None:
    (question,) = lesson_of(f"## Q\n\n<!-- q: q1 -->\n\n{FENCE}**Answer:** 3 ± 1 <!-- figure: final.w -->\n").questions
    assert question.figure == "final.w"
    assert NUMERIC.content(question).shown == "3 ± 1"


def test_link_definitions_stay_with_their_text_and_are_told() -> None:
    reading = reading_of("See [this][1].\n\n[1]: https://example.org\n")
    assert reading.lesson is not None
    assert prose_of(reading.lesson).endswith("[1]: https://example.org")
    assert messages(reading.faults) == [said("link-definition", text="[1]: https://example.org")]


@pytest.mark.parametrize("use", ["/dev/zero", "../x", "labs/ball.toml", "Ball", "a" * 61, "x\\u001b[31m"])
def test_a_lab_is_named_and_never_a_path(use: str) -> None:
    reading = reading_of(f'```toml lab\nuse = "{use}"\n```\n')
    assert reading.lesson is not None
    assert reading.lesson.labs == ()
    assert len(reading.faults) == 1
    assert "\x1b" not in str(reading.faults[0])


UNANSWERABLE = {
    "no answer": "Nothing.\n",
    "no tick": "1. [ ] A\n2. [ ] B\n",
    "two ticks": "1. [x] A\n2. [x] B\n",
    "nothing ticked": "- [ ] A\n- [ ] B\n",
    "no number": "**Answer:** soon\n",
}


@pytest.mark.parametrize("body", UNANSWERABLE.values(), ids=UNANSWERABLE.keys())
def test_a_question_that_no_answer_satisfies_is_told_and_never_asked(body: str) -> None:
    reading = reading_of(f"## Q\n\n<!-- q: q1 -->\n\n{body}\n## R\n\n<!-- q: q2 -->\n\n{ANSWERS}")
    assert reading.lesson is not None
    assert len(reading.faults) == 1
    assert [question.id for question in reading.lesson.questions] == ["q2"]
    assert [question.id for question in reading.lesson.left_out] == ["q1"]


def test_the_id_of_a_question_left_out_is_taken_all_the_same() -> None:
    body = f"## Q\n\n<!-- q: q1 -->\n\nNothing.\n\n## R\n\n<!-- q: q1 -->\n\n{ANSWERS}"
    assert said("double-id", id="q1", line=HEAD_LINES + 1) in [message for _, message in told(body)]


def test_a_question_left_out_in_one_language_is_not_missing_there(tmp_path: Path) -> None:
    head = "---\nid: l\ntitle: T\nminutes: 1\n---\n"
    for language, body in (("en", ANSWERS), ("zh", "Nothing.\n")):
        (tmp_path / language).mkdir()
        (tmp_path / language / "01-l.md").write_text(f"{head}## Q\n\n<!-- q: q1 -->\n\n{body}", encoding="utf-8")
    assert messages(check_course(tmp_path)) == [said("no-answer", id="q1")]
