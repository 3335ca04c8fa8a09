from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.stores import open_store
from tests.study.samples import EVERY, MULTIPLE, NUMERIC, PREDICT, SINGLE, Stopwatch, commit_wrong
from tutor.course.lesson import Question
from tutor.foundation.translate import translate
from tutor.progress.store import ProgressStore
from tutor.study.question_attempt import Mark, QuestionAttempt, Score
from tutor.study.quiz_session import QuizSession
from tutor.study.wording import retry_label

THREE = tuple(replace(SINGLE, id=f"q{number}") for number in range(3))
SCOPE = "lesson:sample-lesson"


def start(store: ProgressStore, questions: tuple[Question, ...] = THREE, **more: object) -> QuizSession:
    return QuizSession.start(questions, store, scope=SCOPE, lesson_id="sample-lesson", **more)  # type: ignore[arg-type]


def current(session: QuizSession) -> QuestionAttempt:
    assert session.current is not None
    return session.current


def answer(session: QuizSession, *, right: bool) -> None:
    current(session).attempt.choose(1 if right else 0)
    if not right:
        commit_wrong(current(session))
        return
    assert current(session).commit()


def test_a_round_asks_everything_in_order_and_counts(store: ProgressStore) -> None:
    session = start(store)
    assert (session.number, session.count, session.begun) == (1, 3, False)
    answer(session, right=True)
    session.next()
    answer(session, right=False)
    session.next()
    answer(session, right=True)
    assert session.next() is None
    assert session.over
    assert session.score == Score(total=3, right=2, wrong=1)
    assert session.score.fraction == pytest.approx(2 / 3)
    assert session.wrong_ids == ("q1",)


def test_a_skipped_question_waits_until_it_is_returned_to(store: ProgressStore) -> None:
    session = start(store)
    session.skip()
    assert session.number == 2
    answer(session, right=True)
    session.next()
    answer(session, right=True)
    assert session.next() is None
    assert session.mark("q0") is Mark.SKIPPED
    assert session.score == Score(total=3, right=2, skipped=1)
    session.return_to_skipped()
    assert session.number == 1
    answer(session, right=True)
    assert session.next() is None
    assert session.score.right == 3


def test_one_can_go_back_and_answer_what_was_passed(store: ProgressStore) -> None:
    session = start(store)
    session.skip()
    session.back()
    assert session.number == 1
    answer(session, right=True)
    session.next()
    assert session.number == 2
    session.go(3)
    assert session.number == 3
    session.go(9)
    assert session.number == 3
    session.next()
    assert session.number == 2, "what was jumped over is asked before the round is over"


def test_back_stops_at_the_first_and_leads_out_of_the_summary(store: ProgressStore) -> None:
    session = start(store, THREE[:1])
    session.back()
    assert session.number == 1
    answer(session, right=True)
    session.next()
    assert session.over
    session.back()
    assert current(session).attempt.locked


def test_retrying_asks_only_what_is_wrong_newly_shuffled(store: ProgressStore) -> None:
    session = start(store, seed=1)
    before = {each.question.id: each.attempt.seed for each in session.exercises}
    answer(session, right=False)
    session.next()
    answer(session, right=True)
    session.next()
    session.skip()
    session.retry_wrong()
    assert (session.round, [each.question.id for each in session.exercises]) == (2, ["q0", "q2"])
    assert all(each.attempt.seed != before[each.question.id] for each in session.exercises)
    answer(session, right=True)
    session.next()
    answer(session, right=True)
    session.next()
    assert session.score == Score(total=2, right=2)
    assert session.first_score == Score(total=3, right=1, wrong=1, skipped=1)
    assert session.whole_score == Score(total=3, right=3)


def test_retrying_where_nothing_is_wrong_changes_nothing(store: ProgressStore) -> None:
    session = start(store, THREE[:1])
    answer(session, right=True)
    session.next()
    assert session.retry_wrong() is None
    assert session.round == 1
    current_before = session.exercises
    session.exercises[0].set_unsure(True)
    session.retry_wrong(unsure=True)
    assert session.round == 2
    assert session.exercises != current_before


def test_a_quiz_left_in_the_middle_is_resumed_where_it_was(store: ProgressStore) -> None:
    watch = Stopwatch()
    session = start(store, EVERY, seconds=watch)
    answer(session, right=False)
    current(session).set_unsure(True)
    session.next()
    current(session).attempt.choose(0)
    watch.now = 4.0
    session.leave()
    again = start(store, EVERY, seconds=watch)
    assert again.quiz_id == session.quiz_id
    assert again.number == 2
    assert current(again).attempt.draft.chosen == {0}
    assert current(again).seconds == 4.0
    assert again.mark("single") is Mark.WRONG
    assert again.exercises[0].attempt.unsure
    assert [each.attempt.shown for each in again.exercises] == [each.attempt.shown for each in session.exercises]
    assert again.exercises[0].key == session.exercises[0].key != ""


