"""The project by ear: its task, a score for each version, the hand-in, and the board."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from tutor.exercises.project import Project
from tutor.foundation import paths
from tutor.foundation.translate import translate
from tutor.plain.by_ear_room import Choice, Room, choose, heard
from tutor.plain.exercise import edit
from tutor.plain.project import board_lines, handed_in_lines, public_lines, task_lines
from tutor.sandbox.sandbox import Sandbox


class ProjectByEar:
    """The learner writes in an editor of their own, and hears how many frames the program gets right.

    Args:
        room: Where the learner is.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self._has_asked = False
        """Whether the learner was told what a hand-in is."""

    def open(self) -> None:
        """Stay until the learner leaves.

        Raises:
            TutorError: The learner's file cannot be made.
        """
        with Sandbox() as sandbox:
            project = Project(paths.exercises_folder(), sandbox)
            project.make()
            self._say(["", *task_lines(project)])
            first = True
            while choose(self._room, list(self._choices(project)), first=first):
                first = False

    def _choices(self, project: Project) -> Iterator[Choice]:
        yield Choice("", translate("project.ear-score"), partial(self._score, project))
        yield Choice("e", translate("project.ear-edit"), lambda: edit([project.file]))
        yield Choice("t", translate("project.ear-task"), lambda: self._say(task_lines(project)))
        yield Choice("f", translate("project.ear-hand-in"), partial(self._hand_in, project))
        yield Choice("b", translate("project.ear-board"), lambda: self._say(board_lines(project.attempts())))

    def _score(self, project: Project) -> None:
        attempt, found = project.score_in_public(project.read())
        self._say(public_lines(found))
        if attempt is not None:
            self._say([translate("project.ear-next")])

    def _hand_in(self, project: Project) -> None:
        from tutor.exercises.project_references import score_references

        if not self._has_asked:
            self._has_asked = True
            self._say([translate("project.ear-hand-in-ask")])
            return
        self._say([translate("project.freezing")])
        self._say(handed_in_lines(*project.hand_in(project.read(), score_references)))

    def _say(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._room.say_wrapped(heard(line))
