"""The table of an exercise's cases: a line is a case, a column a parameter or the result worked out by hand."""

from __future__ import annotations

from dataclasses import replace

from tutor.course.exercises.code import is_literal
from tutor.course.lesson import Case, Place
from tutor.course.source import Element, Source
from tutor.foundation.translate import translate

NAME, GIVES, FUNCTION = "case", "gives", "function"
_MOST_CASES = 40
_SHOWN = 40


def is_case_table(element: Element) -> bool:
    """Whether a block is the table of cases: its first column is called ``case``."""
    return element.kind == "table" and element.content.strip().casefold() == NAME


def read_cases(source: Source, table: Element) -> tuple[Case, ...]:
    """Return the cases of a table. Faults are added to `Source.faults`."""
    (_, head), *lines = _lines_of(source, table)
    names = [name.casefold() if name.casefold() in {NAME, GIVES, FUNCTION} else name for name in head]
    if len(set(names)) < len(names):
        source.fault(source.place(table.start), translate("course.exercise-same-columns"))
        return ()
    if len(lines) > _MOST_CASES:
        source.fault(source.place(lines[_MOST_CASES][0]), translate("course.exercise-many-cases", most=_MOST_CASES))
    return tuple(case for line, cells in lines[:_MOST_CASES] if (case := _case(source, line, names, cells)) is not None)


def _case(source: Source, line: int, names: list[str], cells: list[str]) -> Case | None:
    """Return the case of one line; None, with a fault, if a cell is no literal."""
    place = source.place(line)
    texts = dict(zip(names, (_without_code_marks(cell) for cell in cells), strict=False))
    name = texts.pop(NAME, "").strip()
    gives = texts.pop(GIVES, "")
    function = texts.pop(FUNCTION, "")
    texts = {column: text for column, text in texts.items() if text}
    if not name:
        source.fault(place, translate("course.exercise-case-unnamed"))
        return None
    is_sound = True
    for column, text in (*texts.items(), *([(GIVES, gives)] if gives else [])):
        if not is_literal(text):
            there = _place_of(source, line, text)
            message = translate("course.exercise-not-a-literal", column=column, text=text[:_SHOWN])
            source.fault(there, message, translate("course.exercise-not-a-literal-hint"))
            is_sound = False
    return (
        Case(name, tuple(texts.items()), function, gives, place, _place_of(source, line, gives)) if is_sound else None
    )


def _place_of(source: Source, line: int, text: str) -> Place:
    """Return the place of a cell: the last time that its text stands in the line."""
    column = source.lines[line].rfind(text) if text else -1
    return replace(source.place(line), column=column + 1) if column >= 0 else source.place(line)


def _without_code_marks(cell: str) -> str:
    return cell.strip("`").strip() if cell.startswith("`") and cell.endswith("`") else cell


def _lines_of(source: Source, table: Element) -> list[tuple[int, list[str]]]:
    """Return the lines of a table, its head first: where each stands in the file, and its cells."""
    lines: list[tuple[int, list[str]]] = []
    for token in table.tokens:
        if token.type == "tr_open":
            lines.append(((token.map[0] if token.map else 0) + source.first, []))
        elif token.type == "inline":
            lines[-1][1].append(token.content.strip())
    return lines
