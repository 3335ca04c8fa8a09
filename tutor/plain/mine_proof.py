"""Hold exercises to what they say about labs: the solution, in its slot, trains a lab as the built-in does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tutor.course.catalogue import Course
from tutor.course.lesson import Exercise, Fault, LabFence
from tutor.exercises.mine import exercise_called, program_of
from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate
from tutor.labs.check import spec_of_fence
from tutor.labs.mine import MineProgram, fault_of_slot
from tutor.runs.in_process import run_to_end

_TOLERANCE = 1e-4
"""The relative difference of two losses up to which they are the same."""
_DIFFERENT = {"split", "train"}
"""Slots whose right functions differ: they draw other rows, or train another model. Here they only have to train."""


def faults_in_labs(exercises: Sequence[Exercise], course: Course) -> list[Fault]:
    """The exercises whose solution does not train their labs to the losses of the built-in.

    Translations hold the same code, so only the first exercise with an id is tried.
    """
    first = {each.id: each for each in reversed(exercises)}
    return [fault for exercise in first.values() for fault in _faults_of(exercise, course)]


def _faults_of(exercise: Exercise, course: Course) -> Iterator[Fault]:
    wrong = [each for slot, asked in exercise.slots.items() if (each := fault_of_slot(slot, asked))[0]]
    for message, hint in wrong:
        yield Fault(exercise.place, message, hint)
    if wrong or not exercise.slots:
        return
    programs = {}
    for slot, name in exercise.slots.items():
        other = exercise if name == exercise.id else exercise_called(name, course)
        if other is None:
            yield Fault(exercise.place, translate("mine.no-such-exercise", exercise=name))
            return
        programs[slot] = program_of(other, other.solution)
    for fence in exercise.labs:
        if problem := _problem_in(fence, programs, course):
            yield Fault(exercise.solution_place, problem)


def _problem_in(fence: LabFence, programs: dict[str, MineProgram], course: Course) -> str:
    """What is wrong with a lab that these programs train; empty if nothing is."""
    try:
        config = spec_of_fence(fence, course.labs)
    except TutorError:
        return ""  # The check of fences has said so.
    built_in, mine = (run_to_end(config, course.data_folder, programs=each) for each in (None, programs))
    if mine.state != built_in.state or not mine.train_losses:
        return translate("mine.proof-failed", lab=fence.lab, problem=mine.message or mine.state)
    if _DIFFERENT & programs.keys():
        return ""
    # The last loss alone would hide a step of another length on the same way to the same place.
    pairs = [(mine.train_losses[place], built_in.train_losses[place]) for place in (0, -1)]
    if mine.metrics:
        measured = next(iter(mine.metrics.values()))
        pairs.append((measured[-1], (built_in.train_accuracies or built_in.train_losses)[-1]))
    for ours, theirs in pairs:
        if abs(ours - theirs) > _TOLERANCE * max(abs(ours), abs(theirs)):
            return translate("mine.proof", lab=fence.lab, mine=f"{ours:.6g}", built_in=f"{theirs:.6g}")
    return ""
