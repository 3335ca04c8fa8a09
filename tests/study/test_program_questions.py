"""Every listed mistake of an exercise is a review question, and reviews of a program move the exercise's one card."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.stores import open_store
from tutor.course.catalogue import Course
from tutor.course.exercises.finding import find_exercises
from tutor.course.lesson import Exercise
from tutor.course.questions import question_type
from tutor.foundation import clock
from tutor.progress.records import CODE, SOLUTION_SEEN, Answer
from tutor.progress.store import ProgressStore
from tutor.study.deck import Deck
from tutor.study.misconceptions import misconceptions
from tutor.study.program_questions import program_questions
from tutor.study.question_attempt import Mark
from tutor.study.review_session import ReviewSession

LESSONS = Path(__file__).resolve().parents[2] / "lessons"


@pytest.fixture(scope="module")
def course() -> Course:
    return Course(LESSONS)


@pytest.fixture
def store() -> ProgressStore:
    return open_store().store


@pytest.fixture(scope="module")
def softmax(course: Course) -> Exercise:
    return next(find_exercises(course, "en", "softmax")).exercise


def answer(exercise: Exercise, given: str, *, correct: bool, hints: int = 0) -> Answer:
    return Answer(exercise.lesson_id, exercise.id, CODE, (given,), correct, hints=hints, seconds=400.0)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_mistake_of_the_course_makes_a_question_with_right_and_wrong_options(
    course: Course, language: str
) -> None:
    found = [each.exercise for each in find_exercises(course, language)]
    assert found
    for exercise in found:
        questions = program_questions(exercise)
        assert len({each.id for each in questions}) == len(questions) == len(exercise.mistakes)
        for question in questions:
            ticked = [each.ticked for each in question.options]
            assert 1 <= sum(ticked) < len(ticked)
            assert len({each.text for each in question.options}) == len(ticked)
            assert question_type(question.kind).name == ("single" if sum(ticked) == 1 else "multiple")


def test_the_wrong_line_is_the_one_that_the_mistake_changed(softmax: Exercise) -> None:
    for question, mistake in zip(program_questions(softmax), softmax.mistakes, strict=True):
        right = {line.strip() for line in softmax.solution.split("\n")}
        for option in question.options:
            assert option.ticked == (option.text.strip("` ") not in right), mistake.name


def with_mistake(exercise: Exercise, solution: str, wrong: str) -> Exercise:
    mistake = replace(exercise.mistakes[0], source=wrong, replacements=())
    return replace(exercise, solution=solution, mistakes=(mistake,))


SOLUTION = "def f(x):\n    a = x\n\n    b = 2\n    c = a + b\n    return c\n"


@pytest.mark.parametrize(
    ("wrong", "ticked", "asks"),
    [
        # What is missing stood behind a blank line: the line before that is the answer.
        ("def f(x):\n    a = x\n\n    c = a + b\n    return c\n", ["a = x"], "After which line?"),
        ("def f(x):\n    b = 2\n    return c\n", ["b = 2", "def f(x):"], "After which lines?"),
        ("def f(x):\n    a = 1\n\n    b = 1\n    c = a + b\n    return c\n", ["a = 1", "b = 1"], "Which ones"),
        ("def f(x):\n    a = x\n\n    b = 2\n    a = x\n    return c\n", ["a = x"], "Which one,"),
    ],
)
def test_gaps_several_lines_and_lines_that_stand_twice(
    softmax: Exercise, wrong: str, ticked: list[str], asks: str
) -> None:
    (question,) = program_questions(with_mistake(softmax, SOLUTION, wrong))
    assert sorted(each.text.strip("`") for each in question.options if each.ticked) == ticked
    assert len({each.text for each in question.options}) == len(question.options)
    assert all(each.text.strip("`") for each in question.options)
    assert asks in question.prompt


def test_what_is_missing_before_the_first_line_makes_no_question(softmax: Exercise) -> None:
    assert program_questions(with_mistake(softmax, f"import math\n{SOLUTION}", SOLUTION)) == []


def test_a_pass_makes_a_card_and_versions_that_fail_on_the_way_do_not(softmax: Exercise, store: ProgressStore) -> None:
    store.record_answer(answer(softmax, "different", correct=False))
    assert store.cards.get(softmax.id) is None
    store.record_answer(answer(softmax, "passed", correct=True))
    good = store.cards.get(softmax.id)
    assert good is not None
    assert (good.schedule.reviews, good.schedule.lapses) == (1, 0)


def test_hints_bring_a_card_back_sooner_and_the_solution_sooner_still(softmax: Exercise, store: ProgressStore) -> None:
    due = []
    for given, correct, hints in ((SOLUTION_SEEN, False, 0), ("passed", True, 1), ("passed", True, 0)):
        store.forget()
        store.record_answer(answer(softmax, given, correct=correct, hints=hints))
        card = store.cards.get(softmax.id)
        assert card is not None
        assert card.schedule.stability is not None
        due.append(card.schedule.stability)
    assert due == sorted(set(due))


def test_a_review_asks_each_mistake_in_turn_and_moves_the_one_card(
    course: Course, softmax: Exercise, store: ProgressStore
) -> None:
    store.record_answer(answer(softmax, "passed", correct=True))
    deck, asked = Deck(course), []
    for round_ in range(len(softmax.mistakes)):
        moment = clock.utc_now() + timedelta(days=1000 * (round_ + 1))
        session = ReviewSession(store, deck, moment=moment, seed=1)
        assert session.current is not None
        question = session.current.question
        asked.append(question.id)
        wrong = {number for number, option in enumerate(question.options) if option.ticked}
        attempt = session.current.attempt
        attempt.put(type(attempt.draft)(chosen=frozenset(wrong)))
        assert session.current.commit()
        assert session.current.mark is Mark.RIGHT
    assert sorted(asked) == sorted(each.id for each in program_questions(softmax))
    (card,) = store.cards.all()
    assert card.key == softmax.id
    assert card.schedule.reviews == 1 + len(softmax.mistakes)


def test_cards_of_exercises_are_kept_and_those_of_exercises_that_are_gone_are_retired(
    course: Course, softmax: Exercise, store: ProgressStore
) -> None:
    store.record_answer(answer(softmax, "passed", correct=True))
    store.record_answer(Answer(softmax.lesson_id, "no-such-exercise", CODE, ("passed",), True))
    Deck(course).sync(store, clock.utc_now(), "en")
    assert {card.key: card.retired for card in store.cards.all()} == {softmax.id: False, "no-such-exercise": True}


def test_a_missed_line_takes_nothing_from_the_course_map(softmax: Exercise, store: ProgressStore) -> None:
    store.record_answer(answer(softmax, "passed", correct=True))
    question = program_questions(softmax)[0]
    store.record_answer(Answer(softmax.lesson_id, question.id, question.kind, (0,), False))
    state = store.lesson_states()[softmax.lesson_id]
    assert (state.questions_right, state.questions_answered) == (1, 1)
    assert store.forget(item=softmax.id) == 2


def test_mistakes_that_were_met_are_misconceptions_two_at_once_count_for_both(
    course: Course, softmax: Exercise, store: ProgressStore
) -> None:
    first, second = softmax.mistakes[0], softmax.mistakes[2]
    store.record_answer(answer(softmax, first.name, correct=False))
    store.record_answer(answer(softmax, f"{first.name} + {second.name}", correct=False))
    store.record_answer(answer(softmax, "different", correct=False))
    found = misconceptions(store.statistics.misses(), course, "en")
    assert [(each.count, each.option.feedback, each.question.id) for each in found] == [
        (2, first.feedback, softmax.id),
        (1, second.feedback, softmax.id),
    ]
