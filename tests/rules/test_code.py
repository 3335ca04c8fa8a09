"""What no linter holds: no exception is swallowed whole, and no folder of code is hidden from the import contracts."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "tutor"
MODULES = sorted(PACKAGE.rglob("*.py"))


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