def test_a_killed_quiz_has_lost_nothing_that_was_committed(store: ProgressStore) -> None:
    session = start(store)
    answer(session, right=True)
    again = start(store)
    assert again.mark("q0") is Mark.RIGHT
    assert again.quiz_id == session.quiz_id


def test_a_quiz_only_looked_at_leaves_no_trace(store: ProgressStore) -> None:
    start(store).leave()
    assert store.open_quiz(SCOPE) is None


def test_a_quiz_all_right_is_done_and_the_next_one_is_new(store: ProgressStore) -> None:
    session = start(store, THREE[:1])
    answer(session, right=True)
    session.next()
    assert start(store, THREE[:1]).quiz_id != session.quiz_id


def test_the_score_of_the_quiz_before_is_that_of_its_first_round(store: ProgressStore) -> None:
    session = start(store, THREE[:2])
    assert session.last_score is None
    answer(session, right=True)
    session.next()
    answer(session, right=False)
    session.next()
    session.retry_wrong()
    answer(session, right=True)
    session.next()
    again = start(store, THREE[:2], fresh=True)
    assert again.last_score == Score(total=2, right=1, wrong=1)
    for _ in range(2):
        answer(again, right=True)
        again.next()
    assert start(store, THREE[:2], fresh=True).last_score == Score(total=2, right=2)


def test_a_quiz_with_mistakes_comes_back_at_its_summary(store: ProgressStore) -> None:
    session = start(store, THREE[:1])
    answer(session, right=False)
    session.next()
    again = start(store, THREE[:1])
    assert again.over
    assert again.wrong_ids == ("q0",)
    new = start(store, THREE[:1], fresh=True)
    assert new.quiz_id != session.quiz_id
    assert not new.over
    assert store.open_quiz(SCOPE) is None


def test_a_second_round_is_resumed_with_the_first_ones_score(store: ProgressStore) -> None:
    session = start(store)
    for right in (True, False, False):
        answer(session, right=right)
        session.next()
    session.retry_wrong()
    answer(session, right=True)
    session.leave()
    again = start(store)
    assert (again.round, again.count) == (2, 2)
    assert again.first_score == Score(total=3, right=1, wrong=2)
    assert again.whole_score == Score(total=3, right=2, open=1)


def test_an_edited_lesson_drops_what_is_gone_and_asks_what_is_new(store: ProgressStore) -> None:
    session = start(store, (SINGLE, MULTIPLE))
    answer(session, right=True)
    session.next()
    edited = start(store, (NUMERIC, SINGLE))
    assert [each.question.id for each in edited.exercises] == ["single", "numeric"]
    assert edited.mark("single") is Mark.RIGHT
    assert current(edited).question.id == "numeric"


def test_a_prediction_is_still_waited_for_after_the_night(store: ProgressStore) -> None:
    session = start(store, (PREDICT,))
    current(session).attempt.choose(1)
    current(session).commit()
    current(session).follow(["20260701-7f3a"])
    again = start(store, (PREDICT,))
    assert current(again).mark is Mark.WAITING
    assert current(again).runs == ("20260701-7f3a",)
    current(again).settle({"diverged": True, "final.train_loss": float("nan")})
    assert start(store, (PREDICT,)).mark("predict") is Mark.RIGHT
    assert [kept.correct for kept in store.answers()] == [True]


def test_a_prediction_without_a_run_ends_the_round_uncounted(store: ProgressStore) -> None:
    session = start(store, (PREDICT,))
    current(session).attempt.choose(1)
    current(session).commit()
    current(session).cannot_run("no room")
    assert session.next() is None
    assert session.score == Score(total=1, uncounted=1)
    assert session.score.fraction == 0.0


def test_a_prediction_without_a_run_can_be_tried_again(store: ProgressStore) -> None:
    session = start(store, (PREDICT, *THREE[:1]))
    current(session).attempt.choose(1)
    current(session).commit()
    current(session).cannot_run("no room")
    session.next()
    answer(session, right=True)
    session.next()
    assert (session.wrong_ids, session.ids_to_retry()) == ((), ("predict",))
    assert retry_label(session) == translate("quiz.way-retry-rest", count=1)
    again = start(store, (PREDICT, *THREE[:1]))
    assert (again.over, again.ids_to_retry()) == (True, ("predict",)), "it is not done"
    again.retry_wrong()
    assert (again.round, [each.question.id for each in again.exercises]) == (2, ["predict"])


def test_what_a_further_round_asks_is_said_as_it_is(store: ProgressStore) -> None:
    session = start(store)
    answer(session, right=False)
    session.next()
    answer(session, right=True)
    current(session).set_unsure(True)
    session.next()
    answer(session, right=True)
    session.next()
    assert retry_label(session) == translate("quiz.way-retry", count=1)
    assert retry_label(session, unsure=True) == translate("quiz.way-unsure", count=2)
    session = start(store, fresh=True)
    session.skip()
    answer(session, right=False)
    session.next()
    session.skip()
    assert retry_label(session) == translate("quiz.way-retry-rest", count=3)
    assert retry_label(session, unsure=True) == translate("quiz.way-unsure-rest", count=3)


