"""A first miss: what it tells, what it keeps back, and how it is recorded."""

from __future__ import annotations

import pytest

from tests.study.samples import EVERY, FILL_IN, MATCH, MULTIPLE, NUMERIC, ORDERING, PREDICT, SINGLE, option, question
from tutor.course.lesson import Options, Question
from tutor.progress.store import ProgressStore
from tutor.study.attempt import TRIES, Attempt, Stage, attempt_state, restore_attempt
from tutor.study.question_attempt import AttemptContext, QuestionAttempt
from tutor.study.wording import miss_sentence

TWO = question("two", "single", content=Options((option("yes", True), option("no", False, "Not that."))))
HINTED = question("hinted", "single", hints=("Think of b.", "It is b."), content=SINGLE.content)


def missed(each: Question) -> Attempt:
    """An attempt after a first wrong answer."""
    attempt = Attempt(each, 3, tries=TRIES)
    if attempt.type.interaction == "choose":
        attempt.choose(next(at for at, part in enumerate(each.options) if not part.ticked))
    elif attempt.type.interaction == "type":
        for blank in range(len(attempt.draft.texts)):
            attempt.write("77", blank)
    elif attempt.type.interaction == "pair":
        order = list(range(attempt.type.size(each)))
        for line, partner in enumerate([*order[1:], order[0]]):
            attempt.choose(partner, line)
    elif attempt.draft.order == tuple(range(len(each.options))):
        attempt.move(0, 1)
    assert attempt.commit()
    return attempt


@pytest.mark.parametrize("each", [SINGLE, MULTIPLE, FILL_IN, NUMERIC, ORDERING, MATCH], ids=lambda each: str(each.kind))
def test_a_first_miss_leaves_the_question_open_and_the_second_locks_it(each: Question) -> None:
    attempt = missed(each)
    assert (attempt.stage, attempt.verdict, attempt.trying_again) == (Stage.OPEN, None, True)
    assert miss_sentence(attempt)
    assert not attempt.commit(), "the same answer once more is no second try"
    assert attempt.repeats_miss
    assert attempt.give_up()
    assert attempt.stage is Stage.SETTLED
    assert miss_sentence(attempt) == ""


def test_a_right_second_answer_is_right() -> None:
    attempt = missed(SINGLE)
    attempt.choose(next(at for at, part in enumerate(SINGLE.options) if part.ticked))
    assert attempt.commit()
    assert attempt.verdict is not None
    assert attempt.verdict.correct


def test_a_miss_tells_of_what_was_chosen_and_keeps_the_rest_back() -> None:
    attempt = missed(SINGLE)
    wrong = next(iter(attempt.draft.chosen))
    told = {row.index: (row.right, row.feedback) for row in attempt.rows()}
    assert told.pop(wrong) == (False, SINGLE.options[wrong].feedback)
    assert set(told.values()) == {(None, "")}


def test_a_miss_shows_the_next_hint() -> None:
    attempt = missed(HINTED)
    assert attempt.hints == ("Think of b.",)


@pytest.mark.parametrize("each", [TWO, PREDICT], ids=["of two options", "prediction"])
def test_where_nothing_is_left_to_think_about_there_is_one_try(each: Question) -> None:
    attempt = Attempt(each, 3, tries=TRIES)
    assert attempt.tries == 1
    attempt.choose(1)
    assert attempt.commit()
    assert attempt.locked


def test_both_answers_are_recorded_each_with_its_own_time_and_hints(store: ProgressStore) -> None:
    now = 0.0
    exercise = QuestionAttempt(Attempt(HINTED, 3, tries=TRIES), AttemptContext(store, seconds=lambda: now))
    exercise.attempt.confidence = 0.8
    exercise.seen()
    exercise.attempt.choose(next(at for at, part in enumerate(HINTED.options) if not part.ticked))
    now = 12.0
    assert exercise.commit()
    assert exercise.worked_on
    exercise.attempt.choose(next(at for at, part in enumerate(HINTED.options) if part.ticked))
    now = 20.0
    assert exercise.commit()
    first, second = store.answers()
    assert (first.correct, first.seconds, first.hints, first.confidence) == (False, 12.0, 0, 0.8)
    assert (second.correct, second.seconds, second.hints, second.confidence) == (True, 8.0, 1, None)


@pytest.mark.parametrize("each", EVERY, ids=lambda each: str(each.kind))
def test_a_miss_is_restored_with_its_draft(each: Question) -> None:
    if each.predicts:
        return
    attempt = missed(each)
    if attempt.tries == 1:
        return
    restored = restore_attempt(each, attempt_state(attempt))
    assert restored is not None
    assert (restored.missed, restored.draft, restored.hints, restored.trying_again) == (
        attempt.missed, attempt.draft, attempt.hints, True,
    )  # fmt: skip
    attempt.give_up()
    again = restore_attempt(each, attempt_state(attempt))
    assert again is not None
    assert (again.stage, again.given_up, again.missed) == (Stage.SETTLED, True, attempt.missed)


def test_a_state_of_an_earlier_version_has_one_try() -> None:
    attempt = Attempt(SINGLE, 3)
    state = {name: value for name, value in attempt_state(attempt).items() if name not in {"tries", "missed"}}
    restored = restore_attempt(SINGLE, state)
    assert restored is not None
    assert (restored.tries, restored.missed) == (1, None)
