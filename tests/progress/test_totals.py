"""The totals that the database keeps are those of its answers, whatever happened to them."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.stores import open_store
from tutor.progress.cards import Side, term_key
from tutor.progress.records import Answer
from tutor.progress.renames import TERM
from tutor.progress.statistics import Accuracy
from tutor.progress.store import ProgressStore
from tutor.progress.transfer import read_csv, read_json, to_csv, to_json

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
LESSONS = ("one", "two")
QUESTIONS = ("q", "r", term_key("bias", Side.MEANING))

answers = st.builds(
    Answer,
    lesson_id=st.sampled_from(LESSONS),
    question_id=st.sampled_from(QUESTIONS),
    kind=st.just("single"),
    given=st.lists(st.integers(0, 2), max_size=1).map(tuple),
    correct=st.none() | st.booleans(),
    unsure=st.booleans(),
    seconds=st.floats(0, 2000) | st.integers(0, 3000).map(lambda hundredths: hundredths / 100),
    at=st.integers(0, 20 * 86_400_000).map(lambda milliseconds: NOON + timedelta(milliseconds=milliseconds)),
    # Not the answers' own: Hypothesis would meet the same example with another key.
    key=st.integers(0, 40).map(str),
)
which = st.integers(0, 1)


def counted(given: list[Answer]) -> list[Answer]:
    return [each for each in given if each.correct is not None]


def milliseconds(answer: Answer) -> int:
    return int(1000 * min(answer.seconds, 900) + 0.5)


class Totals(RuleBasedStateMachine):
    """Two tutors on one file, and a third memory that is merged with it now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        file = Path(self.folder.name) / "progress.sqlite3"
        self.tutors: list[ProgressStore] = [open_store(file).store for _ in range(2)]
        self.elsewhere = open_store(file.with_name("elsewhere.sqlite3")).store

    def teardown(self) -> None:
        for store in (*self.tutors, self.elsewhere):
            assert store.close()
        self.folder.cleanup()

    @rule(which=which, answer=answers)
    def answered(self, which: int, answer: Answer) -> None:
        self.tutors[which].record_answer(answer)

    @rule(answer=answers)
    def answered_elsewhere(self, answer: Answer) -> None:
        self.elsewhere.record_answer(answer)

    @rule(which=which, key=st.integers(0, 40).map(str), correct=st.booleans())
    def a_verdict_came(self, which: int, key: str, correct: bool) -> None:
        self.tutors[which].settle_answer(key, correct=correct, score=float(correct))

    @rule(which=which, key=st.integers(0, 40).map(str), unsure=st.booleans())
    def called_unsure(self, which: int, key: str, unsure: bool) -> None:
        self.tutors[which].mark_unsure(key, unsure)

    @rule(which=which, item=st.sampled_from(["q", "bias"]))
    def an_item_was_reset(self, which: int, item: str) -> None:
        self.tutors[which].forget(item=item)

    @rule(which=which, lesson=st.sampled_from(LESSONS))
    def a_lesson_was_reset(self, which: int, lesson: str) -> None:
        self.tutors[which].forget(lesson_id=lesson)

    @rule(which=which)
    def everything_was_reset(self, which: int) -> None:
        self.tutors[which].forget()

    @rule(which=which, as_csv=st.booleans())
    def imported(self, which: int, as_csv: bool) -> None:
        tables = self.elsewhere.dump()
        self.tutors[which].merge((read_csv(to_csv(tables)) if as_csv else read_json(to_json(tables))).tables)

    @invariant()
    def totals_are_those_of_the_answers(self) -> None:
        for store in (*self.tutors, self.elsewhere):
            given = store.answers()
            there = counted(given)
            found = store.statistics
            days = found.days()
            assert sum(day.answers for day in days) == len(there)
            assert sum(day.right for day in days) == sum(bool(each.correct) for each in there)
            assert {day.day: (day.answers, day.right, round(1000 * day.seconds)) for day in days} == by_day(there)
            of_questions = [each for each in there if not each.question_id.startswith(TERM)]
            assert found.lessons() == {
                lesson: share([each for each in of_questions if each.lesson_id == lesson])
                for lesson in {each.lesson_id for each in of_questions}
            }
            assert found.terms() == share([each for each in there if each.question_id.startswith(TERM)])
            misses = Counter(
                (each.lesson_id, each.question_id, each.given) for each in of_questions if not each.correct
            )
            assert {(each.lesson_id, each.question_id, each.given): each.count for each in found.misses()} == misses
            items = {(item.lesson_id, item.question_id): item for item in found.items()}
            assert items.keys() == {(each.lesson_id, each.question_id) for each in of_questions}
            for (lesson, question), item in items.items():
                mine = [each for each in of_questions if (each.lesson_id, each.question_id) == (lesson, question)]
                assert item.accuracy == share(mine)
                assert dict(item.chosen) == Counter(each.given for each in mine)
                assert abs(item.seconds - sum(map(milliseconds, mine)) / 1000 / len(mine)) < 1e-9
            newest = {(each.lesson_id, each.question_id): each for each in of_questions}
            states = store.lesson_states()
            for lesson in LESSONS:
                mine = [each for each in newest.values() if each.lesson_id == lesson]
                state = states.get(lesson)
                assert (state.wrong_ids if state else frozenset()) == {e.question_id for e in mine if not e.correct}
                assert (state.questions_right if state else 0) == sum(bool(each.correct) for each in mine)


def share(given: list[Answer]) -> Accuracy:
    return Accuracy(len(given), sum(bool(each.correct) for each in given))


def by_day(given: list[Answer]) -> dict[object, tuple[int, int, int]]:
    """What each day comes to, without the totals."""
    days: dict[object, tuple[int, int, int]] = {}
    for each in given:
        day = (each.at.astimezone().replace(tzinfo=None) - timedelta(hours=4)).date()
        count, right, spent = days.get(day, (0, 0, 0))
        days[day] = (count + 1, right + bool(each.correct), spent + milliseconds(each))
    return days


TestTotals = Totals.TestCase
TestTotals.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)


def test_a_writer_that_dies_in_the_middle_leaves_totals_and_answers_in_step(tmp_path: Path) -> None:
    file = tmp_path / "progress.sqlite3"
    store = open_store(file).store
    store.record_answer(Answer("one", "q", "single", (0,), correct=True, at=NOON))
    child = os.fork()
    if child == 0:
        counted = None
        try:
            connection = sqlite3.connect(file, isolation_level=None)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(
                "INSERT INTO answers SELECT 99, 'k', at, lesson, question, kind, given, correct, score, unsure,"
                " confidence, hints, seconds, language, seed, quiz, runs, day FROM answers"
            )
            counted = connection.execute("SELECT sum(answers) FROM answer_totals").fetchone()
        finally:  # whatever happens, this is not the process that goes on with the tests
            os._exit(0 if counted == (2,) else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert len(store.answers()) == 1
    assert store.statistics.lessons() == {"one": Accuracy(1, 1)}
    store.close()
