"""Where the learner can go: a class for each screen, with the values that the screen is opened with.

Screens know these routes and not each other; `tutor.tui.router` finds the screen of a route. This module therefore
imports nothing of `tutor.tui`. Routes without fields are not decorated: each dataclass adds 0.4 ms to every start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from pathlib import Path

    from textual.screen import Screen

    from tutor.labs.lab_config import LabConfig
    from tutor.labs.mine import Programs
    from tutor.runs.events import Changed
    from tutor.runs.explanation.walk import StageWalk


@dataclass(frozen=True, slots=True)
class Route:
    """The way to one screen."""

    screen: ClassVar[str]
    """The module of `tutor.tui.screens` whose ``screen_for`` makes the screen."""


class Home(Route):
    """The course map."""

    screen: ClassVar[str] = "home"


@dataclass(frozen=True, slots=True)
class Lesson(Route):
    """A lesson: at ``anchor`` (the id of a section, term or question) or the passage ``quote``, else where it was."""

    screen: ClassVar[str] = "lesson.screen"
    lesson_id: str
    anchor: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class WatchedLesson(Route):
    """The lesson of a file that is being written, with its faults."""

    screen: ClassVar[str] = "lesson.watch"
    path: Path


@dataclass(frozen=True, slots=True)
class Quiz(Route):
    """The quiz of a lesson."""

    screen: ClassVar[str] = "quiz"
    lesson_id: str


@dataclass(frozen=True, slots=True)
class Exam(Route):
    """The exam on a lesson."""

    screen: ClassVar[str] = "exam"
    lesson_id: str


@dataclass(frozen=True, slots=True)
class Exercise(Route):
    """An exercise: a function that the learner writes."""

    screen: ClassVar[str] = "exercise.screen"
    exercise_id: str


class Review(Route):
    """The review of what is due."""

    screen: ClassVar[str] = "review"


class Notes(Route):
    """The notes and stars."""

    screen: ClassVar[str] = "notes"


class Progress(Route):
    """The learner's progress."""

    screen: ClassVar[str] = "progress"


@dataclass(frozen=True, slots=True)
class Lab(Route):
    """A lab by name or path, with the overrides of the lesson that opens it.

    It joins its run if one is going, else the run ``shown``, which was in view there.
    """

    screen: ClassVar[str] = "lab"
    name: str
    overrides: Mapping[str, object] = field(default_factory=dict)
    shown: str | None = None


class Labs(Route):
    """The labs of the course."""

    screen: ClassVar[str] = "labs"


class Runs(Route):
    """The list of runs."""

    screen: ClassVar[str] = "runs"


@dataclass(frozen=True, slots=True)
class Run(Route):
    """A run, with other runs pinned for comparison."""

    screen: ClassVar[str] = "lab"
    run_id: str
    compared: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Sweep(Route):
    """The sweeps of a lab with the present values of its controls."""

    screen: ClassVar[str] = "sweep"
    spec: LabConfig


@dataclass(frozen=True, slots=True)
class Cell(Route):
    """The run of one cell of a sweep, by the run's folder."""

    screen: ClassVar[str] = "lab"
    folder: Path


@dataclass(frozen=True, slots=True)
class Source(Route):
    """The code that trains in a lab: as a script, and where it stands in tutor.

    ``task`` is the task of its data, "" before a run has read them; ``programs`` are the learner's functions in it.
    With a ``walk`` through the stages of an update, the lines of the present stage are marked in the script.
    """

    screen: ClassVar[str] = "source"
    spec: LabConfig
    task: str = ""
    programs: Programs = field(default_factory=dict)
    walk: StageWalk | None = None


@dataclass(frozen=True, slots=True)
class Explain(Route):
    """The next update of a lab after an epoch, stage by stage, with the changes of settings up to there."""

    screen: ClassVar[str] = "explain"
    spec: LabConfig
    epoch: int = 0
    changes: Sequence[Changed] = ()


LabRoute = Lab | Run | Cell
"""What the screen of a lab can show."""


@dataclass(frozen=True, slots=True)
class Glossary(Route):
    """The glossary, at a term if one is given."""

    screen: ClassVar[str] = "glossary"
    term_id: str = ""


@dataclass(frozen=True, slots=True)
class Term(Route):
    """A term's card over the screen in front."""

    screen: ClassVar[str] = "term"
    term_id: str


class Settings(Route):
    """The settings."""

    screen: ClassVar[str] = "settings"


@dataclass(frozen=True, slots=True)
class Help(Route):
    """The help for the keys of the screen ``behind``."""

    screen: ClassVar[str] = "help"
    behind: Screen[Any]


@dataclass(frozen=True, slots=True)
class Palette(Route):
    """The palette: anything by name, and the commands of the screen ``behind``."""

    screen: ClassVar[str] = "palette"
    behind: Screen[Any]


class Poll(Route):
    """The poll of the class, for a learner."""

    screen: ClassVar[str] = "poll"


class ClassNotice(Route):
    """What a teacher sees of a learner."""

    screen: ClassVar[str] = "class_notice"


class Classroom(Route):
    """The class, for a teacher."""

    screen: ClassVar[str] = "classroom"


@dataclass(frozen=True, slots=True)
class ClassRun(Route):
    """A run of somebody in the class, to watch."""

    screen: ClassVar[str] = "class_run"
    folder: Path
    name: str


class TooSmall(Route):
    """The sentence in a window that is too small for the other screens."""

    screen: ClassVar[str] = "too_small"
