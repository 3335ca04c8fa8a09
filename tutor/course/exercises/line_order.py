"""The lines of an exercise's solution as a question: put them in order, and leave two wrong ones out.

For learners who cannot write programs yet. The wrong lines come from the listed mistakes, always the same ones.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from tutor.course.exercises.code import SyntaxProblem, parsed
from tutor.course.lesson import Exercise, Option, Question
from tutor.course.questions.program_lines import PROGRAM_LINES, ProgramLines
from tutor.foundation.markdown import inline_code
from tutor.foundation.translate import translate

_MARK = ":lines"
_WRONG_LINES = 2
_GUIDE = "│ "
_SPACES = 4
_RANDOM = "random"
_CHANGES = frozenset(
    ("add", "append", "clear", "discard", "extend", "fill", "insert", "pop", "popitem", "put", "remove", "resize",
     "reverse", "setdefault", "setflags", "shuffle", "sort", "update")
)  # fmt: skip
"""Methods of lists, sets, dictionaries and arrays that change them in place."""


def line_order_id(exercise_id: str) -> str:
    """Return the id under which the answers to the question are kept. No author can give it to something else."""
    return f"{exercise_id}{_MARK}"


def exercise_of_order(question_id: str) -> str:
    """Return the id of the exercise that a question was made of; empty if it is another question."""
    return question_id.removesuffix(_MARK) if question_id.endswith(_MARK) else ""


def line_order_question(exercise: Exercise) -> Question:
    """Return the question: the lines of the solution, and with two that do not belong if there are two."""
    program = [line for line in exercise.solution.split("\n") if line.strip()]
    wrong = list(_wrong_lines(exercise, program))[:_WRONG_LINES]
    place = exercise.solution_place
    options = [
        *(Option(_shown(line), False, "", None, place) for line in program),
        Option(f"**{translate('course.lines-below')}**", False, "", None, place),
        *(Option(_shown(line), False, feedback, None, place) for line, feedback in wrong),
    ]
    prompt = [exercise.task, translate("course.put-program-in-order", count=len(wrong))]
    if len(exercise.functions) > 1:
        names = ", ".join(f"`{name}`" for name in exercise.functions)
        prompt.append(translate("course.functions-in-order", names=names))
    return Question(
        id=line_order_id(exercise.id),
        kind=PROGRAM_LINES.name,
        title=exercise.title,
        prompt="\n\n".join(prompt),
        hints=exercise.hints,
        explanation=exercise.why,
        content=ProgramLines(tuple(options), len(program), exchangeable_lines(exercise.solution)),
        labs=(),
        place=exercise.place,
        lesson_id=exercise.lesson_id,
    )


def _shown(line: str) -> str:
    """Return a line as inline Markdown, with a guide for each level of its indent, because Markdown drops spaces."""
    return f"{_GUIDE * ((len(line) - len(line.lstrip())) // _SPACES)}{inline_code(line.strip())}"


def _wrong_lines(exercise: Exercise, program: list[str]) -> Iterator[tuple[str, str]]:
    """Yield a line of each mistake that the program does not have, and the feedback on the mistake.

    Mistakes that differ in a single line come first: with them, the line alone is what is wrong.
    """
    by_mistake = []
    right = set(map(_shown, program))  # Two lines that look the same could not be told apart.
    for mistake in exercise.mistakes:
        strange = [line for line in mistake.source.split("\n") if line.strip() and _shown(line) not in right]
        if strange:
            by_mistake.append((len(strange) > 1, strange[0], mistake.feedback))
    taken: set[str] = set()
    for _, line, feedback in sorted(by_mistake, key=lambda each: each[0]):
        if _shown(line) not in taken:
            taken.add(_shown(line))
            yield line, feedback


def exchangeable_lines(program: str) -> frozenset[tuple[int, int]]:
    """Return the pairs of lines that may stand in either order, counted from 0 without blank lines.

    Two statements are such a pair if they stand in one block with only simple statements between them, each on a line
    of its own, and neither writes a name that the other one reads or writes.
    """
    tree = parsed(program)
    if isinstance(tree, SyntaxProblem):
        return frozenset()
    filled = [number for number, line in enumerate(program.split("\n"), start=1) if line.strip()]
    index_of = {number: index for index, number in enumerate(filled)}
    pairs = set()
    for run in _runs(tree):
        for first, second in combinations(run, 2):
            if _independent(first, second):
                pairs.add((index_of[first.lineno], index_of[second.lineno]))
    return frozenset(pairs)


def _runs(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """Yield the simple statements, a line each, that follow each other in a block."""
    starts = Counter(node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt))
    for node in ast.walk(tree):
        for block in (getattr(node, "body", None), getattr(node, "orelse", None)):
            run: list[ast.stmt] = []
            for statement in block if isinstance(block, list) else []:
                is_simple = isinstance(statement, ast.Assign | ast.AugAssign)
                if is_simple and statement.lineno == statement.end_lineno and starts[statement.lineno] == 1:
                    run.append(statement)
                else:
                    yield run
                    run = []
            yield run


def _independent(first: ast.stmt, second: ast.stmt) -> bool:
    (read, written), (also_read, also_written) = _names(first), _names(second)
    return not (written & (also_read | also_written)) and not (also_written & read)


def _names(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """Return the names that a statement reads and writes. Drawing a random number changes the generator.

    A statement that changes a part of something, or calls a method that changes it, writes its name.
    """
    read, written = set[str](), set[str]()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name):
            (written if isinstance(node.ctx, ast.Store) else read).add(node.id)
        elif isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            written |= _names_in(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGES:
            written |= _names_in(node.func.value)
    if isinstance(statement, ast.AugAssign):
        read |= written
    return read, written | (read & {_RANDOM})


def _names_in(node: ast.expr) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
