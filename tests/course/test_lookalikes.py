"""What is nearly part of a question is told with its place, and no answer is shown because of it."""

from __future__ import annotations

import pytest

from tests.course.writing import ANSWERS, HEAD_LINES, lesson_of, messages, prose_of, reading_of, said, told
from tutor.course.lesson import Lesson, Question
from tutor.course.questions.fill_in import FILL_IN
from tutor.course.reader import Reading

SECRET = "zzsecretzz"
OPTIONS = f"1. [ ] Wrong\n   > {SECRET}, because\n2. [x] Right\n"
WHY = f"<details><summary>Why</summary>\n\n{SECRET}\n\n</details>\n"
NEXT = "\n### Next\n\nMore text.\n"


def shown_before_answering(lesson: Lesson) -> str:
    """All that a reader sees of a lesson before any answer is given, options aside."""
    prompts = [f"{block.title}\n{block.prompt}" for block in lesson.blocks if isinstance(block, Question)]
    return "\n".join([prose_of(lesson), *prompts, *(term.definition for term in lesson.terms)])


def only_fault(reading: Reading) -> tuple[int, int, str]:
    """Line in the body, column and message of the one fault."""
    (fault,) = reading.faults
    return fault.place.line - HEAD_LINES, fault.place.column, fault.message


def hides_answer(reading: Reading) -> bool:
    assert reading.lesson is not None
    shown = shown_before_answering(reading.lesson)
    assert "More text." in shown  # the rest of the lesson is there
    return SECRET not in shown and "[x]" not in shown and "Right" not in shown


DAMAGED = [
    "<!-- q id-1 -->", "<!-- q -->", "<!-- q; id -->", "<!-- q = id -->", "<!-- question: id -->", "<!-- quiz: id -->",
    "<!- q: id -->", "<-- q: id -->", "<! -- q: id -->", "!-- q: id -->", "<!--- q: id --->", "< !-- q: id -->",
    "<!-- q: id --", "<!-- q: id ->", "<!-- q: id -- >", "<!-- q: id", "<!— q: id —>", "<!–– q: id ––>",
    "<!— q: id -->",
    "&lt;!-- q: id --&gt;", "<!-- k: id -->", "<!-- : id -->", "<!-- qq: id -->", "<!-- my-id -->", "q: id -->",
    "《!-- q: id --》", "<!-- 问题：id -->", "<!- Q: id -->", "<!-- term id-1 -->", "<!- term: id -->",
    "<!-- terms: id -->",
]  # fmt: skip


@pytest.mark.parametrize("comment", DAMAGED)
@pytest.mark.parametrize("body", [f"Which?\n\n{OPTIONS}\n{WHY}", f"It is [[{SECRET}]].\n", f"**Answer:** {SECRET}\n",
                                  f"1. {SECRET}\n2. Then\n"])  # fmt: skip
def test_a_damaged_id_is_told_at_its_place_and_what_stands_below_is_not_shown(comment: str, body: str) -> None:
    reading = reading_of(f"### Q\n\n{comment}\n\n{body}{NEXT}")
    if comment.startswith("<!-- q: id"):  # takes in all that follows
        assert messages(reading.faults) == [said("comment-open")]
        assert reading.lesson is not None
        assert prose_of(reading.lesson) == f"### Q\n*{said('left-out')}*"
        return
    assert only_fault(reading) == (3, 1, said("damaged-comment"))
    assert hides_answer(reading)


@pytest.mark.parametrize(
    "comment", ["<!-- Q: id -->", "<!--q:id-->", "<!-- q ： id -->", "<!--  Term: id; also: x -->"]
)
def test_an_id_that_cannot_be_mistaken_is_read(comment: str) -> None:
    body = "A word.\n" if "erm" in comment else ANSWERS
    assert [block.id for block in lesson_of(f"### Q\n\n{comment}\n\n{body}").blocks] == ["id"]  # type: ignore[union-attr]


@pytest.mark.parametrize("heading", ["### Q <!- q: id -->", "### Q\n\nText <!- q: id -->", "> ### Q\n> <!- q: id -->"])
def test_a_damaged_id_inside_a_line_is_told(heading: str) -> None:
    reading = reading_of(f"{heading}\n\n{OPTIONS}{NEXT}")
    assert [message for _, _, message in [only_fault(reading)]] == [said("damaged-comment")]
    assert hides_answer(reading)


