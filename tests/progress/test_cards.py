"""Cards follow the answers, whatever happens to these."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stores import open_store
from tutor.progress.cards import Side, term_key, term_of
from tutor.progress.records import Answer
from tutor.progress.scheduling import SOON, Review, schedule_of
from tutor.progress.store import ProgressStore

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
BIAS = term_key("bias", Side.MEANING)


@pytest.fixture
def store(tmp_path: Path) -> ProgressStore:
    return open_store(tmp_path / "progress.sqlite3").store


def answer(question: str = "q", *, correct: bool | None = True, hours: float = 0.0, **more: object) -> Answer:
    made = Answer("lesson", question, "single", (0,), correct, seconds=20.0, at=NOON + timedelta(hours=hours))
    return replace(made, **more)  # type: ignore[arg-type]


def keys(store: ProgressStore) -> list[str]:
    return [card.key for card in store.cards.all()]


def test_a_right_and_sure_answer_makes_no_card_a_miss_does(store: ProgressStore) -> None:
    store.record_answer(answer("known"))
    assert keys(store) == []
    store.record_answer(answer("missed", correct=False))
    store.record_answer(answer("guessed", unsure=True))
    assert keys(store) == ["guessed", "missed"]
    assert [card.key for card in store.cards.due(NOON)] == []
    assert [card.key for card in store.cards.due(NOON + 2 * SOON)] == ["missed", "guessed"]
    assert store.cards.count_due(NOON + 2 * SOON) == 2


def test_a_right_answer_anywhere_moves_the_card_on(store: ProgressStore) -> None:
    store.record_answer(answer(correct=False))
    store.record_answer(answer(hours=24))
    card = store.cards.get("q")
    assert card is not None
    assert card.due > NOON + timedelta(hours=24)
    assert card.schedule.reviews == 2


def test_called_unsure_afterwards_it_is_a_card_and_taken_back_it_is_none(store: ProgressStore) -> None:
    given_answer = answer()
    store.record_answer(given_answer)
    store.mark_unsure(given_answer.key, True)
    assert keys(store) == ["q"]
    store.mark_unsure(given_answer.key, False)
    assert keys(store) == []


def test_a_prediction_becomes_a_card_when_its_run_refutes_it(store: ProgressStore) -> None:
    prediction = answer(correct=None)
    store.record_answer(prediction)
    assert keys(store) == []
    store.mark_unsure(prediction.key, True)
    assert keys(store) == []
    store.settle_answer(prediction.key, correct=False, score=0.0)
    assert keys(store) == ["q"]


def test_a_term_seen_is_due_soon_once_and_stays_a_card(store: ProgressStore) -> None:
    store.cards.see([BIAS], "lesson", NOON)
    store.cards.see([BIAS, term_key("weight", Side.MEANING)], "lesson", NOON + timedelta(days=1))
    assert keys(store) == ["term:bias:meaning", "term:weight:meaning"]
    card = store.cards.get(BIAS)
    assert card is not None
    assert card.due == NOON + SOON
    store.record_answer(answer(BIAS, hours=1))
    known = store.cards.get(BIAS)
    assert known is not None
    assert known.due > NOON + timedelta(days=1)
    assert [each.key for each in store.cards.places() if each.known] == [BIAS]


def test_answers_about_terms_are_not_questions_of_the_lesson(store: ProgressStore) -> None:
    store.record_answer(answer("q"))
    store.record_answer(answer(BIAS, correct=False, quiz_id="review:x", lesson_id="another"))
    assert store.lesson_states()["lesson"].questions_answered == 1
    assert "another" not in store.lesson_states()
    assert store.newest_answers("another") == {}
    assert store.last_lesson() == "lesson"


def test_retired_cards_are_not_due_and_come_back(store: ProgressStore) -> None:
    store.record_answer(answer(correct=False))
    store.cards.retire(["q"])
    assert store.cards.due(NOON + SOON) == []
    assert store.cards.forecast(NOON) == [0] * 14
    store.cards.retire(["q"], retired=False)
    assert store.cards.count_due(NOON + SOON) == 1


def test_the_forecast_counts_each_card_on_its_day_and_what_is_overdue_today(store: ProgressStore) -> None:
    for number, days in enumerate((-30, 0, 0, 1, 13, 14)):
        store.cards.see([f"term:t{number}:meaning"], "lesson", NOON + timedelta(days=days))
    assert store.cards.forecast(NOON) == [3, 1, *[0] * 11, 1]


def test_of_a_term_with_two_due_sides_one_is_counted(store: ProgressStore) -> None:
    sides = [f"term:{term}:{side}" for term in ("bias", "bias-unit") for side in ("meaning", "name")]
    store.cards.see([*sides, "question"], "lesson", NOON)
    assert len(store.cards.due(NOON + SOON)) == 5
    assert store.cards.count_due(NOON + SOON) == store.cards.forecast(NOON)[0] == 3


def test_a_side_for_tomorrow_is_not_due_today(store: ProgressStore) -> None:
    store.cards.see([BIAS], "lesson", NOON, tomorrow=True)
    assert store.cards.count_due(NOON + timedelta(hours=12)) == 0
    assert store.cards.forecast(NOON)[:2] == [0, 1]


@pytest.mark.parametrize("side", Side)
def test_a_terms_key_is_read_back(side: Side) -> None:
    assert term_of(term_key("learning-rate", side)) == ("learning-rate", side)
    assert term_of("learning-rate") is None
    assert term_of("term:learning-rate:colour") is None


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.floats(0, 1000)), min_size=1, max_size=8))
def test_the_card_is_what_all_answers_together_lead_to(
    tmp_path_factory: pytest.TempPathFactory, given_: object
) -> None:
    store = open_store(tmp_path_factory.mktemp("cards") / "p.sqlite3").store
    answers = [answer(correct=right, unsure=unsure, hours=hours) for right, unsure, hours in given_]  # type: ignore[attr-defined]
    answers = [
        replace(each, at=each.at.replace(microsecond=0)) for each in {each.at: each for each in answers}.values()
    ]
    for each in answers:
        store.record_answer(each)
    card = store.cards.get("q")
    reviews = [Review(each.at, each.correct is True, each.unsure, 0, 20.0, "single") for each in answers]
    expected = schedule_of(reviews, from_first_miss=True)
    assert (card.schedule if card else None) == expected
    store.close()