def test_the_course_map_learns_how_many_questions_there_are(store: ProgressStore) -> None:
    start(store)
    assert store.lesson_states()["sample-lesson"].questions_total == 3


@pytest.mark.parametrize("state", [{}, {"asked": 3}, {"asked": [1, {"id": []}], "at": [], "skipped": 4, "marks": 1}])
def test_a_state_edited_by_hand_begins_the_round_again(store: ProgressStore, state: dict[str, object]) -> None:
    session = start(store)
    answer(session, right=True)
    store.save_quiz(replace(session.saved(), state=state))
    again = start(store)
    assert (again.number, again.count, again.round) == (1, 3, 1)


def test_a_quiz_goes_on_in_the_other_language(store: ProgressStore) -> None:
    session = start(store)
    answer(session, right=False)
    session.translate([replace(each, title="题") for each in THREE[:2]])
    assert [each.question.title for each in session.exercises] == ["题", "题", "Title of single"]
    assert session.mark("q0") is Mark.WRONG
    session.next()
    session.skip()
    session.skip()
    session.retry_wrong()
    assert current(session).question.title == "题"


def test_a_quiz_of_nothing_is_over_at_once(store: ProgressStore) -> None:
    session = start(store, ())
    assert session.over
    assert session.back() is None
    assert session.score == Score()


class Quiz(RuleBasedStateMachine):
    """Whatever a learner does, in whatever order, with the program killed in between."""

    @initialize()
    def begin(self) -> None:
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "progress.sqlite3"
        self.store = open_store(self.path).store
        self.committed = 0
        self.session = start(self.store, EVERY, seed=4)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    @precondition(lambda self: self.session.current is not None)
    @rule(index=st.integers(0, 4), blank=st.integers(0, 1), text=st.sampled_from(["0.72", "bias", "weight", ""]))
    def work(self, index: int, blank: int, text: str) -> None:
        attempt = current(self.session).attempt
        attempt.choose(index)
        attempt.move(index, 0)
        attempt.write(text, blank)

    @precondition(lambda self: self.session.current is not None)
    @rule(unsure=st.booleans())
    def say_unsure(self, unsure: bool) -> None:
        current(self.session).set_unsure(unsure)

    @precondition(lambda self: self.session.current is not None)
    @rule()
    def commit(self) -> None:
        ready = current(self.session).attempt.ready
        assert current(self.session).commit() == ready
        self.committed += ready

    @precondition(lambda self: self.session.current is not None)
    @rule(diverged=st.booleans(), had=st.booleans())
    def the_run_ends(self, diverged: bool, had: bool) -> None:
        waiting = current(self.session).mark is Mark.WAITING
        if had:
            assert current(self.session).settle({"diverged": diverged, "final.train_loss": 0.5}) == waiting
        else:
            assert current(self.session).cannot_run("no room") == waiting

    @rule(step=st.sampled_from(["next", "skip", "back", "return_to_skipped"]))
    def move(self, step: str) -> None:
        getattr(self.session, step)()

    @rule(number=st.integers(0, 7))
    def jump(self, number: int) -> None:
        self.session.go(number)

    @precondition(lambda self: self.session.over)
    @rule(unsure=st.booleans())
    def retry(self, unsure: bool) -> None:
        self.session.retry_wrong(unsure=unsure)

    @precondition(lambda self: self.session.begun and not (self.session.over and not self.session.wrong_ids))
    @rule()
    def killed_and_back(self) -> None:
        before = self.session
        before.leave()
        self.store.close()
        self.store = open_store(self.path).store
        self.session = start(self.store, EVERY)
        if self.session.quiz_id == before.quiz_id:
            assert self.session.round == before.round
            for one, two in zip(before.exercises, self.session.exercises, strict=True):
                assert (one.question, one.attempt.draft, one.mark) == (two.question, two.attempt.draft, two.mark)
            assert self.session.whole_score == before.whole_score
        else:
            assert before.over

    @invariant()
    def every_committed_answer_is_in_the_memory(self) -> None:
        if hasattr(self, "store"):
            assert len(self.store.answers()) == self.committed

    @invariant()
    def the_counts_agree(self) -> None:
        if hasattr(self, "session"):
            for score in (self.session.score, self.session.whole_score, self.session.first_score):
                parts = score.right + score.wrong + score.skipped + score.uncounted + score.open
                assert parts == score.total
            assert self.session.whole_score.total == len(EVERY)
            assert 0 <= self.session.score.fraction <= 1


TestQuiz = Quiz.TestCase
