"""Programs and literals, looked at without running them."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from threading import Lock

LONGEST_PROGRAM = 20_000
LONGEST_LITERAL = 2_000
_UNUSABLE = (SyntaxError, ValueError, TypeError, MemoryError, RecursionError)
"""What Python's parser raises for a text that is no Python, too deep, or contains a NUL."""
_one_at_a_time = Lock()
"""Lessons are read in several threads. Python 3.11 counts the depth of a syntax tree for all of them together, and
raises SystemError where two are made at once; the filters of warnings are shared too."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A function that a program defines.

    Args:
        name: Its name.
        parameters: The names of its parameters, in order.
        has_text: Whether it has a docstring.
    """

    name: str
    parameters: tuple[str, ...]
    has_text: bool


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Where a text stops being Python. The line counts from 1."""

    line: int
    message: str


def parsed(source: str, longest: int = LONGEST_PROGRAM) -> ast.Module | SyntaxProblem:
    """Return the syntax tree of a program of at most so many characters, or what is wrong with it."""
    if len(source) > longest:
        return SyntaxProblem(1, f"more than {longest} characters")
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Such as for an escape that Python does not know.
        try:
            return ast.parse(source)
        except SyntaxError as error:
            return SyntaxProblem(max(1, error.lineno or 1), str(error.msg))
        except _UNUSABLE as error:
            return SyntaxProblem(1, type(error).__name__)


def signatures(tree: ast.Module) -> list[Signature]:
    """Return the functions that a program defines at its top level, in order."""
    return [
        Signature(
            each.name,
            tuple(argument.arg for argument in (*each.args.posonlyargs, *each.args.args, *each.args.kwonlyargs)),
            ast.get_docstring(each) is not None,
        )
        for each in tree.body
        if isinstance(each, ast.FunctionDef)
    ]


def is_literal(text: str) -> bool:
    """Whether ``text`` is a number, a text, a list and so on, in Python's notation."""
    try:
        literal_value(text)
    except ValueError:
        return False
    return True


def literal_value(text: str) -> object:
    """Return the value of a literal: numbers, texts, booleans, None, and lists, tuples and dictionaries of these.

    Raises:
        ValueError: ``text`` is no literal, or a longer one than any case needs.
    """
    if len(text) > LONGEST_LITERAL:
        raise ValueError("too long")
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.literal_eval(text)
        except _UNUSABLE as error:
            raise ValueError("not a literal") from error
