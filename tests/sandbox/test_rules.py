"""What the sandbox must never contain."""

from __future__ import annotations

import re
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "tutor"


def test_programs_are_executed_in_one_module_alone() -> None:
    modules = [*(PACKAGE / "sandbox").glob("*.py"), *(PACKAGE / "exercises").glob("*.py")]
    found = [path for path in modules if re.search(r"(?<![.\w])exec\(", path.read_text(encoding="utf-8"))]
    assert [str(path.relative_to(PACKAGE)) for path in found] == ["sandbox/child.py"]


def test_nothing_is_pickled_on_either_side() -> None:
    modules = [*(PACKAGE / "sandbox").glob("*.py"), *(PACKAGE / "exercises").glob("*.py")]
    assert modules
    assert [path.name for path in modules if re.search(r"\b(pickle|marshal|shelve)\b", path.read_text())] == []
