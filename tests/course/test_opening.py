"""The question that a lesson opens with, and the place where its end answers it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.writing import ANSWERS, lesson_of, said, write_lesson
from tutor.course.checks import check_course
from tutor.course.lesson import OpeningAnswer, Prose, Question, Term

WHY = "\n<details><summary>Why</summary>\n\nBecause.\n\n</details>\n\n"
OPENING = "### Guess\n\n<!-- q: guess; opening -->\n\n" + ANSWERS + WHY
END = "<!-- opening: answer -->\n\n"
TERMS = "## Terms\n\n### Rate\n\n<!-- term: rate -->\n\nA word.\n\n"


def kinds(body: str) -> list[str]:
    return [type(block).__name__ for block in lesson_of(body).blocks]


def told(folder: Path, body: str) -> list[str]:
    write_lesson(folder, "01-a.md", body)
    return [fault.message for fault in check_course(folder)]


def test_the_opening_question_is_marked_and_keeps_its_type() -> None:
    lesson = lesson_of("Text.\n\n" + OPENING + "## Section\n\nMore.\n\n" + END + "## Summary\n\nEnd.\n")
    opening = lesson.opening
    assert opening is not None
    assert (opening.id, opening.kind, opening.opening) == ("guess", "single", True)
    assert lesson.opening_answer == 3
    assert isinstance(lesson.blocks[3], OpeningAnswer)
    assert [section.block_index for section in lesson.sections] == [2, 4]


def test_without_a_place_of_its_own_it_is_answered_before_the_terms() -> None:
    body = OPENING + "## Section\n\nMore.\n\n" + TERMS + "## Sources\n\nEnd.\n"
    lesson = lesson_of(body)
    assert list(map(type, lesson.blocks)) == [Question, Prose, OpeningAnswer, Prose, Term, Prose]
    titles = {section.title: lesson.blocks[section.block_index] for section in lesson.sections}
    assert {title: block.markdown[3:6] for title, block in titles.items() if isinstance(block, Prose)} == {
        "Section": "Sec", "Terms": "Ter", "Sources": "Sou",
    }  # fmt: skip


def test_without_terms_it_is_answered_last() -> None:
    assert kinds(OPENING + "## Section\n\nMore.\n") == ["Question", "Prose", "OpeningAnswer"]


def test_a_lesson_without_an_opening_question_has_no_place_for_it() -> None:
    lesson = lesson_of("Text.\n\n" + OPENING.replace("; opening", "") + TERMS)
    assert (lesson.opening, lesson.opening_answer) == (None, None)


def test_a_sound_opening_has_no_faults(tmp_path: Path) -> None:
    assert told(tmp_path, OPENING + "## Section\n\nMore.\n\n" + END + TERMS) == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (OPENING + OPENING.replace("guess", "other"), said("opening-twice", id="other", first="guess")),
        (OPENING.replace(WHY, "\n"), said("opening-needs", id="guess")),
        (OPENING.replace(ANSWERS, "**Answer:** 3\n"), said("opening-needs", id="guess")),
        (OPENING.replace("1. ", "- ").replace("2. ", "- "), said("opening-needs", id="guess")),
        (OPENING.replace("; opening", "") + "## Section\n\nMore.\n\n" + END, said("opening-answer")),
        (OPENING + "## Section\n\nMore.\n\n" + END + "Text.\n\n" + END, said("opening-answer")),
        ("Text.\n\n" + END + OPENING, said("opening-answer")),
    ],
)
def test_what_cannot_be_an_opening_is_told(body: str, message: str, tmp_path: Path) -> None:
    assert message in told(tmp_path, body)


def test_languages_that_differ_in_their_opening_are_told(tmp_path: Path) -> None:
    rest = "## Section\n\nMore.\n\n"
    write_lesson(tmp_path, "en/01-a.md", OPENING + rest)
    write_lesson(tmp_path, "zh/01-a.md", OPENING.replace("; opening", "") + rest)
    messages = [fault.message for fault in check_course(tmp_path)]
    assert said("parity-opening", id="guess", other="en/01-a.md") in messages
    assert said("parity-opening-answer", other="en/01-a.md") in messages
