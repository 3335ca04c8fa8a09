"""The shape of a list is the type of a question."""

from __future__ import annotations

import pytest

from tests.course.writing import ANSWERS, HEAD, lesson_of, prose_of, question_of, reading_of
from tutor.course.lesson import BLANK, LabFence, Option, Prose, Question, Term
from tutor.course.questions.fill_in import FILL_IN, Blank
from tutor.course.questions.numeric import NUMERIC, NumericAnswer

FENCE = '```toml lab\nuse = "one-lag"\n```\n\n'


def texts(options: tuple[Option, ...]) -> list[tuple[str, bool]]:
    return [(option.text, option.ticked) for option in options]


def test_a_numbered_list_of_ticks_is_a_single_choice() -> None:
    question = question_of("Which?\n\n1. [ ] The *sum*\n2. [x] The mean\n3. [ ] $x_1$\n")
    assert question.kind == "single"
    assert texts(question.options) == [("The *sum*", False), ("The mean", True), ("$x_1$", False)]
    assert (question.id, question.title, question.prompt, question.lesson_id) == ("q1", "The title", "Which?", "sample")
    assert not question.predicts


@pytest.mark.parametrize("bullet", ["-", "*", "+"])
def test_a_bulleted_list_of_ticks_is_a_multiple_choice(bullet: str) -> None:
    question = question_of(f"{bullet} [x] w\n{bullet} [ ] N\n{bullet} [X] b\n")
    assert question.kind == "multiple"
    assert texts(question.options) == [("w", True), ("N", False), ("b", True)]


def test_a_plain_numbered_list_is_an_ordering() -> None:
    question = question_of("In which order?\n\n1. Start\n2. Compute\n3. Subtract\n")
    assert question.kind == "ordering"
    assert texts(question.options) == [("Start", False), ("Compute", False), ("Subtract", False)]
    assert question.prompt == "In which order?"


def test_an_ordering_may_hold_the_same_line_twice() -> None:
    assert len(question_of("1. Step\n2. Look\n3. Step\n").options) == 3


def test_double_brackets_are_blanks_with_every_accepted_answer() -> None:
    question = question_of("In $b + w x$, b is the [[bias\\|偏置]] and w the [[ weight | 权重 ]].\n")
    assert question.kind == "fill-in"
    assert question.prompt == f"In $b + w x$, b is the {BLANK} and w the {BLANK}."
    assert FILL_IN.content(question).blanks == (Blank(("bias", "偏置")), Blank(("weight", "权重")))
    assert question.options == ()


def test_blanks_stand_in_tables_lists_quotations_and_numbered_lists() -> None:
    question = question_of(
        "| a | b |\n|---|---|\n| [[one\\|1]] | x |\n\n- [[two]]\n\n> [[three]]\n\n1. The [[four]]\n2. Plain\n"
    )
    assert question.kind == "fill-in"
    assert [blank.accepted[0] for blank in FILL_IN.content(question).blanks] == ["one", "two", "three", "four"]
    assert question.prompt.endswith(f"1. The {BLANK}\n2. Plain")


def test_brackets_in_code_are_no_blanks() -> None:
    code = "```python\nx = [[1]]\n```\n\n~~~\n[[a]]\n~~~\n\n    [[indented]]\n\n- list\n\n  ```\n  [[nested]]\n  ```\n"
    question = question_of(f"`[[x]]` and ``[[`y`]]`` and [[real]]\n\n{code}")
    assert FILL_IN.content(question).blanks == (Blank(("real",)),)
    assert question.prompt.count(BLANK) == 1
    for shown in ("`[[x]]`", "``[[`y`]]``", "x = [[1]]", "[[a]]", "[[indented]]", "[[nested]]"):
        assert shown in question.prompt


