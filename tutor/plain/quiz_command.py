"""``tutor quiz`` and ``tutor review``: a quiz or a review as a command of its own, in a class with its news."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from tutor.classroom.folder import membership_of_environment
from tutor.course.packs.installed import open_course
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.translate import translate
from tutor.plain.asking import Asker, asking
from tutor.plain.by_ear_room import InputEndedError
from tutor.plain.quiz import take_quiz, take_review
from tutor.plain.read import lesson_named

if TYPE_CHECKING:
    from tutor.course.catalogue import Course
    from tutor.progress.store import ProgressStore


def quiz(name: str, *, fresh: bool = False, seed: int | None = None) -> int:
    """Take the quiz of a lesson, or continue one that was left unfinished here or on the screen.

    Args:
        name: The id or number of a lesson, or the path of a lesson file.
        fresh: Start a new quiz even if one was left unfinished.
        seed: The seed of the shuffling; random if None.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: there is no such lesson, it cannot be used, or it has no questions.
    """
    course, lesson = lesson_named(name)
    if not lesson.questions:
        raise TutorError(translate("quiz.no-questions"), exit_code=ExitCode.USAGE)
    with asking(course, Asker) as (asker, store), _in_class(asker, store, course, "quiz", lesson.id):
        take_quiz(asker, store, lesson, fresh=fresh, seed=seed)
    return int(ExitCode.OK)


def review(*, minutes: float | None = None) -> int:
    """Ask the due cards until none are left, or for ``minutes``.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: there is no lessons folder.
    """
    course = open_course()
    with asking(course, Asker) as (asker, store), _in_class(asker, store, course, "review"):
        take_review(asker, store, course, minutes=minutes)
    return int(ExitCode.OK)


@contextmanager
def _in_class(asker: Asker, store: ProgressStore, course: Course, place: str, lesson: str = "") -> Iterator[None]:
    """Say the news of the learner's class between two lines. Outside of a class, nothing happens."""
    if membership_of_environment() is None:
        yield
        return
    from tutor.plain.by_ear import room_of  # late, because it needs all that a call may open

    with suppress(InputEndedError), room_of(asker, store, course) as room:
        room.be_at(place, lesson)
        yield