def test_every_damaged_id_of_a_section_that_is_left_out_is_told() -> None:
    body = f"### Q\n\n<!- q: a -->\n\n{OPTIONS}\n#### R\n\n<!-- q b -->\n\n{OPTIONS}{NEXT}"
    assert told(body) == [(3, said("damaged-comment")), (11, said("damaged-comment"))]
    assert hides_answer(reading_of(body))


LIKE_OPTIONS = [
    "1. [ ] Wrong\n2. [x] Right\n", "- [ ] Wrong\n- [x] Right\n", "1. [ ] Wrong\n   > no\n2. [x] Right\n",
    "- group\n  - [x] Right\n  - [ ] Wrong\n", "> 1. [x] Right\n> 2. [ ] Wrong\n", "1.[ ] Wrong\n2.[x] Right\n",
    "-[ ] Wrong\n-[x] Right\n", "A. [ ] Wrong\nB. [x] Right\n", "a) [x] Right\n", "[ ] Wrong\n[x] Right\n",
    "1、[x] Right\n2、[ ] Wrong\n", "（1）[x] Right\n", "- ( ) Wrong\n- (x) Right\n",
    "1. ［x］ Right\n2. ［ ］ Wrong\n",
    "- ☐ Wrong\n- ☑ Right\n", "1. **[x]** Right\n", "1. [X ] Right\n2. [] Wrong\n", "1. [✓] Right\n", "1. [x]Right\n",
    "1. [x]: Right\n", "1. Wrong [ ]\n2. Right [x]\n", "1. [x Right\n2. [ Wrong\n", "1. x] Right\n",
    "    1. [ ] Wrong\n    2. [x] Right\n", "<div>\n1. [x] Right\n</div>\n",
    "| [x] | Right |\n|---|---|\n| [ ] | Wrong |\n",
    "#### [x] Right\n\n#### [ ] Wrong\n",
]  # fmt: skip


@pytest.mark.parametrize("options", LIKE_OPTIONS)
def test_options_outside_a_question_are_told_and_not_shown(options: str) -> None:
    reading = reading_of(f"### Q\n\nWhich?\n\n{options}\n{WHY}{NEXT}")
    assert set(messages(reading.faults)) == {said("stray-options")}
    assert 5 <= reading.faults[0].place.line - HEAD_LINES <= 7
    assert hides_answer(reading)


@pytest.mark.parametrize("options", [each for each in LIKE_OPTIONS if not each.startswith(("1. [ ]", "- [ ]"))])
def test_options_that_cannot_be_read_are_told_and_their_question_is_not_asked(options: str) -> None:
    reading = reading_of(f"### Q\n\n<!-- q: q1 -->\n\nWhich?\n\n{options}\n{WHY}{NEXT}")
    assert reading.lesson is not None
    assert reading.faults
    assert 7 <= reading.faults[-1].place.line - HEAD_LINES <= 9 or said("no-answer", id="q1") in messages(
        reading.faults
    )
    assert reading.lesson.questions == ()
    assert hides_answer(reading)


@pytest.mark.parametrize(
    "broken", ["2. [x ] Right", "2. Right", "2. (x) Right", "2. [x Right", "2.[x] Right", "[x] Right"]
)
def test_a_tick_lost_among_ticks_is_told_and_the_question_is_not_asked(broken: str) -> None:
    reading = reading_of(f"### Q\n\n<!-- q: q1 -->\n\n1. [ ] Wrong\n{broken}\n3. [x] Also right\n{NEXT}")
    assert reading.lesson is not None
    assert reading.faults
    assert reading.lesson.questions == ()


BROKEN_BLANKS = ["[[zzsecretzz|x]", "[zzsecretzz|x]]", "[[zzsecretzz|x] ]", "[ [zzsecretzz|x]]", "[[zzsecretzz|x",
                 "［［zzsecretzz］］", "[[zzsecretzz}}"]  # fmt: skip


