"""Numbers drawn by a seed: the same for the same seed, put into every text, and checked over their whole range."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import pytest

from tests.course.test_checks import told
from tests.course.writing import lesson_of, question_of, said, told_of_question, write_lesson
from tutor.course.conditions import ConditionError, parse_formula
from tutor.course.lesson import Question
from tutor.course.questions.base import Draft
from tutor.course.questions.drawing import DrawError, read_drawing
from tutor.course.questions.numeric import NUMERIC
from tutor.study.attempt import Attempt, attempt_from_answer, attempt_state, restore_attempt

BODY = """\
<!-- draw: a = 2..9; b = 0.1..0.5 step 0.1; answer = a * 3 + b -->

What is three times {a}, and {b}? ${{a}}^{2}$ and {c} stay.

> Hint: Begin with {a}.

**Answer:** {answer} ± 0.01

<details><summary>Why</summary>

It is {answer}.

</details>
"""


def question() -> Question:
    return question_of(BODY)


def numbers(question: Question) -> tuple[int, float]:
    words = question.prompt.split()
    return int(words[4].rstrip(",")), float(words[6].rstrip("?"))


def test_every_text_has_the_values_of_the_draw() -> None:
    drawn = NUMERIC.drawn(question(), 7)
    a, b = numbers(drawn)
    answer = f"{3 * a + b:.10g}"
    assert drawn.prompt == f"What is three times {a}, and {b}? ${{{a}}}^{{2}}$ and {{c}} stay."
    assert (drawn.hints, drawn.explanation) == ((f"Begin with {a}.",), f"It is {answer}.")
    content = NUMERIC.content(drawn)
    assert content.shown == f"{answer} ± 0.01"
    assert content.low == pytest.approx(3 * a + b - 0.01)


def test_a_question_as_it_is_read_can_be_asked() -> None:
    assert "{a}" not in question().prompt
    assert NUMERIC.content(question()).low < NUMERIC.content(question()).high


def test_the_same_seed_draws_the_same_and_others_draw_others() -> None:
    draws = [numbers(NUMERIC.drawn(question(), seed)) for seed in range(60)]
    assert draws == [numbers(NUMERIC.drawn(NUMERIC.drawn(question(), 99), seed)) for seed in range(60)]
    assert {a for a, _ in draws} == set(range(2, 10))
    assert {b for _, b in draws} == {0.1, 0.2, 0.3, 0.4, 0.5}


def test_an_attempt_is_answered_and_shown_again_with_its_numbers() -> None:
    attempt = Attempt(question(), 5)
    a, b = numbers(attempt.question)
    attempt.write(f"{3 * a + b}")
    assert attempt.commit()
    assert attempt.verdict is not None
    assert attempt.verdict.correct
    again = attempt_from_answer(question(), 5, attempt.given())
    restored = restore_attempt(question(), attempt_state(attempt))
    for other in (again, restored):
        assert other is not None
        assert other.question.prompt == attempt.question.prompt
        assert other.verdict is not None
        assert other.verdict.correct
    other_seed = next(seed for seed in range(9) if numbers(Attempt(question(), seed).question) != (a, b))
    wrong = attempt_from_answer(question(), other_seed, attempt.given())
    assert wrong is not None
    assert wrong.verdict is not None
    assert not wrong.verdict.correct


def test_another_language_has_the_same_numbers() -> None:
    body = BODY.replace("What is", "算一算").replace("Answer", "答案")
    chinese = lesson_of(f"## 题\n\n<!-- q: q1 -->\n\n{body}").questions
    attempt = Attempt(question(), 3)
    before = NUMERIC.content(attempt.question)
    assert attempt.translate(chinese[0])
    after = NUMERIC.content(attempt.question)
    assert (after.low, after.high) == (before.low, before.high)
    assert "算一算" in attempt.question.prompt


def test_ranges_and_formulas_are_read() -> None:
    drawing = read_drawing("a = -2..2 ; b = 1/2..2 step 1/2；c = a * b; d = sqrt(abs(c))")
    assert drawing.count == 20
    assert [each.value(0) for each in drawing.ranges] == [-2.0, 0.5]
    assert (drawing.ranges[1].step, drawing.ranges[1].count) == (Fraction(1, 2), 4)
    assert drawing.values(19) == {"a": 2.0, "b": 2.0, "c": 4.0, "d": 2.0}
    assert len({tuple(values.values()) for values in drawing.many(100)}) == 20
    assert len(list(read_drawing("a = 1..9999; b = 1..9999").many(50))) == 50


@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        ("", "draw-no-range", {}),
        ("a = 3", "draw-no-range", {}),
        ("a", "draw-not-a-name", {"part": "a"}),
        ("A = 1..2", "draw-not-a-name", {"part": "A = 1..2"}),
        ("abs = 1..2", "draw-not-a-name", {"part": "abs = 1..2"}),
        ("a = 1..2; a = 3..4", "draw-not-a-name", {"part": "a = 3..4"}),
        ("a = x..2", "draw-not-a-range", {"name": "a", "value": "x..2"}),
        ("a = 1..2 step", "draw-not-a-range", {"name": "a", "value": "1..2 step"}),
        ("a = 3..2", "draw-wrong-range", {"name": "a", "value": "3..2", "most": 10_000}),
        ("a = 1..2 step 0", "draw-wrong-range", {"name": "a", "value": "1..2 step 0", "most": 10_000}),
        ("a = 0..1 step 1e-9", "draw-wrong-range", {"name": "a", "value": "0..1 step 1e-9", "most": 10_000}),
        ("a = 1..2; b = c + 1", "draw-unknown-name", {"name": "b", "unknown": "c"}),
        ("a = 1..2; b = b + 1", "draw-unknown-name", {"name": "b", "unknown": "b"}),
        (";".join(f"a{number} = 1..2" for number in range(13)), "draw-too-many", {"most": 12}),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_told(text: str, key: str, values: dict[str, object]) -> None:
    with pytest.raises(DrawError) as caught:
        read_drawing(text)
    assert str(caught.value) == said(key, **values)


def test_a_formula_that_cannot_be_read_is_told_with_the_reason() -> None:
    with pytest.raises(DrawError, match="the end"):
        read_drawing("a = 1..2; b = a < 2")


@pytest.mark.parametrize("text", ["a ** 2", "__import__('os')", "a[0]", "f(a)", "a and b", "lambda: 1", "a.b()"])
def test_python_is_no_formula(text: str) -> None:
    with pytest.raises(ConditionError):
        parse_formula(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("2 * (a - 1)", 4.0), ("sqrt(a * a)", 3.0), ("exp(0) + log(1)", 1.0), ("abs(-a)", 3.0), ("exp(1000)", math.inf)],
)
def test_what_a_formula_is_worth(text: str, value: float) -> None:
    assert parse_formula(text).value({"a": 3.0}) == value


@pytest.mark.parametrize("text", ["1 / (a - 3)", "sqrt(-a)", "log(0)", "0 * exp(999)"])
def test_what_has_no_value_is_not_a_number(text: str) -> None:
    assert math.isnan(parse_formula(text).value({"a": 3.0}))


def asking(draw: str, answer: str, prompt: str = "What of {a}?") -> str:
    return f"<!-- draw: {draw} -->\n\n{prompt}\n\n**Answer:** {answer}\n"


@pytest.mark.parametrize(
    ("body", "key", "values"),
    [
        (asking("a = 1..3; answer = 1 / (a - a)", "{answer}"), "draw-fails", {"values": "a = 1, answer = nan"}),
        (asking("a = 1..3", "{answer}"), "draw-fails", {"values": "a = 1"}),
        (asking("a = 1..3", "{a}..0"), "draw-fails", {"values": "a = 1"}),
        (asking("a = 1..3", "{a}", "What?"), "draw-not-shown", {"name": "a"}),
        (asking("a = 1..3; b = 2..a", "{a}"), "draw-not-a-range", {"name": "b", "value": "2..a"}),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_asked_is_told(body: str, key: str, values: dict[str, object]) -> None:
    assert said(key, **values) in [message for _, message in told_of_question(body)]


def test_numbers_are_drawn_for_numbers_only() -> None:
    options = "<!-- draw: a = 1..3 -->\n\nWhat of {a}?\n\n1. [ ] No\n2. [x] Yes\n"
    assert said("draw-not-numeric") in [message for _, message in told_of_question(options)]
    lab = asking("a = 1..3", "{a}").replace("What", '```toml lab\nuse = "x"\n```\n\nWhat')
    assert said("draw-not-numeric") in [message for _, message in told_of_question(lab)]


def test_a_check_tries_the_whole_range(tmp_path: Path) -> None:
    body = "## Q\n\n<!-- q: {0} -->\n\n" + asking("a = 1..50; b = 3..40; answer = 1 / (a * b - 1560)", "{answer} ± 1")
    write_lesson(tmp_path, "01-a.md", body.replace("{a}?", "{a} and {b}?").replace("{0}", "q1"))
    ((_, _, message),) = told(tmp_path)
    assert message == said("draw-fails", values="a = 40, b = 39, answer = nan")
    learner = Attempt(lesson_of(body.replace("{a}?", "{a} and {b}?").replace("{0}", "q1")).questions[0], 1)
    assert math.isfinite(NUMERIC.content(learner.question).low)  # what makes no question is never drawn


def test_languages_that_draw_otherwise_are_told(tmp_path: Path) -> None:
    for language, high in (("en", 3), ("zh", 4)):
        body = f"## Q\n\n<!-- q: q1 -->\n\n{asking(f'a = 1..{high}', '{a}')}"
        write_lesson(tmp_path, f"{language}/01-a.md", body)
    assert [text for _, _, text in told(tmp_path)] == [said("parity-answer", id="q1", other="en/01-a.md")]


def test_a_draw_outside_a_question_is_told() -> None:
    assert told_of_question("**Answer:** 3\n\n## More\n\nText <!-- draw: a = 1..3 --> here.\n")


def test_an_answer_by_its_kind_of_number() -> None:
    asked = NUMERIC.drawn(question_of(asking("a = 3..3; b = a / 4", "{b}")), 1)
    assert NUMERIC.grade(asked, Draft(texts=("3/4",))).correct
