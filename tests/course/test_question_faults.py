"""What is wrong with a question, told with its line."""

from __future__ import annotations

import pytest

from tests.course.writing import ANSWERS, HEAD_LINES, reading_of, said, told, told_of_question

FENCE = '```toml lab\nuse = "one-lag"\n```\n\n'
TITLE = -3
"""The line of the heading, counted as `told_of_question` does."""


@pytest.mark.parametrize("ticks", [0, 2, 3])
def test_a_single_choice_has_exactly_one_tick(ticks: int) -> None:
    body = "".join(f"{n + 1}. [{'x' if n < ticks else ' '}] {'ABC'[n]}\n" for n in range(3))
    assert told_of_question(f"Which?\n\n{body}") == [(3, said("single-ticks", count=ticks))]


def test_a_multiple_choice_has_a_tick() -> None:
    assert told_of_question("- [ ] A\n- [ ] B\n") == [(1, said("multiple-ticks"))]


@pytest.mark.parametrize("body", ["1. [x] Alone\n", "- [x] Alone\n", "1. Alone\n"])
def test_a_list_of_answers_has_two_lines(body: str) -> None:
    assert told_of_question(body) == [(1, said("too-few-options"))]


def test_a_list_of_answers_has_at_most_26_lines() -> None:
    body = "".join(f"1. [{'x' if n == 0 else ' '}] Option {n}\n" for n in range(27))
    assert told_of_question(body) == [(1, said("too-many-options", most=26))]


def test_two_options_with_the_same_text_are_told() -> None:
    assert told_of_question("1. [x] A\n2. [ ] A <!-- note -->\n") == [(1, said("same-options"))]
    for one, other in (("a  b", "a b"), ("a &lt; b", "a < b"), ("$x+1$", "$x + 1$")):
        assert told_of_question(f"1. [x] {one}\n2. [ ] {other}\n") == [(1, said("same-options"))]
    assert told_of_question("1. [x] `a  b`\n2. [ ] `a b`\n") == []


def test_an_empty_option_is_told_at_its_line() -> None:
    assert told_of_question("1. [x] A\n2. [ ]\n") == [(2, said("empty-option"))]


def test_an_option_without_a_tick_among_ticks_is_told_at_its_line() -> None:
    assert told_of_question("1. [x] A\n2. B\n3. [] C\n") == [(2, said("no-tick")), (3, said("no-tick"))]


@pytest.mark.parametrize("body", ["", "Only words.\n", "- plain\n- bullets\n", "<details>\n\nWhy.\n\n</details>\n"])
def test_a_question_without_an_answer_is_told_at_its_heading(body: str) -> None:
    assert told_of_question(body) == [(TITLE, said("no-answer", id="q1"))]


@pytest.mark.parametrize(
    "body",
    [f"{ANSWERS}\n**Answer:** 3\n", f"A [[blank]].\n\n{ANSWERS}", "A [[blank]].\n\n**Answer:** 3\n",
     "**Answer:** 3\n\n**Answer:** 4\n", f"{ANSWERS}\nOr:\n\n- [x] A\n- [ ] B\n"],
)  # fmt: skip
def test_two_kinds_of_answer_are_told_at_the_heading(body: str) -> None:
    assert (TITLE, said("two-answers")) in told_of_question(body)


@pytest.mark.parametrize(
    "written",
    ["", "about half", "0.5 ± x", "50 ± 10 %", "x ± 0.1", "1 ± -0.1", "2..1", "1..", "..", "nan", "inf", "1/0", "0,5",
     "1e300/1e-300", "9" * 50 + "e300", "1e999"],
)  # fmt: skip
def test_an_answer_that_is_no_number_is_told_at_its_line(written: str) -> None:
    assert told_of_question(f"How much?\n\n**Answer:** {written}\n") == [(3, said("bad-answer", answer=written))]


def test_an_empty_blank_is_told_at_its_line() -> None:
    body = "[[a]] and\n[[ | ]] and\n[[ ]]\n"
    assert told_of_question(body) == [(2, said("empty-blank")), (3, said("empty-blank"))]


def test_a_question_has_at_most_12_blanks() -> None:
    assert told_of_question("[[x]] " * 13) == [(TITLE, said("too-many-blanks", most=12))]


def test_details_that_never_end_are_told_and_give_nothing_away() -> None:
    body = f"{ANSWERS}\n<details><summary>Why</summary>\n\nBecause.\n\n## Next\n\nProse.\n"
    assert told_of_question(body) == [(4, said("details-open"))]


def test_a_condition_that_cannot_be_read_is_told_at_its_column() -> None:
    reading = reading_of(f"## Q\n\n<!-- q: q1 -->\n\n{FENCE}1. [x] A\n   <!-- when: diverged and < 3 -->\n2. [ ] B\n")
    (fault,) = reading.faults
    assert (fault.place.line - HEAD_LINES, fault.place.column) == (10, 28)
    assert fault.message == said("condition-expected", expected=said("condition-a-value"), found="<")
    assert fault.hint == said("condition-hint")


