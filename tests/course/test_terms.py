"""Glossary entries as they are written."""

from __future__ import annotations

import pytest

from tests.course.writing import lesson_of, prose_of, reading_of, said, term_of, told
from tutor.course.lesson import Prose, Term


def test_a_term_has_a_name_a_definition_a_formula_and_neighbours() -> None:
    term = term_of(
        "How far one update moves.\n\n**Formula** $\\theta \\leftarrow \\theta - \\eta\\, g$\n"
        "**See** [gradient](#gradient), [hyperparameter](#hyperparameter)\n",
        head="learning-rate; also: step size, η",
    )
    assert (term.id, term.name, term.also) == ("learning-rate", "Learning rate", ("step size", "η"))
    assert term.definition == "How far one update moves."
    assert term.formula == "$\\theta \\leftarrow \\theta - \\eta\\, g$"
    assert term.see == ("gradient", "hyperparameter")
    assert term.lesson_id == "sample"


def test_formula_and_neighbours_may_be_left_out() -> None:
    term = term_of("Only a definition\nof two lines.\n")
    assert (term.definition, term.formula, term.see, term.also) == ("Only a definition\nof two lines.", "", (), ())


@pytest.mark.parametrize(
    "tail",
    ["**Formula** $a$\n**See** [b](#b), [c](#c)\n", "**Formula** $a$ **See** [b](#b), [c](#c)\n",
     "**Formula**: $a$\n\n**See**: [b](#b), [c](#c)\n", "**Formula:** $a$\n**See also:** [b](#b),\n[c](#c)\n",
     "**See** [b](#b), [c](#c)\n**Formula** $a$\n", "**Formula**\n\n$a$\n\n**See**\n\n- [b](#b)\n- [c](#c)\n",
     "**formula**\n$a$\n**SEE** [b](#b) and [c](#c) and [b](#b)\n", "**公式** $a$\n**参见** [b](#b)、[c](#c)\n",
     "**公式：** $a$\n**另见**：[b](#b)、[c](#c)\n"],
)  # fmt: skip
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_formula_and_neighbours_stand_on_one_line_or_several(tail: str, gap: str) -> None:
    term = term_of(f"A word.{gap}{tail}")
    assert (term.definition, term.formula, term.see) == ("A word.", "$a$", ("b", "c"))


def test_a_formula_may_run_over_two_lines() -> None:
    assert term_of("A word.\n\n**Formula** $a\n= b$\n").formula == "$a = b$"


def test_the_words_formula_and_see_in_a_sentence_are_words() -> None:
    term = term_of("The **formula** and what we **see** here.\n")
    assert term.definition == "The **formula** and what we **see** here."
    assert (term.formula, term.see) == ("", ())


def test_a_list_and_code_belong_to_the_definition() -> None:
    text = "Two kinds:\n\n- one\n- two\n\n```\n**Formula** x\n```"
    assert term_of(text).definition == text


@pytest.mark.parametrize("also", ["also: a, b", "also: a，b", "also: a、 b ,", "ALSO : a,b"])
def test_other_names_are_apart_by_commas_of_either_script(also: str) -> None:
    assert term_of("A word.\n", head=f"t1;{also}").also == ("a", "b")


def test_a_term_ends_at_the_next_heading_and_leaves_the_prose() -> None:
    lesson = lesson_of(
        "Text.\n\n### T\n\n<!-- term: t1 -->\n\nA word.\n\n### U\n\n<!-- term: u1 -->\n\nTwo.\n\n## End\n\nText.\n"
    )
    assert [type(block) for block in lesson.blocks] == [Prose, Term, Term, Prose]
    assert prose_of(lesson) == "Text.\n## End\n\nText."


@pytest.mark.parametrize("body", ["", "**Formula** $a$\n", "<!-- later -->\n"])
def test_a_term_without_a_definition_is_told(body: str) -> None:
    assert told(f"## T\n\n<!-- term: t1 -->\n\n{body}") == [(1, said("no-definition", id="t1"))]


def test_a_definition_is_not_an_essay() -> None:
    assert told(f"## T\n\n<!-- term: t1 -->\n\n{'word ' * 201}") == [(1, said("long-definition", id="t1", most=1000))]


def test_a_neighbour_that_is_no_id_is_told_at_its_line() -> None:
    assert told("## T\n\n<!-- term: t1 -->\n\nA word.\n\n**See** [a](#a-b),\n[x](#Not_One)\n") == [
        (8, said("not-an-id", id="Not_One"))
    ]


def test_a_lab_in_a_term_is_told() -> None:
    body = '## T\n\n<!-- term: t1 -->\n\nA word.\n\n```toml lab\nuse = "x"\n```\n'
    assert told(body) == [(7, said("lab-inside"))]


def test_a_term_with_an_id_that_is_none_is_left_out_and_told() -> None:
    reading = reading_of("## T\n\n<!-- term: Bad; also: x -->\n\nA word.\n")
    assert reading.lesson is not None
    assert reading.lesson.terms == ()
    assert [fault.message for fault in reading.faults] == [said("not-an-id", id="Bad")]
