"""A cached canvas shows, cell for cell, what a new one would; fields of shades are written as what they stand for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.charts.shapes import falling, text_of
from tutor.charts import canvas as canvas_module
from tutor.charts.canvas import ASCII_SHADES, SHADES, CanvasCache, heat_rows
from tutor.charts.cells import Row, Rows, plain_row
from tutor.charts.loss import loss_chart, pinned_line, train_line, valid_line
from tutor.charts.loss_history import LossHistory
from tutor.charts.plot import Grid, Mark, Pattern, canvas, series_mark
from tutor.charts.scale import linear_scale

LOSSES = st.lists(st.floats(0, 2, width=16) | st.just(float("nan")), min_size=1, max_size=40)


def inks(row: Row) -> list[tuple[str, str]]:
    """Each character with its ink: how it is cut into spans is no matter."""
    return [(character, span.ink) for span in row for character in span.text]


def same(one: Rows, other: Rows) -> bool:
    return [inks(row) for row in one] == [inks(row) for row in other]


@settings(max_examples=60, deadline=None)
@given(st.lists(LOSSES, min_size=2, max_size=5), st.booleans(), st.booleans())
def test_a_chart_that_grows_is_the_chart_drawn_anew(pieces: list[list[float]], logarithmic: bool, ascii: bool) -> None:
    train, valid, pinned = LossHistory(), LossHistory(), falling(30)
    for piece in pieces:
        train.extend(piece)
        valid.extend(piece[::-1])
        values = [train.value(epoch) for epoch in range(1, train.last + 1)]
        others = [valid.value(epoch) for epoch in range(1, valid.last + 1)]
        grown, anew = (
            loss_chart(
                [pinned_line(1, "before", pinned), train_line(one), valid_line(other)],
                44, 11, planned=200, heights="log" if logarithmic else "window", ascii=ascii,
            )
            for one, other in ((train, valid), (LossHistory(values), LossHistory(others)))
        )  # fmt: skip
        assert same(grown, anew)


@settings(max_examples=100, deadline=None)
@given(st.data(), st.sampled_from(["line", "dotted", "dashed"]))
def test_marks_that_change_anywhere_are_drawn_anew(data: st.DataObject, pattern: Pattern) -> None:
    grid, keeping = Grid(12, 3), CanvasCache()
    for _ in range(3):
        losses = data.draw(st.lists(st.floats(0, 1, width=16), min_size=1, max_size=60))
        history = LossHistory(losses)
        mark = series_mark(history.extremes(1, 60, grid.columns), linear_scale(0, 1), grid, "train", pattern)
        marks = [Mark(np.array([4, 4]), np.array([0, 8]), "muted", glyph="┊"), mark]
        assert same(keeping.draw(grid, marks), canvas(grid, marks))


def test_only_the_end_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    grid, keeping = Grid(60, 4), CanvasCache()
    columns = np.arange(100)
    keeping.draw(grid, [Mark(columns, columns % 13, "train", lines=True)])
    drawn: list[int] = []
    original = canvas

    def counting(grid: Grid, marks: list[Mark]) -> Rows:
        drawn.append(sum(len(mark.columns) for mark in marks))
        return original(grid, marks)

    monkeypatch.setattr(canvas_module, "canvas", counting)
    more = np.arange(103)
    rows = keeping.draw(grid, [Mark(more, more % 13, "train", lines=True)])
    again = keeping.draw(grid, [Mark(more, more % 13, "train", lines=True)])
    assert len(drawn) == 1
    assert drawn[0] < 12
    assert same(rows, canvas(grid, [Mark(more, more % 13, "train", lines=True)]))
    assert again == rows


def test_what_is_changed_in_a_picture_does_not_come_back() -> None:
    grid, keeping = Grid(5, 1), CanvasCache()
    mark = Mark(np.array([0, 9]), np.array([0, 0]), "train", lines=True)
    keeping.draw(grid, [mark])[0] = []
    assert plain_row(keeping.draw(grid, [mark])[0]) == "⣀⣀⣀⣀⣀"


@pytest.mark.parametrize(("ascii", "shades"), [(False, SHADES), (True, ASCII_SHADES)])
def test_without_colour_each_shade_stands_for_as_many_levels(ascii: bool, shades: str) -> None:
    width = len(shades) * 2
    rows = heat_rows(np.arange(64)[None, :], 63, Grid(width, 1, ascii), colour=False)
    assert text_of(rows, width, 1) == "".join(shade * 2 for shade in shades)
