"""The sheet of an exercise, as Markdown: its task, the hints that were given, the cases, the solution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tutor.course.lesson import Exercise
from tutor.exercises.verdict import CaseVerdict, Verdict
from tutor.foundation.markdown import fenced
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate


def sheet_of(
    exercise: Exercise, hints: Sequence[str], verdict: Verdict | None, *, details: bool, solution: bool
) -> str:
    """Return the sheet.

    Args:
        exercise: The exercise.
        hints: The hints that were given, as Markdown.
        verdict: The newest verdict; None before the first.
        details: Whether to show each case with its input and results, instead of its name alone.
        solution: Whether to show the solution.
    """
    return "\n\n".join(_parts(exercise, hints, verdict, details=details, solution=solution))


def _parts(
    exercise: Exercise, hints: Sequence[str], verdict: Verdict | None, *, details: bool, solution: bool
) -> Iterator[str]:
    yield f"### {exercise.title}"
    yield exercise.task
    yield fenced(exercise.starter, "python")
    for number, hint in enumerate(hints, 1):
        yield f"#### {translate('exercise.hint-number', number=number, all=len(exercise.hints))}"
        yield hint
    if verdict is not None and verdict.cases:
        yield f"#### {translate('exercise.cases')}"
        if details:
            yield fenced("\n\n".join(_case_lines(each) for each in verdict.cases))
        else:
            yield fenced("\n".join(_case_line(each) for each in verdict.cases))
    if details and verdict is not None and verdict.printed:
        yield f"#### {translate('exercise.printed-text', count=verdict.printed_count)}"
        yield fenced(verdict.printed)
    if solution:
        yield f"#### {translate('exercise.solution')}"
        yield fenced(exercise.solution, "python")
        yield exercise.why


def _case_line(case: CaseVerdict) -> str:
    return f"{'✓' if case.passed else '✗'} {harmless_line(case.name)}"


def _case_lines(case: CaseVerdict) -> str:
    got = "" if case.passed else case.got
    rows = [(translate("exercise.wanted"), case.wanted), (translate("exercise.got"), got)]
    said = [case.inputs, *(f"{label} {text}" for label, text in rows if text)]
    return "\n".join([_case_line(case), *(f"  {harmless_line(each)}" for each in said if each)])
