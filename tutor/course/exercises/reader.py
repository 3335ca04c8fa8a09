"""Read an exercise: a task, a starter, cases, hints, a solution and wrong solutions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tutor.course.exercises.cells import is_case_table, read_cases
from tutor.course.exercises.code import Signature, SyntaxProblem, parsed, signatures
from tutor.course.exercises.mistakes import read_mistakes
from tutor.course.exercises.options import FIELDS, read_options
from tutor.course.id_fields import IdFields
from tutor.course.lab_fence import is_lab_fence, read_lab_fence
from tutor.course.lesson import Case, Exercise, LabFence, Mistake
from tutor.course.markup import did_you_mean, meant_exercise_fence
from tutor.course.misplaced import refuse_misplaced, refuse_unknown_fields
from tutor.course.source import (
    LONGEST_IDENTIFIER,
    LOST,
    Element,
    Source,
    as_words,
    gives_id,
    is_identifier,
    is_reference,
    unquoted,
)
from tutor.foundation.program_files import files_of
from tutor.foundation.translate import translate

PROGRAM = "python"
HARNESS = "python harness"
FEWEST_MISTAKES = 3
_MINE = "mine."
_DETAILS = re.compile(
    r"\s*<details\b[^>]{0,200}>\s*<summary\b[^>]{0,200}>(?P<name>[^<]{1,100})</summary\s*>\s*", re.IGNORECASE
)
_DETAILS_END = re.compile(r"</details\s*>", re.IGNORECASE)


@dataclass
class _Parts:
    """The parts of an exercise, as far as they have been met."""

    task: list[str] = field(default_factory=list)
    starter: Element | None = None
    table: Element | None = None
    more_cases: Element | None = None
    check: Element | None = None
    harness: Element | None = None
    hints: list[str] = field(default_factory=list)
    labs: list[LabFence] = field(default_factory=list)
    slots: dict[str, str] = field(default_factory=dict)
    solution: Element | None = None
    why: list[str] = field(default_factory=list)
    mistakes: list[Element] = field(default_factory=list)
    unread: bool = False
    """Whether the solution or the mistakes may stand under a name that cannot be read, which has been reported."""


def read_exercise(
    source: Source, fields: IdFields, heading: Element, body: list[Element], lesson_id: str
) -> Exercise | None:
    """Read the exercise under ``heading``. Faults are added to `Source.faults`.

    Args:
        source: The lesson.
        fields: The fields of the comment with its id.
        heading: Its heading.
        body: The blocks below the comment.
        lesson_id: The id of the lesson.

    Returns:
        The exercise; None if it lacks a part without which nobody could do it.
    """
    refuse_unknown_fields(source, heading, fields, FIELDS)
    refuse_misplaced(source, heading)
    options = read_options(source, heading, fields)
    parts = _Parts()
    _sort_out(source, body, parts)
    is_named = is_identifier(fields.id)
    if not is_named:
        place = source.find(heading.start, len(source.lines), fields.id)
        source.fault(place, translate("course.not-an-id", id=fields.id[:LONGEST_IDENTIFIER]))
    cases = _cases(source, heading, parts)
    functions = _starter_functions(source, heading, parts)
    main = _main_function(parts, functions)
    may_call = [*functions, *_harness_functions(source, parts)] if functions else []
    if main is not None and parts.table is not None and not _may_be_called(source, parts.table, main, may_call, cases):
        main, functions = None, []
    solution = _solution(source, heading, parts, functions)
    mistakes = _mistakes(source, heading, parts, solution)
    if not parts.hints:
        source.fault(source.place(heading.start), translate("course.exercise-no-hint"))
    if not " ".join(parts.task).strip():
        source.fault(source.place(heading.start), translate("course.exercise-no-task"))
    if main is None or solution is None or not cases or parts.starter is None or not is_named:
        return None
    assert parts.solution is not None  # noqa: S101 - its text is there
    return Exercise(
        id=fields.id,
        title=heading.content.strip(),
        task="\n\n".join(parts.task),
        starter=parts.starter.content,
        function=main.name,
        parameters=main.parameters,
        functions={each.name: each.parameters for each in may_call},
        cases=cases,
        more_cases=_program(source, parts.more_cases, "cases"),
        more_cases_place=source.place((parts.more_cases or heading).start),
        check=_program(source, parts.check, "check"),
        hints=tuple(parts.hints),
        solution=solution,
        solution_place=source.place(parts.solution.start),
        why="\n\n".join(parts.why),
        mistakes=tuple(mistakes),
        labs=tuple(parts.labs),
        slots=parts.slots,
        options=options,
        place=source.place(heading.start),
        lesson_id=lesson_id,
        harness=parts.harness.content if parts.harness is not None else "",
    )


def _main_function(parts: _Parts, functions: list[Signature]) -> Signature | None:
    """Return the first function; of a program of several files, the first one of the last file."""
    files = files_of(parts.starter.content) if functions and parts.starter is not None else []
    tree = parsed(files[-1].text) if files else None
    last = [] if tree is None or isinstance(tree, SyntaxProblem) else signatures(tree)
    return next(iter([*last, *functions]), None)


def _sort_out(source: Source, body: list[Element], parts: _Parts) -> None:
    index = 0
    while index < len(body):
        element = body[index]
        details = _DETAILS.match(element.content) if element.kind == "html_block" else None
        if details is not None:
            index = _take_details(source, body, index, details["name"].strip(), parts)
            continue
        if element.kind == "fence" and is_lab_fence(element):
            _take_lab(source, element, parts)
        elif element.kind == "fence":
            _take_fence(source, element, parts)
        elif is_case_table(element):
            parts.table = _once(source, element, parts.table)
        elif element.kind == "blockquote":
            _take_hint(source, element, parts)
        elif element.kind == "html_block" or element.kind == LOST:
            _refuse(source, element)
        else:
            refuse_misplaced(source, element)
            parts.task.append(source.text(element.start, element.end))
        index += 1


def _refuse(source: Source, element: Element) -> None:
    if gives_id(element.content):
        source.fault(source.place(element.start), translate("course.stray-id"), translate("course.stray-id-hint"))
    elif element.kind != LOST:  # Otherwise the fault has already been reported.
        source.fault(
            source.place(element.start), translate("course.exercise-stray"), translate("course.exercise-stray-hint")
        )


def _once(source: Source, element: Element, before: Element | None) -> Element:
    if before is None:
        return element
    source.fault(source.place(element.start), translate("course.exercise-twice", line=before.start + 1))
    return before


def _take_fence(source: Source, element: Element, parts: _Parts) -> None:
    match meant_exercise_fence(element.info):  # a typo in the word is reported with everything that is not shown
        case "exercise":
            parts.starter = _once(source, element, parts.starter)
        case "cases":
            parts.more_cases = _once(source, element, parts.more_cases)
        case "check":
            parts.check = _once(source, element, parts.check)
        case "harness":
            parts.harness = _once(source, element, parts.harness)
        case _:
            parts.task.append(source.text(element.start, element.end))


def _take_hint(source: Source, element: Element, parts: _Parts) -> None:
    """Take a hint from each line that begins as one; another quotation belongs to the task."""
    text = source.text(element.start, element.end)
    lines = unquoted(text.split("\n")).split("\n")
    if not source.words.hint.match(lines[0]):
        parts.task.append(text)
        return
    for line in lines:
        if source.words.hint.match(line):
            parts.hints.append(as_words(source.words.hint.sub("", line, count=1)).strip())
        else:
            parts.hints[-1] = f"{parts.hints[-1]}\n{line}".strip()


def _take_lab(source: Source, element: Element, parts: _Parts) -> None:
    """Take a lab. Its keys below ``mine`` say which slots are filled by which exercise."""
    fence = read_lab_fence(source, element)
    if fence is None:
        return
    slots = {key.removeprefix(_MINE): value for key, value in fence.overrides.items() if key.startswith(_MINE)}
    for slot, exercise in slots.items():
        if not isinstance(exercise, str) or not is_reference(exercise):
            there = source.find(element.start, element.end, slot)
            source.fault(there, translate("course.not-an-id", id=str(exercise)[:LONGEST_IDENTIFIER]))
        else:
            parts.slots[slot] = exercise
    overrides = {key: value for key, value in fence.overrides.items() if not key.startswith(_MINE)}
    parts.labs.append(LabFence(fence.lab, fence.name, overrides, fence.place, fence.lines))


def _take_details(source: Source, body: list[Element], index: int, name: str, parts: _Parts) -> int:
    """Read the solution or the mistakes up to their end. Return the index of the block after it."""
    start = body[index]
    end = index
    while end < len(body) and not (body[end].kind == "html_block" and _DETAILS_END.search(body[end].content)):
        end += 1
    if end == len(body) or end == index:
        source.fault(source.place(start.start), translate("course.details-open"), translate("course.details-open-hint"))
        return len(body)
    inside = body[index + 1 : end]
    if source.words.solution.fullmatch(name):
        for element in inside:
            if element.kind == "fence" and " ".join(element.info.split()) == PROGRAM and parts.solution is None:
                parts.solution = element
            else:
                parts.why.append(source.text(element.start, element.end))
    elif source.words.mistakes.fullmatch(name):
        parts.mistakes += inside
    else:
        parts.unread = True
        place, message = source.place(start.start), translate("course.exercise-summary", name=name[:40])
        source.fault(place, message, translate("course.exercise-summary-hint"))
    return end + 1


def _cases(source: Source, heading: Element, parts: _Parts) -> tuple[Case, ...]:
    place = source.place(heading.start)
    if parts.table is None:
        source.fault(place, translate("course.exercise-no-cases"), translate("course.exercise-no-cases-hint"))
        return ()
    cases = read_cases(source, parts.table)
    if cases and not any(case.gives for case in cases):
        there = source.place(parts.table.start)
        source.fault(there, translate("course.exercise-no-gives"), translate("course.exercise-no-gives-hint"))
    return cases


def _starter_functions(source: Source, heading: Element, parts: _Parts) -> list[Signature]:
    """Return the functions that are to be written; none, with a fault, if they are not there."""
    if parts.starter is None:
        place = source.place(heading.start)
        source.fault(place, translate("course.exercise-no-starter"), translate("course.exercise-no-starter-hint"))
        return []
    found = _functions(source, parts.starter)
    if found is None:
        return []
    if not found:
        source.fault(source.place(parts.starter.start), translate("course.exercise-no-function"))
        return []
    if not all(each.has_text for each in found):
        source.fault(source.place(parts.starter.start + 1), translate("course.exercise-no-docstring"))
    return found


def _harness_functions(source: Source, parts: _Parts) -> list[Signature]:
    """Return the functions of the harness, which is for an exercise of several files."""
    if parts.harness is None:
        return []
    if parts.starter is not None and not files_of(parts.starter.content):
        source.fault(source.place(parts.harness.start), translate("course.exercise-harness-alone"))
    return _functions(source, parts.harness) or []


def _may_be_called(
    source: Source, table: Element, main: Signature, functions: list[Signature], cases: tuple[Case, ...]
) -> bool:
    """Return whether every case names a function that is there, and only parameters of it; otherwise add a fault.

    Without a name, a case calls ``main``.
    """
    by_name = {each.name: each.parameters for each in functions}
    for case in cases:
        known = by_name.get(case.function or main.name)
        if known is None:
            message = translate("course.exercise-unknown-function", name=case.function, known=", ".join(by_name))
            source.fault(case.place, message, did_you_mean(case.function, by_name))
            return False
        unknown = [name for name, _ in case.arguments if name not in known]
        if unknown:
            place = source.place(table.start, unknown[0])
            message = translate("course.exercise-unknown-column", name=unknown[0], known=", ".join(known))
            source.fault(place, message, did_you_mean(unknown[0], known))
            return False
    return True


def _functions(source: Source, fence: Element) -> list[Signature] | None:
    """Return the functions of a program; None, with a fault, if it is no Python."""
    tree = parsed(fence.content)
    if isinstance(tree, SyntaxProblem):
        place = source.place(fence.start + tree.line)
        source.fault(place, translate("course.exercise-no-python", problem=tree.message))
        return None
    return signatures(tree)


def _program(source: Source, fence: Element | None, function: str) -> str:
    """Return the program of a fence that must define ``function``; empty if there is none or it does not."""
    if fence is None:
        return ""
    found = _functions(source, fence)
    if found is None:
        return ""
    if function not in [each.name for each in found]:
        source.fault(source.place(fence.start), translate("course.exercise-fence-lacks", name=function))
        return ""
    return fence.content


def _solution(source: Source, heading: Element, parts: _Parts, functions: list[Signature]) -> str | None:
    if parts.solution is None:
        if not parts.unread:
            place = source.place(heading.start)
            source.fault(place, translate("course.exercise-no-solution"), translate("course.exercise-no-solution-hint"))
        return None
    found = _functions(source, parts.solution)
    if found is None:
        return None
    written = {each.name: each.parameters for each in found}
    if any(written.get(each.name) != each.parameters for each in functions):
        source.fault(source.place(parts.solution.start), translate("course.exercise-other-signature"))
        return None
    if not parts.why:
        source.fault(source.place(parts.solution.start), translate("course.exercise-no-why"))
    return parts.solution.content


def _mistakes(source: Source, heading: Element, parts: _Parts, solution: str | None) -> list[Mistake]:
    if solution is None:
        return []
    found: list[Mistake] = []
    faults = len(source.faults)
    for element in parts.mistakes:
        if element.kind == "bullet_list":
            found += read_mistakes(source, element, solution)
        else:
            _refuse(source, element)
    if len(found) < FEWEST_MISTAKES and len(source.faults) == faults and not parts.unread:
        place = source.place(parts.mistakes[0].start if parts.mistakes else heading.start)
        message = translate("course.exercise-few-mistakes", count=len(found), least=FEWEST_MISTAKES)
        source.fault(place, message, translate("course.exercise-mistake-hint"))
    return found
