"""Where the learner can go: a value for each screen, with what that screen is opened with.

Screens name these and never each other; `tutor.tui.router` finds the screen of a route. So this module imports
nothing of `tutor.tui`. Routes without fields are no dataclasses of their own: making one takes 0.4 ms of each start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from pathlib import Path

    from textual.screen import Screen

    from tutor.labs.lab_config import LabConfig


@dataclass(frozen=True, slots=True)
class Route:
    """A way to one screen."""

    screen: ClassVar[str]
    """The module within `tutor.tui.screens` that holds the screen and makes it in its ``screen_for``."""


class Home(Route):
    """The course map."""

    screen: ClassVar[str] = "home"


@dataclass(frozen=True, slots=True)
class Lesson(Route):
    """A lesson, at ``anchor`` (a section, term or question id) if given, else where the learner left it."""

    screen: ClassVar[str] = "lesson.screen"
    lesson_id: str
    anchor: str = ""


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


class Review(Route):
    """The review of what is due."""

    screen: ClassVar[str] = "review"


class Progress(Route):
    """The figures of the learner's progress."""

    screen: ClassVar[str] = "progress"


@dataclass(frozen=True, slots=True)
class Lab(Route):
    """A lab by name or path, with the overrides of the place that it is opened from.

    It joins its run if one is going, else ``shown``, the run that was in view where it was opened.
    """

    screen: ClassVar[str] = "lab"
    name: str
    overrides: Mapping[str, object] = field(default_factory=dict)
    shown: str | None = None


class Runs(Route):
    """The list of runs."""

    screen: ClassVar[str] = "runs"


@dataclass(frozen=True, slots=True)
class Run(Route):
    """A run, with other runs pinned beside it."""

    screen: ClassVar[str] = "lab"
    run_id: str
    compared: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Sweep(Route):
    """The sweeps of a lab as its controls stand."""

    screen: ClassVar[str] = "sweep"
    spec: LabConfig


@dataclass(frozen=True, slots=True)
class Cell(Route):
    """The run of one cell of a sweep, by its folder."""

    screen: ClassVar[str] = "lab"
    folder: Path


@dataclass(frozen=True, slots=True)
class Source(Route):
    """The code of what trains in a lab; ``task`` is that of its data, as far as a run has told."""

    screen: ClassVar[str] = "source"
    spec: LabConfig
    task: str = ""


LabRoute = Lab | Run | Cell
"""What a lab's screen shows."""


@dataclass(frozen=True, slots=True)
class Glossary(Route):
    """The glossary, at a term if one is given."""

    screen: ClassVar[str] = "glossary"
    term_id: str = ""


@dataclass(frozen=True, slots=True)
class Term(Route):
    """A term's card over whatever screen is there."""

    screen: ClassVar[str] = "term"
    term_id: str


class Settings(Route):
    """The settings."""

    screen: ClassVar[str] = "settings"


@dataclass(frozen=True, slots=True)
class Help(Route):
    """Every key of the screen ``behind``."""

    screen: ClassVar[str] = "help"
    behind: Screen[Any]


@dataclass(frozen=True, slots=True)
class Palette(Route):
    """Anything by name, and the commands of the screen ``behind``."""

    screen: ClassVar[str] = "palette"
    behind: Screen[Any]


class TooSmall(Route):
    """The sentence that a window shows when it is too small for the screens."""

    screen: ClassVar[str] = "too_small"
