"""Compare an exercise with its translation: ids, code, cases and pairs are the same, only words differ."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.course.lesson import Exercise, Fault
from tutor.foundation.translate import translate


def faults_between(ours: Exercise, theirs: Exercise, other: str) -> Iterator[Fault]:
    """Yield the first difference between two languages in each part of an exercise.

    Args:
        ours: The exercise in the language that counts as correct.
        theirs: The same exercise in another language, where the faults are reported.
        other: The file of ``ours``.
    """
    for part, mine, place, line, yours in (
        ("python exercise", ours.starter, theirs.place, False, theirs.starter),
        ("python cases", ours.more_cases, theirs.more_cases_place, True, theirs.more_cases),
        ("python check", ours.check, theirs.place, False, theirs.check),
        ("python harness", ours.harness, theirs.place, False, theirs.harness),
        ("python", ours.solution, theirs.solution_place, True, theirs.solution),
    ):
        if mine != yours:
            number = _first_difference(mine, yours)
            there = type(place)(place.path, place.line + number) if line else place
            yield Fault(
                there, translate("course.exercise-parity-code", id=ours.id, part=part, line=number, other=other)
            )
    cases = [[(case.name, case.function, case.arguments, case.gives) for case in each.cases] for each in (ours, theirs)]
    if cases[0] != cases[1]:
        yield Fault(theirs.cases[0].place, translate("course.exercise-parity-cases", id=ours.id, other=other))
    if [each.source for each in ours.mistakes] != [each.source for each in theirs.mistakes]:
        yield Fault(theirs.place, translate("course.exercise-parity-mistakes", id=ours.id, other=other))
    labs = [[(lab.lab, dict(lab.overrides)) for lab in each.labs] for each in (ours, theirs)]
    if labs[0] != labs[1] or dict(ours.slots) != dict(theirs.slots):
        yield Fault(theirs.place, translate("course.parity-labs", id=ours.id, other=other))
    if len(ours.hints) != len(theirs.hints):
        yield Fault(theirs.place, translate("course.exercise-parity-hints", id=ours.id, other=other))
    if ours.options != theirs.options:
        yield Fault(theirs.place, translate("course.exercise-parity-options", id=ours.id, other=other))


def _first_difference(ours: str, theirs: str) -> int:
    """Return the number of the first line that differs, from 1."""
    left, right = ours.split("\n"), theirs.split("\n")
    pairs = enumerate(zip(left, right, strict=False), start=1)
    return next((number for number, (mine, yours) in pairs if mine != yours), min(len(left), len(right)) + 1)
