"""Long runs of every marker, and deep nesting: read, checked and set in a time that grows with their length."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.lessons import HEAD
from tutor.course.code_spans import code_apart, without_code
from tutor.course.mentions import without_parentheses
from tutor.course.questions.fill_in import has_blank, read_blanks
from tutor.course.questions.numbers import read_number
from tutor.course.questions.numeric import read_numeric_answer
from tutor.course.reader import read_text
from tutor.course.source import Source, as_words, comments_of, elements_of, without_comments
from tutor.course.term_reader import LINK
from tutor.foundation.toml_text import key_lines
from tutor.study.term_questions import as_text
from tutor.typeset.maths import to_unicode
from tutor.typeset.page import plain_lines

PATH = Path("lessons/en/03-sample.md")
MANY = 50_000
MARKERS = [
    *"`[]|${}\"' ()（<>*_#-.\\~=:：0\n", "<!--", "-->", "](#", "[[", "\\\\[", "a.", "±",
    *map("".join, product(["`", "[[", "|", "$", '"', " ", "("], ["]", " ", "<!--", "\\"])),
]  # fmt: skip
pytestmark = pytest.mark.timeout(20)


def read_alone(text: str) -> None:
    """Everything that reads text by itself, without a limit of its own on its length."""
    assert "".join(piece for _, piece in code_apart(text)) == text
    assert len(without_code(text)) == len(text)
    assert len(without_comments(text)) == len(text)
    list(comments_of(text))
    has_blank(text)
    LINK.findall(text)
    without_parentheses(text)
    as_words(text)
    as_text(text)
    key_lines(text)
    to_unicode(text)
    read_number(text)
    source = Source(PATH, [""], 0)
    (element,) = elements_of(Source(PATH, ["text"], 0))
    read_blanks(source, [(text, False)], element)
    read_numeric_answer(source, element, text)


@pytest.mark.parametrize("marker", MARKERS)
def test_a_run_of_markers_takes_no_time(marker: str) -> None:
    run = marker * (MANY // len(marker))
    read_alone(run)
    read_alone(f"a{run}b")


@pytest.mark.parametrize("marker", [each for each in MARKERS if len(each) == 1 or each == "[["])
def test_a_lesson_full_of_a_marker_is_read_and_set(marker: str) -> None:
    lines = "\n".join([marker.replace("\n", " ") * (2_400 // len(marker))] * 4)
    question = f"## Q\n\n<!-- q: q1 -->\n\n{lines}\n\n1. [x] {lines}\n2. [ ] {lines}\n   > {lines}\n\n> Hint: {lines}\n"
    body = f"{lines}\n\n{question}"
    reading = read_text(PATH, (HEAD + body).encode(), "en")
    assert reading.lesson is not None
    for block in reading.lesson.blocks:
        plain_lines(getattr(block, "markdown", "") or getattr(block, "prompt", ""), 76)


@pytest.mark.parametrize(
    "deep",
    ["> " * 5_000, "- " * 5_000, "1. " * 5_000, "$" + "{" * 5_000 + "}" * 5_000 + "$", "*" * 5_000 + "a" + "*" * 5_000,
     "[" * 5_000 + "a" + "](b)" * 2_000, "(" * 9_000, "9" * 5_000, "a" * 1_000_000, "&gt;" * 2_000],
    ids=["quotes", "bullets", "numbers", "braces", "stars", "links", "parentheses", "digits", "megabyte", "entities"],
)  # fmt: skip
def test_deep_and_long_things_end_in_a_lesson_or_a_sentence(deep: str) -> None:
    body = f"{deep}\n\n## Q\n\n<!-- q: q1 -->\n\n{deep}\n\n**Answer:** {deep}\n"
    reading = read_text(PATH, (HEAD + body).encode(), "en")
    assert reading.faults
    for block in reading.lesson.blocks if reading.lesson is not None else ():
        plain_lines(getattr(block, "markdown", "") or getattr(block, "prompt", ""), 76)


@pytest.mark.parametrize(
    "tex", ["{" * 900 + "}" * 900, "\\frac{" * 250 + "1" + "}{2}" * 250, "x_" * 900, "\\left(" * 300, "^{" * 600]
)
def test_deep_maths_is_shown_as_it_is_written(tex: str) -> None:
    assert to_unicode(tex)


@pytest.mark.parametrize(
    "lab",
    [".".join(["a"] * 3_000) + " = 1", "[" + ".".join(["a"] * 3_000) + "]", "a = " + "{b=" * 30 + "1" + "}" * 30,
     "a = " + "[" * 900 + "]" * 900, "a = " + "9" * 5_000, "a" * 9_000 + " = 1", "x.y.z.a.b.c.d.e = 1"],
)  # fmt: skip
def test_a_lab_that_no_one_would_write_is_told(lab: str) -> None:
    reading = read_text(PATH, f'{HEAD}```toml lab\nuse = "ball"\n{lab}\n```\n'.encode(), "en")
    assert len(reading.faults) == 1
    assert reading.lesson is not None
    assert reading.lesson.labs == ()


@pytest.mark.parametrize(
    "head",
    ["id: " + "1:" * 3_000 + "1", "id: 0x" + "f" * 7_000, "0x" + "f" * 7_000 + ": 1", "minutes: " + "9" * 5_000,
     "id: &a a\nneeds: [*a]",
     "a: &a [x]\nb: [*a, *a]", "id: " + "[" * 99 + "]" * 99, "? " * 2_000, "- " * 2_000,
     "id: !!python/name:os.system ''"],
)  # fmt: skip
def test_a_front_matter_that_no_one_would_write_is_told(head: str) -> None:
    reading = read_text(PATH, f"---\n{head}\ntitle: T\n---\n".encode(), "en")
    assert reading.faults
    assert all(len(fault.message) < 400 for fault in reading.faults)


@given(
    st.lists(
        st.sampled_from(["`", "``", "```", "~~~", "\n", "\n\n", "a", "\\", " ", "    ", "> ", "[[x]]"]), max_size=30
    ).map("".join)
)
@settings(max_examples=200)
def test_code_and_the_rest_are_the_text(text: str) -> None:
    assert "".join(piece for _, piece in code_apart(text)) == text
    assert without_code(text).count("\n") == text.count("\n")
