"""Every regular expression of the program takes a time that grows with the text, whatever stands in the text.

The expressions are collected from the code, so a new one is tried as soon as it is written: on long runs of each
character that it speaks of, of each pair of them, and on such runs behind whatever opens it and before what it refuses.
Each is tried in the way in which it is used, since a search begins anew at every place and a match does not.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import re
import signal
import time
from collections.abc import Iterator
from functools import cache
from itertools import pairwise, product
from pathlib import Path
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

import pytest

from tutor.course.lesson_words import LessonWords, lesson_words

ROOT = Path(__file__).resolve().parents[2] / "tutor"
METHODS = ("match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer", "scanner")
MADE_LATER = {
    "study/term_questions.py": r"(?<!\w)name(?!\w)",  # around the escaped name of a term
}
"""Expressions that are made of what is known only later, with one as it may become."""
OF_LANGUAGES = "course/lesson_words.py"
"""Where expressions are made of the words of languages; they are tried as fields of `LessonWords`."""
LONG = 5_000
JUDGED_FROM = 0.01
"""Seconds; what takes less is quick enough, and too short to be compared."""
STEEPEST = 3.5
"""Twice the text takes twice the time, or four times if it is the square."""
SURELY_FLAT = 2.7
"""What takes so much less at first sight is not measured again."""


class Use(NamedTuple):
    """An expression, and how it is used."""

    place: str
    pattern: re.Pattern[Any]
    method: str


def modules() -> Iterator[tuple[Path, str, list[ast.AST]]]:
    """Every module with those of its nodes that matter here. Each tree is walked only once, because that is slow."""
    for path in sorted(ROOT.rglob("*.py")):
        name = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield path, name, [node for node in ast.walk(tree) if isinstance(node, (ast.Attribute, ast.Assign, ast.Call))]


@cache
def uses() -> list[Use]:
    """Every expression of the program with every method that is called on it."""
    every = list(modules())
    called: dict[tuple[str, str], set[str]] = {}
    for _, name, nodes in every:
        for node in nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in METHODS:
                # Others may call what has a public name.
                owner = name if node.value.id.startswith("_") else ""
                called.setdefault((owner, node.value.id), set()).add(node.attr)
    found = []
    for path, name, nodes in every:
        bound = {id(node.value): node.targets for node in nodes if isinstance(node, ast.Assign)}
        for node in nodes:
            method = called_of_re(node)
            if not method or not isinstance(node, ast.Call) or (path == ROOT / OF_LANGUAGES and bound_later(node)):
                continue
            place = f"{path.relative_to(ROOT)}:{node.lineno}"
            pattern = pattern_of(node, path, name)
            if method != "compile":
                found.append(Use(place, pattern, method))
                continue
            names = [each.id for each in bound.get(id(node), []) if isinstance(each, ast.Name)]
            methods = {each for one in names for owner in (name, "") for each in called.get((owner, one), set())}
            found += [Use(place, pattern, each) for each in sorted(methods or {"fullmatch"})]
    return [*found, *uses_of_fields([nodes for _, _, nodes in every])]


def bound_later(call: ast.Call) -> bool:
    """Whether an expression is the argument of a function."""
    return isinstance(call.args[0], ast.Name) and call.args[0].id.islower()


def uses_of_fields(modules: list[list[ast.AST]]) -> Iterator[Use]:
    """The expressions made of the words of languages, with every method that is called on a field of that name."""
    called: dict[str, set[str]] = {}
    for nodes in modules:
        for node in nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.attr in METHODS:
                called.setdefault(node.value.attr, set()).add(node.attr)
    words = lesson_words("en")
    for field in dataclasses.fields(LessonWords):
        pattern = getattr(words, field.name)
        if isinstance(pattern, re.Pattern):
            for method in sorted(called.get(field.name, set()) or {"fullmatch", "search"}):
                yield Use(f"{OF_LANGUAGES}:{field.name}", pattern, method)


def called_of_re(node: ast.AST) -> str:
    """The function of `re` that ``node`` calls with an expression; empty if it calls none."""
    function = node.func if isinstance(node, ast.Call) else None
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return ""
    return function.attr if function.value.id == "re" and function.attr in {*METHODS, "compile"} else ""


def pattern_of(call: ast.Call, path: Path, module: str) -> re.Pattern[Any]:
    namespace = vars(importlib.import_module(module))
    flags = [each for each in call.args[1:] if "re." in ast.unparse(each)]
    flags += [each.value for each in call.keywords if each.arg == "flags"]
    try:
        text = eval(ast.unparse(call.args[0]), dict(namespace))
    except NameError:
        text = MADE_LATER[str(path.relative_to(ROOT))]
    number = eval(ast.unparse(flags[0]), dict(namespace)) if flags else 0
    return re.compile(text, number)


_OF_CATEGORIES = {"DIGIT": "0", "SPACE": " \n", "WORD": "a_"}


def characters(pattern: re.Pattern[Any]) -> list[str]:
    """What the expression speaks of: its characters, one or two of each class, and two that it hardly means."""
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    flags = pattern.flags if isinstance(pattern.pattern, str) else pattern.flags & ~re.UNICODE
    return list(dict.fromkeys([*spoken_of(parser.parse(text, flags)), "a", " "]))


def spoken_of(parsed: Any) -> Iterator[str]:
    for part in parsed:
        match part:
            case (constants.LITERAL | constants.NOT_LITERAL, int(number)):
                yield chr(number)
            case (constants.RANGE, (int(low), _)):
                yield chr(low)
            case (constants.CATEGORY, category):
                yield from _OF_CATEGORIES.get(str(category).rpartition("_")[2], "a-")
            case list() | tuple() | parser.SubPattern():
                yield from spoken_of(part)


def hard_texts(pattern: re.Pattern[Any], length: int) -> Iterator[str]:
    alphabet = characters(pattern)
    few = alphabet if len(alphabet) <= 12 else [*alphabet[:8], *alphabet[-4:]]
    runs = [*few, *(one + other for one, other in product(few, few) if one != other), "".join(few)]
    beginnings = ["", few[0], *("".join(pair) for pair in pairwise(few[:4]))]
    for run in runs:
        text = run * (length // len(run))
        for before in beginnings if len(run) == 1 else [""]:
            yield before + text
            yield before + text + "\0"


def seconds(use: Use, text: str) -> float:
    subject: Any = text if isinstance(use.pattern.pattern, str) else text.encode("utf-8", "replace")
    method = getattr(use.pattern, use.method)
    begun = time.process_time()
    if use.method in {"sub", "subn"}:
        method(subject[:0], subject)
    elif use.method == "finditer":
        list(method(subject))
    else:
        method(subject)
    return time.process_time() - begun


PARTS = 6
"""So many tests share the expressions. They are collected where they are tried, which takes a while, and not before."""
pytestmark = pytest.mark.xdist_group("patterns")  # so that one process collects them, once


def test_every_expression_of_the_program_is_found() -> None:
    assert len(uses()) > 50
    assert {use.place.partition(":")[0] for use in uses()} >= {
        "course/questions/numbers.py",
        "labs/goals.py",
        "foundation/safe_text.py",
        OF_LANGUAGES,
    }


@pytest.mark.parametrize("part", range(PARTS))
def test_an_expression_takes_a_time_that_grows_with_the_text(part: int) -> None:
    for use in uses()[part::PARTS]:
        check_time(use)


def check_time(use: Use) -> None:
    def late(_number: int, _frame: object) -> None:
        raise AssertionError(f"{use} takes for ever")

    signal.signal(signal.SIGVTALRM, late)
    try:
        for text in hard_texts(use.pattern, LONG):
            signal.setitimer(signal.ITIMER_VIRTUAL, 10.0)
            begin = text[: len(text) // 2]
            whole = seconds(use, text)
            if whole < JUDGED_FROM or whole < SURELY_FLAT * seconds(use, begin):
                continue
            whole = min(whole, *(seconds(use, text) for _ in range(2)))
            half = min(seconds(use, begin) for _ in range(3))
            assert whole < JUDGED_FROM or whole < STEEPEST * half, (use, text[:20], half, whole)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
