"""A review: what is asked, in which order, and what becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.study.samples import Stopwatch
from tests.tui.conftest import write_course
from tutor.course.catalogue import Course
from tutor.course.questions.fill_in import FILL_IN
from tutor.foundation import clock
from tutor.foundation.translate import use_language
from tutor.progress.cards import Side, term_key
from tutor.progress.records import Answer
from tutor.progress.store import ProgressStore
from tutor.study.deck import Deck
from tutor.study.lesson_session import LessonSession
from tutor.study.question_attempt import Mark, QuestionAttempt
from tutor.study.review_session import ReviewSession

BIAS, LOSS = term_key("machine-learning", Side.MEANING), term_key("loss-function", Side.MEANING)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_course(tmp_path / "lessons")


@pytest.fixture
def deck(folder: Path) -> Deck:
    return Deck(Course(folder))


def miss(store: ProgressStore, *questions: str, days: float = 2.0) -> None:
    for number, question in enumerate(questions):
        at = clock.utc_now().replace(microsecond=0) - timedelta(days=days, seconds=-number)
        lesson = question.removesuffix("-first")
        store.record_answer(Answer(lesson, question, "single", (1,), correct=False, at=at))


def see(store: ProgressStore, *keys: str) -> None:
    store.cards.see(keys, "learning", clock.utc_now() - timedelta(days=1))


def answer(exercise: QuestionAttempt | None, *, right: bool = True) -> QuestionAttempt:
    """Commit an answer to a card."""
    assert exercise is not None
    question = exercise.question
    if question.options:
        exercise.attempt.choose(next(at for at, option in enumerate(question.options) if option.ticked is right))
    else:
        exercise.attempt.write(FILL_IN.content(question).blanks[0].accepted[0] if right else "no such thing")
    assert exercise.commit()
    return exercise


def test_what_was_missed_and_what_was_seen_is_asked_longest_due_first(store: ProgressStore, deck: Deck) -> None:
    miss(store, "loss-first", days=3)
    miss(store, "learning-first")
    see(store, BIAS)
    session = ReviewSession(store, deck)
    assert (session.due, session.number, session.count) == (3, 1, 3)
    asked = []
    while session.current is not None:
        asked.append(answer(session.current).question.id)
        session.next()
    assert asked == ["loss-first", "learning-first", BIAS]
    assert session.over
    assert (session.score.right, session.score.total) == (3, 3)
    assert store.cards.due(clock.utc_now()) == []
    assert ReviewSession(store, deck).over


def test_a_miss_comes_again_in_the_same_sitting_but_not_for_ever(store: ProgressStore, deck: Deck) -> None:
    miss(store, "loss-first", "learning-first")
    session = ReviewSession(store, deck)
    asked, places = [], []
    while session.current is not None:
        places.append((session.number, session.count))
        asked.append(answer(session.current, right=session.current.question.id != "loss-first").question.id)
        session.next()
    assert sorted(asked[:2]) == ["learning-first", "loss-first"]
    assert asked[2:] == ["loss-first", "loss-first"]
    assert places == [(1, 2), (2, 2), (2, 2), (2, 2)], "the total does not grow"
    assert session.again == 1
    card = store.cards.get("loss-first")
    assert card is not None
    assert card.schedule.lapses == 4


def test_what_is_put_off_comes_at_the_end(store: ProgressStore, deck: Deck) -> None:
    miss(store, "loss-first", "learning-first")
    session = ReviewSession(store, deck)
    assert session.current is not None
    put_off = session.current.question.id
    session.next()
    assert session.current.question.id != put_off
    answer(session.current)
    session.next()
    assert session.current.question.id == put_off
    assert session.next() is None


def test_a_session_of_some_minutes_ends_after_them(store: ProgressStore, deck: Deck) -> None:
    miss(store, "loss-first", "learning-first", "descent-first")
    watch = Stopwatch()
    session = ReviewSession(store, deck, minutes=5, seconds=watch)
    answer(session.current)
    watch.now = 299
    assert session.next() is not None
    answer(session.current)
    watch.now = 301
    assert session.next() is None
    assert session.left == 1


def test_a_removed_question_is_retired_and_one_that_returns_is_not(
    store: ProgressStore, deck: Deck, folder: Path
) -> None:
    miss(store, "loss-first")
    text = {language: (folder / language / "02-loss.md").read_text(encoding="utf-8") for language in ("en", "zh")}
    for language, each in text.items():
        (folder / language / "02-loss.md").write_text(each.replace("q: loss-first", "q: loss-new"), encoding="utf-8")
    assert ReviewSession(store, Deck(Course(folder))).over
    assert store.cards.count_due(clock.utc_now()) == 0
    for language, each in text.items():
        (folder / language / "02-loss.md").write_text(each, encoding="utf-8")
    assert not ReviewSession(store, Deck(Course(folder))).over


def test_an_edited_question_keeps_its_card(store: ProgressStore, folder: Path) -> None:
    miss(store, "loss-first")
    before = store.cards.get("loss-first")
    path = folder / "en" / "02-loss.md"
    path.write_text(path.read_text(encoding="utf-8").replace("This one is right", "Reworded"), encoding="utf-8")
    session = ReviewSession(store, Deck(Course(folder)))
    assert store.cards.get("loss-first") == before
    assert session.current is not None
    assert "Reworded" in [option.text for option in session.current.question.options]


def test_a_lesson_that_cannot_be_read_keeps_its_cards(store: ProgressStore, folder: Path) -> None:
    miss(store, "loss-first")
    for language in ("en", "zh"):
        path = folder / language / "02-loss.md"
        path.write_bytes(path.read_bytes()[:60] + b"\xff\xfe\xff")
    assert ReviewSession(store, Deck(Course(folder))).over
    card = store.cards.get("loss-first")
    assert card is not None


def test_terms_are_asked_from_the_name_then_the_definition_then_in_chinese(
    store: ProgressStore, deck: Deck, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = datetime(2026, 7, 1, 12, tzinfo=UTC)
    monkeypatch.setattr(clock, "utc_now", lambda: moment)
    store.cards.see([LOSS], "loss", moment)
    sides: list[str] = []
    for _ in range(12):
        moment += timedelta(days=1)
        session = ReviewSession(store, deck)
        asked = 0
        while session.current is not None:
            asked += 1
            sides.append(answer(session.current).question.id)
            session.next()
        assert asked <= 1, "one side a day: the others would be given away"
    first_of_each = list(dict.fromkeys(sides))
    assert first_of_each == [term_key("loss-function", side) for side in (Side.MEANING, Side.NAME, Side.TRANSLATION)]


def test_only_one_side_of_a_term_is_asked_in_a_sitting(store: ProgressStore, deck: Deck) -> None:
    see(store, LOSS, term_key("loss-function", Side.NAME), BIAS)
    session = ReviewSession(store, deck)
    assert session.due == 2


def test_without_translations_none_is_asked(store: ProgressStore, folder: Path) -> None:
    see(store, term_key("loss-function", Side.TRANSLATION))
    assert ReviewSession(store, Deck(Course(folder), (Side.MEANING, Side.NAME))).over
    assert not ReviewSession(store, Deck(Course(folder))).over


def test_the_language_changes_under_way_and_the_answer_stays(store: ProgressStore, deck: Deck) -> None:
    see(store, LOSS)
    session = ReviewSession(store, deck)
    assert session.current is not None
    session.current.attempt.choose(0)
    assert session.current.question.title == "Loss function"
    use_language("zh")
    session.translate()
    assert session.current.question.title == "损失函数"
    assert session.current.attempt.draft.chosen == {0}
    assert session.current.commit()
    assert session.current.mark is Mark.RIGHT


def test_reading_makes_cards_of_the_terms_that_were_on_the_screen(store: ProgressStore, folder: Path) -> None:
    lesson = Course(folder).lesson("loss", "en")
    assert lesson is not None
    reading = LessonSession(lesson, store)
    reading.move(0, seen_block=1)
    assert store.cards.all() == []
    reading.move(0, seen_block=len(lesson.blocks) - 1)
    assert [card.key for card in store.cards.all()] == [LOSS]
    assert store.cards.all()[0].lesson_id == "loss"


def test_what_was_read_before_there_were_cards_becomes_cards(store: ProgressStore, folder: Path) -> None:
    lesson = Course(folder).lesson("loss", "en")
    assert lesson is not None
    LessonSession(lesson, store).move(0, seen_block=len(lesson.blocks) - 1)
    store.cards.forget([LOSS])
    LessonSession(lesson, store).move(0, seen_block=0)
    assert [card.key for card in store.cards.all()] == [LOSS]


def test_leaving_in_the_middle_loses_nothing(store: ProgressStore, deck: Deck) -> None:
    miss(store, "loss-first", "learning-first")
    session = ReviewSession(store, deck)
    answer(session.current)
    session.next()
    session.leave()
    assert ReviewSession(store, deck).due == 1


def test_what_was_missed_for_sure_comes_first(store: ProgressStore, deck: Deck) -> None:
    at = clock.utc_now().replace(microsecond=0) - timedelta(days=2)
    for name, more in {
        "learning": {"unsure": True}, "descent": {"confidence": 0.6}, "loss": {"confidence": 0.9},
    }.items():  # fmt: skip
        store.record_answer(Answer(name, f"{name}-first", "single", (1,), correct=False, at=at, **more))  # type: ignore[arg-type]
    for seed in range(5):
        current = ReviewSession(store, deck, seed=seed).current
        assert current is not None
        assert current.question.id == "loss-first"
