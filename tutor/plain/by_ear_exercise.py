"""An exercise in code by ear: its task and cases in words, a verdict for each version, and the lab that it trains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from tutor.exercises.session import ExerciseSession
from tutor.foundation import paths
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import wrapped
from tutor.foundation.translate import translate
from tutor.plain.asking import WIDTH
from tutor.plain.by_ear_room import Choice, Room, choose, heard
from tutor.plain.exercise import ask_for_order, edit, hint_lines, new_judge, solution_lines, verdict_lines
from tutor.typeset.page import plain_lines

if TYPE_CHECKING:
    from tutor.course.lesson import Exercise, LabFence, Lesson


def exercise_lines(exercise: Exercise) -> Iterator[str]:
    """What an exercise asks: its title, its task, the function to write, and its cases, each with its inputs."""
    yield from plain_lines(f"**{exercise.title}**", WIDTH)
    yield from plain_lines(exercise.task, WIDTH)
    yield translate("ear.exercise-function")
    yield from plain_lines(f"```python\n{exercise.starter.rstrip()}\n```", WIDTH)
    yield translate("ear.exercise-cases")
    for case in exercise.cases:
        if exercise.harness:
            # Its inputs and results are those of the harness, and follow from one solution among many.
            yield from wrapped(f"  {heard(case.name)}", WIDTH)
            continue
        inputs = translate("ear.and").join(
            translate("ear.exercise-input", name=name, value=value) for name, value in case.arguments
        )
        key = "ear.exercise-case-gives" if case.gives else "ear.exercise-case"
        said = translate(key, name=case.name, inputs=inputs, gives=case.gives)
        yield from wrapped(f"  {heard(said)}", WIDTH)
    if exercise.more_cases:
        yield translate("ear.exercise-more-cases")


class ExerciseByEar:
    """One exercise: the learner writes in an editor of their own, and hears what comes of it.

    Args:
        room: Where the learner is.
        exercise: The exercise.
        lesson: The lesson that it stands in.
        open_lab: Opens a lab that the function can train.
    """

    def __init__(self, room: Room, exercise: Exercise, lesson: Lesson, open_lab: Callable[[LabFence], None]) -> None:
        self._room = room
        self._exercise = exercise
        self._lesson = lesson
        self._open_lab = open_lab
        self._has_asked = False
        """Whether the learner was told what it means to see the solution now."""

    def open(self, *, introduce: bool) -> None:
        """Stay until the learner leaves.

        Args:
            introduce: Whether to say the task first; in its lesson it has just been heard.

        Raises:
            TutorError: The learner's file cannot be made.
        """
        with new_judge() as judge:
            session = ExerciseSession(self._exercise, paths.exercises_folder(), judge, self._room.store)
            session.file.make(self._lesson.title)
            self._room.say("", *(exercise_lines(self._exercise) if introduce else ()))
            self._room.say(translate("exercise.file", path=harmless_line(str(session.file.path))))
            first = True
            while choose(self._room, list(self._choices(session)), first=first):
                first = False
                self._room.say(*self._room.store.take_notices(), "")

    def _choices(self, session: ExerciseSession) -> Iterator[Choice]:
        yield Choice("", translate("ear.exercise-check"), partial(self._check, session))
        yield Choice("e", translate("ear.exercise-edit"), partial(self._edit, session))
        if session.exercise.hints:
            yield Choice("n", translate("ear.exercise-hint"), partial(self._hint, session))
        yield Choice("t", translate("ear.exercise-task"), self._say_task)
        if not self._exercise.files:
            yield Choice("o", translate("ear.exercise-order"), self._order)
        yield Choice("s", translate("ear.exercise-solution"), partial(self._solution, session))
        if session.present_version_passed:
            yield from self._labs()

    def _labs(self) -> Iterator[Choice]:
        for number, fence in enumerate(self._exercise.labs, 1):
            yield Choice(f"b{number}", translate("ear.exercise-lab", lab=fence.lab), partial(self._open_lab, fence))

    def _check(self, session: ExerciseSession) -> None:
        verdict = session.check()
        self._room.say(*([translate("exercise.unchanged")] if verdict is None else verdict_lines(verdict)))
        if verdict is not None and verdict.passed:  # what can be typed now, and could not before
            for each in self._labs():
                self._room.say_choice(each.letter, each.text)

    def _edit(self, session: ExerciseSession) -> None:
        edit(session.file.paths)
        self._check(session)

    def _hint(self, session: ExerciseSession) -> None:
        self._room.say(*hint_lines(session, session.next_hint()))

    def _say_task(self) -> None:
        self._room.say(*exercise_lines(self._exercise))

    def _order(self) -> None:
        ask_for_order(self._room.asker, self._exercise, self._room.store)

    def _solution(self, session: ExerciseSession) -> None:
        if not session.may_see_solution:
            self._room.say_wrapped(translate("exercise.solution-not-yet", count=session.versions_until_solution))
        elif not (session.has_passed or session.has_seen_solution or self._has_asked):
            self._has_asked = True
            self._room.say_wrapped(translate("ear.exercise-solution-ask"))
        else:
            session.see_solution()
            self._room.say(*solution_lines(self._exercise))
