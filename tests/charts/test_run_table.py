"""The table of runs."""

from __future__ import annotations

import pytest

from tests.charts.shapes import text_of
from tutor.charts.run_table import Column, run_table

NAMES = [("╌╌1", "pinned1", "η 0.1"), ("──", "train", "批量大小 8, η 0.001")]
COLUMNS = [
    Column("epochs", ["200", "86"], need=3),
    Column("valid loss", ["0.4252", "0.4139"], best=1),
    Column("lowest", ["0.4247", "0.4098"], best=1, need=5),
]


@pytest.mark.parametrize("width", [10, 20, 34, 50, 80, 140])
@pytest.mark.parametrize("height", [2, 3, 6])
@pytest.mark.parametrize("ascii", [False, True])
def test_every_size_is_exact(width: int, height: int, ascii: bool) -> None:
    text_of(run_table(NAMES, COLUMNS, width, height, ascii=ascii), width, height)


def test_the_best_has_a_sign_and_the_least_needed_columns_go_first() -> None:
    wide = text_of(run_table(NAMES, COLUMNS, 80, 3), 80, 3)
    assert "0.4139★" in wide
    assert "0.4252 " in wide
    narrow = text_of(run_table(NAMES, COLUMNS, 42, 3), 42, 3)
    assert "lowest" not in narrow
    assert "valid loss" in narrow
    narrowest = text_of(run_table(NAMES, COLUMNS, 34, 3), 34, 3)
    assert "epochs" not in narrowest
    assert "valid loss" in narrowest


def test_runs_that_read_the_same_share_the_sign_and_nobody_has_it_where_all_do() -> None:
    tied = Column("valid loss", ["0.7325", "0.7325", "0.8000"], best=1)
    assert tied.leading == [0, 1]
    assert Column("valid loss", ["0.7325", "0.7325"], best=1).leading == []
    assert Column("epochs", ["1", "2"]).leading == []
