"""Wrong options read as misconceptions, and what answers say of questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.tui.quiz_lessons import make_lessons
from tutor.course.catalogue import Course
from tutor.course.lesson import BLANK
from tutor.progress.statistics import Accuracy, Item, Miss
from tutor.study.misconceptions import item_reports, misconceptions


@pytest.fixture
def course(tmp_path: Path) -> Course:
    make_lessons(tmp_path)
    return Course(tmp_path)


def test_the_wrong_option_chosen_most_comes_first_in_either_language(course: Course) -> None:
    misses = [
        Miss("sample", "mae", (2,), 1), Miss("sample", "mae", (0,), 3), Miss("sample", "parameters", (0, 2), 4),
        Miss("sample", "steps", (3, 2, 1, 0), 9), Miss("sample", "names", ("x",), 9), Miss("sample", "gone", (0,), 9),
        Miss("no-lesson", "mae", (0,), 9), Miss("sample", "mae", (7,), 9),
    ]  # fmt: skip
    found = misconceptions(misses, course, "en")
    assert [(each.question.id, each.count) for each in found] == [("parameters", 4), ("mae", 3), ("mae", 1)]
    assert found[1].option.feedback.startswith("That is the sum")
    assert misconceptions(misses, course, "zh")[1].option.feedback.startswith("那是总和")
    assert len(misconceptions(misses, course, "en", most=2)) == 2


def test_an_author_is_told_of_easy_and_hard_questions_and_of_options_nobody_takes(course: Course) -> None:
    items = [
        Item("sample", "mae", Accuracy(20, 20), 12.0, (((1,), 20),)),
        Item("sample", "parameters", Accuracy(20, 2), 30.0, (((0, 1), 2), ((2,), 18))),
        Item("sample", "slope", Accuracy(9, 9), 30.0, ((("0.72",), 9),)),
        Item("sample", "gone", Accuracy(50, 0), 1.0, ()),
    ]
    easy, hard, few = sorted(item_reports(items, course, "en"), key=lambda each: each.item.question_id)
    assert (easy.too_easy, easy.too_hard, [option.text for option in easy.unused]) == (True, False, ["2.5", "1.7"])
    assert (hard.too_easy, hard.too_hard, hard.unused) == (False, True, ())
    assert (few.too_easy, few.too_hard, few.unused) == (False, False, ())
    assert item_reports(items, course, "en", "another") == []


def test_a_question_is_told_by_its_title_and_how_it_begins(course: Course) -> None:
    (report,) = item_reports([Item("sample", "mae", Accuracy(1, 1), 1.0, ())], course, "en")
    question = replace(report.question, title="Names", prompt=f"\nThe letter {BLANK} is\n")
    assert replace(report, question=question).first_words == "Names · The letter ___ is"
    assert replace(report, question=replace(question, title="")).first_words == "The letter ___ is"
