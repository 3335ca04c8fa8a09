"""Where the panels of a lab stand."""

from __future__ import annotations

import pytest

from tutor.tui.screens.lab.view import lay_out


@pytest.mark.parametrize(
    ("panels", "rows"),
    [
        (["loss", "surface", "fit"], (("loss",), ("surface", "fit"))),
        (["surface", "fit", "loss"], (("surface", "fit"), ("loss",))),
        (["fit", "loss", "surface"], (("fit", "surface"), ("loss",))),
        (["loss", "boundary", "confusion"], (("loss",), ("boundary", "confusion"))),
        (["threshold", "loss", "confusion"], (("threshold",), ("loss",), ("confusion",))),
        (["loss", "series"], (("loss",), ("series",))),
    ],
)
def test_pictures_share_a_row_and_the_loss_has_its_own(panels: list[str], rows: tuple[tuple[str, ...], ...]) -> None:
    assert lay_out(panels, 104, 36).rows == rows


def test_a_narrow_window_stacks_and_keeps_back_what_does_not_fit() -> None:
    plan = lay_out(["loss", "surface", "fit"], 50, 17)
    assert plan.rows == (("loss",), ("surface",))
    assert plan.columns == 1


def test_a_low_window_puts_beside_what_does_not_fit_below() -> None:
    assert lay_out(["loss", "series"], 100, 12).rows == (("loss", "series"),)


@pytest.mark.parametrize(("panels", "beside"), [(["loss", "curve"], True), (["loss", "confusion"], False)])
def test_two_panels_stand_side_by_side_at_160_unless_one_is_a_table(panels: list[str], beside: bool) -> None:
    assert len(lay_out(panels, 124, 41, ["a", "b"]).rows) == (1 if beside else 2)


def test_a_row_of_its_own_spans_all_columns() -> None:
    assert lay_out(["loss", "surface", "fit"], 104, 36).spans == [2, 1, 1]


def test_a_table_takes_the_rows_and_the_columns_it_has() -> None:
    below = lay_out(["loss", "confusion"], 104, 36, ["a", "b", "c"])
    assert below.heights.split()[1] == "6"
    beside = lay_out(["loss", "boundary", "confusion"], 104, 36, ["setosa", "versicolor", "virginica"])
    table = beside.widths.split()
    assert table[0] == "1fr"
    assert 40 <= int(table[1]) <= 52


def test_a_table_of_two_panels_keeps_all_its_rows_when_a_line_is_said_below() -> None:
    nine = [str(number) for number in range(1, 10)]
    for height in (26, 25, 24):
        assert lay_out(["loss", "confusion"], 70, height, nine).heights.split()[1] == "12"


def test_no_panel_at_all_is_no_error() -> None:
    assert lay_out([], 104, 36).shown == []
