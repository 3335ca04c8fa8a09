"""The trainings behind a course, and what they say of the lessons."""

from __future__ import annotations

from pathlib import Path

from tutor.course.catalogue import Course
from tutor.course.lesson import Fault, LabFence, Lesson
from tutor.course.questions import question_type
from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate
from tutor.labs.check import fences_of, spec_of_fence
from tutor.plain.trainings import Outcome, Training, Trainings
from tutor.study.predictions import facts_of_runs


def faults_of_claims(course: Course, trainings: Trainings, lessons: list[Lesson]) -> tuple[list[Fault], int]:
    """Run what the lessons rely on, and hold their answers against it.

    Returns:
        The faults, and how many questions were held against runs.
    """
    wanted: dict[Training, None] = {}
    fences: dict[tuple[Path, int], Training] = {}
    for lesson in lessons:
        for fence in fences_of(lesson):
            try:
                training = Training.of(spec_of_fence(fence, course.labs))
            except TutorError:
                continue  # told of by `faults_of_fences`
            wanted[training] = None
            fences[fence.place.path, fence.place.line] = training
    trainings.run(trainings.missing(wanted))
    faults: list[Fault] = []
    questions = 0

    def outcome_of(fence: LabFence) -> Outcome | None:
        training = fences.get((fence.place.path, fence.place.line))
        return None if training is None else trainings.outcomes[training]

    for lesson in lessons:
        for fence in fences_of(lesson):
            outcome = outcome_of(fence)
            if outcome is not None and outcome.problem:
                faults.append(Fault(fence.place, translate("check.run-fails", reason=outcome.problem)))
        for question in lesson.every_question:
            found = [outcome_of(fence) for fence in question.labs]
            ready = [outcome.facts for outcome in found if outcome is not None and not outcome.problem]
            if question.predicts and len(ready) == len(found):
                questions += 1
                facts = facts_of_runs(question.labs, ready)
                faults += question_type(question.kind).faults_of_claim(question, facts)
    return faults, questions
