"""The lines of a solution in order: what is asked, and that another order is right only if the program is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.exercises.conftest import LESSONS
from tutor.course.catalogue import Course
from tutor.course.exercises.line_order import exchangeable_lines, exercise_of_order, line_order_question
from tutor.course.lesson import Exercise, Question
from tutor.course.questions.base import Draft, Verdict
from tutor.course.questions.program_lines import PROGRAM_LINES, ProgramLines
from tutor.exercises.judge import Judge
from tutor.study.deck import Deck


def content_of(question: Question) -> ProgramLines:
    assert isinstance(question.content, ProgramLines)
    return question.content


def graded(question: Question, *above: int) -> Verdict:
    count = content_of(question).count
    rest = [index for index in range(PROGRAM_LINES.size(question)) if index not in above and index != count]
    return PROGRAM_LINES.grade(question, Draft(order=(*above, count, *rest)))


def test_every_exercise_has_its_lines_and_two_that_do_not_belong(exercises: dict[str, Exercise]) -> None:
    assert len(exercises) >= 25
    for exercise in exercises.values():
        if not exercise.files:
            check_question(exercise)


def check_question(exercise: Exercise) -> None:
    question = line_order_question(exercise)
    lines = content_of(question)
    assert len(lines.options) == lines.count + 3
    assert len({option.text for option in lines.options}) == len(lines.options)
    assert all(option.feedback for option in lines.options[lines.count + 1 :])
    assert line_order_question(exercise) == question
    right = tuple(range(lines.count))
    assert graded(question, *right).correct
    assert graded(question, *right).score == 1
    for wrong in (lines.count + 1, lines.count + 2):
        verdict = graded(question, *right, wrong)
        assert not verdict.correct
        assert verdict.score < 1
        assert verdict.feedback == (lines.options[wrong].feedback,)
    assert not graded(question, *right[1:]).correct
    assert not graded(question, *reversed(right)).correct


@pytest.mark.parametrize("name", ["adam-step", "cross-entropy-loss"])
def test_lines_that_may_change_places_leave_the_program_right(
    name: str, exercises: dict[str, Exercise], judge: Judge
) -> None:
    exercise = exercises[name]
    program = [line for line in exercise.solution.split("\n") if line.strip()]
    neighbours = [(first, second) for first, second in exchangeable_lines(exercise.solution) if second == first + 1]
    assert neighbours
    for first, second in neighbours:
        other = [*program[:first], program[second], program[first], *program[second + 1 :]]
        assert judge.check(exercise, "\n".join(other) + "\n").passed


def test_a_line_that_needs_another_one_stays_behind_it(exercises: dict[str, Exercise]) -> None:
    adam = line_order_question(exercises["adam-step"])
    assert graded(adam, 0, 2, 1, 3, 4, 5).correct
    assert graded(adam, 0, 1, 3, 2, 4, 5).correct
    missing = graded(adam, 0, 3, 1, 2, 4, 5)
    assert not missing.correct
    assert missing.nearly


def test_what_is_drawn_or_changed_in_place_keeps_its_order() -> None:
    drawn = "def f(random):\n    a = random.random()\n    b = random.random()\n    return a - b\n"
    assert exchangeable_lines(drawn) == frozenset()
    changed = "def f(x):\n    x[0] = 1\n    a = x.sum()\n    b = 2\n    return a + b\n"
    assert exchangeable_lines(changed) == {(1, 3), (2, 3)}


def test_what_is_changed_through_an_attribute_or_a_method_keeps_its_order_too() -> None:
    changed = "def f(x):\n    x.flags.writeable = False\n    a = x.sum()\n    b = x.fill(0)\n    c = 2\n"
    assert exchangeable_lines(changed) == {(1, 4), (2, 4), (3, 4)}
    assert exchangeable_lines("def f(x):\n    a = 1; b = x\n    c = b\n    d = 2\n") == {(2, 3)}


def test_lines_that_read_the_same_may_stand_for_each_other(exercises: dict[str, Exercise]) -> None:
    solution = "def f(x):\n    x = x + 1\n    y = 2 * x\n    x = x + 1\n    return x, y\n"
    question = line_order_question(replace(exercises["softmax"], solution=solution))
    assert graded(question, 0, 1, 2, 3, 4).correct
    assert graded(question, 0, 3, 2, 1, 4).correct
    assert not graded(question, 0, 1, 3, 2, 4).correct
    only_one = graded(question, 0, 3, 2, 4)
    assert not only_one.correct
    assert only_one.parts[:3] == (True, True, True)


def test_an_answer_in_a_line_names_only_what_belongs(exercises: dict[str, Exercise]) -> None:
    question = line_order_question(exercises["softmax"])
    shown = PROGRAM_LINES.shown(question, 3)
    assert shown[-1] == 3
    draft = PROGRAM_LINES.empty(question, shown)
    typed = " ".join(str(shown.index(index) + 1) for index in (0, 1, 2))
    answer = PROGRAM_LINES.read_line(question, shown, draft, typed)
    assert answer is not None
    assert PROGRAM_LINES.grade(question, answer).correct
    assert PROGRAM_LINES.restore(question, PROGRAM_LINES.given(answer)) == answer
    assert PROGRAM_LINES.read_line(question, shown, draft, "1 1") is None


def test_a_card_of_a_review_asks_for_the_lines_again() -> None:
    deck = Deck(Course(LESSONS))
    for language in ("en", "zh"):
        question = deck.question("softmax:lines", "softmax", language)
        assert question is not None
        assert question.kind == PROGRAM_LINES.name
        assert exercise_of_order(question.id) == "softmax"
    assert deck.question("nothing:lines", "softmax", "en") is None
