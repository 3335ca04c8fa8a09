"""A judge with a warm process that lives for a whole module, and the exercises of the course."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tutor.course.catalogue import Course
from tutor.course.exercises.finding import find_exercises
from tutor.course.lesson import Exercise
from tutor.exercises.judge import Judge
from tutor.sandbox.job import Job, Program
from tutor.sandbox.sandbox import Sandbox

LESSONS = Path(__file__).resolve().parents[2] / "lessons"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox whose warm process is there before the first test."""
    with Sandbox() as sandbox:
        sandbox.run(Job((Program("pass"),)))
        yield sandbox


@pytest.fixture(scope="module")
def judge(sandbox: Sandbox) -> Judge:
    return Judge(sandbox, keep=False)


@pytest.fixture(scope="session")
def exercises() -> dict[str, Exercise]:
    """The exercises of the course, in English, by id."""
    return {found.exercise.id: found.exercise for found in find_exercises(Course(LESSONS), "en")}