@pytest.mark.parametrize("blank", BROKEN_BLANKS)
def test_a_broken_blank_is_told_at_its_column_and_the_question_is_not_asked(blank: str) -> None:
    reading = reading_of(f"### Q\n\n<!-- q: q1 -->\n\nIt is [[one]], not two,\nand {blank} too.\n{NEXT}")
    assert reading.lesson is not None
    place = reading.faults[0].place
    assert messages(reading.faults)[0] == said("broken-blank")
    assert place.line - HEAD_LINES == 6
    assert place.column in range(5, 5 + len(blank) + 1)
    assert reading.lesson.questions == ()
    assert hides_answer(reading)


def test_a_matrix_beside_a_blank_is_no_blank() -> None:
    (question,) = lesson_of(
        "### Q\n\n<!-- q: q1 -->\n\n$[[a]]$ is [[1, 2], [3, 4]] or [[a](#q)] and [[b｜c]].\n"
    ).questions
    assert question.kind == "fill-in"
    assert FILL_IN.content(question).blanks[-1].accepted == ("b", "c")


@pytest.mark.parametrize("blank", ["[[zzsecretzz]]", "[[zzsecretzz|x]", "[zzsecretzz|x]]"])
def test_a_blank_outside_a_question_is_told_and_not_shown(blank: str) -> None:
    reading = reading_of(f"### Q\n\nIt is\nthe {blank}.\n{NEXT}")
    line, column, message = only_fault(reading)
    assert (line, message) == (4, said("stray-blank"))
    assert column >= 5
    assert hides_answer(reading)


WORDS = ["**Answer:** 3", "Answer: B", "**答案**：B", "The correct answer: B", "> Hint: look", "Hint: look",
         "> 提示：看", "**Hint** look", "- Answer: B", "#### Answer: B", "正确答案：B", "Why: because"]  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_the_word_of_an_answer_outside_a_question_is_told_and_not_shown(word: str) -> None:
    reading = reading_of(f"### Q\n\n{word} {SECRET}\n{NEXT}")
    assert only_fault(reading)[::2] == (3, said("stray-word"))
    assert hides_answer(reading)


@pytest.mark.parametrize(
    "word",
    [*(each for each in WORDS if each not in {"**Answer:** 3", "**答案**：B", "> Hint: look", "> 提示：看"}),
     "**Answer: 3**", "Explanation: because", "解析：因为", "> Hnt: look", "> Hint look",
     "> **Hint** look", "The correct answer is B, for"],
)  # fmt: skip
@pytest.mark.parametrize("answers", [ANSWERS, "It is [[this]].\n", "**Answer:** 3\n"])
def test_the_word_of_an_answer_that_cannot_be_read_is_told_and_not_shown(word: str, answers: str) -> None:
    reading = reading_of(f"### Q\n\n<!-- q: q1 -->\n\n{word} {SECRET}\n\n{answers}{NEXT}")
    assert only_fault(reading)[::2] == (5, said("unread-word"))
    assert hides_answer(reading)
    assert reading.lesson is not None
    assert len(reading.lesson.questions) == 1


@pytest.mark.parametrize("below", ["The correct answer is B.", "Because B.", "#### Why", "| a |\n|---|\n| B |", "+ B"])
@pytest.mark.parametrize("answers", [ANSWERS, "- [x] A\n- [ ] B\n", "1. A\n2. B\n", "**Answer:** 3\n"])
def test_text_below_the_options_is_told_and_not_shown_above_them(below: str, answers: str) -> None:
    reading = reading_of(f"### Q\n\n<!-- q: q1 -->\n\nWhich?\n\n{answers}\n{below} {SECRET}\n{NEXT}")
    assert reading.lesson is not None
    assert len(reading.faults) == 1
    assert reading.faults[0].message in {said("text-below"), said("unread-word")}
    assert reading.lesson.questions[0].prompt == "Which?"


@pytest.mark.parametrize("html", ["<p>Why: because", "<div class='a'><b>Answer: B", "<p>\n<b>答案：</b> B"])
@pytest.mark.parametrize("comment", ["<!-- q: q1 -->", ""])
def test_the_word_of_an_answer_in_html_is_told_and_not_shown(html: str, comment: str) -> None:
    reading = reading_of(f"### Q\n\n{comment}\n\n{html} {SECRET}\n\n{ANSWERS if comment else ''}{NEXT}")
    assert messages(reading.faults) == [said("unread-word" if comment else "stray-word")]
    assert hides_answer(reading)


