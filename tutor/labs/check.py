"""What is wrong with the labs of a course: faults of their files, and of the fences in lessons that use them."""

from __future__ import annotations

from pathlib import Path

from tutor.course.lab_shelf import LabShelf
from tutor.course.lesson import Fault, LabFence, Lesson, Place
from tutor.foundation.errors import TutorError
from tutor.labs.faults import LabError
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab
from tutor.labs.validate import refuse_idle


def faults_of_labs(folder: Path) -> list[Fault]:
    """The faults of the lab files in a folder."""
    faults = []
    for path in sorted(folder.glob("*.toml")):
        try:
            load_lab(str(path), folder)
        except LabError as error:
            faults += [Fault(Place(path, each.line or 1), each.message, each.hint) for each in error.faults]
        except TutorError as error:
            faults.append(Fault(Place(path, 1), error.message, error.hint))
    return faults


def faults_of_fences(lesson: Lesson, labs: LabShelf | Path) -> list[Fault]:
    """The faults of the labs that a lesson names, and of the values that it gives them."""
    faults = []
    for fence in fences_of(lesson):
        try:
            refuse_idle(spec_of_fence(fence, labs), load_lab(fence.lab, labs), fence.overrides)
        except LabError as error:
            faults += [Fault(fence.place, each.message, each.hint) for each in error.faults]
        except TutorError as error:
            faults.append(Fault(fence.place, error.message, error.hint))
    return faults


def fences_of(lesson: Lesson) -> list[LabFence]:
    """Every lab fence of a lesson, in its text, its questions and its exercises."""
    of_questions = (fence for question in lesson.every_question for fence in question.labs)
    return [*lesson.labs, *of_questions, *(fence for exercise in lesson.exercises for fence in exercise.labs)]


def spec_of_fence(fence: LabFence, labs: LabShelf | Path) -> LabConfig:
    """The configuration that a fence asks for, at full speed because nobody watches a check.

    Raises:
        TutorError: There is no such lab, or it does not accept these values.
    """
    return load_lab(fence.lab, labs, {**fence.overrides, "train.pace": 0.0})
