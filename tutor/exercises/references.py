"""What the solution and the listed mistakes of an exercise return for its cases: computed once, and kept.

They are computed in the sandbox, in processes that the learner's program never sees. What is kept lies in the cache
folder under the hash of everything that it depends on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from pathlib import Path

from tutor.course.exercises.mistakes import replaced
from tutor.course.lesson import Exercise
from tutor.exercises.cases import CheckedCase, cases_of
from tutor.exercises.comparison import difference
from tutor.foundation import paths
from tutor.foundation.files import read_file, write_text
from tutor.sandbox.job import Call, Failure, Job, Outcome, Program, ProgramReport, Stop
from tutor.sandbox.sandbox import Sandbox
from tutor.sandbox.values import Encoded, decode

_LARGEST_KEPT = 32 << 20
_VERSION = 2


@dataclass(frozen=True, slots=True)
class WrongResults:
    """What a listed mistake, or two of them at once, returns.

    Args:
        mistakes: Their places in `Exercise.mistakes`.
        outcomes: One for each case, as far as the program came.
    """

    mistakes: tuple[int, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class References:
    """What is known of an exercise before the learner's program runs.

    Args:
        cases: The cases.
        wanted: What the solution returns, one for each case, as far as it came.
        wrong: What single mistakes return, and after them pairs.
    """

    cases: tuple[CheckedCase, ...]
    wanted: tuple[Outcome, ...]
    wrong: tuple[WrongResults, ...]

    @property
    def problem(self) -> Failure | None:
        """Why the solution gives no result for every case; None if it does."""
        failed = next((each.failure for each in self.wanted if each.failure is not None), None)
        return failed or (None if len(self.wanted) == len(self.cases) > 0 else Failure(Stop.NOT_STARTED))

    @property
    def is_lasting(self) -> bool:
        """Whether another run would find the same: a time that is up may be the fault of a busy machine."""
        every = (*self.wanted, *(outcome for each in self.wrong for outcome in each.outcomes))
        kinds = {outcome.failure.kind for outcome in every if outcome.failure is not None}
        return self.problem is None and not kinds & {Stop.HANG, Stop.NOT_STARTED, Stop.KILLED}

    def recognised(self, outcomes: Sequence[Outcome], tolerance: float) -> WrongResults | None:
        """Return the mistake that returns, raises and changes the same in all cases; single ones come first."""
        return next((each for each in self.wrong if same_outcomes(each.outcomes, outcomes, tolerance)), None)


def same_outcomes(ours: Sequence[Outcome], theirs: Sequence[Outcome], tolerance: float) -> bool:
    """Whether two programs do the same in all cases: same values, same exceptions, same changed arguments."""
    return len(ours) == len(theirs) and all(
        _is_same(mine, yours, tolerance) for mine, yours in zip(ours, theirs, strict=True)
    )


def _is_same(ours: Outcome, theirs: Outcome, tolerance: float) -> bool:
    if ours.failure is not None or theirs.failure is not None:
        return ours.failure is not None and theirs.failure is not None and ours.failure.kind == theirs.failure.kind
    if [name for name, _ in ours.changed] != [name for name, _ in theirs.changed]:
        return False
    pairs = [
        (ours.value, theirs.value),
        *((mine[1], yours[1]) for mine, yours in zip(ours.changed, theirs.changed, strict=True)),
    ]
    return all(_is_equal(mine, yours, tolerance) for mine, yours in pairs)


def _is_equal(ours: Encoded | None, theirs: Encoded | None, tolerance: float) -> bool:
    try:
        return difference(decode(ours), decode(theirs), tolerance) is None
    except ValueError:
        return False


def references_of(exercise: Exercise, sandbox: Sandbox, seed: int = 0, *, keep: bool = True) -> References:
    """Return what is known of an exercise, from the cache if it is there.

    Args:
        exercise: The exercise.
        sandbox: Runs its programs.
        seed: Of the cases that its own program makes.
        keep: Whether the cache may be read and written.

    Raises:
        CasesError: The cases cannot be made.
    """
    file = paths.cache_folder() / "exercises" / f"{_digest(exercise, seed)}.json"
    known = _load(file) if keep else None
    if known is not None:
        return known
    cases = tuple(cases_of(exercise, sandbox, seed))
    programs = [exercise.solution]
    owners: list[tuple[int, ...]] = []
    for number, mistake in enumerate(exercise.mistakes):
        programs.append(mistake.source)
        owners.append((number,))
    # Several files are checked in stages, of which the first that fails is named: there pairs would say nothing new.
    pairs = () if exercise.files else combinations(range(len(exercise.mistakes)), 2)
    for first, second in pairs:
        both = _both(exercise, first, second)
        if both is not None and both not in programs:
            programs.append(both)
            owners.append((first, second))
    reports = run_programs(exercise, programs, cases, sandbox)
    wanted, *others = [each.outcomes for each in reports]
    found = References(cases, wanted, tuple(map(WrongResults, owners, others)))
    if keep and found.is_lasting:
        _save(file, found)
    return found


def _both(exercise: Exercise, first: int, second: int) -> str | None:
    """Return the solution with two mistakes in it; None if they do not go together."""
    one, other = exercise.mistakes[first].replacements, exercise.mistakes[second].replacements
    if not one or not other:
        return None
    # The first replacement may remove what the second one looks for.
    return replaced(exercise.solution, (*one, *other)) or replaced(exercise.solution, (*other, *one))


def run_programs(
    exercise: Exercise, programs: Sequence[str], cases: Sequence[CheckedCase], sandbox: Sandbox
) -> list[ProgramReport]:
    """Run an author's programs on cases. One that ends its process does not keep the others from running."""
    calls = tuple(Call(case.function, case.arguments, by_name=True) for case in cases)
    waiting = [Program(exercise.runnable(source), calls) for source in programs]
    done: list[ProgramReport] = []
    while waiting:
        found = sandbox.run(job_for(exercise, tuple(waiting))).programs
        done += found
        waiting = waiting[len(found) :]
    return done


