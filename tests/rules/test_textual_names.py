"""Private names of Textual stand in one file, and the map of the code lists them."""

from __future__ import annotations

import ast
import inspect
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from textwrap import dedent

import tutor.tui
from tutor.tui import textual_private

PACKAGE = Path(tutor.__file__).parent
HOME = Path(textual_private.__file__)


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")


@cache
def names_in(owner: type) -> frozenset[str]:
    """The private methods that a class defines, and the private attributes that it uses of itself."""
    try:
        tree = ast.parse(dedent(inspect.getsource(owner)))
    except (OSError, TypeError):
        return frozenset()
    names = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and (
            (isinstance(node.value, ast.Name) and node.value.id == "self")
            or (
                isinstance(node.value, ast.Call)
                and isinstance(node.value.func, ast.Name)
                and node.value.func.id == "super"
            )
        )
    }
    names |= {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
    return frozenset(filter(is_private, names))


def textual_names(owner: type) -> set[str]:
    """The private names that a class shares with those classes of Textual that it inherits from."""
    bases = [base for base in owner.__mro__ if base.__module__.partition(".")[0] == "textual"]
    return set().union(*(names_in(owner) & names_in(base) for base in bases))


def private_imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "textual":
            found += [f"{node.module}.{each.name}" for each in node.names]
        elif isinstance(node, ast.Import):
            found += [each.name for each in node.names if each.name.partition(".")[0] == "textual"]
    return [name for name in found if any(map(is_private, name.split(".")))]


def test_no_other_module_imports_a_private_name_of_textual() -> None:
    assert private_imports(HOME), "the search finds those that there are"
    for path in PACKAGE.rglob("*.py"):
        assert path == HOME or not private_imports(path), path


def test_no_other_class_uses_or_overrides_a_private_name_of_textual() -> None:
    """An own attribute that happens to be called like one of Textual's would overwrite it: that is found too."""
    assert "_size_updated" in textual_names(textual_private.CachedLayout), "the search finds those that there are"
    looked_at = 0
    for module in walk_packages(tutor.tui.__path__, "tutor.tui."):
        for owner in vars(import_module(module.name)).values():
            if isinstance(owner, type) and owner.__module__ == module.name != textual_private.__name__:
                looked_at += 1
                assert not textual_names(owner), f"{module.name}.{owner.__name__}"
    assert looked_at > 100


def test_no_other_module_of_the_screens_silences_the_rule_about_private_names() -> None:
    assert "SLF001" in HOME.read_text()
    for path in HOME.parent.rglob("*.py"):
        assert path == HOME or "SLF001" not in path.read_text(), path


def test_the_map_of_the_code_lists_every_private_name() -> None:
    tree = ast.parse(HOME.read_text())
    own = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    own |= {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and isinstance(target := node.target, ast.Name)
    }
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    used |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    used |= {
        node.args[1].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "getattr"
        and isinstance(node.args[1], ast.Constant)
        and isinstance(node.args[1].value, str)
    }
    used |= {part for name in private_imports(HOME) for part in name.split(".")}
    section = (PACKAGE / "README.md").read_text().partition("## What we lean on in Textual")[2].partition("\n## ")[0]
    listed = set(re.findall(r"`(?:[\w.]+\.)?(_\w+)`", section))
    assert listed == set(filter(is_private, used)) - own
