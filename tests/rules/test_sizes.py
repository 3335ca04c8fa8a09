"""Rooms that stay liveable: no file over 400 lines, no function over 60, no exception swallowed whole."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "tutor"
MODULES = sorted(PACKAGE.rglob("*.py"))


def functions() -> list[tuple[str, int]]:
    found = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                found.append((f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}", lines))
    return found


def test_no_file_is_over_400_lines() -> None:
    assert [str(path) for path in MODULES if len(path.read_text(encoding="utf-8").splitlines()) > 400] == []


def test_no_function_is_over_60_lines() -> None:
    assert [name for name, lines in functions() if lines > 60] == []


def test_nearly_all_functions_are_under_40_lines() -> None:
    long = [name for name, lines in functions() if lines >= 40]
    assert len(long) <= 0.02 * len(functions()), long


def test_no_exception_is_swallowed_whole() -> None:
    swallowed = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ExceptHandler):
                continue
            broad = node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"}
            if broad and all(isinstance(each, ast.Pass) for each in node.body):
                swallowed.append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
    assert swallowed == []


def test_every_folder_of_code_is_a_package() -> None:
    """A folder without ``__init__.py`` is invisible to the import contracts."""
    assert [str(path.parent) for path in MODULES if not (path.parent / "__init__.py").exists()] == []