def job_for(exercise: Exercise, programs: tuple[Program, ...]) -> Job:
    """Return the job that runs programs under the limits of an exercise."""
    return Job(programs, seconds=exercise.options.seconds, memory_bytes=exercise.options.memory << 20)


def _digest(exercise: Exercise, seed: int) -> str:
    import numpy as np

    content = [
        _VERSION, np.__version__, list(exercise.functions.items()), exercise.solution, exercise.more_cases, seed,
        exercise.harness,
        [each.source for each in exercise.mistakes], [each.replacements for each in exercise.mistakes],
        [(case.name, case.function, case.arguments) for case in exercise.cases],
        exercise.options.seconds, exercise.options.memory,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:40]


def _save(file: Path, found: References) -> None:
    content = {
        "version": _VERSION,
        "cases": [[case.name, case.function, case.arguments] for case in found.cases],
        "wanted": [_kept(each) for each in found.wanted],
        "wrong": [[each.mistakes, [_kept(outcome) for outcome in each.outcomes]] for each in found.wrong],
    }
    try:
        write_text(file, json.dumps(content))
    except OSError:
        return  # The next check computes it again.


def _kept(outcome: Outcome) -> dict[str, object]:
    failure = outcome.failure
    return {
        "value": outcome.value,
        "changed": outcome.changed,
        "failure": asdict(replace(failure, shapes=())) if failure is not None else None,
    }


def _load(file: Path) -> References | None:
    """Return what was kept; None if there is nothing, or it cannot be used."""
    try:
        content = json.loads(read_file(file, _LARGEST_KEPT))
        if content["version"] != _VERSION:
            return None
        cases = tuple(
            CheckedCase(str(name), str(function), _pairs(arguments)) for name, function, arguments in content["cases"]
        )
        wanted = tuple(map(_outcome, content["wanted"]))
        wrong = tuple(
            WrongResults(tuple(map(int, mistakes)), tuple(map(_outcome, outcomes)))
            for mistakes, outcomes in content["wrong"]
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return References(cases, wanted, wrong)


def _outcome(kept: dict[str, object]) -> Outcome:
    value, failure = kept["value"], kept["failure"]
    if value is not None:
        decode(value)
    return Outcome(
        value=value if isinstance(value, list) else None,
        changed=_pairs(kept["changed"]),
        failure=Failure(str(failure["kind"]), str(failure["message"])) if isinstance(failure, dict) else None,
    )


def _pairs(kept: object) -> tuple[tuple[str, Encoded], ...]:
    if not isinstance(kept, list):
        raise TypeError
    for _, value in kept:
        decode(value)
    return tuple((str(name), value) for name, value in kept)
