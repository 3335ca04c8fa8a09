"""Hold an exercise to its own claims, over several seeds of its cases: what ``tutor check --run`` does.

- The solution passes all cases, and the results that were worked out by hand agree with it.
- The starter fails.
- Each listed mistake fails, and is answered with its own words and no other's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tutor.course.exercises.code import literal_value
from tutor.course.lesson import Exercise, Fault
from tutor.exercises.cases import CasesError, as_array
from tutor.exercises.comparison import difference
from tutor.exercises.judge import Judge
from tutor.exercises.references import References
from tutor.exercises.rules import broken_rule
from tutor.exercises.showing import shown_apart
from tutor.exercises.verdict import Reason
from tutor.foundation.translate import translate
from tutor.sandbox.explain import explain
from tutor.sandbox.sandbox import Sandbox

SEEDS = range(5)
_BY_HAND = 1e-4
"""The relative error up to which a result that was worked out by hand, and rounded, agrees."""


def prove_all(exercises: Sequence[Exercise]) -> tuple[list[Fault], int]:
    """Prove exercises in a sandbox of their own. Translations hold the same code, which is run only once.

    Returns:
        The faults, and how many different exercises there were.
    """
    faults: list[Fault] = []
    proved: set[tuple[object, ...]] = set()
    with Sandbox() as sandbox:
        judge = Judge(sandbox, keep=False)
        for exercise in exercises:
            code = _code_of(exercise)
            if code not in proved:
                proved.add(code)
                faults += prove(exercise, judge)
    return faults, len({exercise.id for exercise in exercises})


def _code_of(exercise: Exercise) -> tuple[object, ...]:
    """Return everything of an exercise that is run."""
    cases = tuple((case.name, case.function, case.arguments, case.gives) for case in exercise.cases)
    mistakes = tuple(each.source for each in exercise.mistakes)
    programs = exercise.starter, exercise.more_cases, exercise.check, exercise.harness, exercise.solution
    return exercise.id, programs, mistakes, cases, exercise.options


def prove(exercise: Exercise, judge: Judge) -> list[Fault]:
    """Return the claims of an exercise that do not hold, each at its place in the lesson."""
    faults: dict[Fault, None] = {}
    for seed in SEEDS:
        try:
            references = judge.references(exercise, seed)
        except CasesError as error:
            return [Fault(exercise.more_cases_place, translate("exercise.proof-cases", problem=str(error)))]
        found = list(_of_seed(exercise, judge, references, seed))
        faults |= dict.fromkeys(found)
        if found:
            break  # Every further seed would say the same of the same program.
    return list(faults)


def _of_seed(exercise: Exercise, judge: Judge, references: References, seed: int) -> Iterator[Fault]:
    if references.problem is not None:
        said = explain(references.problem, exercise.solution).in_one
        yield Fault(exercise.solution_place, translate("exercise.proof-solution", problem=said))
        return
    wanted = judge.check(exercise, exercise.solution, seed)
    if not wanted.passed:
        yield Fault(exercise.solution_place, translate("exercise.proof-solution", problem=wanted.headline))
        return
    if seed == 0:
        yield from _by_hand(exercise, references)
        if judge.check(exercise, exercise.starter).passed:
            yield Fault(exercise.place, translate("exercise.proof-starter"))
    yield from _of_mistakes(exercise, judge, seed)


def _by_hand(exercise: Exercise, references: References) -> Iterator[Fault]:
    for case, outcome in zip(exercise.cases, references.wanted, strict=False):
        if not case.gives:
            continue
        by_hand, computed = as_array(literal_value(case.gives)), outcome.decoded()
        if difference(computed, by_hand, _BY_HAND) is not None:
            gives, found = shown_apart(by_hand, computed)
            yield Fault(case.gives_place, translate("exercise.proof-by-hand", case=case.name, gives=gives, found=found))


def _of_mistakes(exercise: Exercise, judge: Judge, seed: int) -> Iterator[Fault]:
    for mistake in exercise.mistakes:
        if broken_rule(exercise, mistake.source)[0]:
            continue  # A puzzle lists what its rules forbid.
        verdict = judge.check(exercise, mistake.source, seed)
        if verdict.passed:
            key = "exercise.proof-lucky" if seed else "exercise.proof-mistake-passes"
            yield Fault(mistake.place, translate(key, seed=seed))
        elif verdict.reason is Reason.MISTAKE and verdict.mistakes != (mistake.name,):
            other = " + ".join(verdict.mistakes)
            yield Fault(mistake.place, translate("exercise.proof-same-as", other=other))
        elif verdict.reason not in {Reason.MISTAKE, Reason.NOT_LOADED} and not exercise.check:
            yield Fault(mistake.place, translate("exercise.proof-not-recognised", said=verdict.headline))
