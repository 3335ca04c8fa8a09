"""What never changes a verdict."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.course.writing import grade
from tutor.course.lesson import BLANK, Content, Option, Options, Place, Question
from tutor.course.questions.base import Draft
from tutor.course.questions.fill_in import Blank, Blanks, fold
from tutor.course.questions.numeric import NumericAnswer
from tutor.foundation.suggest import is_one_typo

PLACE = Place(Path("lesson.md"))
EMPTY = Question(
    id="q1", kind="single", title="T", prompt="P", hints=(), explanation="", content=Content(),
    labs=(), place=PLACE, lesson_id="sample",
)  # fmt: skip

LETTERS = st.text("abcdë学", max_size=8)


@st.composite
def choices(draw: st.DrawFn) -> tuple[Question, frozenset[int], list[int]]:
    """A question, an answer to it, and another order of its options."""
    ticks = draw(st.lists(st.booleans(), min_size=2, max_size=8).filter(any))
    kind = "single" if sum(ticks) == 1 else "multiple"
    options = tuple(Option(f"Option {n}", tick, f"About {n}.", None, PLACE) for n, tick in enumerate(ticks))
    answer = draw(st.frozensets(st.integers(0, len(ticks) - 1)))
    return replace(EMPTY, kind=kind, content=Options(options)), answer, draw(st.permutations(range(len(ticks))))


@given(choices())
def test_the_order_of_the_options_never_changes_a_verdict(drawn: tuple[Question, frozenset[int], list[int]]) -> None:
    question, answer, order = drawn
    shuffled = replace(question, content=Options(tuple(question.options[index] for index in order)))
    there = Draft(chosen=frozenset(order.index(index) for index in answer))
    first, second = grade(question, Draft(chosen=answer)), grade(shuffled, there)
    assert (first.correct, first.score, first.notes) == (second.correct, second.score, second.notes)
    assert set(first.feedback) == set(second.feedback)
    assert [first.parts[index] for index in order] == list(second.parts)


@given(choices())
def test_a_score_is_a_share_and_all_of_it_only_for_what_is_right(
    drawn: tuple[Question, frozenset[int], list[int]],
) -> None:
    question, answer, _ = drawn
    verdict = grade(question, Draft(chosen=answer))
    assert 0 <= verdict.score <= 1
    assert (verdict.score == 1) == verdict.correct == all(verdict.parts)


@given(st.permutations(range(6)))
def test_an_order_is_right_only_where_every_line_is(order: list[int]) -> None:
    options = tuple(Option(f"Step {n}", False, "", None, PLACE) for n in range(6))
    verdict = grade(replace(EMPTY, kind="ordering", content=Options(options)), Draft(order=tuple(order)))
    assert verdict.correct == (order == sorted(order))
    assert verdict.score == sum(index == at for at, index in enumerate(order)) / 6


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_can_be_typed_into_a_blank(accepted: str, typed: str) -> None:
    question = replace(EMPTY, kind="fill-in", content=Blanks((Blank((accepted,)),)), prompt=BLANK)
    verdict = grade(question, Draft(texts=(typed,)))
    assert verdict.correct or fold(accepted) != fold(typed) or not fold(typed)


@given(st.text(max_size=80))
def test_any_text_can_be_typed_as_a_number(typed: str) -> None:
    question = replace(EMPTY, kind="numeric", content=NumericAnswer(-1, 1, "0 ± 1"))
    assert grade(question, Draft(texts=(typed,))).score in {0.0, 1.0}


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
def test_both_ends_of_a_range_are_right_however_they_are_written(one: float, two: float) -> None:
    low, high = sorted((one, two))
    question = replace(EMPTY, kind="numeric", content=NumericAnswer(low, high, "shown"))
    for end in (low, high):
        if end == 0 or abs(end) > 1e-290:
            assert grade(question, Draft(texts=(repr(end),))).correct == (abs(end) < 1e301)


@given(LETTERS, LETTERS)
def test_one_typo_is_the_same_both_ways(left: str, right: str) -> None:
    assert is_one_typo(left, right) == is_one_typo(right, left)


@given(LETTERS, st.data())
def test_every_single_typo_is_one(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word)))
    letter = data.draw(st.sampled_from("abcz"))
    typos = {word[:at] + letter + word[at:], word[:at] + word[at + 1 :], word[:at] + letter + word[at + 1 :]}
    if at + 1 < len(word):
        typos.add(word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    for typo in typos:
        assert is_one_typo(word, typo)


@given(st.text(max_size=40))
def test_folding_leaves_no_space_no_case_and_no_width(text: str) -> None:
    folded = fold(text)
    assert not any(each.isspace() for each in folded)
    assert fold(f"  {text} ") == folded
    assert fold(text.upper().lower()) == fold(text.upper())