@pytest.mark.parametrize("heading", ["#### Why", "#### **Answer**", "#### Hint:", "#### Solution", "#### 解析"])
def test_a_heading_of_the_answer_inside_a_question_is_told_and_the_question_is_not_asked(heading: str) -> None:
    reading = reading_of(f"### Q\n\n<!-- q: q1 -->\n\nWhich?\n\n{heading}\n\n{SECRET}\n\n{ANSWERS}{NEXT}")
    assert only_fault(reading)[::2] == (7, said("bad-heading"))
    assert hides_answer(reading)


@pytest.mark.parametrize(
    "heading", ["### Answer", "## Answer key", "Answers:\n---", "### **The correct answer**", "### 参考答案"]
)
def test_a_section_of_answers_is_told_and_not_shown(heading: str) -> None:
    reading = reading_of(
        f"### Q\n\n<!-- q: q1 -->\n\nWhich?\n\n{ANSWERS}\n{heading}\n\n{SECRET}\n\n## Next\n\nMore text.\n"
    )
    assert messages(reading.faults) == [said("stray-word")]
    assert hides_answer(reading)


@pytest.mark.parametrize("title", ["Question and answer", "Why it works", "The answer is a number", "How to answer"])
def test_a_section_that_only_speaks_of_answers_is_text(title: str) -> None:
    assert not told(f"### {title}\n\nText.\n")


@pytest.mark.parametrize("list_", ["1. [x] yes\n{}> {}\n2. [ ] no\n", "- [ ] no\n{}> {}\n- [x] yes\n"])
@pytest.mark.parametrize("indent", [" " * 7, " " * 9, "\t\t"])
def test_feedback_indented_too_far_is_told_and_the_question_is_not_asked(list_: str, indent: str) -> None:
    reading = reading_of(f"### Q\n\n<!-- q: q1 -->\n\n{list_.format(indent, SECRET)}{NEXT}")
    assert only_fault(reading)[::2] == (5, said("feedback-inside"))
    assert reading.lesson is not None
    assert reading.lesson.questions == ()


def test_hints_labs_and_the_explanation_may_stand_below_the_options() -> None:
    fence = '```toml lab\nuse = "ball"\n```\n'
    (question,) = lesson_of(
        f"### Q\n\n<!-- q: q1 -->\n\n{ANSWERS}\n> Hint: h\n\n{fence}\n<!-- note -->\n\n{WHY}"
    ).questions
    assert (question.hints, len(question.labs), question.explanation) == (("h",), 1, SECRET)


@pytest.mark.parametrize(
    ("body", "line"),
    [("```python\nx = 1\n\n{question}", 1), ("Text.\n\n~~~~\nx\n~~~\n\n{question}", 3),
     ("- list\n\n  ```\n  x\n\n{question}", 3),
     ("```python\nx = 1\n\n{question}```text\nfigure\n```\n", 1), ("```\nx = 1\n\n{question}```\nfigure\n```\n", 1),
     ("> ```\n> x\n\n{question}", 1)],
)  # fmt: skip
def test_a_fence_that_takes_in_what_follows_is_told_where_it_opens(body: str, line: int) -> None:
    reading = reading_of(body.format(question=f"### Q\n\n<!-- q: q1 -->\n\n{OPTIONS}\n{WHY}\n"))
    assert reading.faults[0].place.line - HEAD_LINES == line
    assert reading.faults[0].message.startswith(said("fence-open", swallowed=line + 1)[:40])
    assert reading.lesson is not None
    shown = shown_before_answering(reading.lesson)
    assert SECRET not in shown
    assert "[x]" not in shown


