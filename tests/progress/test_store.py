from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stores import open_store
from tutor.progress.records import Answer, LessonState, Position, SavedQuiz
from tutor.progress.store import ProgressStore


@pytest.fixture
def store(tmp_path: Path) -> ProgressStore:
    return open_store(tmp_path / "data" / "progress.sqlite3").store


def an_answer(question: str = "q1", *, correct: bool | None = True, lesson: str = "softmax", **more: object) -> Answer:
    answer = Answer(lesson, question, "single", (1,), correct)
    return replace(answer, **more)  # type: ignore[arg-type]


def reopened(tmp_path: Path) -> ProgressStore:
    return open_store(tmp_path / "data" / "progress.sqlite3").store


def test_an_answer_is_read_back_as_it_was_given(store: ProgressStore, tmp_path: Path) -> None:
    answer = Answer(
        "softmax", "logits", "fill-in", ("偏置", "w\n“x”"), correct=False, score=0.5, unsure=True, confidence=0.75,
        hints=2, seconds=12.5, language="zh", seed=2**31, quiz_id="abc", runs=("7f3a", "2c11"),
        at=datetime(2026, 7, 1, 12, 0, 0, 123_000, UTC),
    )  # fmt: skip
    store.record_answer(answer)
    store.close()
    assert reopened(tmp_path).answers() == [answer]


kept_texts = st.text(max_size=8).filter(lambda text: "\x00" not in text and text.isprintable())


