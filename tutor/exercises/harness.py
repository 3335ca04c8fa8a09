"""What stopped a program of several files, including a harness that used what a function returned."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tutor.course.exercises.code import SyntaxProblem, parsed
from tutor.course.lesson import Exercise
from tutor.foundation.program_files import files_of
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import shorten
from tutor.foundation.translate import translate
from tutor.sandbox.explain import Explanation, explain
from tutor.sandbox.job import Failure, Stop

_LONGEST_MESSAGE = 200


def explain_case(exercise: Exercise, failure: Failure, source: str, case: str) -> Explanation:
    """Say what stopped a case.

    Args:
        exercise: The exercise.
        failure: What the sandbox reported.
        source: The learner's program.
        case: The name of the case.
    """
    in_harness = exercise.harness and failure.line > source.rstrip().count("\n") + 1
    if not in_harness or failure.kind in set(Stop) or failure.kind == "MemoryError":
        return explain(failure, source, case=case)
    file, function = _used_at(exercise, failure, source)
    facts = {"stage": case, "name": function, "file": f"{file}.py"}
    if function and "NoneType" in failure.message:
        return Explanation(translate("exercise.harness-none", **facts))
    problem = harmless_line(shorten(failure.message or failure.kind, _LONGEST_MESSAGE))
    key = "exercise.harness-form" if function else "exercise.harness-some-form"
    return Explanation(translate(key, **facts, problem=problem, kind=failure.kind))


def _used_at(exercise: Exercise, failure: Failure, source: str) -> tuple[str, str]:
    """The learner's file and function whose result the failing line of the harness uses; empty if it is not known."""
    tree = parsed(exercise.harness)
    if isinstance(tree, SyntaxProblem):
        return "", ""
    files = exercise.files
    modules = {name: file for name, file in _imported(tree) if file in files}
    line = failure.line - files_of(exercise.runnable(source))[-1].above
    calls = [
        each
        for each in ast.walk(tree)
        if isinstance(each, ast.Call) and each.lineno <= line <= (each.end_lineno or each.lineno)
    ]
    if len(failure.columns) == 2:
        # Inside the failing piece the outermost call comes first, and that is the one whose result is used.
        first, last = failure.columns
        inside = [each for each in calls if first <= each.col_offset and (each.end_col_offset or 0) <= last]
        calls = inside or calls
    for call in calls:
        match call.func:
            case ast.Attribute(value=ast.Name(id=module), attr=function) if module in modules:
                return modules[module], function
    return "", ""


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The modules that a program imports whole: the name of each there, and its own."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from ((each.asname or each.name, each.name) for each in node.names)