def test_the_mark_of_a_blank_typed_by_an_author_is_none() -> None:
    question = question_of(f"A {BLANK} and [[one]]\n")
    assert question.prompt == f"A \ufffd and {BLANK}"


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [("0.72 ± 0.01", 0.71, 0.73), ("0.71..0.73", 0.71, 0.73), ("0.71 … 0.73", 0.71, 0.73), ("1/2", 0.5, 0.5),
     ("-1.81 ± 0.005", -1.815, -1.805), ("−2..−1", -2, -1), ("5e-1 +/- 1e-2", 0.49, 0.51), ("3 +- 0", 3, 3),
     ("1,000", 1000, 1000), ("12%", 0.12, 0.12), ("２．５", 2.5, 2.5), ("1...2", 1, 2)],
)  # fmt: skip
def test_a_line_of_answer_is_a_numeric_question(written: str, low: float, high: float) -> None:
    question = question_of(f"How much?\n\n**Answer:** {written}\n")
    assert question.kind == "numeric"
    assert NUMERIC.content(question) == NumericAnswer(low, high, written)
    assert question.prompt == "How much?"


@pytest.mark.parametrize("mark", ["**Answer:**", "**Answer**:", "**ANSWER:**", "**答案：**", "**答案**：", "**答案:**"])
def test_the_mark_of_an_answer_has_two_languages_and_either_colon(mark: str) -> None:
    assert NUMERIC.content(question_of(f"{mark} 0.5.\n")) == NumericAnswer(0.5, 0.5, "0.5")


def test_an_answer_right_below_the_prompt_is_cut_out_of_it() -> None:
    question = question_of("How much is it,\nin nats?\n**Answer:** 0.5\n")
    assert (question.prompt, question.kind) == ("How much is it,\nin nats?", "numeric")


def test_a_fence_makes_any_of_them_a_prediction() -> None:
    question = question_of(
        f"{FENCE}1. [ ] It falls <!-- when: not diverged -->\n2. [x] It grows <!-- when: diverged -->\n"
    )
    assert question.predicts
    assert [fence.lab for fence in question.labs] == ["one-lag"]
    assert [option.when.text for option in question.options if option.when] == ["not diverged", "diverged"]
    assert texts(question.options) == [("It falls", False), ("It grows", True)]


def test_two_runs_are_told_apart_by_name() -> None:
    fences = "".join(f'```toml lab\nuse = "one-lag"\nname = "{name}"\n```\n\n' for name in "ab")
    question = question_of(
        f"{fences}1. [x] b <!-- when: b.final.train_loss < a.final.train_loss -->\n2. [ ] a <!-- when: a.diverged -->\n"
    )
    assert [fence.name for fence in question.labs] == ["a", "b"]


def test_a_figure_says_which_fact_a_number_predicts() -> None:
    question = question_of(f"{FENCE}<!-- figure: final.w -->\n\n**Answer:** -1.3 ± 0.05\n")
    assert (question.figure, question.kind) == ("final.w", "numeric")


@pytest.mark.parametrize("comment", ["<!-- when: diverged -->", "<!--when:diverged-->", "<!--  WHEN :  diverged  -->"])
def test_a_condition_stands_behind_its_option_or_below_it(comment: str) -> None:
    for body in (
        f"1. [x] A {comment}\n   > Why\n",
        f"1. [x] A\n   {comment}\n   > Why\n",
        f"1. [x] A\n\n   {comment}\n\n   > Why\n",
    ):
        option = question_of(f"{FENCE}{body}2. [ ] B\n").options[0]
        assert option.when is not None
        assert (option.text, option.when.text, option.feedback) == ("A", "diverged", "Why")


def test_a_comment_that_is_code_is_text_of_its_option() -> None:
    question = question_of("1. [ ] `<!-- when: diverged -->`\n2. [x] Nothing <!-- a note -->\n")
    assert [(option.text, option.when) for option in question.options] == [
        ("`<!-- when: diverged -->`", None),
        ("Nothing", None),
    ]


def test_an_option_may_run_over_several_lines() -> None:
    assert question_of("1. [ ] One\n   more line\n2. [x] B\n").options[0].text == "One\nmore line"


@pytest.mark.parametrize("gap", ["", "\n"])
def test_feedback_is_the_quotation_below_its_option(gap: str) -> None:
    body = f"1. [ ] A\n{gap}   > Not A:\n   > **two** lines.\n{gap}2. [x] B\n{gap}   > Yes.\n{gap}3. [ ] C\n"
    assert [option.feedback for option in question_of(body).options] == ["Not A:\n**two** lines.", "Yes.", ""]


