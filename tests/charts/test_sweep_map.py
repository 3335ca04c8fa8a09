"""The map of a sweep: every cell at its place, told without colour, at any width of its names."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.charts.cells import plain_row, plain_text
from tutor.charts.sweep_map import HeatScale, MapCell, MapShape, map_width, small_map, sweep_map
from tutor.foundation.text import cell_width
from tutor.foundation.translate import use_language

SHAPE = MapShape(("learning_rate", "batch_size"), (("0.01", "0.1"), ("1", "32", "256")))
CELLS = [
    MapCell("finished", 0.5), MapCell("finished", 0.25), MapCell("going"),
    MapCell("diverged"), MapCell("failed"), MapCell("waiting"),
]  # fmt: skip


def test_cells_stand_in_rows_and_columns_with_the_best_starred() -> None:
    lines = plain_text(sweep_map(SHAPE, CELLS, best=1)).splitlines()
    assert lines[0].split() == ["learning_rate", "↓", "batch_size", "→"]
    assert lines[1].split() == ["1", "32", "256"]
    assert lines[2].split() == ["0.01", "0.5000", "█", "0.2500★▁", "▶"]
    assert lines[3].split() == ["0.1", "▲", "✗", "·"]
    assert "lowest" in lines[4]
    assert "diverged" in lines[4]
    assert "stopped" not in lines[4]


def test_it_reads_with_ascii_alone_and_in_chinese() -> None:
    assert plain_text(sweep_map(SHAPE, CELLS, best=1, ascii=True)).isascii()
    use_language("zh")
    assert "发散" in plain_text(sweep_map(SHAPE, CELLS, best=1))


def test_one_axis_goes_down_and_three_are_two() -> None:
    one = plain_text(sweep_map(MapShape(("seed",), (("1", "2"),)), CELLS[:2])).splitlines()
    assert [line.split()[0] for line in one[:3]] == ["seed", "1", "2"]
    three = MapShape(("a", "b", "c"), (("1", "2"), ("x", "y"), ("p", "q")))
    lines = plain_text(sweep_map(three, [MapCell("finished", float(n)) for n in range(8)])).splitlines()
    assert lines[0].split() == ["a", "×", "b", "↓", "c", "→"]
    assert [line.split()[:3] for line in lines[2:6]] == [
        ["1", "×", "x"], ["1", "×", "y"], ["2", "×", "x"], ["2", "×", "y"],
    ]  # fmt: skip
    assert lines[5].split()[3] == "6.000"


names = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=50)


@given(st.lists(st.lists(names, min_size=1, max_size=4), min_size=1, max_size=3), st.data())
def test_every_row_of_cells_has_the_width_that_is_said(values: list[list[str]], data: st.DataObject) -> None:
    shape = MapShape(tuple("abc"[: len(values)]), tuple(map(tuple, values)))
    count = math.prod(map(len, values))
    loss = st.none() | st.floats(allow_nan=False, allow_infinity=False)
    cells = [
        MapCell("finished" if value is not None else "waiting", value)
        for value in data.draw(st.lists(loss, min_size=count, max_size=count))
    ]
    rows = sweep_map(shape, cells, best=data.draw(st.none() | st.integers(0, count - 1)))
    head = 2 if len(values) > 1 else 1
    assert len(rows) == count // shape.columns + head + 1
    assert {cell_width(plain_row(row)) for row in rows[1:-1]} == {map_width(shape)}


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_shades_rise_with_the_loss(losses: list[float]) -> None:
    levels = [HeatScale.of(losses).level(loss, 8) for loss in sorted(losses)]
    assert levels == sorted(levels)
    assert all(0 <= level < 8 for level in levels)
    assert levels[0] == 0


def test_a_loss_that_nearly_diverged_does_not_make_all_others_look_equal() -> None:
    scale = HeatScale.of([1.0, 2.0, 4.0, 8.0, 1e200])
    assert [scale.level(loss, 8) for loss in (1.0, 2.0, 4.0, 8.0, 1e200)] == [0, 1, 2, 3, 7]


@pytest.mark.parametrize("losses", [[1.0, 1.0], [-1e308, 1e308], [0.0, 0.0], [5e-324, 1e308]])
def test_losses_of_any_spread_have_a_shade(losses: list[float]) -> None:
    assert all(0 <= HeatScale.of(losses).level(loss) < 16 for loss in losses)


def test_colour_lies_under_the_same_figures_and_shades() -> None:
    coloured, plain = (sweep_map(SHAPE, CELLS, best=1, colour=colour) for colour in (True, False))
    assert plain_text(coloured) == plain_text(plain)
    high, low, going = coloured[2][1:]
    assert (high.ground, low.ground, going.ground) == ("heat15", "heat0", None)
    assert {span.ground for row in plain for span in row} == {None}


def test_ink_on_a_coloured_cell_is_as_bright_as_the_cell_is_dark() -> None:
    shape = MapShape(("seed",), (tuple(map(str, range(8))),))
    rows = sweep_map(shape, [MapCell("finished", 2.0**number) for number in range(8)], colour=True)
    for _, cell in rows[1:9]:
        assert cell.ground is not None
        assert abs(int(cell.ink.removeprefix("heat")) - int(cell.ground.removeprefix("heat"))) >= 10


def test_a_map_of_ten_thousand_cells_has_a_sign_for_each_block_with_its_lowest_loss() -> None:
    values = tuple(str(number) for number in range(100))
    shape = MapShape(("learning_rate", "seed"), (values, values))
    cells = [MapCell("finished", 9.0)] * 9_000 + [MapCell("waiting")] * 1_000
    cells[4_321], cells[8_765], cells[8_766] = MapCell("finished", 1.0), MapCell("finished", 1.5), MapCell("diverged")
    lines = plain_text(small_map(shape, cells, 79, 20, best=4_321)).splitlines()
    assert "2 × 6 runs" in lines[0]
    assert lines[1].split() == ["0", "99"]
    rows = [line.split() for line in lines[2:-1]]
    assert [row[0] for row in rows] == [str(number) for number in range(0, 100, 6)]
    assert {len(row[1]) for row in rows} == {50}
    assert rows[43 // 6][1][21 // 2] == "★"
    assert rows[87 // 6][1][65 // 2] == "▂"
    assert set(rows[-1][1]) == {"·"}
    assert "not run yet" in lines[-1]


@pytest.mark.parametrize(("count", "per"), [(500, 1), (10_000, 8)])
def test_a_long_axis_runs_along_the_rows_of_a_small_map(count: int, per: int) -> None:
    shape = MapShape(("seed",), (tuple(map(str, range(count))),))
    rows = small_map(shape, [MapCell("finished", 1.0 + number) for number in range(count)], 79, 20, ascii=True)
    lines = [plain_row(row) for row in rows]
    assert all(line.isascii() and cell_width(line) <= 79 for line in lines[:-1])
    signs = [line.split()[1] for line in lines[1:-1]]
    assert sum(map(len, signs)) == -(-count // per)
    assert len(lines) <= 20
