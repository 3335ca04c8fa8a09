"""Blanks accept every name of the term that answers them, but none that the question says itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.course.writing import write_lesson
from tutor.course.catalogue import Course
from tutor.course.lesson import Question
from tutor.course.questions.base import Draft
from tutor.course.questions.fill_in import FILL_IN, fold, is_said
from tutor.course.synonyms import Synonyms
from tutor.foundation.traditional import simplified

NAMES = [
    ("bias", "Bias"), ("bias", "intercept"), ("bias", "偏置"), ("rate", "learning rate"), ("rate", "学习率 (步长)"),
    ("one", "step"), ("two", "step"), ("two", "stride"),
]  # fmt: skip


def term(name: str, said: str) -> str:
    return f"## {name}\n\n<!-- term: {said} -->\n\nA word.\n\n"


def blank(prompt: str) -> str:
    return f"## A word\n\n<!-- q: word -->\n\n{prompt}\n\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_lesson(tmp_path, "en/01-a.md", term("Bias", "bias; also: intercept") + term("learning rate", "rate"))
    write_lesson(tmp_path, "zh/01-a.md", term("偏置", "bias") + term("学习率（步长）", "rate"))
    return tmp_path


def question(folder: Path, prompt: str) -> Question:
    write_lesson(folder, "en/02-b.md", blank(prompt))
    lesson = Course(folder).lesson("b", "en")
    assert lesson is not None
    return lesson.questions[0]


def accepts(question: Question, typed: str) -> bool:
    return FILL_IN.grade(question, Draft(texts=(typed,))).correct


@pytest.mark.parametrize("typed", ["bias", "BIAS", "ｂｉａｓ", "intercept", "intercpet", "偏置", " 偏 置 "])
def test_every_name_of_a_term_is_accepted_in_both_languages(typed: str, folder: Path) -> None:
    assert accepts(question(folder, "What is added at the end is the [[bias]]."), typed)
    assert accepts(question(folder, "What is added at the end is the [[intercept]]."), typed)


@pytest.mark.parametrize("typed", ["学习率", "學習率", "學習率（步長）", "learning-rate", "LearningRate"])
def test_script_width_and_parentheses_do_not_matter(typed: str, folder: Path) -> None:
    assert accepts(question(folder, "How far a step goes: the [[learning rate]]."), typed)


def test_what_an_author_lists_is_shown_first_and_stays(folder: Path) -> None:
    asked = question(folder, "It is the [[offset|bias]].")
    assert all(accepts(asked, typed) for typed in ("offset", "bias", "intercept", "偏置"))
    assert FILL_IN.content(asked).blanks[0].accepted == ("offset", "bias")


@pytest.mark.parametrize(
    ("prompt", "right", "wrong"),
    [
        ("The bias is also called [[intercept]].", ["intercept", "偏置"], ["bias"]),
        ("In Chinese, the Bias is called [[偏置]].", ["偏置", "intercept"], ["bias"]),
        ("The **learning-rate**, 學習率, is no [[bias]].", ["bias", "偏置"], ["learning rate"]),
        ("The interceptor shoots; the [[bias]] does not.", ["intercept"], []),
        ("Of a term nobody defined, only the [[answer]] counts.", ["answer"], ["bias"]),
    ],
)
def test_a_name_that_the_question_says_is_no_answer(
    prompt: str, right: list[str], wrong: list[str], folder: Path
) -> None:
    asked = question(folder, prompt)
    assert [typed for typed in (*right, *wrong) if accepts(asked, typed)] == right


def test_a_name_of_two_terms_brings_no_others(folder: Path) -> None:
    synonyms = Synonyms.of(NAMES)
    assert synonyms.others("step") == ()
    assert set(synonyms.others("STRIDE")) == {"step", "stride"}
    assert "学习率" in synonyms.others("Learning-rate")
    assert synonyms.others("nothing") == ()


def test_a_file_that_changes_brings_its_new_names(folder: Path) -> None:
    course = Course(folder)
    path = write_lesson(folder, "en/02-b.md", blank("It is the [[bias]]."))
    assert course.lesson("b", "en") is not None
    write_lesson(folder, "en/01-a.md", term("Bias", "bias; also: a long synonym") + term("learning rate", "rate"))
    for each in (folder / "en" / "01-a.md", path):
        course.forget(each)
    lesson = course.lesson("b", "en")
    assert lesson is not None
    assert accepts(lesson.questions[0], "a long synonym")
    assert not accepts(lesson.questions[0], "intercept")


@given(st.text(max_size=60), st.sampled_from([name for _, name in NAMES]), st.sampled_from([" ", "-", "\n", "(", "「"]))
def test_a_name_is_found_in_any_text_that_says_it(text: str, name: str, before: str) -> None:
    assert is_said(name, f"{text} {before}{name.upper()} {text}")


@given(st.text(max_size=40))
def test_a_character_is_exchanged_for_one_and_once(text: str) -> None:
    once = simplified(text)
    assert len(once) == len(text)
    assert simplified(once) == once
    assert fold(once) == fold(text)


@given(st.sampled_from([name for _, name in NAMES]), st.sampled_from([str.upper, str.title, str.lower]))
def test_case_never_matters_to_a_name(name: str, change: object) -> None:
    assert callable(change)
    assert Synonyms.of(NAMES).others(change(name)) == Synonyms.of(NAMES).others(name)


@pytest.mark.parametrize("typed", ["偏置。", "「偏置」", "偏置（bias）", "bias (偏置)", "偏置问题", "偏置，"])
def test_punctuation_a_second_right_name_and_its_kind_do_not_matter(typed: str, folder: Path) -> None:
    assert accepts(question(folder, "What is added at the end is the [[bias]]."), typed)


@pytest.mark.parametrize("typed", ["偏置（步长）", "步长（偏置）", "bias/step", "问题", "。", "偏置问题问题问题"])
def test_two_names_of_which_one_is_wrong_are_wrong(typed: str, folder: Path) -> None:
    assert not accepts(question(folder, "What is added at the end is the [[bias]]."), typed)
