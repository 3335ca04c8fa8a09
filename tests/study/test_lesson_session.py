from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.study.samples import NUMERIC, PLACE, PREDICT, SINGLE, commit_wrong, lesson, prose
from tutor.course.lesson import Lesson, OpeningAnswer, Question, Section
from tutor.progress.records import Position
from tutor.progress.store import ProgressStore
from tutor.study.attempt import Stage
from tutor.study.lesson_session import LessonSession
from tutor.study.question_attempt import Mark, Score
from tutor.study.quiz_session import QuizSession

SECTIONS = (Section("One", 2, "one", 0), Section("Two", 2, "two", 2), Section("Three", 2, "three", 4))
SAMPLE = lesson(prose(5), SINGLE, prose(40), NUMERIC, prose(20), PREDICT, sections=SECTIONS)


def answer(session: LessonSession, question_id: str, *, right: bool) -> None:
    exercise = session.exercise(question_id)
    exercise.attempt.choose(int(right))
    exercise.attempt.write("0.72" if right else "5")
    if not right:
        commit_wrong(exercise)
        return
    assert exercise.commit()


def test_a_lesson_opens_at_its_start_and_then_where_it_was_left(store: ProgressStore) -> None:
    session = LessonSession(SAMPLE, store)
    assert session.position == Position()
    session.move(2, 0.5)
    session.save()
    again = LessonSession(SAMPLE, store)
    assert again.position == Position(2, 0.5, "two")
    assert again.fraction_read == session.fraction_read > 0


def test_the_fraction_read_only_grows(store: ProgressStore) -> None:
    session = LessonSession(SAMPLE, store)
    session.move(2, 0.0, seen_block=2, seen_within=0.9)
    furthest = session.fraction_read
    session.move(0, 0.0, seen_block=1)
    assert session.fraction_read == furthest
    session.save()
    assert LessonSession(SAMPLE, store).fraction_read == furthest
    assert LessonSession(SAMPLE, store).position == Position(0, 0.0, "one")


def test_the_end_of_the_last_block_is_the_whole(store: ProgressStore) -> None:
    session = LessonSession(SAMPLE, store)
    session.move(4, 0.2, seen_block=5, seen_within=1.0)
    assert session.fraction_read == 1.0
    assert store.lesson_states()[SAMPLE.id].read_fraction == 1.0, "the end is written down without being asked to"