@pytest.mark.parametrize(
    ("opening", "key"),
    [("<!-- a note", "comment-open"), ("<!-- q: q0", "comment-open"), ("<pre>", "html-open"), ("<script>", "html-open"),
     ("<?php", "html-open"), ("<![CDATA[", "html-open")],
)  # fmt: skip
def test_html_that_takes_in_what_follows_is_told_where_it_opens(opening: str, key: str) -> None:
    reading = reading_of(f"Text.\n\n{opening}\n\n### Q\n\nWhich?\n\n{OPTIONS}\n{WHY}")
    line, column, message = only_fault(reading)
    assert (line, column) == (3, 1)
    assert message.startswith(said(key, tag=opening)[:20])
    assert reading.lesson is not None
    assert prose_of(reading.lesson) == f"Text.\n*{said('left-out')}*"


def test_a_comment_that_ends_with_the_next_one_is_told_where_it_opens() -> None:
    body = f"### Q\n\n<!-- q: q1\n\n{OPTIONS}\n### R\n\n<!-- q: q2 -->\n\n{OPTIONS}{NEXT}"
    reading = reading_of(body)
    assert reading.faults[0].place.line - HEAD_LINES == 3
    assert messages(reading.faults)[0] == said("comment-open")
    assert hides_answer(reading)


@pytest.mark.parametrize(
    "details",
    [f"<detail><summary>Why</summary>\n\n{SECRET}\n\n</details>\n", f"<details\n\n{SECRET}\n\n</details>\n",
     f"<summary>Why</summary>\n\n{SECRET}\n", f"<details<summary>Why</summary>\n\n{SECRET}\n\n</detai[ls>\n",
     f"etails><summary>Why</summary>\n\n{SECRET}\n\n</details>\n"],
)  # fmt: skip
@pytest.mark.parametrize("answers", [ANSWERS, "It is [[this]].\n"])
def test_an_explanation_whose_tag_is_damaged_is_told_and_not_shown(details: str, answers: str) -> None:
    reading = reading_of(f"### Q\n\n<!-- q: q1 -->\n\n{answers}\n{details}{NEXT}")
    assert reading.faults
    assert reading.lesson is not None
    assert hides_answer(reading)


def test_contradicting_answers_are_told_and_the_question_is_not_asked() -> None:
    reading = reading_of(f"### Q\n\n<!-- q: q1 -->\n\nIt is [[{SECRET}]].\n\n{ANSWERS}{NEXT}")
    assert messages(reading.faults) == [said("two-answers")]
    assert hides_answer(reading)


PLAIN = ["> 0.5", "# of rows", "- 0.5", "+ 1", "1. foo", "| a |", "~~~", "---", "***", "[x]", "$x_1$", "## a",
         "=", "<!-- --> x", "[y]: #z", "`code`", "10) foo", "<details>"]  # fmt: skip


@pytest.mark.parametrize("option", PLAIN)
@pytest.mark.parametrize("list_", ["1. [ ] {}\n2. [x] other\n", "- [x] {}\n- [ ] other\n", "1. [x] other\n2. [ ] {}\n"])
def test_an_option_may_begin_with_any_sign(option: str, list_: str) -> None:
    (question,) = lesson_of(f"### Q\n\n<!-- q: q1 -->\n\n{list_.format(option)}").questions
    wanted = option.removeprefix("<!-- --> ")
    assert wanted in [each.text for each in question.options]


@pytest.mark.parametrize("option", ["> 0.5", "# of rows", "- 0.5", "+ 1", "1. foo", "---", "<div>"])
def test_a_plain_item_that_begins_a_block_is_told_with_its_mend_and_kept_as_written(option: str) -> None:
    reading = reading_of(f"### Q\n\n<!-- q: q1 -->\n\n1. Less\n2. {option}\n3. More\n")
    assert only_fault(reading) == (6, 4, said("option-is-block", text=option))
    assert reading.lesson is not None
    assert [each.text for each in reading.lesson.questions[0].options] == ["Less", option, "More"]
    mended = option.replace("1.", "1\\.") if option[0] == "1" else f"\\{option}"
    assert len(lesson_of(f"### Q\n\n<!-- q: q1 -->\n\n1. Less\n2. {mended}\n3. More\n").questions) == 1


@pytest.mark.parametrize("option", ["<br>", "[](#a)", "&nbsp;"])
def test_an_option_that_shows_nothing_is_told(option: str) -> None:
    assert said("empty-option") in [
        message for _, message in told(f"## Q\n\n<!-- q: q1 -->\n\n1. [x] A\n2. [ ] {option}\n")
    ]