def test_two_quotations_below_an_option_are_both_feedback() -> None:
    assert question_of("1. [ ] A\n   > One\n\n   > Two\n2. [x] B\n").options[0].feedback == "One\n\nTwo"


def test_hints_come_in_order_and_leave_the_prompt() -> None:
    question = question_of(f"Why?\n\n> Hint: First,\n> two lines.\n\n> 提示：第二\n\n{ANSWERS}")
    assert question.hints == ("First,\ntwo lines.", "第二")
    assert question.prompt == "Why?"


def test_hints_in_one_quotation_are_given_one_by_one() -> None:
    assert question_of(f"> Hint: One\n> Hint: Two\n> goes on\n\n{ANSWERS}").hints == ("One", "Two\ngoes on")


@pytest.mark.parametrize("mark", ["Hint:", "hint :", "HINT：", "提示:", "**Hint:**", "**提示**："])
def test_the_mark_of_a_hint_has_two_languages_and_either_colon(mark: str) -> None:
    assert question_of(f"> {mark} Look.\n\n{ANSWERS}").hints == ("Look.",)


def test_a_hint_may_stand_below_the_options() -> None:
    assert question_of(f"{ANSWERS}\n> Hint: Late.\n").hints == ("Late.",)


def test_another_quotation_above_the_options_belongs_to_the_prompt() -> None:
    question = question_of(f"> Somebody said: hint at it.\n\n{ANSWERS}")
    assert (question.prompt, question.hints) == ("> Somebody said: hint at it.", ())


@pytest.mark.parametrize(
    "details",
    ["<details><summary>Why</summary>\n\nBecause.\n\n</details>\n",
     "<details><summary>Why</summary>\nBecause.\n</details>\n",
     "<details><summary>为什么</summary>Because.</details>\n",
     "<details>\n<summary>Why</summary>\n\nBecause.\n</details>\n",
     "<DETAILS open>\n<Summary class='a'>Why</Summary>\n\nBecause.\n\n</DETAILS >\n"],
)  # fmt: skip
def test_the_explanation_is_what_the_details_hold_with_or_without_blank_lines(details: str) -> None:
    question = question_of(f"{ANSWERS}\n{details}")
    assert question.explanation == "Because."
    assert question.prompt == ""


def test_lists_tables_code_and_answers_in_the_explanation_stay_there() -> None:
    inside = "1. [x] a\n2. [x] b\n\n| a | b |\n|---|---|\n\n```\n</details>\n```\n\n**Answer:** 3 [[x]]\n\n> Hint: no"
    question = question_of(f"{ANSWERS}\n<details><summary>Why</summary>\n\n{inside}\n\n</details>\n")
    assert question.explanation == inside
    assert (question.kind, question.hints, len(question.options)) == ("single", (), 2)


def test_two_explanations_are_told_one_behind_the_other() -> None:
    why = "\n<details><summary>Why</summary>\n\n{}\n\n</details>\n"
    body = ANSWERS + why.format("A") + why.format("B")
    assert question_of(body).explanation == "A\n\nB"


def test_what_stands_between_keeps_its_order_in_the_prompt() -> None:
    code = "```markdown\n<!-- q: no -->\n1. [x] code\n```"
    body = f"Look:\n\n1. plain\n2. list\n\n| t |\n|---|\n| 1 |\n\n- bullets\n\n{code}\n\nWhich?\n\n"
    question = question_of(body + ANSWERS)
    assert question.prompt == body.strip()
    assert question.kind == "single"


def test_of_two_numbered_lists_the_last_is_put_in_order() -> None:
    question = question_of("1. given\n2. too\n\nNow order:\n\n1. A\n2. B\n")
    assert texts(question.options) == [("A", False), ("B", False)]
    assert question.prompt == "1. given\n2. too\n\nNow order:"


def test_a_question_at_the_end_of_the_file_needs_no_last_line_end() -> None:
    assert len(question_of("1. [ ] A\n2. [x] B").options) == 2


