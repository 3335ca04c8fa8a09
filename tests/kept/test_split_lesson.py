"""What was answered in lesson 6, when it was one lesson, counts in the two that it became."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tutor.course.catalogue import Course
from tutor.progress.store import ProgressStore
from tutor.study.course_store import open_course_store

ROOT = Path(__file__).resolve().parents[2]
KEPT = Path(__file__).parent / "split_lesson" / "progress.sqlite3"
MOVED = {"two-paths", "two-paths-2", "backward-order", "backprop-does", "wrong-sign"}
MOVED_TERMS = {"backpropagation", "chain-rule", "gradient-check"}


@pytest.fixture
def store(own_home: Path) -> Iterator[ProgressStore]:
    path = own_home / "progress.sqlite3"
    shutil.copy(KEPT, path)
    with closing(open_course_store(Course(ROOT / "lessons"), path).store) as store:
        yield store


def kept_questions() -> dict[str, bool]:
    with closing(sqlite3.connect(f"file:{KEPT}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT question, correct FROM answers WHERE lesson = 'network-theta'").fetchall()
    return {question: bool(correct) for question, correct in rows}


def test_every_answer_counts_in_the_lesson_where_its_question_is_now(store: ProgressStore) -> None:
    kept = kept_questions()
    assert len(kept) == 19
    stayed, moved = store.newest_answers("network-theta"), store.newest_answers("backward-pass")
    assert moved.keys() == MOVED
    assert stayed.keys() == kept.keys() - MOVED
    assert {name: answer.correct for name, answer in (stayed | moved).items()} == kept


def test_no_question_of_the_old_lesson_is_missing_from_the_course() -> None:
    asked = {each.id for lesson in Course(ROOT / "lessons").lessons() for each in lesson.every_question}
    assert kept_questions().keys() <= asked


def test_both_halves_show_what_was_done_and_the_first_keeps_the_position(store: ProgressStore) -> None:
    states = store.lesson_states()
    assert states["network-theta"].read_fraction == 1.0
    assert states["backward-pass"].read_fraction == 0.0
    assert states["backward-pass"].questions_answered == len(MOVED - {"two-paths-2"})  # a variant counts with its own


def test_the_cards_of_moved_questions_and_terms_belong_to_the_new_lesson(store: ProgressStore) -> None:
    homes = {card.key: card.lesson_id for card in store.cards.all()}
    terms = {f"term:{each}:meaning" for each in MOVED_TERMS}
    assert terms <= homes.keys()
    assert {homes[each] for each in terms} == {"backward-pass"}
    assert {homes[each] for each in MOVED & homes.keys()} == {"backward-pass"}
    assert homes["term:neuron:meaning"] == "network-theta"


def test_a_term_that_moved_can_be_met_and_forgotten(store: ProgressStore) -> None:
    before = store.cards.get("term:chain-rule:meaning")
    assert before is not None
    store.cards.see(["term:chain-rule:meaning"], "backward-pass", before.made)
    assert store.cards.get("term:chain-rule:meaning") == before
    store.cards.forget(["term:chain-rule:meaning"])
    assert store.cards.get("term:chain-rule:meaning") is None
