"""What a check with --run proves of an exercise, and what it says where a claim does not hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tutor.course.lesson import Exercise, Fault
from tutor.exercises.judge import Judge
from tutor.exercises.proof import prove
from tutor.exercises.references import references_of
from tutor.sandbox.sandbox import Sandbox


@pytest.fixture
def softmax(exercises: dict[str, Exercise]) -> Exercise:
    return exercises["softmax"]


def told(exercise: Exercise, judge: Judge) -> list[Fault]:
    return prove(exercise, judge)


@pytest.mark.parametrize("name", ["mse-gradient", "relu-and-slope", "batches"])
def test_exercises_of_the_course_hold(name: str, exercises: dict[str, Exercise], judge: Judge) -> None:
    """A plain one, one of several functions, and one with a check of its own; `tutor check --run` proves them all."""
    assert told(exercises[name], judge) == []


@pytest.mark.parametrize("name", ["batches", "k-fold", "group-split"])
def test_a_check_names_each_mistake_even_if_the_rows_are_drawn_otherwise(
    name: str, exercises: dict[str, Exercise], judge: Judge
) -> None:
    exercise = exercises[name]
    for mistake in exercise.mistakes:
        other = mistake.source.replace("    ", "    random.random()\n    ", 1)  # Another order than the listed one.
        assert judge.check(exercise, other).mistakes == (mistake.name,)


def test_a_solution_that_raises_is_told_at_its_place(softmax: Exercise, judge: Judge) -> None:
    (fault,) = told(replace(softmax, solution="def softmax(z):\n    return y\n"), judge)
    assert fault.place == softmax.solution_place
    assert "Nothing is called y here" in fault.message


def test_a_result_by_hand_that_is_wrong_is_told_at_its_cell(softmax: Exercise, judge: Judge) -> None:
    case = replace(softmax.cases[0], gives="[[0.2, 0.2, 0.3, 0.3]]")
    (fault,) = told(replace(softmax, cases=(case, *softmax.cases[1:])), judge)
    assert fault.place == case.gives_place
    assert "0.25" in fault.message


def test_a_starter_that_passes_is_told(softmax: Exercise, judge: Judge) -> None:
    (fault,) = told(replace(softmax, starter=softmax.solution), judge)
    assert "The starter passes already." in fault.message


def test_a_mistake_that_passes_is_told_at_its_line(softmax: Exercise, judge: Judge) -> None:
    mistake = replace(softmax.mistakes[0], source=softmax.solution + "# wrong\n", replacements=())
    (fault,) = told(replace(softmax, mistakes=(mistake, *softmax.mistakes[1:])), judge)
    assert fault.place == mistake.place
    assert "passes" in fault.message


def test_two_mistakes_with_the_same_results_are_told(softmax: Exercise, judge: Judge) -> None:
    double = replace(softmax.mistakes[1], replacements=(("e / e", "e/e"),))
    (fault,) = told(replace(softmax, mistakes=(*softmax.mistakes, double)), judge)
    assert fault.place == double.place
    assert softmax.mistakes[1].name in fault.message


def test_cases_that_cannot_be_made_are_told(softmax: Exercise, judge: Judge) -> None:
    for body in ("yield 3", "1 / 0", "yield 'a', dict(q=1)", "return 3"):
        (fault,) = told(replace(softmax, more_cases=f"def cases(random):\n    {body}\n"), judge)
        assert fault.place == softmax.more_cases_place


def test_lucky_numbers_of_one_seed_are_found(softmax: Exercise, judge: Judge) -> None:
    """With seed 0 the case tells the mistake from the solution; with another it does not."""
    lucky = (
        "def cases(random):\n"
        "    is_first = random.integers(2**40) == np.random.default_rng(0).integers(2**40)\n"
        "    z = 3 * random.normal(size=(3, 4)) if is_first else np.zeros((1, 1))\n"
        "    z = np.vstack([z, z + 2000]) if is_first else z\n"
        "    yield 'a', dict(z=z)\n"
    )
    faults = told(replace(softmax, cases=(), more_cases=lucky, mistakes=softmax.mistakes[:5]), judge)
    assert faults
    assert all("Lucky numbers: with seed 1" in fault.message for fault in faults)


def test_results_are_kept_and_used_again(softmax: Exercise, sandbox: Sandbox) -> None:
    first = references_of(softmax, sandbox)

    class Broken(Sandbox):
        def run(self, job: object) -> object:  # type: ignore[override]
            raise AssertionError("everything was kept")

    again = references_of(softmax, Broken())
    assert again.cases == first.cases
    assert [each.value for each in again.wanted] == [each.value for each in first.wanted]
    assert [each.mistakes for each in again.wrong] == [each.mistakes for each in first.wrong]
    assert (1, 2) in [each.mistakes for each in first.wrong]