def test_a_condition_without_a_lab_is_told_at_its_option() -> None:
    assert told_of_question("1. [ ] A\n2. [x] B <!-- when: diverged -->\n") == [(2, said("condition-without-lab"))]


def test_a_figure_without_a_lab_is_told() -> None:
    assert told_of_question("<!-- figure: final.w -->\n\n**Answer:** 3\n") == [(TITLE, said("figure-without-lab"))]


@pytest.mark.parametrize("names", [("", ""), ("a", ""), ("a", "a")])
def test_several_labs_need_names_of_their_own(names: tuple[str, str]) -> None:
    fences = "".join(f'```toml lab\nuse = "x"\nname = "{name}"\n```\n\n' for name in names)
    assert told_of_question(fences + ANSWERS) == [(6, said("labs-need-names"))]


def test_a_condition_on_a_run_that_is_not_there_is_told() -> None:
    fences = "".join(f'```toml lab\nuse = "x"\nname = "{name}"\n```\n\n' for name in "ab")
    body = f"{fences}1. [x] A <!-- when: c.diverged or a.diverged -->\n2. [ ] B <!-- when: b.diverged -->\n"
    assert told_of_question(body) == [(11, said("unknown-run", name="c.diverged", known="a, b"))]


@pytest.mark.parametrize("extra", ["Second paragraph.", "- a list", "1. a list", "```\n   code\n   ```", "<b>html</b>"])
def test_what_an_option_cannot_show_is_told_at_its_line(extra: str) -> None:
    assert told_of_question(f"1. [ ] A\n\n   {extra}\n2. [x] B\n") == [(3, said("option-extra"))]


def test_options_inside_another_list_are_told_and_not_shown() -> None:
    body = "- group\n  - [x] A\n  - [ ] B\n\n"
    reading = reading_of(f"## Q\n\n<!-- q: q1 -->\n\n{body}{ANSWERS}")
    assert [fault.message for fault in reading.faults] == [said("nested-options")]
    assert reading.lesson is not None
    assert "[x]" not in reading.lesson.questions[0].prompt


def test_feedback_that_slipped_out_of_its_option_is_told_and_not_shown() -> None:
    reading = reading_of("## Q\n\n<!-- q: q1 -->\n\n1. [ ] A\n2. [x] B\n\n> B is right.\n")
    (fault,) = reading.faults
    assert (fault.place.line - HEAD_LINES, fault.message) == (8, said("loose-feedback"))
    assert reading.lesson is not None
    assert "right" not in reading.lesson.questions[0].prompt


@pytest.mark.parametrize("identifier", ["", "Bad", "two words", "q_1", "é", "-", "x" * 61])
def test_an_id_that_is_none_is_told_with_all_other_faults_of_the_question(identifier: str) -> None:
    body = f"## Q\n\n<!-- q: {identifier} -->\n\n1. [ ] A\n2. [ ] B\n"
    assert told(body) == [(3, said("not-an-id", id=identifier[:60])), (5, said("single-ticks", count=0))]


def test_an_id_used_twice_is_told_at_its_second_place() -> None:
    again = f"## Q\n\n<!-- q: same -->\n\n{ANSWERS}\n"
    assert told(again + again) == [(8, said("double-id", id="same", line=1 + HEAD_LINES))]


def test_a_question_and_a_term_of_one_file_do_not_share_an_id() -> None:
    body = f"## Q\n\n<!-- q: same -->\n\n{ANSWERS}\n## T\n\n<!-- term: same -->\n\nA word.\n"
    assert told(body) == [(8, said("double-id", id="same", line=1 + HEAD_LINES))]


@pytest.mark.parametrize(
    ("body", "line"),
    [("Text.\n\n<!-- q: q1 -->\n", 3), ("## H\n\nText.\n\n<!-- term: t -->\n", 5), ("## H <!-- q: q1 -->\n", 1),
     ("Text <!-- q: q1 --> text\n", 1), ("- item\n\n  <!-- q: q1 -->\n", 3), ("> quote\n>\n> <!-- q: q1 -->\n", 3),
     (f"## Q\n\n<!-- q: q1 -->\n\nText.\n\n<!-- q: q2 -->\n\n{ANSWERS}", 7),
     ("## T\n\n<!-- term: t -->\n\nA word <!-- q: q1 -->.\n", 5)],
)  # fmt: skip
def test_an_id_away_from_its_heading_is_told(body: str, line: int) -> None:
    assert told(body) == [(line, said("stray-id"))]


def test_every_fault_of_a_file_is_told_in_one_go() -> None:
    body = (
        "## A\n\n<!-- q: q1 -->\n\n1. [x] A\n2. [x] B\n\n"
        "## B\n\n<!-- q: Q2 -->\n\nNothing.\n\n"
        "## C\n\n<!-- term: t1 -->\n\n"
        "```toml lab\nnothing\n```\n\n"
        "## D\n\n<!-- q: q1 -->\n\n**Answer:** soon\n\n<!-- q: q3 -->\n"
    )
    assert [line for line, _ in told(body)] == [5, 8, 10, 14, 18, 22, 26, 28]