@given(
    places=st.lists(st.tuples(st.integers(-1, 7), st.floats(-1, 2, allow_nan=False)), min_size=2, max_size=6).map(
        sorted
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_fractions_grow_with_the_place(store: ProgressStore, places: list[tuple[int, float]]) -> None:
    session = LessonSession(SAMPLE, store)
    clamped = sorted((max(0, min(5, block)), max(0.0, min(1.0, within))) for block, within in places)
    fractions = [session.fraction_at(*place) for place in clamped]
    assert fractions == sorted(fractions)
    assert all(0 <= each <= 1 for each in fractions)


def test_long_blocks_weigh_more_than_short_ones(store: ProgressStore) -> None:
    session = LessonSession(SAMPLE, store)
    first = session.fraction_at(0, 1.0)
    third = session.fraction_at(2, 1.0) - session.fraction_at(2, 0.0)
    assert third > 3 * first


def test_small_steps_are_written_only_now_and_then(store: ProgressStore, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    monkeypatch.setattr(store, "set_position", lambda *_, fraction, **__: written.append(fraction))
    session = LessonSession(SAMPLE, store)
    for step in range(200):
        session.move(2, step / 200, seen_block=2, seen_within=step / 200)
    session.save()
    session.save()
    assert 1 < len(written) < 20
    assert written[-1] == session.fraction_read


def test_an_inserted_block_does_not_lose_the_section(store: ProgressStore) -> None:
    session = LessonSession(SAMPLE, store)
    session.move(4, 0.3)
    session.save()
    moved = (*SECTIONS[:2], Section("New", 2, "new", 3), Section("Three", 2, "three", 5))
    edited = lesson(prose(), SINGLE, prose(), prose(), NUMERIC, prose(), PREDICT, sections=moved)
    assert LessonSession(edited, store).position == Position(5, 0.0, "three")


def test_the_other_language_opens_at_the_same_block(store: ProgressStore) -> None:
    session = LessonSession(SAMPLE, store)
    session.move(4, 0.3)
    session.save()
    chinese = tuple(Section("题", 2, f"节{number}", section.block_index) for number, section in enumerate(SECTIONS))
    other = lesson(*SAMPLE.blocks, sections=chinese)
    assert LessonSession(other, store).position.block == 4


@pytest.mark.parametrize("shorter", [lesson(prose()), lesson()])
def test_a_shortened_lesson_opens_somewhere_within_it(store: ProgressStore, shorter: Lesson) -> None:
    session = LessonSession(SAMPLE, store)
    session.move(4, 0.3)
    session.save()
    assert LessonSession(shorter, store).position.block == 0


def test_questions_in_the_text_are_marked_and_the_wrong_ones_listed(store: ProgressStore) -> None:
    session = LessonSession(SAMPLE, store)
    assert session.mark("single") is Mark.OPEN
    answer(session, "single", right=False)
    answer(session, "numeric", right=True)
    assert session.wrong_ids == ("single",)
    assert session.score == Score(total=3, right=1, wrong=1, open=1)
    assert session.exercise("single").attempt.locked


def test_an_answer_is_shown_again_as_it_was_given(store: ProgressStore) -> None:
    session = LessonSession(SAMPLE, store)
    answer(session, "single", right=False)
    session.exercise("single").set_unsure(True)
    before = session.exercise("single")
    again = LessonSession(SAMPLE, store).exercise("single")
    assert again.attempt.locked
    assert again.attempt.draft == before.attempt.draft
    assert again.attempt.shown == before.attempt.shown
    assert again.attempt.unsure
    assert again.key == before.key


def test_trying_again_is_a_new_attempt_and_the_last_one_counts(store: ProgressStore) -> None:
    session = LessonSession(SAMPLE, store)
    answer(session, "single", right=False)
    retry = session.exercise("single").retry
    assert retry is not None
    fresh = retry()
    assert fresh is session.exercise("single")
    assert not fresh.attempt.locked
    answer(session, "single", right=True)
    assert session.mark("single") is Mark.RIGHT
    assert [kept.correct for kept in store.answers()] == [False, False, True]
    assert LessonSession(SAMPLE, store).mark("single") is Mark.RIGHT


def test_a_prediction_that_no_run_settled_may_be_made_again(store: ProgressStore) -> None:
    session = LessonSession(SAMPLE, store)
    session.exercise("predict").attempt.choose(1)
    session.exercise("predict").commit()
    assert session.mark("predict") is Mark.WAITING
    again = LessonSession(SAMPLE, store)
    assert again.mark("predict") is Mark.OPEN
    assert not again.exercise("predict").attempt.locked


def test_an_unknown_question_is_a_key_error(store: ProgressStore) -> None:
    with pytest.raises(KeyError):
        LessonSession(SAMPLE, store).exercise("no such")


def test_a_lesson_goes_on_in_the_other_language_with_what_was_begun(store: ProgressStore) -> None:
    session = LessonSession(SAMPLE, store)
    session.exercise("single").attempt.choose(2)
    session.move(4, 0.3)
    chinese = lesson(
        *[replace(block, title="题") if isinstance(block, Question) else block for block in SAMPLE.blocks],
        sections=tuple(replace(section, anchor=f"节{section.block_index}") for section in SECTIONS),
    )
    session.translate(chinese)
    assert session.exercise("single").attempt.draft.chosen == {2}
    assert session.exercise("single").question.title == "题"
    assert session.position.block == 4


# -- the question that a lesson opens with -----------------------------------------------------------------------------

OPENING = replace(SINGLE, id="guess", opening=True)
OPENED = lesson(OPENING, prose(20), NUMERIC, prose(5), OpeningAnswer(PLACE))


def stored(store: ProgressStore) -> list[tuple[str, bool | None]]:
    return [(answer.question_id, answer.correct) for answer in store.answers()]


@pytest.mark.parametrize("right", [True, False])
def test_an_opening_is_locked_without_a_verdict_until_the_end(right: bool, store: ProgressStore) -> None:
    session = LessonSession(OPENED, store)
    answer(session, "guess", right=right)
    attempt = session.exercise("guess").attempt
    assert (attempt.stage, attempt.verdict) == (Stage.DEFERRED, None)
    assert session.mark("guess") is Mark.WAITING
    assert stored(store) == [("guess", None)]
    assert store.newest_answers(OPENED.id) == {}
    assert session.reveal_opening()
    assert attempt.verdict is not None
    assert attempt.verdict.correct is right
    assert stored(store) == [("guess", right)]
    assert session.mark("guess") is (Mark.RIGHT if right else Mark.WRONG)
    assert not session.reveal_opening()


def test_a_guess_survives_leaving_and_is_answered_by_a_later_session(store: ProgressStore) -> None:
    answer(LessonSession(OPENED, store), "guess", right=True)
    again = LessonSession(OPENED, store)
    attempt = again.exercise("guess").attempt
    assert (attempt.stage, attempt.given()) == (Stage.DEFERRED, (1,))
    assert again.reveal_opening()
    assert stored(store) == [("guess", True)]
    settled = LessonSession(OPENED, store)
    assert settled.exercise("guess").attempt.stage is Stage.SETTLED
    assert not settled.reveal_opening()


def test_a_guess_can_be_changed_before_the_end_and_the_last_one_counts(store: ProgressStore) -> None:
    session = LessonSession(OPENED, store)
    answer(session, "guess", right=True)
    session.again("guess")
    answer(session, "guess", right=False)
    again = LessonSession(OPENED, store)
    assert again.exercise("guess").attempt.given() == (0,)
    assert again.reveal_opening()
    assert stored(store) == [("guess", None), ("guess", False)]


def test_after_the_end_another_attempt_gets_its_verdict_at_once(store: ProgressStore) -> None:
    session = LessonSession(OPENED, store)
    answer(session, "guess", right=False)
    session.reveal_opening()
    session.again("guess")
    answer(session, "guess", right=True)
    assert session.exercise("guess").attempt.stage is Stage.SETTLED
    assert stored(store) == [("guess", False), ("guess", True)]


def test_without_a_guess_there_is_nothing_to_reveal(store: ProgressStore) -> None:
    session = LessonSession(OPENED, store)
    assert not session.reveal_opening()
    assert session.mark("guess") is Mark.OPEN
    assert stored(store) == []


def test_a_quiz_that_asked_the_opening_decides(store: ProgressStore) -> None:
    answer(LessonSession(OPENED, store), "guess", right=False)
    quiz = QuizSession.start(OPENED.questions, store, scope=f"lesson:{OPENED.id}", lesson_id=OPENED.id)
    asked = next(each for each in quiz.exercises if each.question.id == "guess")
    asked.attempt.choose(1)
    assert asked.commit()
    assert asked.attempt.stage is Stage.SETTLED, "a quiz gives its verdict at once"
    assert LessonSession(OPENED, store).mark("guess") is Mark.RIGHT


def test_a_look_moves_neither_the_position_nor_what_was_read(store: ProgressStore) -> None:
    session = LessonSession(SAMPLE, store)
    session.move(1, 0.5)
    before = session.position, session.fraction_read
    session.move(len(SAMPLE.blocks) - 1, 0.0, look=True)
    assert (session.position, session.fraction_read) == before
    session.save()
    assert LessonSession(SAMPLE, store).position == before[0]
    session.move(len(SAMPLE.blocks) - 1, 0.5)
    assert session.fraction_read == 1.0, "whoever goes on from there reads"


def test_a_lesson_that_fits_on_the_screen_is_read_when_it_is_seen(store: ProgressStore) -> None:
    session = LessonSession(lesson(prose()), store)
    session.move(0, 0.0, look=True)
    assert session.fraction_read == 1.0


def test_a_lesson_of_which_nothing_was_read_is_not_the_one_to_continue(store: ProgressStore) -> None:
    LessonSession(SAMPLE, store).move(2)
    store.set_question_count("another", 5)
    assert store.last_lesson() == SAMPLE.id
