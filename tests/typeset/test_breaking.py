from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.foundation.text import cell_width
from tutor.typeset.breaking import break_lines, widths_of
from tutor.typeset.elements import Run


def shown(text: str, width: int, *, solid: bool = False, hang: int = 0) -> list[str]:
    lines = break_lines([Run(text, "text", "", solid)], width, hang=hang)
    return ["".join(span.text for span in line) for line in lines]


def test_words_stay_whole_and_the_space_at_a_break_disappears() -> None:
    assert shown("the slope of the curve", 9) == ["the slope", "of the", "curve"]


def test_han_characters_break_anywhere_but_words_between_them_do_not() -> None:
    assert shown("用梯度gradient下降", 8) == ["用梯度", "gradient", "下降"]


def test_no_line_begins_with_closing_or_ends_with_opening_punctuation() -> None:
    assert shown("我们学习，然后休息。", 8) == ["我们学", "习，然后", "休息。"]
    assert shown("损失函数（loss）很小", 10) == ["损失函数", "（loss）很", "小"]
    assert shown("他说“学习”很好", 6) == ["他说", "“学习”", "很好"]


def test_a_number_that_begins_with_a_point_is_not_closing_punctuation() -> None:
    assert shown("at most .55", 8) == ["at most", ".55"]


def test_a_compound_breaks_behind_its_hyphen_but_a_negative_number_does_not() -> None:
    assert shown("a full-batch step", 8) == ["a full-", "batch", "step"]
    assert shown("minus is -12 here", 10) == ["minus is", "-12 here"]


def test_a_formula_stays_on_one_line_unless_it_is_too_long() -> None:
    runs = [Run("the model is "), Run("ŷ = b + w·x₁", "maths", solid=True), Run(", a line")]
    lines = ["".join(span.text for span in line) for line in break_lines(runs, 20)]
    assert lines == ["the model is", "ŷ = b + w·x₁, a line"]
    assert shown("a + b + c + d + e + f + g + h + i", 12, solid=True) == ["a + b + c +", "d + e + f +", "g + h + i"]


def test_what_is_wider_than_a_line_is_cut_inside() -> None:
    assert shown("see https://example.org/abc", 10) == ["see", "https://ex", "ample.org/", "abc"]


def test_a_forced_cut_leaves_an_accent_with_its_letter() -> None:
    text = "e\u0301" * 12
    lines = shown(text, 5)
    assert "".join(lines) == text
    assert all(line[0] == "e" for line in lines)


def test_further_lines_can_be_shorter_by_a_hanging_indent() -> None:
    assert shown("one two three four", 9, hang=4) == ["one two", "three", "four"]


def test_newlines_are_kept_as_line_ends() -> None:
    assert shown("one\ntwo\n\nthree", 20) == ["one", "two", "", "three"]


def test_spans_keep_role_and_target_over_a_break() -> None:
    runs = [Run("the "), Run("learning rate", "term", "#learning-rate"), Run(" is small")]
    lines = break_lines(runs, 12)
    assert [[(span.text, span.role, span.target) for span in line] for line in lines] == [
        [("the ", "text", ""), ("learning", "term", "#learning-rate")],
        [("rate", "term", "#learning-rate"), (" is", "text", "")],
        [("small", "text", "")],
    ]


def test_least_and_natural_width_tell_what_a_column_needs() -> None:
    assert widths_of([Run("the validation loss")], 60) == (10, 19)
    assert widths_of([Run("学习率")], 60) == (2, 6)
    assert widths_of([Run("a = b", "maths", solid=True), Run(" holds")], 60) == (5, 11)


_ANY = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029"), max_size=120)
_MIXED = st.text(st.sampled_from("ab1 学习率，。（）“”…— x-.e\u0301\u200d\ufe0f❤👩🏽"), max_size=80)


@given(st.one_of(_ANY, _MIXED), st.integers(10, 90), st.booleans())
def test_every_line_fits_and_nothing_visible_is_lost(text: str, width: int, solid: bool) -> None:
    lines = shown(text, width, solid=solid)
    assert all(cell_width(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(not line.endswith((" ", "\u3000")) and not line.startswith((" ", "\u3000")) for line in lines)


_WORDS = st.lists(
    st.sampled_from(["学习率", "梯度，", "（loss）", "word", "3.14", "“好”", "下降。", " ", "w·x₁", "！"]), max_size=40
)


@given(_WORDS, st.integers(16, 40))
def test_in_running_text_punctuation_keeps_its_side(words: list[str], width: int) -> None:
    # More than two marks in a row are no text: somewhere they have to break.
    text = "".join(word for at, word in enumerate(words) if word != "！" or "！" not in words[max(0, at - 2) : at])
    for line in shown(text.lstrip(" ！"), width):
        assert not line.startswith(tuple("，。）”！"))
        assert not line.endswith(tuple("（“"))


@pytest.mark.parametrize("width", [-2, 0, 1])
def test_a_page_without_room_still_ends(width: int) -> None:
    runs = [Run("a word · 一个词")]
    assert break_lines(runs, width) == break_lines(runs, 2)
    assert break_lines(runs, width, hang=3) == break_lines(runs, 2)
