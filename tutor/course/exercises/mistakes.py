"""The wrong solutions of an exercise: pairs to replace in the solution, or whole programs, each with a quotation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutor.course.exercises.code import SyntaxProblem, parsed
from tutor.course.lesson import Mistake
from tutor.course.source import Element, Source, unquoted
from tutor.foundation.translate import translate

_ITEM = re.compile(r"[-*+] ")
_TICKS = re.compile("`+")
_ARROWS = ("→", "->")
_COMMAS = ("", ",", "，", "、")
_INDENT = "  "
MOST_MISTAKES = 20


def read_mistakes(source: Source, element: Element, solution: str) -> list[Mistake]:
    """Return the wrong solutions of a list. Faults are added to `Source.faults`.

    Args:
        source: The lesson.
        element: The list.
        solution: The program in which pairs are replaced.
    """
    found: list[Mistake] = []
    for start, lines in _items(source, element):
        if len(found) == MOST_MISTAKES:
            source.fault(source.place(start), translate("course.exercise-many-mistakes", most=MOST_MISTAKES))
            break
        mistake = _mistake(source, start, lines, solution)
        if mistake is not None:
            found.append(mistake)
    return found


def _items(source: Source, element: Element) -> Iterator[tuple[int, list[str]]]:
    """Yield the items of a list: where each begins, and its lines without their indent."""
    start, lines = element.start, list[str]()
    for index in range(element.start, element.end):
        line = source.lines[index]
        if _ITEM.match(line):
            if lines:
                yield start, lines
            start, lines = index, [line[2:]]
        else:
            lines.append(line.removeprefix(_INDENT))
    if lines:
        yield start, lines


def _mistake(source: Source, start: int, lines: list[str], solution: str) -> Mistake | None:
    place = source.place(start)
    quote = next((index for index, line in enumerate(lines) if line.startswith(">")), len(lines))
    feedback = unquoted(lines[quote:])
    body = "\n".join(lines[:quote]).strip()
    if not feedback:
        source.fault(place, translate("course.exercise-mistake-silent"), translate("course.exercise-mistake-hint"))
    if body.startswith("```"):
        _, _, program = body.partition("\n")
        wrong, pairs = program.rpartition("```")[0], tuple[tuple[str, str], ...]()
    else:
        read = pairs_of(body)
        if read is None:
            source.fault(place, translate("course.exercise-not-a-pair"), translate("course.exercise-mistake-hint"))
            return None
        pairs = read
        for right, _ in pairs:
            if right not in solution:
                there = source.find(start, start + len(lines), right)
                source.fault(there, translate("course.exercise-pair-not-there", right=right))
                return None
        wrong = replaced(solution, pairs) or ""
    problem = parsed(wrong)
    if isinstance(problem, SyntaxProblem):
        source.fault(place, translate("course.exercise-mistake-no-python", problem=problem.message))
        return None
    return Mistake(wrong, pairs, feedback, place)


def replaced(program: str, pairs: tuple[tuple[str, str], ...]) -> str | None:
    """Return ``program`` with each pair replaced everywhere, in order; None if a pair is not there (any more)."""
    for right, wrong in pairs:
        if right not in program:
            return None
        program = program.replace(right, wrong)
    return program


def pairs_of(text: str) -> tuple[tuple[str, str], ...] | None:
    """Return the pairs of ``text``, such as `` `a` → `b`, `c` → `d` ``; None if it is nothing but pairs."""
    pieces = list(_spans(text))
    codes, between = [code for _, code in pieces], [before.strip() for before, _ in pieces]
    if not codes or len(codes) % 2:
        return None
    if any(each not in _ARROWS for each in between[1::2]) or any(each not in _COMMAS for each in between[::2]):
        return None
    pairs = tuple(zip(codes[::2], codes[1::2], strict=True))
    return pairs if all(right and right != wrong for right, wrong in pairs) else None


def _spans(text: str) -> Iterator[tuple[str, str]]:
    """Yield the code spans of ``text``, each with the text before it. Two backticks alone are an empty span."""
    at = 0
    runs = list(_TICKS.finditer(text))
    index = 0
    while index < len(runs):
        run = runs[index]
        before = text[at : run.start()]
        closing = next((number for number in range(index + 1, len(runs)) if runs[number][0] == run[0]), None)
        if run[0] == "``" and text[run.end() : run.end() + 1].strip(" ,，、") == "" and (
            closing is None or text[run.end() : run.end() + 1] != " "
        ):  # fmt: skip
            yield before, ""
            at, index = run.end(), index + 1
        elif closing is None:
            yield text[at:], ""
            return
        else:
            code = text[run.end() : runs[closing].start()]
            if code.startswith(" ") and code.endswith(" ") and code.strip():
                code = code[1:-1]
            yield before, code
            at, index = runs[closing].end(), closing + 1
    if text[at:].strip():
        yield text[at:], ""
