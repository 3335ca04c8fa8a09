"""What the program has written down, read beside it."""

from __future__ import annotations

from tests.stores import open_store
from tutor.course.catalogue import Course
from tutor.course.lesson import Lesson
from tutor.course.questions.numeric import NUMERIC
from tutor.foundation import paths
from tutor.progress.records import Answer
from tutor.runs.registry import Runs
from tutor.runs.summary import RunSummary


def only_run() -> RunSummary:
    """The one run of this home, as far as its log has come."""
    (entry,) = Runs(paths.runs_folder()).all()
    follower = Runs(paths.runs_folder()).follow(entry.id)
    follower.catch_up()
    return follower.summary


def answers(lesson: str) -> list[Answer]:
    """Every answer given in a lesson, in order."""
    opened = open_store(paths.progress_file())
    found = list(opened.store.answers(lesson_id=lesson))
    opened.store.close()
    return found


def number_wanted(lesson: str) -> str:
    """The right answer to the first question of a lesson that wants a number, read from the lesson itself."""
    answer = NUMERIC.content(next(each for each in _lesson(lesson).questions if each.kind == NUMERIC.name))
    return f"{(answer.low + answer.high) / 2:.4f}"


def questions_in(lesson: str) -> int:
    """How many questions a lesson has."""
    return len(_lesson(lesson).questions)


def _lesson(lesson: str) -> Lesson:
    found = Course(paths.lessons_folder()).lesson(lesson, "en")
    assert found is not None
    return found
