"""No module of the package imports itself by way of others, not even for types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

import grimp
import pytest


def a_circle(imports: Mapping[str, Iterable[str]]) -> list[str]:
    """The modules of one circle, the first one again at the end; nothing if there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        return circle[::-1]  # the sorter says who is imported by whom
    return []


@pytest.mark.parametrize(
    ("imports", "circle"),
    [
        ({"a": ["b", "c"], "b": ["c"], "c": []}, set()),
        ({"a": ["b"], "b": ["c"], "c": ["b"]}, {"b", "c"}),
        ({"a": ["b"], "b": ["c"], "c": ["d"], "d": ["a"]}, {"a", "b", "c", "d"}),
    ],
)
def test_a_circle_is_found_where_there_is_one(imports: dict[str, list[str]], circle: set[str]) -> None:
    found = a_circle(imports)
    assert set(found) == circle
    assert all(to in imports[one] for one, to in pairwise(found))


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = grimp.build_graph("tutor", exclude_type_checking_imports=False, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(imports) > 300
    assert "tutor.tui.shell" in imports["tutor.tui.screen"], "imports for types are seen"
    circle = a_circle(imports)
    assert not circle, "\n imports ".join(circle)
