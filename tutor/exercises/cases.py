"""The inputs on which an exercise is checked: the rows of its table, and what its own program adds to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tutor.course.exercises.code import literal_value
from tutor.course.lesson import Case, Exercise
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.sandbox.explain import explain
from tutor.sandbox.job import Call, Job, Program
from tutor.sandbox.sandbox import Sandbox
from tutor.sandbox.values import Encoded, TooLargeError, decode, encode

MOST_CASES = 100
_LONGEST_NAME = 80


class CasesError(Exception):
    """The program that makes an exercise's cases fails. The text is a sentence for the author."""


@dataclass(frozen=True, slots=True)
class CheckedCase:
    """One input of an exercise.

    Args:
        name: What the learner reads.
        function: The function that is called.
        arguments: The encoded arguments, by name, in the order of the signature.
    """

    name: str
    function: str
    arguments: tuple[tuple[str, Encoded], ...]

    def decoded(self) -> dict[str, object]:
        """Return the arguments."""
        return {name: decode(each) for name, each in self.arguments}


def cases_of(exercise: Exercise, sandbox: Sandbox, seed: int = 0) -> list[CheckedCase]:
    """Return the cases of an exercise. Its program for more of them is run in the sandbox.

    Raises:
        CasesError: That program fails, or yields something else than names and arguments.
    """
    cases = [_written_case(exercise, case) for case in exercise.cases]
    if exercise.more_cases:
        cases += _generated(exercise, sandbox, seed)
    return cases[:MOST_CASES]


def _written_case(exercise: Exercise, case: Case) -> CheckedCase:
    """Return the case of a row. An empty cell leaves the default of its parameter."""
    function = case.function or exercise.function
    texts = dict(case.arguments)
    given = [name for name in exercise.functions[function] if name in texts]
    arguments = tuple((name, encode(as_array(literal_value(texts[name])))) for name in given)
    return CheckedCase(case.name, function, arguments)


def as_array(value: object) -> object:
    """Return a literal as a function gets it: lists of numbers become arrays, also inside tuples and dictionaries."""
    if isinstance(value, tuple):
        return tuple(as_array(each) for each in value)
    if isinstance(value, dict):
        return {key: as_array(each) for key, each in value.items()}
    if not isinstance(value, list):
        return value
    try:
        array = np.array(value)
    except (ValueError, OverflowError):  # The lists inside differ in length.
        return [as_array(each) for each in value]
    return array if array.dtype.kind in "biufc" else [as_array(each) for each in value]


def _generated(exercise: Exercise, sandbox: Sandbox, seed: int) -> list[CheckedCase]:
    call = Call.of("cases", random=seed)
    report = sandbox.run(Job((Program(exercise.more_cases, (call,)),), seconds=10.0))
    outcome = report.programs[0].outcomes[0] if report.programs[0].outcomes else report.programs[0].loaded
    if outcome.failure is not None:
        raise CasesError(explain(outcome.failure, exercise.more_cases).in_one)
    try:
        yielded = outcome.decoded()
    except ValueError:
        yielded = None
    if not isinstance(yielded, list):
        raise CasesError(translate("exercise.cases-yield"))
    return [_generated_case(exercise, each) for each in yielded]


def _generated_case(exercise: Exercise, yielded: object) -> CheckedCase:
    match yielded:
        case (str(name), Mapping() as arguments):
            function = exercise.function
        case (str(name), str(function), Mapping() as arguments):
            pass
        case _:
            raise CasesError(translate("exercise.cases-yield"))
    parameters = exercise.functions.get(function, ())
    if function not in exercise.functions or not set(arguments) <= set(parameters):
        raise CasesError(translate("exercise.cases-yield"))
    try:
        encoded = tuple((each, encode(arguments[each])) for each in parameters if each in arguments)
    except TooLargeError:
        raise CasesError(translate("exercise.cases-yield")) from None
    return CheckedCase(harmless_line(name)[:_LONGEST_NAME], function, encoded)
