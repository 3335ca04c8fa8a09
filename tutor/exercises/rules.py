"""The rules of a puzzle: how many lines a function may have, and what it may not contain."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tutor.course.exercises.code import SyntaxProblem, parsed
from tutor.course.lesson import Exercise
from tutor.foundation.translate import translate

_NODES: dict[str, tuple[type[ast.AST], ...]] = {
    "for": (ast.For, ast.AsyncFor, ast.comprehension),
    "while": (ast.While,),
    "if": (ast.If, ast.IfExp),
    "lambda": (ast.Lambda,),
    "try": (ast.Try,),
    "import": (ast.Import, ast.ImportFrom),
}


def broken_rule(exercise: Exercise, source: str) -> tuple[str, int]:
    """Return the sentence of the first rule that a program breaks and the line, or an empty text and 0.

    A comprehension counts as ``for``. Blank lines, comments and docstrings do not count as lines.
    """
    options = exercise.options
    if not options.lines and not options.forbid:
        return "", 0
    tree = parsed(source)
    if isinstance(tree, SyntaxProblem):
        # It has run, so it is Python, but longer or deeper than the parser here takes from anybody.
        return translate("exercise.long-puzzle"), 0
    for word, line in _words(tree):
        if word in options.forbid:
            return translate("exercise.forbidden-word", word=word), line
    for function in tree.body:
        if not options.lines or not isinstance(function, ast.FunctionDef) or function.name not in exercise.functions:
            continue
        count = len(_code_lines(function))
        if count > options.lines:
            return translate("exercise.too-many-lines", count=count, most=options.lines), function.lineno
    return "", 0


def _words(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield the words and dotted names in a program with their lines, in the order of the lines."""
    found = []
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0) or getattr(getattr(node, "target", None), "lineno", 0)
        found += [(word, line) for word, kinds in _NODES.items() if isinstance(node, kinds)]
        if isinstance(node, ast.Name | ast.Attribute):
            found.append((_dotted(node), line))
    yield from sorted(found, key=lambda each: each[1])


def _dotted(node: ast.expr) -> str:
    """Return ``np.linalg`` for the node of that; empty if it is no chain of names."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := _dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""


def _code_lines(function: ast.FunctionDef) -> set[int]:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    lines: set[int] = set()
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.expr | ast.stmt):
                lines |= {node.lineno, node.end_lineno or node.lineno}
    return lines
