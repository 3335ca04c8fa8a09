"""Variants: quizzes and reviews ask another one each time, the page shows the original, and one card stands for all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.course.test_checks import told
from tests.course.writing import ANSWERS, said, write_lesson
from tests.study.samples import commit_wrong
from tutor.course.catalogue import Course
from tutor.course.lesson import Lesson
from tutor.foundation import clock
from tutor.progress.store import ProgressStore
from tutor.study.course_store import open_course_store
from tutor.study.deck import Deck
from tutor.study.lesson_session import LessonSession
from tutor.study.question_attempt import QuestionAttempt
from tutor.study.quiz_session import QuizSession
from tutor.study.review_session import ReviewSession


def question(said_there: str, answers: str = ANSWERS) -> str:
    return f"## {said_there.partition(';')[0]}\n\n<!-- q: {said_there} -->\n\n{answers}\n"


BODY = question("q1") + question("q1-b; variant of: q1", "**Answer:** 3\n") + question("q2") + question(
    "q1-c; variant of: q1; was: old"
)  # fmt: skip


@pytest.fixture
def course(tmp_path: Path) -> Course:
    for language in ("en", "zh"):
        write_lesson(tmp_path / "course", f"{language}/01-a.md", BODY)
    return Course(tmp_path / "course")


@pytest.fixture
def store(course: Course, tmp_path: Path) -> Iterator[ProgressStore]:
    with closing(open_course_store(course, tmp_path / "progress.sqlite3").store) as store:
        yield store


def lesson(course: Course) -> Lesson:
    found = course.lesson("a", "en")
    assert found is not None
    return found


def quiz(course: Course, store: ProgressStore, *, fresh: bool = True) -> QuizSession:
    read = lesson(course)
    return QuizSession.start(
        read.questions, store, variants=read.variants, scope="lesson:a", lesson_id="a", fresh=fresh
    )


def asked(session: QuizSession) -> list[str]:
    return [each.question.id for each in session.exercises]


def answer(exercise: QuestionAttempt | None, *, right: bool) -> str:
    assert exercise is not None
    if exercise.question.kind == "numeric":
        exercise.attempt.write("3" if right else "4")
    else:
        exercise.attempt.choose(1 if right else 0)
    if right:
        assert exercise.commit()
    else:
        commit_wrong(exercise)
    return exercise.question.id


def test_the_page_shows_the_original_only(course: Course) -> None:
    read = lesson(course)
    assert [each.id for each in read.questions] == ["q1", "q2"]
    assert [each.id for each in read.variants] == ["q1-b", "q1-c"]
    assert [each.kind for each in read.variants] == ["numeric", "single"]
    assert told(course.folder) == []


def test_a_quiz_asks_what_was_seen_longest_ago(course: Course, store: ProgressStore) -> None:
    answer(LessonSession(lesson(course), store).exercise("q1"), right=True)
    seen = []
    for _ in range(4):
        session = quiz(course, store)
        assert session.count == 2
        seen.append(answer(session.current, right=True))
    assert seen == ["q1-b", "q1-c", "q1", "q1-b"]


def test_a_quiz_that_was_left_goes_on_with_what_it_asked(course: Course, store: ProgressStore) -> None:
    first = quiz(course, store)
    assert asked(first) == ["q1-b", "q2"]
    answer(first.current, right=False)
    first.leave()
    again = quiz(course, store, fresh=False)
    assert (again.quiz_id, asked(again)) == (first.quiz_id, ["q1-b", "q2"])
    again.translate(lesson(course).every_question)
    assert again.wrong_ids == ("q1-b",)


def test_all_of_them_have_one_card_and_a_history_each(course: Course, store: ProgressStore) -> None:
    answer(LessonSession(lesson(course), store).exercise("q1"), right=False)
    answer(quiz(course, store).current, right=False)
    (card,) = store.cards.all()
    assert (card.key, card.schedule.reviews, card.schedule.lapses) == ("q1", 3, 3)
    assert {name: found.correct for name, found in store.newest_answers("a").items()} == {"q1": False, "q1-b": False}
    state = store.lesson_states()["a"]
    assert (state.questions_answered, state.questions_total) == (1, 2)
    assert state.wrong_ids == {"q1"}
    answer(quiz(course, store).current, right=True)
    assert store.lesson_states()["a"].wrong_ids == frozenset()
    assert LessonSession(lesson(course), store).mark("q1").value == "right"


def test_a_review_asks_another_one_each_time(course: Course, store: ProgressStore) -> None:
    answer(LessonSession(lesson(course), store).exercise("q1"), right=False)
    later = clock.utc_now() + timedelta(days=1)
    review = ReviewSession(store, Deck(course), moment=later)
    assert (review.due, review.count) == (1, 1)
    assert answer(review.current, right=False) == "q1-b"
    review.translate()
    review.next()
    assert answer(review.current, right=True) == "q1-c"
    assert review.next() is None
    (card,) = store.cards.all()
    assert card.schedule.reviews == 3


def test_a_card_of_a_question_that_became_a_variant_is_that_of_its_original(tmp_path: Path) -> None:
    before = Course(tmp_path / "before")
    write_lesson(before.folder, "en/01-a.md", question("q1") + question("old") + question("q1-b"))
    file = tmp_path / "progress.sqlite3"
    with closing(open_course_store(before, file).store) as store:
        for name in ("old", "q1-b"):
            answer(LessonSession(lesson(before), store).exercise(name), right=False)
        assert store.cards.count() == 2
    after = Course(tmp_path / "after")
    write_lesson(after.folder, "en/01-a.md", BODY)
    with closing(open_course_store(after, file).store) as store:
        assert [card.key for card in store.cards.all()] == ["q1"]
        later = clock.utc_now() + timedelta(days=99)
        assert (store.cards.count(), store.cards.count_due(later), sum(store.cards.forecast(later))) == (1, 1, 1)
        answer(LessonSession(lesson(after), store).exercise("q1"), right=True)
        (card,) = store.cards.all()
        assert card.schedule.reviews == 3
        assert store.forget(item="q1") == 3
        assert store.cards.count() == 0


def test_what_is_no_variant_is_told(tmp_path: Path) -> None:
    body = question("q1") + question("q2; variant of: q1") + question("q3; variant of: q2")
    body += question("q4; variant of: nothing") + question("q5; variant of: elsewhere")
    write_lesson(tmp_path, "01-a.md", body)
    write_lesson(tmp_path, "02-b.md", question("elsewhere"))
    assert [text for _, _, text in told(tmp_path)] == [
        said("variant-chain", id="q3", of="q2"),
        said("variant-of-nothing", id="q4", of="nothing"),
        said("variant-elsewhere", id="q5", of="elsewhere", where="02-b.md"),
    ]


def test_languages_that_differ_in_variants_are_told(tmp_path: Path) -> None:
    write_lesson(tmp_path, "en/01-a.md", question("q1") + question("q2") + question("q3; variant of: q1"))
    write_lesson(tmp_path, "zh/01-a.md", question("q1") + question("q2") + question("q3; variant of: q2"))
    assert [text for _, _, text in told(tmp_path)] == [said("parity-variant", id="q3", other="en/01-a.md")]


def take(exercise: QuestionAttempt | None, *, right: bool = True, unsure: bool = False) -> None:
    assert exercise is not None
    answer(exercise, right=right)
    if unsure:
        exercise.set_unsure(True)


def test_what_is_known_is_skipped_and_a_new_variant_is_not(course: Course, store: ProgressStore) -> None:
    page = LessonSession(lesson(course), store)
    take(page.exercise("q1"))
    take(page.exercise("q2"))
    first = quiz(course, store, fresh=False)
    assert (asked(first), set(first.known)) == (["q1-b"], {"q2"})
    take(first.current)
    first.next()
    second = quiz(course, store, fresh=False)
    assert (asked(second), set(second.known)) == (["q1-c"], {"q2"})
    take(second.current)
    second.next()
    everything = quiz(course, store, fresh=False)
    assert (asked(everything), set(everything.known)) == (["q1", "q2"], set()), "a quiz asks something"


def test_what_was_missed_or_unsure_is_asked(course: Course, store: ProgressStore) -> None:
    page = LessonSession(lesson(course), store)
    take(page.exercise("q1"), right=False)
    take(page.exercise("q2"), unsure=True)
    session = quiz(course, store, fresh=False)
    assert (asked(session), set(session.known)) == (["q1-b", "q2"], set())


def test_what_was_skipped_as_known_stays_skipped_when_the_quiz_is_resumed(course: Course, store: ProgressStore) -> None:
    take(LessonSession(lesson(course), store).exercise("q2"))
    session = quiz(course, store, fresh=False)
    take(session.current, right=False)
    session.leave()
    take(LessonSession(lesson(course), store).again("q2"), right=False)
    again = quiz(course, store, fresh=False)
    assert (again.quiz_id, asked(again), set(again.known)) == (session.quiz_id, ["q1-b"], {"q2"})


def test_another_round_asks_another_variant_and_keeps_the_score(course: Course, store: ProgressStore) -> None:
    session = quiz(course, store)
    shown = []
    for right in (False, False, False, True):
        shown.append(answer(session.current, right=right))
        if session.round == 1:
            session.next()
            take(session.current)
        session.next()
        if not right:
            session.retry_wrong()
            if session.round == 3:
                session.leave()
                session = quiz(course, store, fresh=False)
                assert session.round == 3
    assert shown == ["q1-b", "q1-c", "q1", "q1-b"]
    assert (session.whole_score.right, session.whole_score.total) == (2, 2)
    assert (session.first_score.right, session.first_score.total) == (1, 2)
