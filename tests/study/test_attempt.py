from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.study.samples import EVERY, FILL_IN, MATCH, MEASURE, MULTIPLE, NUMERIC, ORDERING, PREDICT, SINGLE, question
from tutor.course.lesson import Options, Question
from tutor.course.questions import question_type
from tutor.course.questions.base import Draft
from tutor.course.questions.typed import LONGEST_TEXT
from tutor.study.attempt import Attempt, Stage, attempt_from_answer, attempt_state, restore_attempt


def shown(question: Question, seed: int) -> tuple[int, ...]:
    return question_type(question.kind).shown(question, seed)


SEEDS = st.integers(0, 2**31)


@given(seed=SEEDS)
def test_shuffling_repeats_for_a_seed_and_loses_no_option(seed: int) -> None:
    for each in EVERY:
        assert shown(each, seed) == shown(each, seed)
        assert sorted(shown(each, seed)) == list(range(len(shown(each, 0))))


def test_another_seed_gives_another_order() -> None:
    assert len({shown(SINGLE, seed) for seed in range(30)}) > 10


@given(seed=SEEDS)
def test_neither_an_ordering_nor_pairs_start_out_solved(seed: int) -> None:
    assert shown(ORDERING, seed) != (0, 1, 2, 3)
    assert shown(MATCH, seed) != (0, 1, 2, 3)


def test_a_single_choice_holds_one_option_at_a_time() -> None:
    attempt = Attempt(SINGLE)
    assert not attempt.ready
    assert attempt.choose(0)
    assert attempt.choose(1)
    assert attempt.draft.chosen == {1}
    assert not attempt.choose(1), "choosing what is chosen changes nothing"
    assert attempt.commit()
    assert attempt.verdict is not None
    assert attempt.verdict.correct


def test_a_multiple_choice_ticks_and_unticks() -> None:
    attempt = Attempt(MULTIPLE)
    for index in (0, 2, 2, 1):
        assert attempt.choose(index)
    assert attempt.draft.chosen == {0, 1}
    assert attempt.commit()
    assert attempt.verdict is not None
    assert attempt.verdict.correct


def test_lines_move_to_any_place() -> None:
    attempt = Attempt(ORDERING)
    first, *rest = attempt.draft.order
    assert attempt.move(0, 3)
    assert attempt.draft.order == (*rest, first)
    assert attempt.move(3, 0)
    assert attempt.draft == Attempt(ORDERING).draft
    for place, to in ((0, 4), (-1, 0), (2, 2)):
        assert not attempt.move(place, to)


def test_an_ordering_sorted_by_hand_is_right() -> None:
    attempt = Attempt(ORDERING, seed=5)
    for place in range(4):
        attempt.move(attempt.draft.order.index(place), place)
    assert attempt.commit()
    assert attempt.verdict is not None
    assert attempt.verdict.correct


def test_blanks_and_numbers_are_typed() -> None:
    blanks = Attempt(FILL_IN)
    assert [blanks.ready, blanks.write("Bias", 0), blanks.ready] == [False, True, True]
    assert blanks.write("权重", 1)
    assert blanks.commit()
    assert blanks.verdict is not None
    assert blanks.verdict.correct
    number = Attempt(NUMERIC)
    assert not number.write("0.72", 1)
    assert number.write("0.72")
    assert number.commit()
    assert number.verdict is not None
    assert number.verdict.correct


def test_spaces_are_no_answer() -> None:
    attempt = Attempt(NUMERIC)
    attempt.write("   ")
    assert not attempt.ready
    assert not attempt.commit()


def test_what_is_no_number_is_no_answer_to_be_locked() -> None:
    attempt = Attempt(NUMERIC)
    for text, ready in (("0.7x", False), ("-", False), ("１／２", True), ("−5e-1", True), ("1/0", False)):
        attempt.write(text)
        assert attempt.ready is ready
        assert attempt.can_undo


def test_endless_typing_is_cut() -> None:
    attempt = Attempt(NUMERIC)
    attempt.write("9" * 10_000)
    assert len(attempt.draft.texts[0]) == LONGEST_TEXT


def test_hints_come_one_by_one() -> None:
    attempt = Attempt(SINGLE)
    seen = [attempt.hints]
    while attempt.hint():
        seen.append(attempt.hints)
    assert seen == [(), ("First hint.",), ("First hint.", "Second hint.")]
    assert attempt.hints_left == 0