def test_a_question_ends_at_the_next_heading_of_its_level() -> None:
    lesson = lesson_of(f"### Q\n\n<!-- q: q1 -->\n\n#### Deeper\n\nStill.\n\n{ANSWERS}\n### Next\n\nProse.\n")
    assert [type(block) for block in lesson.blocks] == [Question, Prose]
    assert lesson.questions[0].prompt == "#### Deeper\n\nStill."
    assert prose_of(lesson) == "### Next\n\nProse."


def test_a_question_ends_at_a_higher_heading() -> None:
    lesson = lesson_of(f"### Q\n\n<!-- q: q1 -->\n\n{ANSWERS}\n## Next\n\nProse.\n")
    assert prose_of(lesson) == "## Next\n\nProse."


def test_a_question_or_term_below_another_one_is_its_own() -> None:
    lesson = lesson_of(
        f"## Q\n\n<!-- q: q1 -->\n\n{ANSWERS}\n### T\n\n<!-- term: t1 -->\n\nA word.\n\n"
        f"#### R\n\n<!-- q: q2 -->\n\n{ANSWERS}"
    )
    assert [block.id for block in lesson.blocks if isinstance(block, Question | Term)] == ["q1", "t1", "q2"]
    assert lesson.terms[0].definition == "A word."


@pytest.mark.parametrize("heading", ["## Q", "Q\n---", "Q\n===", "# Q #", "###### Q"])
def test_any_heading_can_carry_a_question(heading: str) -> None:
    assert lesson_of(f"{heading}\n<!-- q: q1 -->\n{ANSWERS}").questions[0].title == "Q"


def test_no_answer_is_left_in_the_prose_around() -> None:
    lesson = lesson_of(
        f"Before.\n\n## Q\n\n<!-- q: q1 -->\n\nPrompt [[secret]].\n\n## After\n\nMore.\n\n"
        f"### R\n\n<!-- q: q2 -->\n\n{ANSWERS}"
    )
    assert prose_of(lesson) == "Before.\n## After\n\nMore."


@pytest.mark.parametrize(
    "prose",
    ["1. One\n2. Two", "- \\[ ] to do\n- \\[x] done", "\\[[no blank]]", "`[[1]]` and $[[1]]$ and [[1, 2], [3, 4]]",
     "[x](#section) leads", "The answer is 42.", "(# of rows) is a number\nof \"# of rows\"",
     "> Quoted: Hint", "```markdown\n## H\n<!-- q: q1 -->\n1. [x] a\n```",
     "`<!-- q: q1 -->`", "| [1] |\n|---|\n| 1. |", "<!-- a comment -->", "<!-- figure 3 is from the book -->",
     "<!-- question for later: is this right? -->", "f(x) and\n(x) and [0, 1]", "1. One\n   - [0, 1]\n2. `[x]` Two"],
)  # fmt: skip
def test_what_only_resembles_a_question_is_prose(prose: str) -> None:
    lesson = lesson_of(f"## Section\n\n{prose}\n")
    assert lesson.questions == ()
    assert prose_of(lesson) == f"## Section\n\n{prose}"


def test_places_point_into_the_file() -> None:
    first = HEAD.count("\n") + 1
    question = lesson_of(f"## Q\n\n<!-- q: q1 -->\n\n{FENCE}1. [ ] A\n2. [x] B\n").questions[0]
    assert question.place.line == first
    assert question.labs[0].place.line == first + 4
    assert [option.place.line for option in question.options] == [first + 8, first + 9]


def test_a_lab_in_the_text_is_no_question() -> None:
    lesson = lesson_of(f"Text.\n\n{FENCE}More.\n")
    assert [type(block) for block in lesson.blocks] == [Prose, LabFence, Prose]
    assert lesson.labs[0].lab == "one-lag"


def test_a_broken_question_leaves_the_rest_of_the_lesson() -> None:
    reading = reading_of(f"Prose.\n\n## Q\n\n<!-- q: q1 -->\n\nNo answer.\n\n## R\n\n<!-- q: q2 -->\n\n{ANSWERS}")
    assert reading.lesson is not None
    assert [question.id for question in reading.lesson.questions] == ["q2"]
    assert len(reading.faults) == 1