@pytest.mark.parametrize(
    ("hint", "kept"), [("> 0.5", "\\> 0.5"), ("- 0.5", "\\- 0.5"), ("1. foo", "1\\. foo"), ("*a*", "*a*")]
)
def test_a_hint_that_begins_with_a_sign_is_words(hint: str, kept: str) -> None:
    (question,) = lesson_of(f"### Q\n\n<!-- q: q1 -->\n\n> Hint: {hint}\n\n{ANSWERS}").questions
    assert question.hints == (kept,)


@pytest.mark.parametrize(
    "condition", ["<!- when: diverged -->", "<!-- when diverged -->", "<!-- when: diverged", "<!— when: diverged —>"]
)
def test_a_damaged_condition_is_told_and_its_question_is_not_asked(condition: str) -> None:
    fence = '```toml lab\nuse = "ball"\n```\n'
    reading = reading_of(f"### Q\n\n<!-- q: q1 -->\n\n{fence}\n1. [ ] A\n2. [x] B {condition}\n3. [ ] C\n{NEXT}")
    (fault,) = reading.faults
    assert fault.place.line - HEAD_LINES == 10
    assert fault.message in {said("damaged-comment"), said("comment-open")}
    assert reading.lesson is not None
    assert reading.lesson.questions == ()


@pytest.mark.parametrize("title", [f"It is [[{SECRET}]]", "[x] Right", "Q <!- figure: final.w -->",
                                   f"Q **Answer:** {SECRET}", f"题 **答案**：{SECRET}",
                                   f"Q <details>{SECRET}</details>",
                                   f"Q (the correct answer is {SECRET})"])  # fmt: skip
def test_what_belongs_below_the_heading_is_told_and_not_shown_in_it(title: str) -> None:
    reading = reading_of(f"### {title}\n\n<!-- q: q1 -->\n\n{ANSWERS}{NEXT}")
    assert len(reading.faults) == 1
    assert hides_answer(reading)


@pytest.mark.parametrize(
    ("body", "key"),
    [(f"{ANSWERS}\n{WHY}\n1. A\n2. B\n", "text-below"),
     (f"1. A\n2. B\n\n{WHY}\n#### Deeper\n\n1. {SECRET}\n2. D\n", "text-below"),
     (f"{ANSWERS}\n{WHY.rstrip()}\n{SECRET}\n", "behind-details"), (f"2. [ ] A\n3. [x] B\n\n{WHY}", "list-start"),
     (f"2. A\n3. B\n\n{WHY}", "list-start"), (f"   > {SECRET}\n\n{ANSWERS}", "loose-feedback"),
     (f"1. {SECRET}\n2. B\n\n#### Deeper\n\n1. C\n2. D\n", "two-answers"),
     (f"##Lost\n\n{SECRET}\n\n{ANSWERS}", "lost-heading"), ("1. [ ] A\n2.[ ] B\n3. [x] C\n", "option-inside")],
)  # fmt: skip
def test_what_stands_in_a_wrong_place_of_a_question_is_told(body: str, key: str) -> None:
    reading = reading_of(f"### Q\n\n<!-- q: q1 -->\n\n{body}{NEXT}")
    assert messages(reading.faults)[0] == said(key, start=2)
    assert reading.lesson is not None
    assert SECRET not in shown_before_answering(reading.lesson) or not reading.lesson.questions


def test_an_explanation_that_takes_in_the_next_question_is_told() -> None:
    first = f"### Q\n\n<!-- q: q1 -->\n\n{ANSWERS}\n<details><summary>Why</summary>\n\n{SECRET}\n"
    reading = reading_of(f"{first}\n<!-- q: q2 -->\n\n{OPTIONS}\n{WHY}{NEXT}")
    assert messages(reading.faults) == [said("details-open")]
    assert hides_answer(reading)


def test_a_table_of_more_columns_than_a_screen_has_room_for_is_left_out_and_told() -> None:
    reading = reading_of("|a" * 70 + "|\n" + "|-" * 70 + "|\n\nMore text.\n")
    assert messages(reading.faults) == [said("wide-table", most=60)]
    assert reading.lesson is not None
    assert prose_of(reading.lesson) == "More text."