def test_undo_takes_back_one_change_at_a_time_until_the_lock() -> None:
    attempt = Attempt(MULTIPLE)
    attempt.choose(0)
    attempt.choose(1)
    assert attempt.undo()
    assert attempt.draft.chosen == {0}
    attempt.choose(3)
    attempt.commit()
    assert not attempt.can_undo
    assert not attempt.undo()
    assert attempt.draft.chosen == {0, 3}


def test_what_is_typed_in_one_go_is_undone_in_one_go() -> None:
    attempt = Attempt(FILL_IN)
    for text in ("b", "bi", "bias"):
        attempt.write(text, 0)
    for text in ("w", "we"):
        attempt.write(text, 1)
    assert attempt.undo()
    assert attempt.draft.texts == ("bias", "")
    assert attempt.undo()
    assert attempt.draft.texts == ("", "")
    assert not attempt.undo()


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.id)
def test_nothing_changes_after_the_lock(each: Question) -> None:
    attempt = answered(each)
    assert attempt.commit()
    draft, verdict, hints = attempt.draft, attempt.verdict, attempt.hints_shown
    assert not attempt.choose(0)
    assert not attempt.move(0, 1)
    assert not attempt.write("other")
    assert not attempt.hint()
    assert not attempt.commit()
    assert (attempt.draft, attempt.verdict, attempt.hints_shown) == (draft, verdict, hints)


def answered(each: Question, seed: int = 3) -> Attempt:
    attempt = Attempt(each, seed)
    attempt.choose(len(each.options) - 1)
    attempt.move(0, 1)
    for place, index in enumerate(attempt.shown if attempt.type.interaction == "pair" else ()):
        attempt.choose(index, place)
    for blank in range(max(1, len(attempt.draft.texts))):
        attempt.write("1", blank)
    return attempt


def test_a_prediction_waits_for_its_run() -> None:
    attempt = Attempt(PREDICT)
    attempt.choose(1)
    assert attempt.commit()
    assert (attempt.stage.value, attempt.verdict) == ("waiting", None)
    assert attempt.settle({"diverged": True, "final.train_loss": float("nan")})
    assert attempt.verdict is not None
    assert attempt.verdict.correct
    assert not attempt.settle({"diverged": False, "final.train_loss": 0.1}), "it is settled once"


def test_a_run_that_does_not_tell_what_it_was_asked_decides_nothing() -> None:
    for each in (PREDICT, MEASURE):
        attempt = answered(each)
        attempt.commit()
        assert attempt.settle({"diverged": False})
        assert attempt.stage is Stage.UNCOUNTED
        assert "final." in attempt.reason


def test_the_run_decides_whatever_the_answer_key_says() -> None:
    attempt = Attempt(PREDICT)
    attempt.choose(0)
    attempt.commit()
    attempt.settle({"diverged": False, "final.train_loss": 0.1})
    assert attempt.verdict is not None
    assert attempt.verdict.correct


def test_a_measured_number_is_held_against_the_run() -> None:
    attempt = Attempt(MEASURE)
    attempt.write("-1.07")
    attempt.commit()
    attempt.settle({"diverged": False, "final.w": -1.0702})
    assert attempt.verdict is not None
    assert attempt.verdict.correct


def test_a_run_that_cannot_be_had_is_not_counted() -> None:
    attempt = Attempt(PREDICT)
    assert not attempt.cannot_run("no run was asked for yet")
    attempt.choose(1)
    attempt.commit()
    assert attempt.cannot_run("The disk is full.")
    assert (attempt.stage, attempt.verdict, attempt.reason) == (Stage.UNCOUNTED, None, "The disk is full.")
    assert not attempt.settle({"diverged": True})


STEPS = st.lists(
    st.tuples(st.just("choose"), st.integers(-1, 5), st.integers(-1, 4))
    | st.tuples(st.just("move"), st.integers(-1, 5), st.integers(-1, 5))
    | st.tuples(st.just("write"), st.text(max_size=4), st.integers(-1, 3))
    | st.tuples(st.sampled_from(["undo", "hint", "commit"])),
    max_size=12,
)


@given(each=st.sampled_from(EVERY), seed=SEEDS, steps=STEPS)
def test_an_attempt_survives_the_night_as_it_was(each: Question, seed: int, steps: list[tuple[object, ...]]) -> None:
    attempt = Attempt(each, seed)
    for name, *arguments in steps:
        getattr(attempt, str(name))(*arguments)
    state = json.loads(json.dumps(attempt_state(attempt)))
    again = restore_attempt(each, state)
    assert again is not None
    assert (again.draft, again.stage, again.verdict) == (attempt.draft, attempt.stage, attempt.verdict)
    assert (again.shown, again.hints) == (attempt.shown, attempt.hints)
    assert attempt_state(again) == attempt_state(attempt)


