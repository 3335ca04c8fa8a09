"""Formulas, tables and drawings in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.foundation.translate import use_language
from tutor.typeset.maths import to_unicode
from tutor.typeset.page import plain_lines, read_aloud
from tutor.typeset.speech import spoken_figure, spoken_maths, spoken_text


@pytest.fixture
def aloud() -> Iterator[None]:
    read_aloud(True)
    yield
    read_aloud(False)


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        (r"\hat y = b + w x_1", "y hat equals b plus w x 1"),
        (r"f'(w) = 4w^3 - 6w + 1", "f prime of w equals 4 w cubed minus 6 w plus 1"),
        (
            r"w \leftarrow w - \eta \frac{\partial L}{\partial w}",
            "w becomes w minus eta times the partial derivative of L with respect to w",
        ),
        (r"\theta^* = \arg\min_\theta L(\theta)", "theta star equals arg min theta L of theta"),
        (r"\frac{2}{N} \sum_n e_n", "2 over N the sum over n of e n"),
        (r"4 \cdot (-8)", "4 times open bracket minus 8 close bracket"),
        ("100^{1000}", "100 to the power 1000"),
        (r"|e| \le 0", "the absolute value of e is at most 0"),
        ("10^{-5} f(-2)", "10 to the power minus 5 times f of minus 2"),
    ],
)
def test_a_formula_is_said_as_one_reads_it(tex: str, words: str) -> None:
    assert spoken_maths(to_unicode(tex)) == words


def test_a_negative_number_has_its_own_word_in_chinese() -> None:
    use_language("zh")
    assert spoken_maths("w − 1 = −2") == "w 减 1 等于 负 2"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("With η = 0.1 it settles at −1.07.", "With eta equals 0.1 it settles at minus 1.07."),
        ("within ± 0.005", "within plus or minus 0.005"),
        ("3 · 0.71 + 4 · 0.71", "3 times 0.71 plus 4 times 0.71"),
        ("x² and w₁", "x squared and w 1"),
        ("it is 1.436e+04 now", "it is 14360 now"),
        ("the ball f(w) = w", "the ball f of w equals w"),
        ("it is 2.58e−05, not 1e-7", "it is 2.58 times 10 to the power minus 5, not 1 times 10 to the power minus 7"),
        ("by 1 − 10η", "by 1 minus 10 eta"),
        ("y is -1, an error of +0.4", "y is minus 1, an error of plus 0.4"),
    ],
)
def test_signs_in_a_sentence_are_words(text: str, words: str) -> None:
    assert spoken_text(text) == words


@pytest.mark.parametrize(
    "text",
    ["Hand-crafted rule · 人工规则", "word(s) and lessons/en", "tutor run note <x>", "学习率，权重", "GPT-4, 3-5, x--"],
)
def test_a_sentence_without_a_formula_stays(text: str) -> None:
    assert spoken_text(text) == text


@given(st.text(alphabet="wxyηθ∂∑√ŷ²³₁ₙ()[]|{}+−=·/<>≤≈_^*′0.9e ,\ue010\ue011\ue100的", max_size=60))
def test_whatever_is_said_has_no_sign_of_a_formula_left(text: str) -> None:
    said = spoken_maths(text)
    assert not re.search("[ηθ∑√²³₁ₙ()=−·≤≈′\ue010-\ue1ff]", said)
    spoken_text(text)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (-1.0702, "minus 1.07"),
        (0.0, "0"),
        (1790.4, "1790"),
        (4.55e8, "4.55 times 10 to the power 8"),
        (float("nan"), "not a number"),
        (float("-inf"), "minus infinity"),
    ],
)
def test_a_figure_has_no_sign_that_is_skipped(value: float, words: str) -> None:
    assert spoken_figure(value) == words


@pytest.mark.usefixtures("aloud")
def test_a_table_is_a_sentence_a_row_and_names_each_cell() -> None:
    lines = plain_lines("| update | w |\n|--:|--:|\n| 1 | −2 |\n", 76)
    assert lines == ["Table, columns: 2, rows: 1.", "", "  • update: 1; w: minus 2"]


@pytest.mark.usefixtures("aloud")
def test_a_drawing_is_its_description() -> None:
    drawing = '```text alt="Two boxes, one in the other."\n+--+\n|[]|\n+--+\n```'
    assert plain_lines(drawing, 76) == ["Figure: Two boxes, one in the other."]
    assert "# One" not in plain_lines("# One", 76)
    assert plain_lines("# One", 76) == ["One"], "nothing is underlined"


def test_a_description_is_not_seen_by_whoever_sees() -> None:
    assert plain_lines('```text alt="Two boxes."\n[]\n```', 76) == ["    []"]
