"""The sentence that answers an answer: it says first, in words that cannot be misread, whether it is right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.study.samples import EVERY, FILL_IN, MULTIPLE, NUMERIC, PREDICT
from tutor.course.lesson import Question
from tutor.foundation.translate import use_language
from tutor.study.attempt import Attempt
from tutor.study.wording import verdict_sentence

RIGHT = {"en": ("Correct.", "Correct, although"), "zh": ("答对了。", "答对了，")}
NOT = {
    "en": ("Incorrect.", "Incorrect, as", "Incorrect: ", "Not fully correct.", "Not fully correct, as", "You asked"),
    "zh": ("答错了。", "答错了，", "预测错了", "不完全正确。", "不完全正确，", "你选择了看答案"),
}


@given(
    question=st.sampled_from(EVERY), seed=st.integers(0, 99), unsure=st.booleans(), gives_up=st.booleans(),
    picks=st.lists(st.integers(0, 5), min_size=1, max_size=6), text=st.text(max_size=8),
    language=st.sampled_from(("en", "zh")),
)  # fmt: skip
def test_it_begins_with_right_or_wrong_whatever_was_answered(
    question: Question, seed: int, unsure: bool, gives_up: bool, picks: list[int], text: str, language: str
) -> None:
    attempt = Attempt(question, seed)
    attempt.unsure = unsure
    for place, index in enumerate(picks):
        attempt.choose(index, place)
        attempt.write(text or "1", place)
        attempt.move(place, index)
    if gives_up:
        attempt.give_up()
    else:
        attempt.commit()
    attempt.settle(None)
    use_language(language)
    try:
        said = verdict_sentence(attempt)
    finally:
        use_language("en")
    if attempt.verdict is None:
        assert said == ""
    else:
        assert said.startswith(RIGHT[language] if attempt.verdict.correct else NOT[language])


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        (MULTIPLE, None, "Not fully correct. 1 of 2 correct options chosen."),
        (NUMERIC, "1e9", "Incorrect."),
    ],
)
def test_what_follows_counts_what_was_right(question: Question, answer: str | None, said: str) -> None:
    attempt = Attempt(question)
    if answer is None:
        attempt.choose(next(index for index, option in enumerate(question.options) if option.ticked))
    else:
        attempt.write(answer)
    attempt.commit()
    assert verdict_sentence(attempt) == said


def test_a_refuted_prediction_is_called_incorrect_and_the_run_is_named() -> None:
    attempt = Attempt(PREDICT)
    wrong = next(index for index, option in enumerate(PREDICT.options) if not option.ticked)
    attempt.choose(wrong)
    attempt.commit()
    assert verdict_sentence(attempt) == ""
    attempt.settle(None)
    assert verdict_sentence(attempt) == "Incorrect: the run shows something else."


def test_blanks_are_counted() -> None:
    attempt = Attempt(FILL_IN)
    attempt.write(attempt.type.content(FILL_IN).blanks[0].accepted[0])
    attempt.commit()
    assert verdict_sentence(attempt).startswith("Not fully correct. 1 of ")