@given(each=st.sampled_from(EVERY), facts=st.booleans(), loss=st.floats())
def test_a_settled_prediction_keeps_its_verdict_overnight(each: Question, facts: bool, loss: float) -> None:
    attempt = answered(each)
    attempt.commit()
    attempt.settle({"diverged": facts, "final.train_loss": loss})
    again = restore_attempt(each, json.loads(json.dumps(attempt_state(attempt))))
    assert again is not None
    assert again.verdict == attempt.verdict


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NAMES = ("seed", "stage", "hints", "unsure", "chosen", "order", "texts", "facts", "reason")


@given(each=st.sampled_from(EVERY), changes=st.dictionaries(st.sampled_from(NAMES), JSON, min_size=1))
def test_a_state_edited_by_hand_is_refused_or_sound(each: Question, changes: dict[str, object]) -> None:
    attempt = restore_attempt(each, attempt_state(answered(each)) | changes)
    if attempt is not None:
        assert attempt_state(attempt)
        attempt.commit()


def test_a_state_that_does_not_fit_the_edited_question_is_refused() -> None:
    state = attempt_state(answered(SINGLE))
    shorter = question("single", "single", content=Options(SINGLE.options[:2]))
    assert restore_attempt(shorter, state) is None
    assert restore_attempt(NUMERIC, state) is None
    assert restore_attempt(SINGLE, state) is not None


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.id)
def test_an_answer_in_the_memory_becomes_a_settled_attempt_again(each: Question) -> None:
    attempt = answered(each)
    attempt.commit()
    again = attempt_from_answer(each, attempt.seed, attempt.given())
    assert again is not None
    assert again.stage is Stage.SETTLED
    assert again.draft == attempt.draft
    assert again.shown == attempt.shown


def test_an_answer_that_fits_no_more_is_forgotten() -> None:
    assert attempt_from_answer(SINGLE, 1, (9,)) is None
    assert attempt_from_answer(SINGLE, 1, ("text",)) is None
    assert attempt_from_answer(ORDERING, 1, (0, 1)) is None
    assert attempt_from_answer(FILL_IN, 1, ("only one",)) is None


def test_a_draft_from_elsewhere_must_fit() -> None:
    attempt = Attempt(SINGLE)
    assert not attempt.put(Draft(chosen=frozenset({0, 1})))
    assert not attempt.put(Draft(texts=("x",)))
    assert attempt.put(Draft(chosen=frozenset({2})))


def test_a_question_goes_on_in_the_other_language() -> None:
    attempt = answered(SINGLE, seed=9)
    attempt.hint()
    attempt.commit()
    shown, draft = attempt.shown, attempt.draft
    chinese = replace(
        SINGLE, title="题", hints=("提示",), content=Options(tuple(replace(o, text="项") for o in SINGLE.options))
    )
    assert attempt.translate(chinese)
    assert (attempt.question.title, attempt.shown, attempt.draft, attempt.hints) == ("题", shown, draft, ("提示",))
    assert attempt.verdict is not None


def test_a_question_that_is_not_alike_is_not_taken_for_the_other_language() -> None:
    attempt = answered(SINGLE)
    assert not attempt.translate(MULTIPLE)
    assert not attempt.translate(replace(SINGLE, content=Options(SINGLE.options[:2])))
    assert attempt.question is SINGLE


@pytest.mark.parametrize("each", EVERY[:-1], ids=lambda each: each.id)
def test_asking_for_the_answer_counts_as_not_known_and_is_remembered_so(each: Question) -> None:
    attempt = Attempt(each, 3)
    assert attempt.give_up()
    assert not attempt.give_up()
    assert attempt.stage is Stage.SETTLED
    assert attempt.verdict is not None
    assert not attempt.verdict.correct
    assert attempt.verdict.score == 0.0
    for again in (
        restore_attempt(each, json.loads(json.dumps(attempt_state(attempt)))),
        attempt_from_answer(each, 3, attempt.given()),
    ):
        assert again is not None
        assert again.verdict is not None
        assert not again.verdict.correct
    assert attempt.translate(each)
    assert not attempt.verdict.correct


def test_a_prediction_is_ventured_never_given_up() -> None:
    assert not Attempt(PREDICT).give_up()