@given(
    answer=st.builds(
        Answer,
        lesson_id=kept_texts,
        question_id=kept_texts,
        kind=kept_texts,
        given=st.lists(st.integers(0, 20)).map(tuple) | st.lists(kept_texts).map(tuple),
        correct=st.none() | st.booleans(),
        score=st.floats(0, 1),
        unsure=st.booleans(),
        confidence=st.none() | st.floats(0.5, 1),
        hints=st.integers(0, 9),
        seconds=st.floats(0, 1e6),
        seed=st.integers(0, 2**63 - 1),
        runs=st.lists(kept_texts, max_size=2).map(tuple),
        at=st.datetimes(datetime(1971, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
            lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
        ),
    )
)
def test_every_answer_survives_the_round_trip(tmp_path_factory: pytest.TempPathFactory, answer: Answer) -> None:
    path = tmp_path_factory.mktemp("store") / "p.sqlite3"
    store = open_store(path).store
    store.record_answer(answer)
    store.close()
    assert open_store(path).store.answers() == [answer]


def test_the_same_answer_recorded_twice_is_one_answer(store: ProgressStore) -> None:
    answer = an_answer()
    store.record_answer(answer)
    store.record_answer(answer)
    assert store.answers() == [answer]


def test_answers_are_found_by_lesson_and_by_quiz(store: ProgressStore) -> None:
    one, two, three = an_answer("a", quiz_id="x"), an_answer("b"), an_answer("c", lesson="other", quiz_id="x")
    for answer in (one, two, three):
        store.record_answer(answer)
    assert store.answers() == [one, two, three]
    assert store.answers(lesson_id="softmax") == [one, two]
    assert store.answers(quiz_id="x") == [one, three]
    assert store.answers(quiz_id="") == []


def test_a_state_counts_each_questions_newest_answer(store: ProgressStore) -> None:
    for question, correct in [("a", False), ("b", True), ("c", False), ("a", True), ("b", False)]:
        store.record_answer(an_answer(question, correct=correct))
    store.set_question_count("softmax", 7)
    assert store.lesson_states() == {
        "softmax": LessonState(0.0, 1, 3, 7, wrong_ids=frozenset({"b", "c"}), unsure_ids=frozenset())
    }


def test_an_unsure_right_answer_is_right_and_remembered_as_unsure(store: ProgressStore) -> None:
    answer = an_answer("a")
    store.record_answer(answer)
    store.mark_unsure(answer.key, True)
    state = store.lesson_states()["softmax"]
    assert (state.questions_right, state.unsure_ids) == (1, frozenset({"a"}))
    store.mark_unsure(answer.key, False)
    assert store.lesson_states()["softmax"].unsure_ids == frozenset()


def test_a_prediction_counts_only_once_its_run_has_settled_it(store: ProgressStore) -> None:
    answer = an_answer("predict", correct=None)
    store.record_answer(answer)
    assert store.lesson_states() == {}
    store.settle_answer(answer.key, correct=True, score=1.0, runs=["7f3a"])
    assert store.lesson_states()["softmax"].questions_right == 1
    (settled,) = store.answers()
    assert (settled.correct, settled.score, settled.runs) == (True, 1.0, ("7f3a",))


def test_an_uncounted_answer_leaves_the_one_before_it_in_force(store: ProgressStore) -> None:
    store.record_answer(an_answer("predict", correct=True))
    store.record_answer(an_answer("predict", correct=None))
    assert store.lesson_states()["softmax"].questions_right == 1
    assert store.newest_answers("softmax")["predict"].correct is True


def test_a_position_is_kept_and_the_furthest_fraction_never_shrinks(store: ProgressStore, tmp_path: Path) -> None:
    assert store.position("softmax") is None
    store.set_position("softmax", Position(12, 0.25, "one-step"), fraction=0.8, questions=6)
    store.set_position("softmax", Position(3, 0.0, "logits"), fraction=0.2, questions=6)
    store.close()
    again = reopened(tmp_path)
    assert again.position("softmax") == Position(3, 0.0, "logits")
    state = again.lesson_states()["softmax"]
    assert (state.read_fraction, state.questions_total, state.finished) == (0.8, 6, False)


def test_a_lesson_is_finished_when_it_is_read_and_every_question_answered(store: ProgressStore) -> None:
    store.set_position("softmax", Position(40), fraction=1.0, questions=2)
    store.record_answer(an_answer("a"))
    assert not store.lesson_states()["softmax"].finished
    store.record_answer(an_answer("b", correct=False))
    assert store.lesson_states()["softmax"].finished


def test_noting_the_questions_does_not_move_the_reader(store: ProgressStore) -> None:
    store.set_position("softmax", Position(5, 0.5, "x"), fraction=0.5, questions=3)
    store.set_question_count("softmax", 4)
    assert store.position("softmax") == Position(5, 0.5, "x")
    assert store.lesson_states()["softmax"].questions_total == 4


def test_the_last_lesson_is_the_one_read_or_answered_last(
    store: ProgressStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.last_lesson() is None
    moment = datetime(2026, 7, 1, tzinfo=UTC)
    monkeypatch.setattr("tutor.progress.store.now", lambda: moment)
    store.set_position("one", Position(), fraction=0.1, questions=0)
    moment += timedelta(seconds=1)
    store.set_position("two", Position(), fraction=0.1, questions=0)
    assert store.last_lesson() == "two"
    store.record_answer(an_answer(lesson="one", at=moment + timedelta(seconds=1)))
    assert store.last_lesson() == "one"


def test_the_newest_open_quiz_of_a_scope_is_resumed(store: ProgressStore, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2026, 7, 1, tzinfo=UTC)
    monkeypatch.setattr("tutor.progress.store.now", lambda: moment)
    first = SavedQuiz("k1", "lesson:softmax", "softmax", 7, {"at": 1, "文": ["字"]}, started=moment)
    second = replace(first, quiz_id="k2")
    store.save_quiz(first)
    moment += timedelta(seconds=5)
    store.save_quiz(second)
    store.save_quiz(SavedQuiz("k3", "lesson:other", "other", 7, {}))
    assert store.open_quiz("lesson:softmax") == second
    store.save_quiz(replace(second, finished=True))
    assert store.open_quiz("lesson:softmax") == first
    store.save_quiz(replace(first, finished=True))
    assert store.open_quiz("lesson:softmax") is None


def test_an_answer_and_its_quiz_are_written_together(store: ProgressStore) -> None:
    quiz = SavedQuiz("k1", "lesson:softmax", "softmax", 7, {"at": 2})
    store.record_answer(an_answer("a", quiz_id="k1"), quiz)
    found = store.open_quiz("lesson:softmax")
    assert found is not None
    assert found.state == {"at": 2}


def test_a_quiz_state_edited_by_hand_reads_as_empty(store: ProgressStore, tmp_path: Path) -> None:
    import sqlite3

    store.save_quiz(SavedQuiz("k1", "s", "", 7, {"at": 2}))
    with closing(sqlite3.connect(tmp_path / "data" / "progress.sqlite3")) as connection, connection:
        connection.execute("UPDATE quizzes SET state = '[1'")
    found = store.open_quiz("s")
    assert found is not None
    assert found.state == {}
