"""Learners' functions in labs: which of them have passed, so that they may take the place of a part of a training."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from tutor.course.catalogue import Course
from tutor.course.exercises.finding import find_exercise
from tutor.course.lesson import Exercise, LabFence
from tutor.exercises.session import passed_source
from tutor.foundation.served import exercises_are_off
from tutor.foundation.translate import language
from tutor.labs.lab_files import setting_word
from tutor.labs.mine import MineProgram


def passed_programs(mine: Mapping[str, str], course: Course, folder: Path) -> dict[str, MineProgram]:
    """Return the programs of the learner that have passed in their present version, by slot.

    Args:
        mine: By slot, the id of an exercise.
        course: The course with the exercises.
        folder: The folder of the learner's exercises.
    """
    found: dict[str, MineProgram] = {}
    if exercises_are_off():
        return found
    for slot, exercise_id in mine.items():
        exercise = exercise_called(exercise_id, course)
        source = passed_source(exercise, folder) if exercise is not None else None
        if exercise is not None and source is not None:
            found[slot] = program_of(exercise, source)
    return found


def exercise_called(exercise_id: str, course: Course) -> Exercise | None:
    """Return the exercise with an id; None if there is none."""
    found = find_exercise(course, language(), exercise_id)
    return found.exercise if found is not None else None


def lab_with_mine(exercise: Exercise) -> LabFence | None:
    """Return the lab that an exercise's function can train, with its slots filled; None if there is none."""
    if not exercise.slots or not exercise.labs:
        return None
    fence = exercise.labs[0]
    slots = {f"mine.{slot}": name for slot, name in exercise.slots.items()}
    return LabFence(fence.lab, fence.name, {**fence.overrides, **slots}, fence.place)


def train_command(exercise: Exercise) -> str:
    """Return the command that trains a lab with an exercise's function; empty if there is none."""
    if not exercise.slots or not exercise.labs:
        return ""
    fence = exercise.labs[0]
    words = ["tutor", "train", fence.lab]
    for key, value in fence.overrides.items():
        words += ["--set", setting_word(key, value)]
    for slot, name in exercise.slots.items():
        words += ["--mine", f"{slot}={name}"]
    return shlex.join(words)


def program_of(exercise: Exercise, source: str) -> MineProgram:
    """Return a program for an exercise, ready for a lab."""
    others = tuple(each for each in exercise.functions.items() if each[0] != exercise.function)
    return MineProgram(exercise.id, exercise.function, exercise.parameters, source, others)
