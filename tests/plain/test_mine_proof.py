"""An exercise's solution has to train its lab as the built-in does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tutor.course.catalogue import Course
from tutor.course.lesson import Exercise
from tutor.exercises.mine import exercise_called
from tutor.plain.mine_proof import faults_in_labs

COURSE = Course(Path(__file__).resolve().parents[2] / "lessons")


def gradient() -> Exercise:
    found = exercise_called("mse-gradient", COURSE)
    assert found is not None
    return found


def test_a_solution_that_trains_as_the_built_in_has_no_fault() -> None:
    assert faults_in_labs([gradient()], COURSE) == []


def test_one_that_only_ends_at_the_same_loss_is_found() -> None:
    other = replace(gradient(), solution=gradient().solution.replace("2 *", "1.5 *"))
    (fault,) = faults_in_labs([other], COURSE)
    assert fault.place == other.solution_place
    assert "one-lag" in fault.message


def test_one_that_does_not_train_at_all_is_found() -> None:
    other = replace(gradient(), solution="def gradient(w, b, x, y):\n    return 1 / 0, 0\n")
    (fault,) = faults_in_labs([other], COURSE)
    assert "Line 2" in fault.message


def test_slots_and_exercises_that_do_not_exist_are_found() -> None:
    (fault,) = faults_in_labs([replace(gradient(), slots={"nope": "mse-gradient"})], COURSE)
    assert "nope" in fault.message
    (fault,) = faults_in_labs([replace(gradient(), slots={"gradient": "no-such"})], COURSE)
    assert "no-such" in fault.message
