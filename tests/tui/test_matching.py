"""What was typed finds what was meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.course.glossary import fold
from tutor.tui.screens import palette
from tutor.tui.screens.palette import EXACT, INSIDE, PREFIX, SCATTERED, WORD


def match(query: str, name: str) -> int:
    return palette.match(fold(query).split(), fold(name))


@pytest.mark.parametrize(
    ("query", "name", "score"),
    [
        ("adam", "Adam", EXACT),
        ("learn", "Learning rate", PREFIX),
        ("rate", "Learning rate", WORD),
        ("ning", "Learning rate", INSIDE),
        ("lrate", "Learning rate", SCATTERED),
        ("学习", "机器学习", WORD),
        ("Ａｄａｍ", "Adam", EXACT),
        ("rate learn", "Learning rate", WORD),
        ("xyz", "Learning rate", 0),
        ("lr", "Learning rate", 0),
    ],
)
def test_better_fits_score_higher(query: str, name: str, score: int) -> None:
    assert match(query, name) == score


def test_nothing_typed_fits_everything() -> None:
    assert match("  ", "Adam") > 0


@given(st.text(alphabet="abc 学习率", min_size=1))
def test_a_name_fits_itself(name: str) -> None:
    assert match(name, name) > 0
